/* SPDX-License-Identifier: MIT */
/* The head of a kernel image file: what it is, and whether it boots here. */
#ifndef BOOTLET_KIMAGE_H
#define BOOTLET_KIMAGE_H

#include <stddef.h>

/** enum kimage_type - what an image file is */
enum kimage_type {
	KIMAGE_BZIMAGE,
	KIMAGE_VMLINUX,
	KIMAGE_TYPES,
};

/** struct kimage - what the head of an image file says */
struct kimage {
	enum kimage_type type;
	/** @release: first word of its version string, or "" */
	char release[128];
};

/**
 * kimage_parse() - read the head of an image
 * @p:   its first bytes, 64 KiB are plenty
 * @n:   how many
 * @size: bytes of the whole file
 * @out: filled in on 0
 *
 * Return: NULL; or what is wrong with it in a few words (static text). Source:
 * Documentation/arch/x86/boot.rst (magic 0xaa55, "HdrS", kernel_version),
 * Documentation/arch/arm64/booting.rst, elf(5).
 */
const char *kimage_parse(const unsigned char *p, size_t n,
			 unsigned long long size, struct kimage *out);

/**
 * kimage_read() - check an image file and read its head
 * @path: the file
 * @out:  filled in on 0
 * @why:  set on failure to a few words, static or strerror(3)'s
 *
 * Return: 0; -errno of open(2) or read(2); -ENOEXEC not a kernel that runs
 * here.
 */
int kimage_read(const char *path, struct kimage *out, const char **why);

#endif
