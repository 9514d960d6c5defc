/* SPDX-License-Identifier: MIT */
/*
 * Why the kernel did not take a module, in words.
 */
#ifndef BOOTLET_MODFAIL_H
#define BOOTLET_MODFAIL_H

/**
 * modfail_report() - say in one line why finit_module(2) failed
 * @fd:      the module's file, open for reading
 * @file:    its name
 * @release: the running kernel's release
 * @err:     -errno that finit_module(2) gave
 *
 * The file's own .modinfo and /sys/module/compression tell apart what the
 * kernel has one errno for (kernel/module/main.c, decompress.c).
 */
void modfail_report(int fd, const char *file, const char *release, int err);

#endif
