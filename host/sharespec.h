/* SPDX-License-Identifier: MIT */
/*
 * The user's files in the guest: what was asked for, and as pure functions of
 * it QEMU's devices and what init is to mount.
 */
#ifndef BOOTLET_SHARESPEC_H
#define BOOTLET_SHARESPEC_H

#include "machine.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** SHARE_MAX - directories at most: each is a device, a PC has 32 places */
#define SHARE_MAX 16

/** enum share_type - by which file system; SHARE_BIND: none, @dir lies in the
 * guest's root already */
enum share_type { SHARE_9P, SHARE_VIRTIOFS, SHARE_BIND };

/** struct share - a directory of this machine in the guest; all owned */
struct share {
	/** @dir: absolute, without links; @at: where in the guest, absolute */
	char *dir, *at;
	/** @tag: by which the guest asks for it, e.g. "share0" */
	char tag[16];
	bool rw;
	enum share_type type;
	/** @socket: of virtiofsd, or NULL */
	char *socket;
};

/** struct sharespec - all of it; zero it to begin with */
struct sharespec {
	/** @args: values of --share; @root_arg, @cwd_arg: of --root and --cwd,
	 * or NULL; not owned */
	struct strv args;
	const char *root_arg, *cwd_arg;
	/** @env: NAME=VALUE, each name once */
	struct strv env;
	/** @type: for what is shared to be written */
	enum share_type type;
	/* From here on share_settle() fills in. */
	/** @root: directory that becomes the guest's root, absolute, or NULL */
	char *root;
	/** @cwd: where the command starts, or NULL for its home */
	char *cwd;
	/** @shell: NULL: init's own */
	const char *shell;
	/** @make_cwd: @cwd is made in the guest; @bare: directories such as
	 * "/tmp" where the image's own is to be seen, not an empty one */
	bool make_cwd;
	struct strv bare;
	/** @share: in the order in which they are mounted; the last place is
	 * the kernel's modules' */
	struct share share[SHARE_MAX + 1];
	size_t n;
};

/**
 * parse_share() - split "DIR[:MOUNTPOINT][:rw|:ro]"
 * @text: where a file of that whole name exists, all of it is DIR; DIR and
 *        MOUNTPOINT may hold colons, see parse_src_dst()
 * @exists: whether a file exists
 * @out:  @dir as it was given, @at as it was given or NULL, @rw
 *
 * Return: NULL; or what is wrong in a few words (static text), nothing being
 * owned then.
 */
const char *parse_share(const char *text, bool (*exists)(const char *path),
			struct share *out);

/**
 * parse_env() - take "NAME=VALUE", or "NAME" with its value here
 * @text: the word; a name that is not set here takes nothing
 * @env:  what has the same name is replaced
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_env(const char *text, struct strv *env);

/**
 * parse_mountpoint() - a directory of the guest as an absolute path
 * @path: what the user wrote
 * @out:  without ".", double slashes and a slash at the end; as long as @path
 *        and a byte more
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_mountpoint(const char *path, char *out);

/** sharespec_any() - whether the guest gets a device, so that modules count */
bool sharespec_any(const struct sharespec *s);

/**
 * sharespec_drivers() - modules that the guest needs
 * @s: settled
 * @m: the machine
 * @out: names are appended, none where there is no device
 */
void sharespec_drivers(const struct sharespec *s, const struct machine *m,
		       struct strv *out);

/**
 * sharespec_argv() - QEMU's devices
 * @s:   settled
 * @m:   the machine
 * @mem: MiB of the guest, which virtiofsd has to see
 * @out: words are appended
 *
 * Source: qemu(1), -fsdev, -device vhost-user-fs-pci. 9p is read-only by
 * QEMU's own doing, whatever the guest tries.
 */
void sharespec_argv(const struct sharespec *s, const struct machine *m,
		    unsigned int mem, struct strv *out);

/**
 * sharespec_mounts() - BOOTLET_MOUNTS, see init/protocol.h
 * @s:   settled
 * @out: appended to; nothing where nothing is mounted
 *
 * Source: Documentation/filesystems/9p.rst, overlayfs.rst.
 */
void sharespec_mounts(const struct sharespec *s, struct buf *out);

/**
 * sharespec_env() - BOOTLET_ENV, see init/protocol.h
 * @s:   settled
 * @out: appended to; nothing where nothing was asked for
 */
void sharespec_env(const struct sharespec *s, struct buf *out);

/** sharespec_free() - free what is owned */
void sharespec_free(struct sharespec *s);

#endif
