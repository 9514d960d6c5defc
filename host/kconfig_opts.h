/* SPDX-License-Identifier: MIT */
/*
 * The words by which a user says how a kernel's source is to be configured:
 * `bootlet config apply` and `bootlet build` take the same ones.
 */
#ifndef BOOTLET_KCONFIG_OPTS_H
#define BOOTLET_KCONFIG_OPTS_H

#include "cli.h"
#include "kconfig_frag.h"
#include "kconfig_report.h"

/** struct kopts - what the user said; zero it to begin with */
struct kopts {
	const char *tree, *out, *from, *arch;
	bool force;
	/** @vars: NAME=VALUE words for make; owned */
	struct strv vars;
};

enum { KOPTS_ROWS = 5 };

/** kopts_rows[] - the options' rows; their context is a struct kopts */
extern const struct cli_opt kopts_rows[KOPTS_ROWS];

/**
 * kopts_words() - read a command line whose options may stand between words
 * @cmd:   the subcommand; @opts: as of cli_parse()
 * @words: what is no option is appended; behind "--" there are no options
 */
void kopts_words(const struct cmd *cmd, void *opts, int argc, char **argv,
		 struct strv *words);

/**
 * kopts_variable() - take a word that is for make, such as "CC=clang"
 * @o:    @vars is appended to; "O=DIR" and "KBUILD_OUTPUT=DIR"
 *        are taken as --output
 * @word: any; the caller keeps it as long as @o
 *
 * Return: whether it was one.
 */
bool kopts_variable(struct kopts *o, const char *word);

/** kopts_value() - the last value that a NAME=VALUE word gives, or NULL */
const char *kopts_value(const struct kopts *o, const char *name);

/**
 * kopts_arch() - the architecture asked for: by --arch, ARCH=, $ARCH, or else
 * this machine's
 *
 * Return: its row; NULL for one that the fragments do not know.
 */
const struct karch *kopts_arch(const struct kopts *o);

/**
 * kopts_check() - look for words that do not go together
 *
 * Return: 0; -EINVAL after a message.
 */
int kopts_check(const struct kopts *o);

/**
 * kopts_usable() - whether the kernel's make can work in these directories
 * @src: the source's top; @out: where it is built; links are followed
 *
 * Return: 0; -EINVAL after a message. Source: abs_srctree and abs_objtree in
 * the kernel's Makefile, which are not quoted for sh.
 */
int kopts_usable(const char *src, const char *out);

/**
 * kopts_load() - read fragments and merge them
 * @names: @n names; @set: filled in, the caller calls kfrags_free()
 *
 * Return: 0; -errno after a message.
 */
int kopts_load(char *const *names, size_t n, const struct karch *arch,
	       struct kfrags *set);

/**
 * kopts_apply() - configure the tree, and say what came of it
 * @o:      with @tree set
 * @names:  of @n fragments
 * @report: how to say it
 *
 * Return: 0; -ENODATA where symbols are missing; -EINVAL for a directory as
 * of kopts_usable(); -errno after a message.
 */
int kopts_apply(const struct kopts *o, char *const *names, size_t n,
		const struct kreport *report);

#endif
