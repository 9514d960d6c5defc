/* SPDX-License-Identifier: MIT */
/* How fast this machine's time stamp counter counts. */
#ifndef BOOTLET_TSC_H
#define BOOTLET_TSC_H

#include <stdint.h>

/** struct tsc_moment - both clocks at once: nanoseconds of CLOCK_MONOTONIC_RAW,
 * clock_gettime(2), and ticks of the counter */
struct tsc_moment {
	uint64_t ns, ticks;
};

/**
 * tsc_khz() - find it out
 *
 * Measured in some milliseconds, and kept in the cache until the machine is
 * booted again; what was kept has to agree with what both clocks have counted
 * since. A guest under TCG reads the host's counter (QEMU,
 * cpu_get_host_ticks()).
 *
 * Return: kHz; 0 on a machine that has none.
 */
unsigned int tsc_khz(void);

/** TSC_NOTE_S - seconds that a measurement is believed */
#define TSC_NOTE_S 3600

/**
 * parse_tsc_note() - what a measurement that was kept is worth
 * @text: "BOOT-ID KHZ NS TICKS\n", the latter two when it was made
 * @boot: this boot's id
 * @now:  this moment
 *
 * A pure function. Return: kHz; 0 where it has to be measured again: another
 * boot, too long ago, or the clocks do not agree to 1 in 5,000.
 */
unsigned int parse_tsc_note(const char *text, const char *boot,
			    const struct tsc_moment *now);

#endif
