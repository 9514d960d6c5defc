/* SPDX-License-Identifier: MIT */
/* Which objects a build is going to make. */
#ifndef BOOTLET_KBUILD_COUNT_H
#define BOOTLET_KBUILD_COUNT_H

#include "str.h"

/**
 * kcount_makefile() - a makefile that prints the objects of a kernel
 * @top:   text of the source's Makefile; @kbuild: of its Kbuild; @arch: of its
 *         arch/SRCARCH/Makefile
 * @out:   appended
 *
 * It includes the .config in the working directory and each directory's own
 * Makefile, as kbuild does, with make's variables srctree, SRCARCH and ARCH.
 * No rule is run: it ends by $(error) when all is printed.
 * Source: Documentation/kbuild/makefiles.rst, scripts/Makefile.lib.
 */
void kcount_makefile(const char *top, const char *kbuild, const char *arch,
		     struct buf *out);

/**
 * kcount_objects() - the objects that a .config asks for
 * @src:    the source's top
 * @dir:    where the .config is; nothing is written there
 * @srcdir: directory of arch/
 * @out:    appended, each once, relative to @dir
 *
 * Says nothing. Return: 0; -errno: then nobody knows.
 */
int kcount_objects(const char *src, const char *dir, const char *srcdir,
		   struct strv *out);

#endif
