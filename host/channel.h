/* SPDX-License-Identifier: MIT */
/* Which ways to the guest there shall be for its channel. */
#ifndef BOOTLET_CHANNEL_H
#define BOOTLET_CHANNEL_H

#include "ports.h"

#include <stdbool.h>

/** struct channel - a row; all strings are static */
struct channel {
	/** @name: as the user says it */
	const char *name;
	/** @port: which devices QEMU gets */
	bool port[N_PORTS];
	/** @list: for the guest, see BOOTLET_KEY_PORT */
	const char *list;
};

/** channel_find() - the row of that name, or NULL */
const struct channel *channel_find(const char *name);

/**
 * channel_settle() - the row for a run
 * @asked:   what the user has chosen, or NULL
 * @command: there is one, whose streams go through the channel
 *
 * A shell's bytes go over the console, so that the fastest port would only
 * cost it the time that its modules take.
 */
const struct channel *channel_settle(const struct channel *asked, bool command);

#endif
