/* SPDX-License-Identifier: MIT */
/*
 * A warm start: the guest waits before its command, and the host keeps its
 * state. Every guest that goes on from that state is told here what it is for.
 */
#ifndef BOOTLET_PARK_H
#define BOOTLET_PARK_H

#include "report.h"

/**
 * park_apply() - say PARK, say READY, wait for RESUME
 *
 * What runs here has been copied maybe often: on RESUME it gets a clock, and
 * random numbers of its own. The kernel is made to think that it has some
 * already, which takes time that is then not that of each copy.
 *
 * Return: 0; -ETIMEDOUT, -EIO without a host; -errno of what FILE or RESUME asked
 * for, or of the port.
 */
int park_apply(void);

/**
 * park_take() - do what a frame says
 *
 * Return: 1 for RESUME, where all is done; 0; -EPROTO for one that is cut
 * short; -errno.
 */
int park_take(const struct report_frame *f);

#endif
