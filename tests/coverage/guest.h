/* SPDX-License-Identifier: MIT */
/*
 * How a guest's counters come out of it: by port I/O to QEMU's isa-debugcon,
 * which is on every machine with an ISA bus and needs no driver. What arrives
 * is a file of this, any number of times:
 *
 *	"dump\n"
 *	for each source file of init/
 *		"gcda LENGTH PATH\n"	of the .gcda file; decimal
 *		LENGTH bytes
 *	"done\n"
 *
 * The last whole one counts: counters only grow.
 */
#ifndef BOOTLET_TESTS_COVERAGE_GUEST_H
#define BOOTLET_TESTS_COVERAGE_GUEST_H

/* Nothing else is there; firmware writes to the usual one, 0x402. */
#define COVERAGE_PORT 0x5c0

#endif
