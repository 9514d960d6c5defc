# SPDX-License-Identifier: MIT
# How much of init/ and host/ the tests run, a part of ../../Makefile.
#
# All is built once more, in a directory of its own, by gcc with counters, not
# optimised: what counts is lines. Those of init come out of the guest
# by port I/O (guest.h), those of bootlet and the unit tests are files as usual.

COVERAGE_MIN ?= 90
COVERAGE_PY := tests/coverage/report.py

# Not what a test's own make finds in its environment.
ifeq ($(origin COVERAGE),command line)
COV	:= $(abspath $(B))
COV_QEMU := $(B)/bin/qemu-system-x86_64
wrap	= $(addprefix -Wl$(comma)--wrap=,$(1))

# The limits of what is counted are those of the build that is shipped.
COV_RUN	= $(UT_BIN) $(filter-out %/test_counts,$(VM_BIN)) \
	   $(if $(FULL),$(FULL_BIN))

# Of optimisation nothing but what asm and the compiler's own calls ask for.
INIT_LTO :=
INIT_CFLAGS += -O0 -g -fprofile-arcs -ftest-coverage \
	   -fprofile-info-section=gcov_info
INIT_LDFLAGS += -Wl,-T,tests/coverage/guest.ld $(call wrap,main sys_reboot) \
	   $(B)/obj/coverage/guest.o $(shell $(CC) -print-file-name=libgcov.a)
$(B)/init $(INIT_SLOW) $(INIT_FAULT) $(B)/bench/init: $(B)/obj/coverage/guest.o

CFLAGS	+= -O0 --coverage
SAN	:= -O0 --coverage
PKG_LIBS += $(B)/obj/coverage/host.o $(call wrap,_exit execv execvp raise) \
	   --coverage
# Of the host's modules it has two that end nothing themselves.
$(B)/bench/pairs: BENCH_DEFS := --coverage
$(B)/bootlet $(UT_BIN) $(VM_BIN) $(FULL_BIN): $(B)/obj/coverage/host.o

$(B)/obj/coverage/guest.o: tests/coverage/guest.c tests/coverage/guest.h
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(filter-out -fprofile% -ftest%,$(INIT_CFLAGS)) -Os \
		-ffreestanding -idirafter $(dir $(shell $(CC) \
		-print-file-name=libgcov.a))include -I. -c -o $@ $<

$(B)/obj/coverage/host.o: tests/coverage/host.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(WARN) -O2 -DCOVERAGE_DIR='"$(COV)"' -c -o $@ $<

$(COV_QEMU): tests/coverage/qemu.c tests/coverage/guest.h
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(WARN) -O2 -DCOVERAGE_DIR='"$(COV)"' \
		-DREAL_QEMU='"$(shell command -v qemu-system-x86_64)"' -o $@ $<

# Another user cannot write to its files: that goes to gcov.log, see host.c.
.PHONY: coverage-run
coverage-run: all $(COV_RUN) $(GUEST_BIN) $(INIT_SLOW) $(INIT_FAULT) \
	      bench-programs $(COV_QEMU)
	$(Q)find $(B) -name '*.gcda' -delete
	$(Q)rm -rf $(B)/guest && mkdir -m 1777 $(B)/guest
	$(Q)>$(COV)/gcov.log && chmod 666 $(COV)/gcov.log
	$(Q)unset MAKEFLAGS MAKELEVEL MFLAGS; \
		PATH="$(COV)/bin:$$PATH" sh tests/run.sh -j $(JOBS) $(COV_RUN) || \
		echo 'coverage: of tests that fail the lines count, too'
	$(Q)python3 $(COVERAGE_PY) $(B) $(COVERAGE_MIN)
endif

# FULL=1 has check-full's tests count, too.
coverage: ## how many lines tests run, COVERAGE_MIN=90 percent at least
	$(Q)sh .ci/deps coverage
	$(Q)$(SUBMAKE) COVERAGE=1 CC=gcc B=$(B)/coverage coverage-run

.PHONY: coverage
