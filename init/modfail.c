// SPDX-License-Identifier: MIT
#include "modfail.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The end of a compressed module's name, and what the kernel calls it. */
static const struct {
	const char *suffix;
	const char *name;
	const char *config;
} formats[] = {
	{ ".gz", "gzip", "GZIP" },
	{ ".xz", "xz", "XZ" },
	{ ".zst", "zstd", "ZSTD" },
};

static const char signature[] =
	"its signature is missing or wrong, and this kernel demands one";

static const struct {
	int err;
	const char *text;
} causes[] = {
	{ ENOEXEC, "damaged, or not a module of this kernel" },
	{ EINVAL, "a bad parameter, or damaged" },
	{ EPERM, "not allowed: module_blacklist=, lockdown or "
		 "kernel.modules_disabled" },
	{ EKEYREJECTED, signature },
	{ ENOKEY, signature },
	{ EBADMSG, signature },
	{ ENOMEM, "not enough memory: give the machine more" },
	{ ENOSYS, "this kernel loads no modules: set CONFIG_MODULES" },
};

static void report_plain(const char *file, int err)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (causes[i].err == -err) {
			log_warn("%s: %s", file, causes[i].text);
			return;
		}
	}
	log_warn("%s: its start failed: %s", file, err_text(err));
}

static bool kernel_unpacks(const char *name)
{
	size_t len = strlen(name);
	char buf[16] = "";
	int fd = open("/sys/module/compression", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	return n > 0 && !strncmp(buf, name, len) && buf[len] <= ' ';
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
			 "CONFIG_MODULE_COMPRESS_%s, or unpack the file",
			 file, formats[i].config);
		return true;
	}
	return false;
}

/* The value of a "KEY=value\0" of .modinfo; @key with its "=". */
static const char *modinfo_value(const char *map, size_t size, const char *key)
{
	size_t len = strlen(key);
	const char *p = map, *end = map + size;

	while (size && (p = memchr(p, key[0], (size_t)(end - p)))) {
		if ((size_t)(end - p) <= len)
			return NULL;
		if ((p == map || !p[-1]) && !memcmp(p, key, len) &&
		    memchr(p, '\0', (size_t)(end - p)))
			return p + len;
		p++;
	}
	return NULL;
}

static bool report_modinfo(const char *file, const char *release, int err,
			   const char *map, size_t size)
{
	const char *value, *space;
	char built[65];
	size_t len;

	if (err == -ENOENT) {
		value = modinfo_value(map, size, "depends=");
		if (value && *value)
			log_warn("%s: unknown symbol: it needs %s loaded first",
				 file, value);
		else
			log_warn("%s: unknown symbol: dmesg has its name; what "
				 "defines it is not loaded",
				 file);
		return true;
	}
	value = modinfo_value(map, size, "vermagic=");
	if (!value || (err != -ENOEXEC && err != -EINVAL))
		return false;
	space = strchr(value, ' ');
	len = space ? (size_t)(space - value) : strlen(value);
	if (len >= sizeof(built))
		return false;
	memcpy(built, value, len);
	built[len] = '\0';
	if (!strcmp(built, release))
		return false;
	log_warn("%s: built for kernel %s, this one is %s", file, built,
		 release);
	return true;
}

void modfail_report(int fd, const char *file, const char *release, int err)
{
	off_t size = lseek(fd, 0, SEEK_END);
	void *map = MAP_FAILED;
	bool told;

	if (report_packed(file, err))
		return;
	if (size > 0)
		map = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	told = report_modinfo(file, release, err, map,
			      map == MAP_FAILED ? 0 : (size_t)size);
	if (map != MAP_FAILED)
		munmap(map, (size_t)size);
	if (!told)
		report_plain(file, err);
}
