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
 * The file's own .modinfo tells of a module of another kernel, for which the
 * kernel has the errno of other faults (kernel/module/main.c).
 */
void modfail_report(int fd, const char *file, const char *release, int err);

#endif
