/* SPDX-License-Identifier: MIT */
/*
 * Readers of what depmod(8) writes: modules.dep, modules.softdep,
 * modules.builtin and modules.alias as text, wherever in memory they are.
 *
 * Nothing is copied: names and lines are spans of the text.
 */
#ifndef BOOTLET_MODDEP_H
#define BOOTLET_MODDEP_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct span - @len bytes at @p; @p NULL: nothing
 *
 * A NUL need not end it. But behind a text or at its end there is something that
 * text_ends(), see modindex_map().
 */
struct span {
	const char *p;
	size_t len;
};

/** enum softdep_kind - when a soft dependency is wanted: how long the word is
 * that says so, "pre:" or "post:" */
enum softdep_kind {
	SOFTDEP_PRE = 4,
	SOFTDEP_POST = 5,
};

/** span_of() - the span of a string */
struct span span_of(const char *s);

/** span_cut() - take what stands before @end, and one @end, off the start */
struct span span_cut(struct span *text, char end);

/**
 * word_at() - the word that begins at @p, or behind spaces there
 *
 * Return: the word, as text_ends() says; its length is 0 at the end.
 */
struct span word_at(const char *p);

/**
 * modname_of() - the module's name within a path, which a ":" may end
 *
 * Return: what stands behind the last "/" and before the next ".".
 */
struct span modname_of(struct span path);

/** modname_same() - compare two names of modules; "-" and "_" are the same */
bool modname_same(struct span a, struct span b);

/**
 * moddep_find() - find a module's line in modules.dep, or in modules.builtin
 * @text: the whole file
 * @name: the module's name, without path and ".ko"
 *
 * Return: the line, without its end; @p NULL where there is none. It stays
 * the same for the same module, so @p can tell modules apart.
 */
struct span moddep_find(struct span text, struct span name);

/** moddep_path() - the path at the start of a line of modules.dep */
struct span moddep_path(struct span line);

/**
 * moddep_drives() - whether a module is a driver of some kind
 * @line:  of modules.dep
 * @kinds: directories of .../drivers/, strings one behind the other, each ended by
 *         a NUL, the last by two
 */
#define DRIVERS_NET "net\0"
bool moddep_drives(const char *line, const char *kinds);

/**
 * moddep_pop() - take the last path off a line of modules.dep
 * @line: shortened; first a whole line
 *
 * From the end to the start is the order to load them in (modules.dep(5)).
 *
 * Return: the path; @p NULL when none but the module's own is left.
 */
struct span moddep_pop(struct span *line);

/**
 * softdep_each() - soft dependencies of a module (modprobe.d(5))
 * @text:  modules.softdep
 * @name:  the module
 * @kind:  which of them
 * @found: called for each one's name
 */
void softdep_each(struct span text, struct span name, enum softdep_kind kind,
		  void (*found)(struct span name));

#endif
