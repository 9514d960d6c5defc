/* SPDX-License-Identifier: MIT */
/* A build that goes on: its log, its progress, and what failed in it. */
#ifndef BOOTLET_KBUILD_WATCH_H
#define BOOTLET_KBUILD_WATCH_H

#include "kconfig_map.h"
#include "str.h"

#include <stdbool.h>
#include <stdio.h>

/** struct kbuild_fault - something that make could not make */
struct kbuild_fault {
	/** @target: "mm/shmem.o"; @words: what was said about it */
	char *target, *words;
};

/** struct kbuild_watch - zero it to begin with */
struct kbuild_watch {
	/** @log: the file, NULL where it cannot be written; @path: its name */
	FILE *log;
	char *path;
	/** @objects: all that the .config asks for; @done of @total that were
	 * missing have been made; @total is 0 where nobody knows */
	struct strv objects;
	struct kmap index;
	size_t done, total;
	/** @steps: that made something; @warnings: of compilers */
	size_t steps, warnings;
	/** @fault: what failed in this pass, the first one first */
	struct kbuild_fault *fault;
	size_t n_fault;
	/** @undefined: symbols that a linker missed in this pass */
	struct strv undefined;
	/** @words: lines since the last step; @hidden: how many of them are
	 * left to the log */
	struct strv words;
	size_t hidden;
	/** @terminal: stderr is one; @tenth: last part of ten that was told */
	bool terminal;
	size_t tenth;
	long long shown_ms;
};

/**
 * kwatch_begin() - open the log
 * @path: emptied; where it cannot be written that is said once, and the build
 *        goes on
 *
 * Return: 0; -EBUSY where another build has it.
 */
int kwatch_begin(struct kbuild_watch *w, const char *path);

/**
 * kwatch_expect() - set what is going to be made
 * @objects: as of kcount_objects(); copied
 * @dir:     what is in it already is not going to be made
 */
void kwatch_expect(struct kbuild_watch *w, const struct strv *objects,
		   const char *dir);

/** kwatch_line() - take a line of make's; @ctx is the struct kbuild_watch */
void kwatch_line(void *ctx, const char *line);

/** kwatch_log() - write text to the log alone */
void kwatch_log(struct kbuild_watch *w, const char *text);

/** kwatch_pass() - forget what failed; another make follows */
void kwatch_pass(struct kbuild_watch *w);

/** kwatch_end() - wipe the progress and close the log */
void kwatch_end(struct kbuild_watch *w);

/** kwatch_free() - free all */
void kwatch_free(struct kbuild_watch *w);

#endif
