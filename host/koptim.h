/* SPDX-License-Identifier: MIT */
/*
 * Build a kernel at another optimization level than its own, and the objects
 * that cannot be built so at -O2.
 *
 * The whole kernel's level goes through KCFLAGS, which kbuild puts behind its
 * own flags. An object's -O2 goes through CFLAGS_<object>, which stands behind
 * that; make expands it for each object, so a condition on $@ makes it hit
 * just the one of that name. As a variable on make's command line covers a
 * Makefile's own of that name, an object to whose name some Makefile gives
 * flags gets its -O2 through CFLAGS_KERNEL and CFLAGS_MODULE instead, by the
 * same condition. Those are the last of all, and the user's, who is heard
 * first; a level for a part of the kernel goes there, too.
 *
 * Source: Documentation/kbuild/kbuild.rst and makefiles.rst; _c_flags and
 * modkern_cflags in scripts/Makefile.lib.
 */
#ifndef BOOTLET_KOPTIM_H
#define BOOTLET_KOPTIM_H

#include "str.h"

#include <stdbool.h>

/** KOPTIM_FILE - beside a .config: what was found at an earlier build */
#define KOPTIM_FILE ".bootlet-optimize"

/** struct koptim - zero it to begin with: the kernel's own level */
struct koptim {
	/** @level: '1', '2', '3', 's', or 0 for the kernel's own */
	char level;
	/** @names: what it is limited to, as the user wrote it; @only: the
	 * same as make's patterns; empty: the whole kernel */
	struct strv names, only;
	/** @keep: objects at -O2; @stem: of each the <object> of its
	 * CFLAGS_<object>, or "" where that must not be used */
	struct strv keep, stem;
};

/**
 * parse_koptim() - read what follows --optimize
 * @text: "1" or "1=net,fs/eventpoll.o"
 * @o:    @level and @names are set
 *
 * Return: NULL, or what is wrong in a few words.
 */
const char *parse_koptim(const char *text, struct koptim *o);

/**
 * koptim_locate() - look the names up in a kernel's source
 * @o:   @only is set
 * @src: the source's top
 *
 * Return: 0; -ENOENT after a message that has the nearest name.
 */
int koptim_locate(struct koptim *o, const char *src);

/**
 * koptim_vars() - the variables for make's command line
 * @o:    after koptim_locate(), with koptim_keep()'s objects
 * @user: the user's NAME=VALUE words
 * @env:  KCFLAGS of the environment, or NULL; a word of @user goes before
 * @out:  appended: @user's words, with ours merged into those they meet
 */
void koptim_vars(const struct koptim *o, const struct strv *user,
		 const char *env, struct strv *out);

/** koptim_is_object() - whether a name can be that of an object that make is
 * told about: it ends in ".o", and no byte of it means something to make */
bool koptim_is_object(const char *name);

/**
 * koptim_keep() - build objects at -O2
 * @o:       @keep and @stem are appended to where an object is new
 * @objects: names relative to the build directory
 * @user:    the user's words: a CFLAGS_<object> among them stays
 * @src:     the source, whose Makefiles are searched for CFLAGS_<object>
 * @srcdir:  directory of arch/
 *
 * Return: how many were new.
 */
size_t koptim_keep(struct koptim *o, const struct strv *objects,
		   const struct strv *user, const char *src,
		   const char *srcdir);

/**
 * koptim_find() - the objects that refer to symbols nobody defines
 * @dir:     the build directory
 * @symbols: their names
 * @out:     appended, relative to @dir: only what was compiled from one source
 *
 * Return: 0; -errno of reading @dir.
 */
int koptim_find(const char *dir, const struct strv *symbols, struct strv *out);

/**
 * koptim_owned() - which names of objects a source's Makefiles give flags to
 * @src:    the source's top; Documentation and tools are left out
 * @srcdir: directory of arch/; the others of it are left out
 * @stems: names as kbuild has them, e.g. "signal.o"; only the part behind the
 *         last "/" counts
 * @out:   appended
 */
void koptim_owned(const char *src, const char *srcdir, const struct strv *stems,
		  struct strv *out);

/**
 * koptim_load() - read KOPTIM_FILE
 * @dir: the build directory
 * @key: what it was found with; another one, and nothing is read
 * @out: objects appended; only plausible ones
 */
void koptim_load(const char *dir, const char *key, struct strv *out);

/** koptim_save() - write KOPTIM_FILE, or remove it where @keep is empty;
 * only a warning where that fails */
void koptim_save(const char *dir, const char *key, const struct strv *keep);

/** koptim_free() - free all; @o is empty and usable again */
void koptim_free(struct koptim *o);

#endif
