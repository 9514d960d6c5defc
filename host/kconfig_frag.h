/* SPDX-License-Identifier: MIT */
/*
 * Fragments: pieces of a .config with one purpose each. bootlet's own
 * (kconfig/) are part of the binary; a user's are files.
 *
 * A fragment is what scripts/kconfig/merge_config.sh reads. Comments that
 * begin with "#:" tell more about the lines that follow, up to the next empty
 * line:
 *
 *   #: since 5.18        the symbols came with that version
 *   #: until 5.17        they were gone after that version
 *   #: either            y and m both hold
 *   #: at-least          a larger number holds too
 *   #: choice A B        they are members of a choice; these are all members
 *   #: set-by A B        since A is there, nobody sets them by hand: A or B does
 *   #: needs A B         what they depend on, where a default kernel lacks it
 *   #: for NAME          in arch/ only: what follows belongs to that fragment
 *
 * "since" and "until" make a fragment serve many versions: where they say so,
 * a symbol that is not there is no failure. The others let `config check` tell
 * why a symbol is missing when it has no kernel source to look it up in.
 */
#ifndef BOOTLET_KCONFIG_FRAG_H
#define BOOTLET_KCONFIG_FRAG_H

#include "kconfig.h"
#include "str.h"

#include <stdbool.h>

/** struct karch - an architecture that fragments know */
struct karch {
	/** @name: of arch/NAME.config; @srcdir: of the kernel's arch/;
	 * @machine: as `uname -m` prints it */
	const char *name, *srcdir, *machine;
	/** @symbol: what its .config has */
	const char *symbol;
};

/**
 * karch_find() - an architecture by any of its names
 * @name: "x86_64", "x86", "aarch64" ...; NULL for this machine's
 *
 * Return: its row, or NULL for one without a row.
 */
const struct karch *karch_find(const char *name);

/** karch_of() - the architecture that a .config is for, or NULL */
const struct karch *karch_of(const struct kconfig *c);

/** struct kwant - one symbol that a fragment asks for */
struct kwant {
	char *name, *value;
	/** @label: its fragment, owned by that; @line: in it, from 1 */
	const char *label;
	unsigned int line;
	/** @since: first version that has it; @until: the last one; as
	 * parse_kversion(), 0 for no bound */
	unsigned int since, until;
	/** @either: y and m both hold; @at_least: larger numbers hold */
	bool either, at_least;
	struct strv choice, set_by, needs;
};

/** kwant_in() - whether a version has the symbol, as far as its fragment
 * knows; @version 0 is any */
bool kwant_in(const struct kwant *w, unsigned int version);

/** struct kfrag - a fragment */
struct kfrag {
	/** @label: "base", "arch/x86_64" or a path; @summary: one line */
	char *label, *summary;
	char *text;
	/** @first: number of @text's first line in its file */
	unsigned int first;
	struct kwant *v;
	size_t n, cap;
};

/**
 * parse_kfrag() - read a fragment
 * @text:  NUL-ended
 * @label: for messages
 * @first: number of the first line
 * @out:   filled in; the caller calls kfrag_free(), also after an error
 *
 * Return: 0; -EINVAL after a message that names label and line.
 */
int parse_kfrag(const char *text, const char *label, unsigned int first,
		struct kfrag *out);

/** kfrag_add_text() - append @s with control characters as \xNN, so that a
 * file's name or a value stays on its line */
void kfrag_add_text(struct buf *out, const char *s);

/** kfrag_free() - free all; @f is empty and usable again */
void kfrag_free(struct kfrag *f);

/** struct kfrags - fragments in the order asked for; zero it to begin with */
struct kfrags {
	struct kfrag *v;
	size_t n;
	/** @want: filled in by kfrags_merge(): each symbol once (or once for
	 * each range of versions), in order */
	struct kwant **want;
	size_t n_want;
};

/**
 * kfrags_add() - add a fragment, and what it has for an architecture
 * @set:  appended to; a fragment that is there already is not added twice
 * @name: of one of bootlet's, or a file's path: it has a "/" or ends in
 *        ".config"
 * @arch: from karch_find(), or NULL
 *
 * Return: 0; -ENOENT, -EINVAL, -errno after a message.
 */
int kfrags_add(struct kfrags *set, const char *name, const struct karch *arch);

/**
 * kfrags_merge() - put them together
 *
 * Return: 0; -EEXIST where two lines ask for different values of a symbol,
 * after one message for each that names both.
 */
int kfrags_merge(struct kfrags *set);

/**
 * kfrags_print() - write the merged fragment
 * @set: after kfrags_merge()
 * @out: appended; kfrags_add() reads it back to the same symbols
 */
void kfrags_print(const struct kfrags *set, struct buf *out);

/** kfrags_find() - a fragment's line about a symbol, one for @version rather
 * than another; merged or not; or NULL */
const struct kwant *kfrags_find(const struct kfrags *set, const char *name,
				unsigned int version);

/** kfrags_free() - free all; @set is empty and usable again */
void kfrags_free(struct kfrags *set);

/** struct kbuiltin - a fragment that is part of the binary */
struct kbuiltin {
	/** @name: "base" or "arch/x86_64" */
	const char *name, *text, *end;
};

/** kbuiltin[] - all of kconfig/ in the order of `config list` */
extern const struct kbuiltin kbuiltin[];
/** n_kbuiltin - how many */
extern const size_t n_kbuiltin;

/**
 * kbuiltin_text() - the text of a fragment that is part of the binary
 *
 * Return: NUL-ended, the caller frees; NULL where there is none.
 */
char *kbuiltin_text(const char *name);

/** kbuiltin_load() - all of them with all architectures, not merged: what is
 * known about symbols. Return: as parse_kfrag() */
int kbuiltin_load(struct kfrags *set);

#endif
