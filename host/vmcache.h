/* SPDX-License-Identifier: MIT */
/*
 * Kernels that were unpacked from a bzImage, in the cache: vmlinux/KEY and
 * vmlinux/KEY.note, KEY being the digest of the bzImage.
 *
 * What is in use is known by its stamp (see struct filestamp), which costs two
 * calls of stat(2). Where the image's is another one, its bytes decide; where
 * the unpacked kernel's is, its checksum does, and what is damaged is made anew.
 */
#ifndef BOOTLET_VMCACHE_H
#define BOOTLET_VMCACHE_H

/** VMCACHE_KEEP - kernels that stay: those that were used last */
#define VMCACHE_KEEP 8

/**
 * vmcache_get() - the kernel inside a bzImage, as a file that PVH can enter
 * @image: path of the bzImage
 * @path:  set on 0: absolute, the caller frees
 * @why:   set on failure to a few words, static or valid until the next call
 *
 * Unpacks it where the cache does not have it, some tenths of a second. Two at
 * once do the work twice, and either result is whole. Says nothing.
 *
 * Return: 0; -ENOENT where it has none that can be entered; -errno of reading
 * the image or of writing the cache.
 */
int vmcache_get(const char *image, char **path, const char **why);

#endif
