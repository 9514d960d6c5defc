/* SPDX-License-Identifier: MIT */
/* Packages of the distribution, downloaded and unpacked in a directory. */
#ifndef BOOTLET_FETCH_H
#define BOOTLET_FETCH_H

#include "apt.h"

/** struct fetch - what is wanted, and where it goes */
struct fetch {
	/** @host: this machine */
	const struct apt_host *host;
	/** @suite: NULL for the machine's own */
	const char *suite;
	/** @packages: the first that exists is taken; NULL-ended */
	const char *const *packages;
	/** @parts: how names of dependencies begin that are taken along;
	 * NULL-ended, the first tells which one @got names */
	const char *const *parts;
	/** @dir: to unpack into; emptied first */
	const char *dir;
	/** @got: the package taken, in the end; the caller frees */
	char *got;
};

/**
 * fetch_run() - download packages and unpack them
 * @r: what and where
 *
 * Return: 0; -errno after a message: -ENOENT no such package, -EIO apt or
 * dpkg-deb failed, -ENOSPC, -EOPNOTSUPP no apt here.
 */
int fetch_run(struct fetch *r);

/** fetch_tool_missing() - the first program needed that is not in PATH, or
 * NULL */
const char *fetch_tool_missing(void);

#endif
