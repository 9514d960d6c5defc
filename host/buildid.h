/* SPDX-License-Identifier: MIT */
/* The GNU build id of a kernel: what says that a vmlinux is of this image. */
#ifndef BOOTLET_BUILDID_H
#define BOOTLET_BUILDID_H

/**
 * kernel_build_id() - read a kernel's build id
 * @image: path of an ELF vmlinux, or of a bzImage that holds one
 * @hex:   set on 0: lower case digits, which the caller frees
 *
 * A bzImage is unpacked for it, some tenths of a second. Source:
 * Documentation/arch/x86/boot.rst (payload_offset, payload_length).
 *
 * Return: 0; -ENOENT where it has none, or none that can be found: it is no
 * kernel, or compressed in a way that nothing here reads; -ENOEXEC damaged;
 * -errno of reading.
 */
int kernel_build_id(const char *image, char **hex);

#endif
