# SPDX-License-Identifier: MIT
# bootlet: boots Linux kernels quickly, debuggably and honestly.
# `make help` says what there is.

VERSION	:= 0.1.0
B	:= build
V	?= 0
Q	:= $(if $(filter 1,$(V)),,@)
say	= $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) '$(2)')

CC	?= cc
MUSL_CC	?= musl-gcc
INIT_CC	?= $(MUSL_CC)
WERROR	?=
STRIP	?= strip
CFLAGS	?= -O2 -g
PREFIX	?= /usr/local
DESTDIR	?=
BINDIR	?= $(PREFIX)/bin
LIBDIR	?= $(PREFIX)/lib/bootlet
MANDIR	?= $(PREFIX)/share/man
COMPDIR	?= $(PREFIX)/share/bash-completion/completions

WARN	:= -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow \
	   -Wmissing-prototypes -Wstrict-prototypes -Wvla $(WERROR)
DEPGEN	= -MMD -MP

# --- the guest's init: static, small, without unwind tables or a heap ---------

MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
KHDRS	:= $(addprefix -idirafter ,/usr/include \
	   $(if $(MULTIARCH),/usr/include/$(MULTIARCH)))
# What a compiler does not know is left out: -Oz is gcc 12's and clang's.
cc_has	= $(shell $(INIT_CC) -Werror $(1) -E -x c /dev/null >/dev/null 2>&1 && \
	   echo $(1))
# What gcc does for speed though it is told to be small: 480 bytes, all in all.
# Nothing has to lie at a multiple of 16, and nothing below the stack's end.
INIT_SMALL := $(foreach f,caller-saves optimize-sibling-calls \
	   tree-dominator-opts forward-propagate tree-loop-im \
	   tree-loop-optimize tree-tail-merge \
	   if-conversion tree-dse jump-tables \
	   ipa-reference shrink-wrap, \
	   $(call cc_has,-fno-$(f))) $(call cc_has,-fira-region=all) \
	   $(call cc_has,-foptimize-strlen) \
	   $(call cc_has,-fsplit-wide-types-early) \
	   $(call cc_has,-mpreferred-stack-boundary=3) \
	   $(call cc_has,-mno-red-zone)
# And what it misses, for GNU as and x86-64 alone: 450 bytes.
SMALL_S	:= $(if $(findstring clang,$(INIT_CC)),,$(if $(findstring \
	   x86_64,$(MULTIARCH)),init/small.s))
comma	:= ,
INIT_CFLAGS := $(WARN) $(or $(call cc_has,-Oz),-Os) $(KHDRS) \
	   $(call cc_has,-mgeneral-regs-only) $(call cc_has,-mskip-rax-setup) \
	   $(call cc_has,-malign-data=abi) $(call cc_has,-fcf-protection=none) \
	   $(call cc_has,-fno-stack-clash-protection) \
	   $(call cc_has,-fno-thread-jumps) $(INIT_SMALL) \
	   -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables \
	   -fno-stack-protector -fno-pie -fomit-frame-pointer -fno-ident
# Smaller pages than there are: no hole in the file to spare one in memory.
# What is small lies together: each page that is written first is made first.
INIT_LDFLAGS := -static -no-pie -nostartfiles -Wl,--gc-sections \
	   -Wl,-z,noseparate-code,-z,norelro,--build-id=none \
	   -Wl,-z,common-page-size=16 -Wl,--sort-section=alignment \
	   $(addprefix -Wa$(comma),$(SMALL_S))
# Objects of clang's LTO are not this linker's to read. Never with LTO: what
# assembly refers to, and what the compiler calls by itself, such as strlen(),
# which must not be turned into a call of itself either.
INIT_LTO := $(if $(findstring clang,$(INIT_CC)),,-flto)
NO_LTO	:= $(addprefix $(B)/obj/init/,io.o string.o sys.o)
$(NO_LTO): INIT_LTO := -ffreestanding -fno-function-sections \
	   -foptimize-sibling-calls \
	   $(call cc_has,-fno-tree-loop-distribute-patterns)
INIT_SRC := $(wildcard init/*.c)
INIT_OBJ := $(INIT_SRC:%.c=$(B)/obj/%.o)

# --- the host's command -------------------------------------------------------

PKGS	:= libarchive jansson liblzma liblz4 libzstd libmd
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
# Loaded when they are needed, see host/lazylib.h.
LAZY	:= libarchive liblzma liblz4 libzstd
PKG_LIBS = $(shell pkg-config --libs $(filter-out $(LAZY),$(PKGS))) -ldl
# What the loader knows a library as, which goes with the header.
soname	= $(or $(shell objdump -p "`$(CC) -print-file-name=$(1).so`" \
	   2>/dev/null | awk '$$1 == "SONAME" { print $$2 }'),$(1).so)
upper	= $(shell echo $(1) | tr a-z A-Z)
LAZY_DEFS := $(foreach l,$(LAZY),-D$(call upper,$(l))_SO='"$(call soname,$(l))"')
HOST_SRC := $(wildcard host/*.c)
HOST_OBJ := $(HOST_SRC:%.c=$(B)/obj/%.o)
HOST_CFLAGS = $(WARN) $(CFLAGS) $(PKG_CFLAGS) -DVERSION='"$(VERSION)"' \
	   -DINIT_FILE='"$(B)/init"'

# --- tests --------------------------------------------------------------------

# Silent about what is up to date; V=1 shows all.
SUBMAKE	= $(MAKE) --no-print-directory $(if $(filter 1,$(V)),,-s)

SAN	:= -fsanitize=address,undefined -fno-sanitize-recover=all
UT_CFLAGS = $(WARN) -O1 -g $(SAN) $(PKG_CFLAGS) -DVERSION='"$(VERSION)"' \
	   -DINIT_FILE='"$(B)/init"' -DTOPDIR='"$(CURDIR)"' -I.
UT_SRC	:= $(wildcard tests/unit/test_*.c)
UT_BIN	:= $(UT_SRC:tests/unit/%.c=$(B)/unit/%)
UT_INIT	:= $(patsubst init/%.c,$(B)/unit/init/%.o, \
	   $(filter-out $(addprefix init/,main.c io.c string.c sys.c), \
	   $(INIT_SRC)))
UT_HOST	:= $(patsubst host/%.c,$(B)/unit/host/%.o, \
	   $(filter-out host/main.c,$(HOST_SRC)))
VM_SRC	:= $(wildcard tests/vm/test_*.c)
VM_BIN	:= $(VM_SRC:tests/vm/%.c=$(B)/vm/%)
FULL_SRC := $(wildcard tests/vm/full_*.c)
FULL_BIN := $(FULL_SRC:tests/vm/%.c=$(B)/vm/%)
# Test programs at a time: a VM is one busy thread.
JOBS	?= $(shell nproc)

.PHONY: all boot check check-full unit bench lint format install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/init $(B)/bootlet $(B)/bootlet.bash ## build build/init and build/bootlet

# A kernel reads no section headers: the file ends where its last segment does,
# and e_shoff, e_shnum and e_shstrndx of elf(5) are 0. 420 bytes.
zeros	= head -c $(2) /dev/zero | dd of=$@ bs=1 seek=$(1) conv=notrunc status=none
unsection = $(Q)end=$$(readelf -lW $@ | while read -r type off _ _ size _; do \
	[ "$$type" != LOAD ] || echo $$((off + size)); done | \
	sort -n | tail -n 1) && truncate -s $$end $@ && \
	$(call zeros,40,8) && $(call zeros,60,4)

$(B)/init: $(INIT_OBJ) $(SMALL_S)
	$(call say,LD,$@)
	$(Q)$(MUSL_CC) $(INIT_CFLAGS) $(INIT_LTO) $(INIT_LDFLAGS) \
		-o $(B)/obj/init.full $(INIT_OBJ)
	$(Q)$(STRIP) -s -R .comment -R '.note*' -o $@ $(B)/obj/init.full
	$(unsection)

$(B)/obj/init/%.o: init/%.c | $(B)/obj-dirs
	$(call say,CC,$<)
	$(Q)$(INIT_CC) $(INIT_CFLAGS) $(INIT_LTO) $(DEPGEN) -c -o $@ $<

# init is part of the host command, so that the two can never disagree.
$(B)/obj/host/blob.o: $(B)/init
$(B)/unit/host/blob.o: $(B)/init
# So are the fragments, so that one file is enough.
KCONFIG	:= $(wildcard kconfig/*.config kconfig/arch/*.config)
$(B)/obj/host/kconfig_builtin.o: $(KCONFIG)
$(B)/unit/host/kconfig_builtin.o: $(KCONFIG)
# And what gdb is taught.
$(B)/obj/host/gdb.o $(B)/unit/host/gdb.o: host/gdb.py

LAZY_OBJ := $(foreach o,lazy_archive lazy_codecs,$(B)/obj/host/$(o).o \
	   $(B)/unit/host/$(o).o)
$(LAZY_OBJ): CPPFLAGS += $(LAZY_DEFS)

$(B)/obj/host/%.o: host/%.c | $(B)/obj-dirs libs
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(HOST_CFLAGS) $(DEPGEN) -c -o $@ $<

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

$(B)/unit/host/%.o: host/%.c | $(B)/obj-dirs libs
	$(call say,CC,$< [unit])
	$(Q)$(CC) $(CPPFLAGS) $(UT_CFLAGS) $(DEPGEN) -c -o $@ $<

$(B)/unit/%.o: tests/unit/%.c | $(B)/obj-dirs libs
	$(call say,CC,$<)
	$(Q)$(CC) $(UT_CFLAGS) $(shell pkg-config --cflags check) $(DEPGEN) \
		-c -o $@ $<

$(B)/unit/libinit.a: $(UT_INIT) $(B)/unit/fake_sys.o $(B)/unit/host_io.o
$(B)/unit/libhost.a: $(UT_HOST)
$(B)/unit/lib%.a:
	$(Q)rm -f $@ && ar rcs $@ $^

# Which half: the one whose headers the test includes.
half	= $(if $(shell grep -l '"init/' tests/unit/$(basename $(notdir $(1))).c),init,host)

$(B)/unit/test_%: $(B)/unit/test_%.o $(B)/unit/main.o $(B)/unit/libinit.a \
		  $(B)/unit/libhost.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SAN) -o $@ $< $(B)/unit/main.o \
		$(B)/unit/lib$(call half,$<).a \
		$(shell pkg-config --libs check $(LAZY)) $(PKG_LIBS)

# A VM test is a program that runs build/bootlet as its user would.
VT_SOURCE := $(addprefix tests/vm/,kmod.c pool.c source.c)
VT_COMMON := $(filter-out $(VM_SRC) $(FULL_SRC) $(VT_SOURCE), \
	   $(wildcard tests/vm/*.c))

$(B)/vm/%: tests/vm/%.c $(VT_COMMON) $(wildcard tests/vm/*.h) | $(B)/obj-dirs
	$(call say,CC,$<)
	$(Q)$(CC) $(WARN) -O1 -g -I. -DTOPDIR='"$(CURDIR)"' \
		-DBUILD='"$(abspath $(B))"' -o $@ $< $(VT_COMMON) \
		$(VM_LIBS) $(shell pkg-config --cflags --libs check)

# These ask the host's modules, too: for a kernel's source, and about taps.
VM_HOST	:= $(filter-out %/main.o,$(HOST_OBJ))
$(FULL_BIN): VM_LIBS = $(VT_SOURCE) $(VM_HOST) $(PKG_LIBS)
$(FULL_BIN): $(VT_SOURCE) $(VM_HOST)
$(B)/vm/test_hostnet_tap: VM_LIBS = $(VM_HOST) $(PKG_LIBS)
$(B)/vm/test_hostnet_tap: $(VM_HOST)

# Programs for the guest.
GUEST_SRC := $(wildcard tests/vm/guest/*.c)
GUEST_BIN := $(GUEST_SRC:tests/vm/%.c=$(B)/vm/%)
$(B)/vm/guest/%: tests/vm/guest/%.c | $(B)/obj-dirs
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(WARN) -O1 -static -I. -o $@ $<

# The init that is shipped, and a sleep in one of its phases.
INIT_SLOW := $(B)/vm/init-slow
$(INIT_SLOW): tests/vm/init/slow.c $(INIT_OBJ)
	$(call say,LD,$@)
	$(Q)$(INIT_CC) $(INIT_CFLAGS) -ffreestanding -I. -c -o $@.o $<
	$(Q)$(MUSL_CC) $(INIT_CFLAGS) $(INIT_LTO) $(INIT_LDFLAGS) \
		-Wl,--wrap=sys_mount -o $@ $@.o $(INIT_OBJ)

# And faults in it.
INIT_FAULT := $(B)/vm/init-fault
$(INIT_FAULT): tests/vm/init/fault.c $(INIT_OBJ)
	$(call say,LD,$@)
	$(Q)$(INIT_CC) $(INIT_CFLAGS) -ffreestanding -I. -c -o $@.o $<
	$(Q)$(MUSL_CC) $(INIT_CFLAGS) $(INIT_LTO) $(INIT_LDFLAGS) \
		-Wl,--wrap=sys_mount,--wrap=sys_kill,--wrap=io_vfork \
		-o $@ $@.o $(INIT_OBJ)

include tests/bench/bench.mk
include tests/fuzz/fuzz.mk
include tests/coverage/coverage.mk

unit: $(UT_BIN) ## build and run the unit tests alone
	$(Q)sh tests/run.sh -j $(JOBS) $(UT_BIN)

# --- for people ---------------------------------------------------------------

DEMO	:= uname -a; ifconfig; cat /run/bootlet/timing

boot: ## from a clean machine to a shell: packages, build, kernel, QEMU
	$(Q)sh .ci/deps boot
	$(Q)$(SUBMAKE) all
	$(Q)if [ -t 0 ] && [ -t 1 ]; then \
		$(B)/bootlet run -k distro --net user; code=$$?; \
		: what the shell ended with is nothing to make; \
		case $$code in 12[2-5]) exit $$code ;; esac; \
	else \
		exec $(B)/bootlet run -k distro --net user -- sh -c '$(DEMO)'; \
	fi

check: ## unit tests, and real VMs on the distribution's kernel: some 10 minutes
	$(Q)sh .ci/deps check
	$(Q)$(SUBMAKE) all test-programs
	$(Q)$(B)/bootlet run -k distro --timeout 120 -- true
	$(Q)sh tests/run.sh -j $(JOBS) $(UT_BIN) $(VM_BIN)

check-full: ## what costs long downloads: all kernels that are in reach
	$(Q)sh .ci/deps check
	$(Q)$(SUBMAKE) all test-programs
	$(Q)sh tests/run.sh -j $(JOBS) $(FULL_BIN)

# BENCH="image init" picks, BENCH_OUT=FILE writes the table as Markdown too.
bench: ## the performance table, a quarter of an hour; BENCH="image ..." picks
	$(Q)sh .ci/deps bench
	$(Q)$(SUBMAKE) all bench-programs
	$(Q)BOOTLET=$(B)/bootlet BENCH_BIN=$(B)/bench sh tests/bench/run.sh \
		$(if $(BENCH_OUT),-o '$(BENCH_OUT)') $(BENCH)

.PHONY: test-programs
test-programs: $(UT_BIN) $(VM_BIN) $(FULL_BIN) $(GUEST_BIN) $(INIT_SLOW) $(INIT_FAULT) \
	  bench-programs

C_FILES	= $(wildcard init/*.[ch] host/*.[ch] tests/*.h tests/*/*.[ch] \
	  tests/*/guest/*.[ch] tests/vm/init/*.c)
TIDY_HOST = $(HOST_SRC) $(wildcard tests/unit/*.c tests/vm/*.c \
	  tests/bench/*.c tests/fuzz/*.c) tests/coverage/host.c tests/coverage/qemu.c
TIDY_GUEST = $(INIT_SRC) $(BENCH_GUEST_SRC)
TIDY_DEFS = $(WARN) $(PKG_CFLAGS) -I. \
	   $(foreach l,$(LAZY),-D$(call upper,$(l))_SO=\"\") -DVERSION=\"\" -DINIT_FILE=\"\" -DTOPDIR=\"\" \
	   -DBUILD=\"\" -DREAL_QEMU=\"\" -DCOVERAGE_DIR=\"\"
MUSL_INC = -nostdinc -isystem /usr/include/$(MULTIARCH:gnu=musl)

lint: ## format, clang-tidy, shellcheck, mandoc; gcc and clang without warnings
	$(Q)sh .ci/deps lint
	$(call say,FORMAT,)
	$(Q)clang-format --dry-run -Werror $(C_FILES)
	$(call say,SHELL,)
	$(Q)shellcheck -x .ci/run .ci/deps tests/run.sh tests/fuzz/run.sh $(BENCH_SH)
	$(call say,PYTHON,)
	$(Q)! command -v python3 >/dev/null || \
		python3 -c 'import sys; \
		[compile(open(f).read(), f, "exec") for f in sys.argv[1:]]' \
		host/gdb.py $(COVERAGE_PY)
	$(call say,MAN,)
	$(Q)mandoc -T lint -W warning host/bootlet.1 init/bootlet-init.8
	$(call say,BUILD,gcc)
	$(Q)$(MAKE) --no-print-directory -s B=$(B)/lint-gcc WERROR=-Werror \
		all test-programs
	$(call say,BUILD,clang)
	$(Q)$(MAKE) --no-print-directory -s B=$(B)/lint-clang WERROR=-Werror \
		CC=clang INIT_CC="clang $(MUSL_INC)" all
	$(call say,TIDY,guest)
	$(Q)printf '%s\n' $(TIDY_GUEST) | xargs -P $(JOBS) -n 4 sh -c \
		'clang-tidy --quiet "$$@" -- $(WARN) $(KHDRS) $(MUSL_INC) 2>&1 | \
		grep -E "(warning|error):" && exit 255; :' tidy
	$(call say,TIDY,host)
	$(Q)printf '%s\n' $(TIDY_HOST) | xargs -P $(JOBS) -n 4 sh -c \
		'clang-tidy --quiet "$$@" -- $(TIDY_DEFS) 2>&1 | \
		grep -E "(warning|error):" && exit 255; :' tidy

format: ## rewrite the sources as .clang-format says
	$(Q)clang-format -i $(C_FILES)

install: all ## install below PREFIX (/usr/local), staged by DESTDIR
	install -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(LIBDIR)" \
		"$(DESTDIR)$(MANDIR)/man1" "$(DESTDIR)$(MANDIR)/man8" \
		"$(DESTDIR)$(COMPDIR)"
	install -m 755 $(B)/bootlet "$(DESTDIR)$(BINDIR)/bootlet"
	install -m 755 $(B)/init "$(DESTDIR)$(LIBDIR)/init"
	install -m 644 host/bootlet.1 "$(DESTDIR)$(MANDIR)/man1/bootlet.1"
	install -m 644 init/bootlet-init.8 \
		"$(DESTDIR)$(MANDIR)/man8/bootlet-init.8"
	install -m 644 $(B)/bootlet.bash "$(DESTDIR)$(COMPDIR)/bootlet"

uninstall: ## remove what install has installed
	rm -f "$(DESTDIR)$(BINDIR)/bootlet" "$(DESTDIR)$(LIBDIR)/init" \
		"$(DESTDIR)$(MANDIR)/man1/bootlet.1" \
		"$(DESTDIR)$(MANDIR)/man8/bootlet-init.8" \
		"$(DESTDIR)$(COMPDIR)/bootlet"
	-rmdir "$(DESTDIR)$(LIBDIR)"

clean: ## remove build/
	$(Q)rm -rf $(B)

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | expand -t 14

# The compiler would name a header, which is nothing to install.
.PHONY: libs
libs:
	@pkg-config --exists $(PKGS) 2>/dev/null || { \
		command -v pkg-config >/dev/null || set -- pkg-config; \
		[ $$# -gt 0 ] || for p in $(PKGS); do \
			pkg-config --exists $$p || set -- "$$@" $$p; \
		done; \
		echo "missing: $$*; sh .ci/deps boot installs it" >&2; exit 1; }

# Which of them there are stands here.
$(B)/obj-dirs: Makefile
	$(Q)mkdir -p $(B)/obj/init $(B)/obj/host $(B)/bench $(B)/unit/init \
		$(B)/unit/host $(B)/vm
	$(Q)touch $@

-include $(wildcard $(B)/*/*.d $(B)/*/*/*.d)
