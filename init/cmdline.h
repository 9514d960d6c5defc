/* SPDX-License-Identifier: MIT */
/*
 * The kernel command line and /etc/bootlet.conf, read into the one struct
 * that the other modules of init/ share.
 */
#ifndef BOOTLET_CMDLINE_H
#define BOOTLET_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#define BOOT_MAX_IP	   8
#define BOOT_MAX_MODULES   96
#define BOOT_MAX_BLACKLIST 32
#define BOOT_MAX_PARAMS	   256

/**
 * struct boot_config - what the user asked for
 *
 * Every string points into @text, which lives as long as the struct; lists
 * are ended by their count. A list that is full drops what comes after, with
 * one warning a text. Files get no more than three quarters of each list and
 * of @text: the rest is the command line's.
 */
struct boot_config {
	/* First what is short: a small offset is a short instruction. */
	size_t n_params, n_ip, n_modules, n_blacklist;
	/** @console: last console=, without what follows its comma, or NULL */
	const char *console;
	/** @hostname: hostname=, or NULL */
	const char *hostname;
	/** @port: bootlet.port=, a list; or NULL: no host listens */
	const char *port;
	/** @rows: of the host's terminal, 0 where unknown; @cols: likewise */
	unsigned short rows, cols;
	/** @quiet: the word quiet was given */
	bool quiet;
	/** @background: bootlet.net=background was given */
	bool background;
	/** @warm: of bootlet.warm=, 0 without */
	char warm;
	/** @env: strings of BOOTLET_ENV, an empty one behind the last; NULL:
	 * there is no such file */
	char *env;
	size_t text_len;
	/** @ip: values of ip=, in order */
	const char *ip[BOOT_MAX_IP];
	/** @modules: names of bootlet.modules=, split at commas */
	const char *modules[BOOT_MAX_MODULES];
	/** @blacklist: names of modprobe.blacklist=, split at commas */
	const char *blacklist[BOOT_MAX_BLACKLIST];
	/** @params: every KEY or KEY=VALUE, unquoted as the kernel does it, in
	 * order, the file's before the command line's */
	const char *params[BOOT_MAX_PARAMS];
	/** @text: storage */
	char text[16384];
};

/**
 * cmdline_parse() - add the keys of one text to a configuration
 * @cfg:  starts as all zeros; later texts win over earlier ones, lists grow
 * @text: the command line or the file; words separated by white space, double
 *        quotes as in the kernel's next_arg() (lib/cmdline.c); in a file "#"
 *        at the start of a line is a comment; "--" ends a command line
 * @len:  bytes of @text
 * @file: @text is /etc/bootlet.conf
 *
 * Unknown keys are kept in @params and otherwise ignored: they are the
 * kernel's or somebody else's. In names "-" and "_" are the same, as in the
 * kernel's parameq().
 *
 * Return: 0; -E2BIG where @text does not fit (what fits was taken).
 */
int cmdline_parse(struct boot_config *cfg, const char *text, size_t len,
		  bool file);

/**
 * cmdline_load() - phase: read the files, then /proc/cmdline
 *
 * Return: 0, or -errno of /proc/cmdline; no file is success.
 */
int cmdline_load(struct boot_config *cfg);

/**
 * cmdline_key_is() - compare a "KEY" or "KEY=VALUE" word with a key
 *
 * Return: the value (empty where there is no "="), or NULL.
 */
const char *cmdline_key_is(const char *word, const char *key);

/**
 * cmdline_last() - the value that a key was given last
 * @cfg: its @params are read
 * @key: its name
 *
 * For who reads a key once: it needs no field in struct boot_config.
 *
 * Return: see cmdline_key_is(); NULL where the key was not given.
 */
const char *cmdline_last(const struct boot_config *cfg, const char *key);

#endif
