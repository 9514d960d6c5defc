/* SPDX-License-Identifier: MIT */
/*
 * run --icount: a guest whose time is the number of its instructions, so that
 * two boots of the same thing take the same time, whatever else this machine
 * does.
 *
 * Nothing from here reaches such a guest: what came would come at a moment
 * that this machine has chosen, and an idle guest's clock jumps to its next
 * timer at once. So the nonce is a file in the image, the command's stdin is
 * empty, and what the guest says goes into pipes that hold a mebibyte: a byte
 * that has to wait for its reader would be seen by the guest as well.
 */
#ifndef BOOTLET_ICOUNT_H
#define BOOTLET_ICOUNT_H

#include "../init/protocol.h"
#include "image.h"
#include "str.h"

#include <stdbool.h>

/** ICOUNT_TSC_KHZ - what the time stamp counter counts: QEMU's
 * cpus_get_elapsed_ticks() is the guest's nanoseconds then */
#define ICOUNT_TSC_KHZ 1000000

/** struct icount - zero: not asked for */
struct icount {
	bool on;
	/** @nonce: hexadecimal, made by icount_begin() */
	char nonce[BOOTLET_NONCE_LEN + 1];
};

/** icount_begin() - make the nonce, getrandom(2), where it is asked for */
void icount_begin(struct icount *c);

/**
 * icount_unread() - whether somebody has given the command something to read
 * @fd: its stdin, of which the guest sees nothing
 *
 * Return: true for a regular file that is not at its end, and for a pipe or a
 * socket that holds bytes at this moment.
 */
bool icount_unread(int fd);

/**
 * icount_image() - add to the image what init has to know
 *
 * Return: 0, also where it is not asked for; -errno after a message.
 */
int icount_image(const struct icount *c, struct image *img);

/**
 * icount_print() - the same, for a person
 * @dir:   private directory of the run
 * @lines: what sh has to do first is appended
 * @argv:  words for `bootlet initramfs` are appended
 */
void icount_print(const struct icount *c, const char *dir, struct buf *lines,
		  struct strv *argv);

/**
 * icount_argv() - QEMU's options for it
 *
 * Source: qemu(1), -icount: with sleep=off an idle guest does not wait. One
 * instruction is one nanosecond. -seed: what the guest takes for random is the
 * same in each boot. -rtc: so is the date, which is its kernel's first.
 */
void icount_argv(struct strv *argv);

#endif
