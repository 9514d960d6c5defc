/* SPDX-License-Identifier: MIT */
/*
 * Warm start, the plan: which runs may go on from one state of a guest, and
 * what such a guest is told when it goes on. See PARK in init/protocol.h.
 */
#ifndef BOOTLET_WARM_H
#define BOOTLET_WARM_H

#include "../init/protocol.h"
#include "image.h"
#include "str.h"
#include "vmnote.h"

#include <stdbool.h>

struct run_spec;
struct recipe;

/** struct warm_spec - --warm */
struct warm_spec {
	bool on;
};

/** warm_word() - value of BOOTLET_KEY_WARM, 0: none; @root: another one than
 * the image, or NULL */
char warm_word(const struct warm_spec *spec, const char *root);

/**
 * warm_wrong() - what does not go together with --warm
 * @spec:   settled
 * @recipe: of the image
 *
 * Return: NULL; or what it is and what to do, in words (static text).
 */
const char *warm_wrong(const struct run_spec *spec,
		       const struct recipe *recipe);

/** struct warm_key - all that a state depends on; nothing is owned */
struct warm_key {
	/** @version: of bootlet; @argv: of QEMU; @dir: private directory, which
	 * is not part of it */
	const char *version, *dir;
	const struct strv *argv;
	/** @cmdline: of the kernel; @argv has another one. @tsc: its first
	 * tsc_early_khz= is ours, measured anew in each run, and no part of the
	 * key */
	const char *cmdline;
	bool tsc;
	/** @date: SOURCE_DATE_EPOCH, of the image's files, or NULL */
	const char *date;
	/** @qemu, @kernel: stamps of these files; @base: of the image that is
	 * appended to, zero for none */
	struct filestamp qemu, kernel, base;
	/** @img: what goes into the image; @sources: stamps of its entries,
	 * zero where one has no source */
	const struct image *img;
	const struct filestamp *sources;
};

/**
 * warm_key_text() - write it down
 * @k:   two guests that have the same text may have the same state
 * @out: lines are appended
 *
 * The value of -fsdev, which is the host's side of a share, is left out.
 */
void warm_key_text(const struct warm_key *k, struct buf *out);

/** WARM_DIGEST - bytes of a digest in hex digits, and a NUL */
#define WARM_DIGEST 65

/** warm_digest() - the name of a state with this text */
void warm_digest(const struct buf *text, char out[WARM_DIGEST]);

/** struct warm_note - by which a state that is kept is known to be whole */
struct warm_note {
	/** @boot: random/boot_id (proc(5)) of this machine */
	const char *boot;
	struct filestamp ram, device;
	/** @crc: CRC-64 of the device state */
	unsigned long long crc;
	/** @key: of warm_key_text() */
	const struct buf *key;
};

/** warm_note_text() - the whole note, appended to @out; it is compared as it
 * stands, never read */
void warm_note_text(const struct warm_note *n, struct buf *out);

/** struct warm_resume - what a guest is told */
struct warm_resume {
	/** @command, @env, @mounts: contents of the files of protocol.h, none
	 * where there is nothing in them */
	struct buf command, env, mounts;
};

/**
 * warm_frames() - FILE and RESUME frames
 * @r:     what
 * @time:  the rest
 * @out:   frames are appended
 */
void warm_frames(const struct warm_resume *r,
		 const struct protocol_resume *time, struct buf *out);

#endif
