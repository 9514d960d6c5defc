/* SPDX-License-Identifier: MIT */
/* Packaged kernel sources of other releases, kept in the cache. */
#ifndef BOOTLET_TESTS_SOURCE_H
#define BOOTLET_TESTS_SOURCE_H

#include <stdbool.h>

/* The archive of a suite's linux-source, downloaded where the cache has none.
 * The caller frees. */
char *source_archive(const char *suite);

/*
 * A kernel built with bootlet from bookworm's source and the fragments BUILT,
 * once: it stays in the cache by source, fragments, compiler and @optimize
 * ("1", or NULL for the kernel's own). What `bootlet build` said is in the
 * file "said" there. Return: the build directory; the caller frees.
 */
#define BUILT "base", "debug", "noinline", "unsigned", "net"
char *source_built(const char *optimize);

/* Likewise, of the fragment noinitrd.config: a kernel without support for an
 * initramfs. */
char *source_noinitrd(void);

/* Likewise, of the fragments base net fast, and of base net: what `fast` is
 * measured with. */
char *source_fast(void);
char *source_small(void);

/* While a test's process lives, what source_built() gave it stays as it is.
 * Who changes it waits to be @alone with it. */
void source_lock(bool alone);

#endif
