// SPDX-License-Identifier: MIT
#include "modfail.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "modflat.h"

#include <errno.h>
#include <string.h>

#define SIGNATURE "its signature is missing or wrong"

#define CAUSES(X)                                               \
	X(ENOENT, "unknown symbol: what dmesg names has to be " \
		  "loaded first")                               \
	X(ENOEXEC, "damaged, or its vermagic is another's")     \
	X(EINVAL, "a bad parameter, or damaged")                \
	X(EPERM, "not allowed: module_blacklist=, lockdown or " \
		 "kernel.modules_disabled")                     \
	X(EKEYREJECTED, SIGNATURE)                              \
	X(EOPNOTSUPP, "damaged, a bad parameter, or "           \
		      "CONFIG_MODULE_DECOMPRESS is not for it") \
	X(ENOSYS, "this kernel loads no modules: set CONFIG_MODULES")

#define CODE(err, text) err,
#define TEXT(err, text) text "\0"

static const unsigned char cause_codes[] = { CAUSES(CODE) 0 };
static const char cause_texts[] = CAUSES(TEXT);

static void report_plain(const char *file, int err)
{
	const char *text;

	/* Not signed, signed by a stranger, changed since: one remedy. */
	if (err == -ENOKEY || err == -EBADMSG)
		err = -EKEYREJECTED;
	if (err == -EINVAL && modflat_packed(file))
		err = -EOPNOTSUPP;
	text = err_lookup(cause_codes, cause_texts, -err);
	if (text)
		log_warn("%s: %s", file, text);
	else
		log_fail(file, "its start failed", err);
}

/* The value of a "KEY=value\0" of .modinfo; @key with its "=". */
static const char *modinfo_value(const char *map, size_t size, const char *key)
{
	size_t len = strlen(key);

	for (const char *end = map + size, *p = map; p + len < end; p++)
		if (!memcmp(p, key, len) && (p == map || !p[-1]) &&
		    memchr(p, '\0', (size_t)(end - p)))
			return p + len;
	return NULL;
}

static bool report_modinfo(const char *file, const char *release, int err,
			   const char *map, size_t size)
{
	const char *value, *rest;

	value = modinfo_value(map, size, "vermagic=");
	if (!value || (err != -ENOEXEC && err != -EINVAL))
		return false;
	rest = text_after(value, release);
	if (rest && (!*rest || *rest == ' '))
		return false;
	log_warn("%s: built for kernel %.*s, this one is %s", file,
		 (int)text_until(value, ' '), value, release);
	return true;
}

void modfail_report(int fd, const char *file, const char *release, int err)
{
	const char *map;
	size_t size;

	map = file_map(fd, &size);
	if (!report_modinfo(file, release, err, map, size))
		report_plain(file, err);
	if (map)
		io_unmap(map, size);
}
