/* SPDX-License-Identifier: MIT */
/*
 * How long the boot took: the kernel, init, and each of its phases.
 */
#ifndef BOOTLET_TIMING_H
#define BOOTLET_TIMING_H

#include "cmdline.h"

#include <stddef.h>

#define TIMING_MAX_PHASES 16
#define TIMING_MAX_NAME	  24
/* Bytes that hold the text of any boot, NUL included. */
#define TIMING_TEXT_SIZE 1024

/** struct timing_phase - one phase that has ended */
struct timing_phase {
	const char *name; /* static; TIMING_MAX_NAME bytes at most */
	unsigned long long ns; /* nanoseconds it took */
};

/** timing_begin() - init starts now; first call of main() */
void timing_begin(void);

/** timing_kernel() - nanoseconds from the kernel's start to timing_begin() */
unsigned long long timing_kernel(void);

/**
 * timing_phase() - a phase ends now
 * @name: static
 *
 * It has lasted since the last call, or since timing_begin(). The 17th and
 * later, and one with a longer name, are timed but not kept.
 *
 * Return: nanoseconds.
 */
unsigned long long timing_phase(const char *name);

/**
 * timing_phases() - the phases that have ended
 * @out: set to the first; static
 *
 * Return: how many, TIMING_MAX_PHASES at most.
 */
size_t timing_phases(const struct timing_phase **out);

/**
 * timing_text() - the two lines
 * @buf:    TIMING_TEXT_SIZE bytes
 * @begin:  nanoseconds from the kernel's start to timing_begin()
 * @now:    nanoseconds from the kernel's start until now
 * @phases: those that have ended
 * @n:      how many, TIMING_MAX_PHASES at most
 *
 * The first is what a script prints from the first field of /proc/uptime,
 * proc_uptime(5): that file shows CLOCK_BOOTTIME cut to hundredths.
 *
 * Return: bytes of text; no NUL ends it.
 */
size_t timing_text(char *buf, unsigned long long begin, unsigned long long now,
		   const struct timing_phase *phases, size_t n);

/**
 * timing_save() - leave the lines for programs in the guest
 * @dir:  made where it is not there
 * @path: of the file, in @dir
 * @text: goes there
 * @len:  bytes of @text
 *
 * Return: 0; -errno.
 */
int timing_save(const char *dir, const char *path, const char *text,
		size_t len);

/**
 * timing_apply() - phase: print the lines on fd 1 and save them
 * @cfg: not used: the lines are printed under "quiet", too
 *
 * Printed by one write(2), and saved in BOOTLET_RUN_DIR where that can be.
 *
 * Return: 0; -errno of the print.
 */
int timing_apply(struct boot_config *cfg);

#endif
