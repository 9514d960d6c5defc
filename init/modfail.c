// SPDX-License-Identifier: MIT
#include "modfail.h"

#include "file.h"
#include "io.h"
#include "log.h"

#include <errno.h>
#include <string.h>

/* The end of a compressed module's name, and what the kernel calls it. */
static const struct {
	char suffix[5];
	char name[5];
	char config[5];
} formats[] = {
	{ ".gz", "gzip", "GZIP" },
	{ ".xz", "xz", "XZ" },
	{ ".zst", "zstd", "ZSTD" },
};

#define SIGNATURE \
	"its signature is missing or wrong, and this kernel demands one"

#define CAUSES(X)                                               \
	X(ENOEXEC, "damaged, or not a module of this kernel")   \
	X(EINVAL, "a bad parameter, or damaged")                \
	X(EPERM, "not allowed: module_blacklist=, lockdown or " \
		 "kernel.modules_disabled")                     \
	X(EKEYREJECTED, SIGNATURE)                              \
	X(ENOMEM, "not enough memory: give the machine more")   \
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
	text = err_lookup(cause_codes, cause_texts, -err);
	if (text)
		log_warn("%s: %s", file, text);
	else
		log_fail(file, "its start failed", err);
}

static bool kernel_unpacks(const char *name)
{
	const char *rest;
	char buf[16];

	file_read("/sys/module/compression", buf, sizeof(buf));
	rest = text_after(buf, name);
	return rest && *rest <= ' ';
}

/* Whether the file's compression was what stood in the way. */
static bool report_packed(const char *file, int err)
{
	const char *dot = strrchr(file, '.');

	if (err != -EINVAL && err != -EOPNOTSUPP)
		return false;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!dot || strcmp(dot, formats[i].suffix))
			continue;
		if (kernel_unpacks(formats[i].name))
			return false;
		log_warn("%s: this kernel cannot decompress it: set "
			 "CONFIG_MODULE_DECOMPRESS and "
			 "CONFIG_MODULE_COMPRESS_%s, or unpack it",
			 file, formats[i].config);
		return true;
	}
	return false;
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

	if (err == -ENOENT) {
		value = modinfo_value(map, size, "depends=");
		if (!value || !*value)
			value = "the module that has what dmesg names";
		log_warn("%s: unknown symbol: it needs %s loaded first", file,
			 value);
		return true;
	}
	value = modinfo_value(map, size, "vermagic=");
	if (!value || (err != -ENOEXEC && err != -EINVAL))
		return false;
	rest = text_after(value, release);
	if (rest && (!*rest || *rest == ' ')) {
		/* The kernel tells the two apart in its own log only. */
		if (err == -ENOEXEC)
			log_warn("%s: damaged, or its vermagic is not this "
				 "kernel's: %s",
				 file, value);
		return err == -ENOEXEC;
	}
	log_warn("%s: built for kernel %.*s, this one is %s", file,
		 (int)text_until(value, ' '), value, release);
	return true;
}

void modfail_report(int fd, const char *file, const char *release, int err)
{
	const char *map;
	size_t size;

	if (report_packed(file, err))
		return;
	map = file_map(fd, &size);
	if (!report_modinfo(file, release, err, map, size))
		report_plain(file, err);
	if (map)
		io_unmap(map, size);
}
