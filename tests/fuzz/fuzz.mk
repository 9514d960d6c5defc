# SPDX-License-Identifier: MIT
# The fuzz targets, a part of ../../Makefile: one a file, each with the corpus
# and the dictionary of its name.

FUZZ_CC	?= clang
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%)
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_COV := -fsanitize=fuzzer-no-link
FUZZ_CFLAGS = $(WARN) -O2 -g $(FUZZ_SAN) $(PKG_CFLAGS) -I. \
	   -DVERSION='"$(VERSION)"' -DINIT_FILE='"$(B)/init"' \
	   -DTOPDIR='"$(CURDIR)"'
FUZZ_INIT := $(patsubst init/%.c,$(B)/fuzz/init/%.o, \
	   $(filter-out $(addprefix init/,main.c io.c string.c sys.c), \
	   $(INIT_SRC))) $(addprefix $(B)/fuzz/unit/,fake_sys.o host_io.o)
FUZZ_HOST := $(patsubst host/%.c,$(B)/fuzz/host/%.o, \
	   $(filter-out host/main.c,$(HOST_SRC)))

fuzz: ## fuzz all parsers, a minute each; T="NAME ..." picks, SECONDS=n each
	$(Q)sh .ci/deps fuzz
	$(Q)$(SUBMAKE) -j $(JOBS) $(or $(T:%=$(B)/fuzz/%),fuzz-programs)
	$(Q)FUZZ_BIN=$(B)/fuzz sh tests/fuzz/run.sh -j $(JOBS) \
		-s $(or $(SECONDS),60) \
		$(or $(T),$(notdir $(FUZZ_BIN)))

.PHONY: fuzz fuzz-programs
fuzz-programs: $(FUZZ_BIN)

$(filter $(B)/fuzz/%,$(LAZY_OBJ:$(B)/unit/%=$(B)/fuzz/%)): CPPFLAGS += $(LAZY_DEFS)
$(B)/fuzz/host/blob.o: $(B)/init
$(B)/fuzz/host/kconfig_builtin.o: $(KCONFIG)
$(B)/fuzz/host/gdb.o: host/gdb.py

$(B)/fuzz/unit/%.o: tests/unit/%.c | $(B)/fuzz-dirs
	$(call say,CC,$< [fuzz])
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) $(DEPGEN) -c -o $@ $<

$(B)/fuzz/init/%.o: init/%.c | $(B)/fuzz-dirs
	$(call say,CC,$< [fuzz])
	$(Q)$(FUZZ_CC) $(FUZZ_COV) $(FUZZ_CFLAGS) $(DEPGEN) -c -o $@ $<

$(B)/fuzz/host/%.o: host/%.c | $(B)/fuzz-dirs libs
	$(call say,CC,$< [fuzz])
	$(Q)$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_COV) $(FUZZ_CFLAGS) $(DEPGEN) \
		-c -o $@ $<

$(B)/fuzz/libinit.a: $(FUZZ_INIT)
$(B)/fuzz/libhost.a: $(FUZZ_HOST)
$(B)/fuzz/libinit.a $(B)/fuzz/libhost.a:
	$(Q)rm -f $@ && ar rcs $@ $^

# A target about init/ may ask host/, which is the other end of what it reads.
$(FUZZ_BIN): $(B)/fuzz/%: tests/fuzz/%.c $(B)/fuzz/libinit.a \
	     $(B)/fuzz/libhost.a
	$(call say,LD,$@)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer $(DEPGEN) -o $@ $< \
		$(if $(shell grep -l '"init/' $<), \
		$(B)/fuzz/libinit.a $(B)/fuzz/libhost.a, \
		$(B)/fuzz/libhost.a) \
		$(shell pkg-config --libs $(LAZY)) $(PKG_LIBS)

$(B)/fuzz-dirs: tests/fuzz/fuzz.mk
	$(Q)mkdir -p $(B)/fuzz/init $(B)/fuzz/host $(B)/fuzz/unit
	$(Q)touch $@
