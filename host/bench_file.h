/* SPDX-License-Identifier: MIT */
/* The file of `bootlet bench --json=FILE`. */
#ifndef BOOTLET_BENCH_FILE_H
#define BOOTLET_BENCH_FILE_H

/**
 * bench_file_check() - whether it can be written, before there are boots to be
 * lost
 * @path: or NULL for none; what is there already stays as it is
 *
 * Return: 0; -errno after a message.
 */
int bench_file_check(const char *path);

/** bench_file_write() - write it, whole or not at all. Return: likewise */
int bench_file_write(const char *path, const char *text);

#endif
