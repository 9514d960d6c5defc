/* SPDX-License-Identifier: MIT */
/* The guest's disks: what was asked for, and as pure functions of it QEMU's
 * devices and the modules that the guest needs. */
#ifndef BOOTLET_DISKSPEC_H
#define BOOTLET_DISKSPEC_H

#include "machine.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** DISK_MAX - disks at most: what an AHCI controller has ports for */
#define DISK_MAX 6

/** struct disk - a file or block device of this machine */
struct disk {
	/** @path: owned; @format: as QEMU says it, static, by diskspec_settle() */
	char *path;
	const char *format;
	/** @rw: what the guest writes is kept; else it is forgotten */
	bool rw;
};

/** struct diskspec - all of them; zero it to begin with */
struct diskspec {
	/** @disk: in the order in which the guest counts them */
	struct disk disk[DISK_MAX];
	size_t n;
	/** @ahci: on a controller for SATA, not on virtio */
	bool ahci;
};

/**
 * parse_disk() - split "FILE[:rw|:ro]"
 * @text:   where a file of that whole name exists, all of it is FILE
 * @exists: whether a file exists
 * @out:    @path and @rw
 *
 * Return: NULL; or what is wrong in a few words (static text), nothing being
 * owned then.
 */
const char *parse_disk(const char *text, bool (*exists)(const char *path),
		       struct disk *out);

/**
 * parse_disk_format() - what a disk's first bytes say it is
 * @head: its first bytes
 * @n:    how many
 *
 * Return: "qcow2" or "raw". QEMU is always told: left to guess, it would take
 * what a guest wrote into a raw disk for the header of another format.
 */
const char *parse_disk_format(const void *head, size_t n);

/**
 * diskspec_settle() - look at the files
 * @s: each @format is set
 *
 * Return: 0; -errno after a message.
 */
int diskspec_settle(struct diskspec *s);

/**
 * diskspec_drivers() - modules that find disks, to be loaded
 * @s:   the disks
 * @m:   the machine
 * @out: names are appended; none where there is no disk
 */
void diskspec_drivers(const struct diskspec *s, const struct machine *m,
		      struct strv *out);

/**
 * diskspec_modules() - modules that may be wanted once there is a disk
 * @out: names of file systems and what they need are appended
 */
void diskspec_modules(struct strv *out);

/**
 * diskspec_argv() - QEMU's devices
 * @s:   settled
 * @m:   the machine
 * @out: words are appended
 *
 * Source: qemu(1), -drive, snapshot=on: what is written goes to a file that
 * nobody else sees.
 */
void diskspec_argv(const struct diskspec *s, const struct machine *m,
		   struct strv *out);

/** diskspec_free() - free what is owned */
void diskspec_free(struct diskspec *s);

#endif
