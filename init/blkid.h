/* SPDX-License-Identifier: MIT */
/*
 * What the first bytes of a device tell: the file system and its names, and
 * the partition table. Nothing here makes a system call, and nothing is read
 * beyond the buffer, whatever stands in it.
 */
#ifndef BOOTLET_BLKID_H
#define BOOTLET_BLKID_H

#include <stdbool.h>
#include <stddef.h>

/* So much of a device is needed: up to the end of a btrfs superblock's label.
 * A partition table of the usual size ends before. */
#define BLKID_BYTES 0x10400

/** enum blkid_key - what a device is named by, in the order of their words */
enum blkid_key {
	BLKID_UUID,
	BLKID_LABEL,
	BLKID_PARTUUID, /* and above: of a partition, in its disk's table */
	BLKID_PARTLABEL,
	BLKID_KEYS
};

/**
 * blkid_type() - the type of a file system
 * @p: first BLKID_BYTES of the device, zeros behind the end of a smaller one
 *
 * Known are ext2 to ext4, xfs, btrfs, vfat, squashfs and erofs, by the magic
 * numbers of linux/magic.h and of their superblocks.
 *
 * Return: the type as mount(2) has it, ext4 for all three; NULL.
 */
const char *blkid_type(const unsigned char *p);

/**
 * blkid_is() - whether a device has a name
 * @p:    as for blkid_type(); for BLKID_PARTUUID and BLKID_PARTLABEL of the disk
 *        that it is a part of
 * @part: number of the partition, from 1; for these two
 * @key:  which kind of name
 * @want: the name as blkid(8) prints it; upper and lower case are the same in
 *        a UUID; "" is none
 *
 * A vfat's UUID is its volume ID, XXXX-XXXX; squashfs has no names at all. A
 * partition's UUID is that of its GPT entry, or SSSSSSSS-NN from the signature
 * of an MBR and the partition's number in hexadecimal (block/partitions/msdos.c
 * of the kernel). Of PARTLABEL only ASCII is compared.
 */
bool blkid_is(const unsigned char *p, unsigned int part, enum blkid_key key,
	      const char *want);

#endif
