/* SPDX-License-Identifier: MIT */
/* How a kernel is built: the command line of its make, and what comes of it. */
#ifndef BOOTLET_KBUILD_H
#define BOOTLET_KBUILD_H

#include "kconfig_frag.h"
#include "str.h"

#include <stdbool.h>

/** KBUILD_LOG - in the build directory: all that make said */
#define KBUILD_LOG ".bootlet-build.log"

/** struct kbuild_image - what boots, of one architecture */
struct kbuild_image {
	/** @srcdir: of arch/; @goal: of make; @path: in the build directory */
	const char *srcdir, *goal, *path;
};

/** kbuild_image() - the row of an architecture, or NULL */
const struct kbuild_image *kbuild_image(const struct karch *arch);

/** struct kbuild_spec - what to build */
struct kbuild_spec {
	/** @src: the source's top; @out: where it is built, absolute, or NULL
	 * for in the source */
	const char *src, *out;
	const struct karch *arch;
	/** @name_arch: say it to make even where it is this machine's */
	bool name_arch;
	/** @jobs: at a time, 1 or more */
	unsigned int jobs;
	/** @keep_going: do not stop at the first failure */
	bool keep_going;
	bool modules, gdb;
	/** @cc: the compiler, or NULL: kbuild's own choice */
	const char *cc;
	/** @vars: NAME=VALUE words */
	const struct strv *vars;
};

/**
 * kbuild_argv() - the command line
 * @out: appended; "-C" is part of it, so it runs anywhere
 */
void kbuild_argv(const struct kbuild_spec *spec, struct strv *out);

/** kbuild_is_ccache() - whether a program in PATH is ccache: gcc may be a link
 * to it already */
bool kbuild_is_ccache(const char *name);

/**
 * kbuild_cc() - the compiler behind ccache
 * @cc, @llvm: what the user chose by CC= and LLVM, or NULL
 * @cross:     CROSS_COMPILE, or NULL
 * @ccache:    whether it is installed
 *
 * Return: "ccache gcc", the caller frees; NULL where the choice is not ours.
 * Source: Documentation/kbuild/llvm.rst, "CC =" in the kernel's Makefile.
 */
char *kbuild_cc(const char *cc, const char *llvm, const char *cross,
		bool ccache);

/** kbuild_env[] - what the build's environment must not bring in: for struct
 * kmake's @env */
extern const char *const kbuild_env[];

/**
 * kbuild_unset() - the same for a command line that somebody else runs
 * @out: empty; "env -u NAME ..." of those of kbuild_env[] that are set and
 *       that change what is built; stays empty where none is
 */
void kbuild_unset(struct strv *out);

/** kbuild_jobs() - processors that this process may use. Source:
 * sched_getaffinity(2) */
unsigned int kbuild_jobs(void);

/** struct kbuild_sum - what to say at the end */
struct kbuild_sum {
	const char *out;
	const struct kbuild_image *image;
	bool modules;
	/** @changed: something was made; @warnings: of compilers */
	bool changed;
	size_t warnings;
	/** @keep: objects at -O2, or NULL; @level: as of struct koptim */
	const struct strv *keep;
	char level;
	double seconds;
};

/** kbuild_tell() - say on stderr what was built and what to type next */
void kbuild_tell(const struct kbuild_sum *sum);

#endif
