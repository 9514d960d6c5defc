/* SPDX-License-Identifier: MIT */
/*
 * apt's sources as text: read in either format, written for another release
 * of the same distribution. Nothing here touches a file.
 */
#ifndef BOOTLET_SOURCES_H
#define BOOTLET_SOURCES_H

#include "str.h"

#include <stdbool.h>

/** struct source - one entry */
struct source {
	struct strv types, uris, suites, components;
	/** @fields: "Name: value" of all others, in deb822 form; a value may
	 * hold newlines (an embedded key) */
	struct strv fields;
	bool disabled;
};

/** struct sources - entries in the order read; zero it to begin with */
struct sources {
	struct source *v;
	size_t n, cap;
};

/**
 * sources_parse_list() - read the one-line format, *.list
 * @s:    appended to
 * @text: "deb [signed-by=KEY] URI SUITE COMPONENT..." and comments
 *
 * Lines that make no sense are left out. Source: sources.list(5).
 */
void sources_parse_list(struct sources *s, const char *text);

/**
 * sources_parse_deb822() - read the deb822 format, *.sources
 * @s:    appended to
 * @text: stanzas, an empty line between them
 *
 * Source: sources.list(5), deb822(5).
 */
void sources_parse_deb822(struct sources *s, const char *text);

/**
 * sources_plan() - the same archives for another release, as deb822
 * @s:        the machine's own
 * @codename: the release the machine follows, e.g. "bookworm", or NULL
 * @suite:    the release wanted, or NULL for the machine's own
 * @arch:     the only architecture to ask for, e.g. "amd64"
 * @out:      text appended
 *
 * Only the distribution's own archives are taken: those that have the
 * release itself, its updates or its security suite with component main.
 * Return: entries written.
 */
size_t sources_plan(const struct sources *s, const char *codename,
		    const char *suite, const char *arch, struct buf *out);

/**
 * sources_suite() - the release that the machine's sources follow
 * @s:        the machine's own
 * @codename: as in sources_plan()
 *
 * Return: its name ("bookworm", "sid"), part of @s; NULL where unknown.
 */
const char *sources_suite(const struct sources *s, const char *codename);

/** sources_free() - free all; @s is empty and usable again */
void sources_free(struct sources *s);

#endif
