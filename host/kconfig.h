/* SPDX-License-Identifier: MIT */
/*
 * A kernel's .config as values: read from a file as the kernel's own build
 * writes it, plain or compressed (/proc/config.gz). Names here never carry
 * the prefix "CONFIG_".
 */
#ifndef BOOTLET_KCONFIG_H
#define BOOTLET_KCONFIG_H

#include "kconfig_map.h"
#include "str.h"

#include <stdbool.h>

/** enum kline - what a line of a .config or a fragment is */
enum kline {
	KLINE_BLANK,
	KLINE_COMMENT,
	KLINE_VALUE,
	KLINE_BAD,
};

/**
 * parse_kline() - read one line
 * @line:  without its newline; a trailing CR and blanks are ignored
 * @len:   bytes of it
 * @name:  of the symbol; the caller frees, only after KLINE_VALUE
 * @value: "y", "m", "n", a number, or a string with its quotes; likewise. "is
 *         not set" reads as "n"
 *
 * Source: Documentation/kbuild/kconfig.rst and what `conf` writes.
 */
enum kline parse_kline(const char *line, size_t len, char **name, char **value);

/**
 * parse_kversion() - a kernel's version as a number that can be compared
 * @text: begins with "MAJOR.MINOR", e.g. "6.1.0-13-amd64"
 *
 * Return: MAJOR * 1000 + MINOR; 0 for anything else.
 */
unsigned int parse_kversion(const char *text);

/** struct kvalue - one symbol's */
struct kvalue {
	char *name, *value;
};

/** struct kconfig - a whole .config; zero it to begin with */
struct kconfig {
	struct kvalue *v;
	size_t n, cap;
	struct kmap index;
	/** @arch: "x86", and @release: "6.1.176", as the file's head names
	 * them; NULL where it does not */
	char *arch, *release;
};

/**
 * parse_kconfig() - read the text of a .config
 * @text: NUL-ended
 * @out:  filled in; the caller calls kconfig_free(), also after an error
 *
 * The last line about a symbol counts, as in the kernel's own reader.
 *
 * Return: 0; -EINVAL where no line of it is one of a .config.
 */
int parse_kconfig(const char *text, struct kconfig *out);

/**
 * kconfig_read() - read a file
 * @path: .config, config-RELEASE, config.gz and other compressed ones
 * @text: NULL, or the plain text is appended
 * @out:  as parse_kconfig()
 *
 * Return: 0; -errno after a message.
 */
int kconfig_read(const char *path, struct buf *text, struct kconfig *out);

/** kconfig_get() - a symbol's value, or NULL where the file has none */
const char *kconfig_get(const struct kconfig *c, const char *name);

/** kconfig_tri() - a symbol's value as a tristate: 0 n or none, 1 m, 2 y */
int kconfig_tri(const struct kconfig *c, const char *name);

/** kconfig_set() - set a symbol's value */
void kconfig_set(struct kconfig *c, const char *name, const char *value);

/** kconfig_free() - free all; @c is empty and usable again */
void kconfig_free(struct kconfig *c);

#endif
