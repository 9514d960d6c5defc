/* SPDX-License-Identifier: MIT */
/*
 * The modules that lie flat in a directory, without an index.
 */
#ifndef BOOTLET_MODFLAT_H
#define BOOTLET_MODFLAT_H

#include "moddep.h"

/** enum flat_state - what is to become of a file */
enum flat_state {
	FLAT_WAITS, /* to be loaded */
	FLAT_ON_DEMAND, /* only if somebody names it */
	FLAT_OVER, /* loaded, or given up */
};

/** struct flat - one file */
struct flat {
	/** @file: its name in @dir */
	const char *file;
	/** @dir: file descriptor, not owned */
	int dir;
	/** @state: see enum flat_state */
	enum flat_state state;
	/** @tried: for the loader's use, starts as 0 */
	unsigned int tried;
};

/**
 * modflat_name() - a module's name, which may have dots, within a path
 *
 * Return: what stands behind the last "/", without one ".ko", ".ko.gz",
 * ".ko.xz" or ".ko.zst" at the end.
 */
struct span modflat_name(const char *path);

/** modflat_packed() - whether a module's file has another end than .ko */
bool modflat_packed(const char *file);

/** modflat_reset() - forget all files */
void modflat_reset(void);

/**
 * modflat_scan() - add the files *.ko, *.ko.gz, *.ko.xz and *.ko.zst of a
 * directory, sorted by name among all
 * @dir:   open for reading; used for as long as the table
 * @state: they start with
 *
 * Return: 0; -errno of getdents64(2); -ENOSPC where the table was full.
 */
int modflat_scan(int dir, enum flat_state state);

/** modflat_at() - file number @i in the order of names; NULL behind the last */
struct flat *modflat_at(size_t i);

/** modflat_find() - first file of a module that is not over; NULL: none */
struct flat *modflat_find(struct span name);

#endif
