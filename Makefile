# SPDX-License-Identifier: MIT
# bootlet: boots Linux kernels quickly, debuggably and honestly.
# `make help` says what there is.

VERSION	:= 0.1.0
B	:= build
V	?= 0
Q	:= $(if $(filter 1,$(V)),,@)
say	= $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(2))

CC	?= cc
MUSL_CC	?= musl-gcc
STRIP	?= strip
CFLAGS	?= -O2 -g
PREFIX	?= /usr/local
DESTDIR	?=
BINDIR	?= $(PREFIX)/bin
LIBDIR	?= $(PREFIX)/lib/bootlet
MANDIR	?= $(PREFIX)/share/man
COMPDIR	?= $(PREFIX)/share/bash-completion/completions

WARN	:= -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow \
	   -Wmissing-prototypes -Wstrict-prototypes -Wvla
DEPGEN	= -MMD -MP

# --- the guest's init: static, small, without unwind tables or a heap ---------

MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
KHDRS	:= $(addprefix -idirafter ,/usr/include \
	   $(if $(MULTIARCH),/usr/include/$(MULTIARCH)))
INIT_CFLAGS := $(WARN) -Os $(KHDRS) -ffunction-sections -fdata-sections \
	   -fno-asynchronous-unwind-tables -fno-stack-protector -fno-pie \
	   -fomit-frame-pointer -fno-ident
INIT_LDFLAGS := -static -no-pie -Wl,--gc-sections,-z,noseparate-code \
	   -Wl,-z,norelro,--build-id=none,--hash-style=gnu
INIT_SRC := $(wildcard init/*.c)
INIT_OBJ := $(INIT_SRC:%.c=$(B)/obj/%.o)

# --- the host's command -------------------------------------------------------

PKGS	:= libarchive libkmod jansson liblzma liblz4 libzstd
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS))
HOST_SRC := $(wildcard host/*.c)
HOST_OBJ := $(HOST_SRC:%.c=$(B)/obj/%.o)
HOST_CFLAGS = $(WARN) $(CFLAGS) $(PKG_CFLAGS) -DVERSION='"$(VERSION)"' \
	   -DINIT_FILE='"$(B)/init"'

# --- tests --------------------------------------------------------------------

SAN	:= -fsanitize=address,undefined -fno-sanitize-recover=all
UT_CFLAGS = $(WARN) -O1 -g $(SAN) $(PKG_CFLAGS) -DVERSION='"$(VERSION)"' \
	   -DINIT_FILE='"$(B)/init"' -DTOPDIR='"$(CURDIR)"' -I.
UT_SRC	:= $(wildcard tests/unit/test_*.c)
UT_BIN	:= $(UT_SRC:tests/unit/%.c=$(B)/unit/%)
UT_INIT	:= $(patsubst init/%.c,$(B)/unit/init/%.o, \
	   $(filter-out init/main.c init/sys.c,$(INIT_SRC)))
UT_HOST	:= $(patsubst host/%.c,$(B)/unit/host/%.o, \
	   $(filter-out host/main.c,$(HOST_SRC)))
VM_SRC	:= $(wildcard tests/vm/test_*.c)
VM_BIN	:= $(VM_SRC:tests/vm/%.c=$(B)/vm/%)

.PHONY: all boot check check-full bench fuzz lint format install uninstall \
	clean help deps unit
.DELETE_ON_ERROR:

all: $(B)/init $(B)/bootlet $(B)/bootlet.bash ## build build/init and build/bootlet

$(B)/init: $(INIT_OBJ)
	$(call say,LD,$@)
	$(Q)$(MUSL_CC) $(INIT_LDFLAGS) -o $(B)/obj/init.full $(INIT_OBJ)
	$(Q)$(STRIP) -s -R .comment -R '.note*' -o $@ $(B)/obj/init.full

$(B)/obj/init/%.o: init/%.c | $(B)/obj-dirs
	$(call say,CC,$<)
	$(Q)$(MUSL_CC) $(INIT_CFLAGS) $(DEPGEN) -c -o $@ $<

# init is part of the host command, so that the two can never disagree.
$(B)/obj/host/blob.o: $(B)/init
$(B)/unit/host/blob.o: $(B)/init

$(B)/obj/host/%.o: host/%.c | $(B)/obj-dirs
	$(call say,CC,$<)
	$(Q)$(CC) $(HOST_CFLAGS) $(DEPGEN) -c -o $@ $<

$(B)/bootlet: $(HOST_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(HOST_OBJ) $(PKG_LIBS)

$(B)/bootlet.bash: $(B)/bootlet
	$(call say,GEN,$@)
	$(Q)$(B)/bootlet completion bash >$@

# A unit test links the half it is about: init/'s with the recording fake of
# the privileged calls, host/'s as it is.
$(B)/unit/init/%.o: init/%.c | $(B)/obj-dirs
	$(call say,CC,$< [unit])
	$(Q)$(CC) $(UT_CFLAGS) $(DEPGEN) -c -o $@ $<

$(B)/unit/host/%.o: host/%.c | $(B)/obj-dirs
	$(call say,CC,$< [unit])
	$(Q)$(CC) $(UT_CFLAGS) $(DEPGEN) -c -o $@ $<

$(B)/unit/%.o: tests/unit/%.c | $(B)/obj-dirs
	$(call say,CC,$<)
	$(Q)$(CC) $(UT_CFLAGS) $(shell pkg-config --cflags check) $(DEPGEN) \
		-c -o $@ $<

$(B)/unit/libinit.a: $(UT_INIT) $(B)/unit/fake_sys.o
$(B)/unit/libhost.a: $(UT_HOST)
$(B)/unit/lib%.a:
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/unit/test_%: $(B)/unit/test_%.o $(B)/unit/main.o $(B)/unit/libinit.a \
		  $(B)/unit/libhost.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SAN) -o $@ $< $(B)/unit/main.o \
		$(B)/unit/lib$(if $(wildcard init/$*.c),init,host).a \
		$(shell pkg-config --libs check) $(PKG_LIBS)

unit: $(UT_BIN) ## build and run the unit tests alone
	$(Q)sh tests/run.sh $(UT_BIN)

clean: ## remove build/
	$(Q)rm -rf $(B)

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | sort | expand -t 14

$(B)/obj-dirs:
	$(Q)mkdir -p $(B)/obj/init $(B)/obj/host $(B)/unit/init \
		$(B)/unit/host $(B)/vm
	$(Q)touch $@

-include $(wildcard $(B)/*/*.d $(B)/*/*/*.d)
