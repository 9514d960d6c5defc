/* SPDX-License-Identifier: MIT */
/*
 * Bytes between the command's pipes (child.h) and the channel (report.h), and
 * what else comes through the channel: the one module that knows both.
 */
#ifndef BOOTLET_RELAY_H
#define BOOTLET_RELAY_H

#include "cmdline.h"

/** relay_signal - how the host's SIGNAL reaches the main child */
typedef void relay_signal(int sig);

/**
 * relay_wait() - wait until something can be moved, or a signal arrives
 * @ms: milliseconds at most, -1: no limit
 *
 * Signals are unblocked only inside.
 */
void relay_wait(int ms);

/**
 * relay_move() - move what can be moved now, in both directions
 * @cfg:    tells the console's tty, for SIZE
 * @signal: called for SIGNAL
 */
void relay_move(const struct boot_config *cfg, relay_signal *signal);

/**
 * relay_drain() - send what the command wrote before it died
 * @ms: milliseconds for each part of it that is queued, then it is dropped
 *
 * Does not wait for the end of the pipes: a daemon may hold them open.
 */
void relay_drain(int ms);

/**
 * relay_phases() - report the phases that have ended since the last call
 * @next: name of the one that has begun, or NULL
 *
 * What ended before there was a port is said when there is one.
 */
void relay_phases(const char *next);

#endif
