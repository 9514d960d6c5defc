/* SPDX-License-Identifier: MIT */
/* Kernel modules of the tests, whose source is tests/vm/kmod. */
#ifndef BOOTLET_TESTS_KMOD_H
#define BOOTLET_TESTS_KMOD_H

/* Build tests/vm/kmod/@name.c for the kernel built in @tree, which stays as it
 * is. Return: the path of the .ko, in this program's directory; the caller
 * frees. */
char *kmod_built(const char *tree, const char *name);

#endif
