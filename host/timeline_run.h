/* SPDX-License-Identifier: MIT */
/* One run's timeline. */
#ifndef BOOTLET_TIMELINE_RUN_H
#define BOOTLET_TIMELINE_RUN_H

#include "initcall.h"
#include "session.h"
#include "timeline.h"

#include <stdbool.h>

/**
 * timeline_of_run() - put together what was seen of a run
 * @out:   of the guest, or NULL: there was none
 * @calls: initcalls_end() was called; or NULL
 * @began: moments_began()
 * @now:   nanoseconds of moments_now(), the end of all
 * @guest_time: the guest's time is not the host's: it counts instructions
 * @t:     spans are appended; title, trouble and note are the caller's
 *
 * Three clocks meet here. The host's is that of the picture. The kernel's own,
 * printk's, is laid on it by initcalls_host(); init's, CLOCK_BOOTTIME, by
 * @out->moments.kernel, or by when the command was started. They start at
 * different moments of the boot and are never compared with one another. With
 * @guest_time both are laid on QEMU's start as they are, so that what the guest
 * did has the guest's lengths, and the rest the host's.
 *
 * What had not ended is open, and ends when the guest did. Of what nobody has
 * said there is no span.
 */
void timeline_of_run(const struct session_result *out,
		     const struct initcalls *calls, long long began,
		     long long now, bool guest_time, struct timeline *t);

#endif
