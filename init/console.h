/* SPDX-License-Identifier: MIT */
/*
 * The console: fds 0 to 2 of PID 1, and the tty behind it for the shell.
 */
#ifndef BOOTLET_CONSOLE_H
#define BOOTLET_CONSOLE_H

#include "cmdline.h"

#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#define CONSOLE_PATH_SIZE 96

/**
 * console_open() - see that fds 0, 1 and 2 are open
 *
 * The kernel opens /dev/console for PID 1 only where the image has that node
 * (console_on_rootfs() in init/main.c); here it is made where it is missing.
 * Without any console /dev/null takes its place, and where that cannot be made
 * the root directory, which at least keeps later opens off fds 0 to 2. An fd
 * that is open already is left alone. Never makes a tty the controlling one.
 *
 * Return: 0; -errno of /dev/console where something else stands in for it.
 */
int console_open(void);

/**
 * console_open_at() - console_open() in another directory
 * @dir: instead of /dev, at most 48 bytes
 *
 * Return: see console_open().
 */
int console_open_at(const char *dir);

/**
 * parse_active_console() - preferred console of /sys/class/tty/console/active
 * @text: names of consoles, divided by spaces; the last is the preferred one
 *        (Documentation/ABI/testing/sysfs-tty); also what tty0/active holds
 * @name: filled, "" where there is none
 * @size: bytes of @name
 *
 * Return: 0; -ENOENT where no name is there; -ENAMETOOLONG.
 */
int parse_active_console(const char *text, char *name, size_t size);

/**
 * parse_console_number() - the name of a terminal
 * @dev:  device number as the kernel tells it, new_encode_dev()
 * @path: filled, e.g. "/dev/ttyS0"; CONSOLE_PATH_SIZE bytes
 *
 * Return: 0; -ENOENT for all but a PC's UARTs, whose number is the same on
 * every machine (Documentation/admin-guide/devices.txt, major 4).
 */
int parse_console_number(unsigned int dev, char *path, size_t size);

/**
 * console_tty() - the terminal for an interactive shell
 * @cfg:  @console is what the kernel command line names
 * @path: filled, e.g. "/dev/ttyS0"; CONSOLE_PATH_SIZE bytes
 *
 * The console that the kernel prefers, the virtual terminal in front where
 * that is tty0; else @cfg->console; else /dev/console. A node that is missing
 * is made from what sysfs says about it.
 */
void console_tty(const struct boot_config *cfg, char *path);

/**
 * console_tty_at() - console_tty() with its surroundings given
 * @cfg:  see console_tty()
 * @root: stands before /dev and /sys, "" for the real ones; not part of @path
 * @path: see console_tty()
 */
void console_tty_at(const struct boot_config *cfg, const char *root,
		    char *path);

/**
 * termios_plan() - what `stty sane` makes of a terminal
 * @t: changed in place; the line's speed, character size, parity, stop bits
 *     and flow control are kept: the other end counts on them
 *
 * Source: termios(3), stty(1). Erase is DEL, as every terminal emulator sends
 * it; IUTF8 is on, so that erasing takes a whole character.
 */
void termios_plan(struct termios *t);

/**
 * console_prepare() - make a terminal the calling process's own
 * @tty:  e.g. "/dev/ttyS0"
 * @rows: height of the host's terminal, 0 where unknown
 * @cols: width, likewise
 *
 * For the child, after setsid(2): fds 0 to 2 become @tty, which is taken from
 * any other session (ioctl_tty(2), TIOCSCTTY with 1), the own process group
 * goes to its foreground, its modes become sane and its size the host's.
 *
 * Return: 0; -errno, fds 0 to 2 being as they were.
 */
int console_prepare(const char *tty, unsigned short rows, unsigned short cols);

/**
 * console_resize() - the host's terminal has another size now
 * @tty:  see console_prepare()
 * @rows: height, 0 where unknown
 * @cols: width, likewise
 *
 * The kernel sends SIGWINCH to the foreground process group.
 *
 * Return: 0, also where a size is unknown; -errno.
 */
int console_resize(const char *tty, unsigned short rows, unsigned short cols);

#endif
