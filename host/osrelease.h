/* SPDX-License-Identifier: MIT */
/* /etc/os-release as text. */
#ifndef BOOTLET_OSRELEASE_H
#define BOOTLET_OSRELEASE_H

/**
 * osrelease_parse() - one value of os-release
 * @text: the file
 * @key:  e.g. "VERSION_CODENAME"
 *
 * Return: its value without quotes, which the caller frees, or NULL where it
 * is missing or empty. Source: os-release(5).
 */
char *osrelease_parse(const char *text, const char *key);

/** osrelease_read() - this machine's file, "" where there is none; the caller
 * frees */
char *osrelease_read(void);

#endif
