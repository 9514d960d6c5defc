/* SPDX-License-Identifier: MIT */
/* How fast this machine's time stamp counter counts. */
#ifndef BOOTLET_TSC_H
#define BOOTLET_TSC_H

/**
 * tsc_khz() - measure it, in some milliseconds
 *
 * A guest under TCG reads the host's counter (QEMU, cpu_get_host_ticks()).
 *
 * Return: kHz; 0 on a machine that has none.
 */
unsigned int tsc_khz(void);

#endif
