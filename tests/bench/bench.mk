# SPDX-License-Identifier: MIT
# What the benchmarks need to be built, a part of ../../Makefile.

BENCH_SH = $(filter-out %.c %.h %.mk %/guest,$(wildcard tests/bench/*))

# --- for the guest: guest/*.c -------------------------------------------------

BENCH_GUEST := tests/bench/guest
BENCH_GUEST_SRC := $(wildcard $(BENCH_GUEST)/*.c)
# Each is of one file: of the benchmark init the floors and what is started in
# place of the shell, of kernel an init that tells the time.
BENCH_FLOORS := $(addprefix $(B)/bench/,floor floor-script floor-module)
BENCH_INITS := $(BENCH_FLOORS) $(addprefix $(B)/bench/,probe kernel)

$(BENCH_FLOORS): $(BENCH_GUEST)/floor.c
$(B)/bench/floor-script: BENCH_DEFS := -DSCRIPT
$(B)/bench/floor-module: BENCH_DEFS := -DMODULE
$(B)/bench/probe: $(BENCH_GUEST)/probe.c
$(B)/bench/probe: BENCH_DEFS := -Wl,-e,probe_entry
$(B)/bench/kernel: $(BENCH_GUEST)/kernel.c

$(BENCH_INITS): $(BENCH_GUEST)/probe.h | $(B)/obj-dirs
	$(call say,CC,$@)
	$(Q)$(MUSL_CC) $(WARN) $(KHDRS) -Os -static -s $(BENCH_DEFS) -o $@ \
		$(filter %.c,$^)

# The init that is shipped, with a stamp at its start.
$(B)/bench/init: $(INIT_OBJ) $(BENCH_GUEST)/entry.c $(BENCH_GUEST)/probe.h \
		 | $(B)/obj-dirs
	$(call say,LD,$@)
	$(Q)$(MUSL_CC) $(INIT_CFLAGS) -c -o $@.o $(BENCH_GUEST)/entry.c
	$(Q)$(MUSL_CC) $(INIT_CFLAGS) $(INIT_LTO) $(INIT_LDFLAGS) \
		-Wl,-e,probe_entry -o $@ $(INIT_OBJ) $@.o
	$(Q)$(STRIP) -s -R .comment -R '.note*' $@
	$(unsection)

# --- for here: *.c ------------------------------------------------------------

# What compares two commands, and what stands in for QEMU.
BENCH_HOST := $(addprefix $(B)/bench/,pairs overhead)
BENCH_OBJ := $(addprefix $(B)/obj/host/,stats.o str.o)
$(B)/bench/pairs: $(addprefix tests/bench/,pairs.c timed.c) $(BENCH_OBJ)
$(B)/bench/overhead: tests/bench/overhead.c
# Its own start is short, as it is in QEMU's place.
$(B)/bench/overhead: BENCH_DEFS := -static

$(BENCH_HOST): tests/bench/timed.h | $(B)/obj-dirs
	$(call say,CC,$@)
	$(Q)$(CC) $(WARN) -O2 -g -I. $(BENCH_DEFS) -o $@ \
		$(filter %.c %.o,$^) -lm

.PHONY: bench-programs
bench-programs: $(BENCH_INITS) $(B)/bench/init $(BENCH_HOST)
