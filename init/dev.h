/* SPDX-License-Identifier: MIT */
/* The nodes of ttys in /dev, and what sysfs knows about them. */
#ifndef BOOTLET_DEV_H
#define BOOTLET_DEV_H

#include <stddef.h>
#include <sys/types.h>

/**
 * parse_dev_number() - read "MAJOR:MINOR\n", as /sys/class/tty/NAME/dev has it
 * @text: the text
 * @dev:  filled; 0 where that fails
 *
 * Return: 0; -EINVAL.
 */
int parse_dev_number(const char *text, dev_t *dev);

/**
 * dev_attr() - read an attribute of a tty
 * @root: stands before /sys, "" for the real one
 * @tty:  its name
 * @attr: a file in /sys/class/tty/@tty
 * @text: filled, ended by a NUL
 * @size: bytes of @text
 *
 * Return: 0; -errno, -ENAMETOOLONG included.
 */
int dev_attr(const char *root, const char *tty, const char *attr, char *text,
	     size_t size);

/**
 * dev_ensure() - see that a tty has a node
 * @root: stands before /dev and /sys, "" for the real ones
 * @tty:  its name
 *
 * On a kernel without devtmpfs it is made, numbered as sysfs says.
 *
 * Return: 0; -errno, -ENOENT where the kernel has no such tty, -ENAMETOOLONG.
 */
int dev_ensure(const char *root, const char *tty);

#endif
