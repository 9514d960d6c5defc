/* SPDX-License-Identifier: MIT */
/*
 * apt without root: a private set of package lists in the cache, downloads
 * into any directory, nothing installed, nothing of the machine's changed.
 */
#ifndef BOOTLET_APT_H
#define BOOTLET_APT_H

#include "sources.h"
#include "str.h"

#include <stddef.h>

/** struct apt_package - one stanza of `apt-cache show` */
struct apt_package {
	char *name, *version;
	/** @depends: names, without versions; every alternative is in it */
	struct strv depends;
	/** @size: of the download; @installed: unpacked; both in bytes */
	unsigned long long size, installed;
};

/** struct apt_packages - zero it to begin with */
struct apt_packages {
	struct apt_package *v;
	size_t n, cap;
};

/** struct apt - which lists to use */
struct apt {
	/** @options: for each of apt's programs */
	struct strv options;
	/** @root: of the private lists, or NULL for the machine's own */
	char *root;
	/** @said: what apt said last, for messages */
	struct buf said;
};

/** struct apt_host - the machine's release */
struct apt_host {
	/** @id: "debian" or "ubuntu", or NULL for anything else */
	const char *id;
	/** @arch: in Debian's words, "amd64", or NULL */
	const char *arch;
	/** @codename: "bookworm"; NULL where os-release has none */
	char *codename;
	/** @suite: what the sources follow; "host" where nothing tells */
	char *suite;
	/** @name: for messages, e.g. "Fedora Linux 40" */
	char *name;
	/** @sources: apt's, of this machine */
	struct sources sources;
};

/** apt_host_read() - find out; the caller calls apt_host_free(). Source:
 * os-release(5) */
void apt_host_read(struct apt_host *h);

/**
 * apt_config_moves() - whether apt may be told to have its sources elsewhere
 * @text: a file of its configuration, apt.conf(5)
 *
 * In doubt it is: then apt itself is asked.
 */
bool apt_config_moves(const char *text);

/** apt_host_free() - free what apt_host_read() filled in */
void apt_host_free(struct apt_host *h);

/** apt_machine() - use the machine's own lists */
void apt_machine(struct apt *a);

/**
 * apt_private() - use private lists, in the cache under apt/SUITE
 * @a:     filled in on 0; the caller calls apt_free()
 * @h:     this machine
 * @suite: a release, or NULL for the machine's own
 *
 * Return: 0; -errno after a message (-ENOENT: no sources to derive from).
 */
int apt_private(struct apt *a, const struct apt_host *h, const char *suite);

/**
 * apt_update() - fetch the private lists
 *
 * Suites that do not exist are no failure: whether the package is found tells.
 * Return: 0; -errno where apt cannot be run.
 */
int apt_update(struct apt *a);

/** apt_free() - free all */
void apt_free(struct apt *a);

/**
 * apt_closure() - a package and those of its dependencies that matter
 * @a:        which lists
 * @name:     the package
 * @prefixes: names that begin so are followed; NULL-ended, may be empty
 * @out:      packages appended, @name first
 *
 * Return: 0; -ENOENT where the lists do not have it (no message); -errno.
 */
int apt_closure(struct apt *a, const char *name, const char *const *prefixes,
		struct apt_packages *out);

/**
 * apt_download() - download packages and unpack them
 * @a:   which lists
 * @p:   packages from apt_closure()
 * @what: what they are called together, in messages
 * @dir: an empty directory, which they are unpacked in
 *
 * Return: 0; -ENOSPC after a message; -EIO where apt or dpkg-deb failed (no
 * message: see apt_reason()).
 */
int apt_download(struct apt *a, const struct apt_packages *p, const char *what,
		 const char *dir);

/** apt_reason() - the line that tells most of what apt said last, which the
 * caller frees */
char *apt_reason(const struct apt *a);

/**
 * apt_parse_show() - read the output of `apt-cache show`
 * @text: stanzas
 * @out:  appended to
 */
void apt_parse_show(const char *text, struct apt_packages *out);

/**
 * apt_parse_reason() - the first line "E: ..." of a text, or the first "Err:"
 * or "W:" line; the caller frees
 */
char *apt_parse_reason(const char *text);

/** apt_packages_free() - free all; @p is empty and usable again */
void apt_packages_free(struct apt_packages *p);

#endif
