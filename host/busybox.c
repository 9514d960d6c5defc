// SPDX-License-Identifier: MIT
#include "busybox.h"

#include "distro.h"
#include "msg.h"
#include "str.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 4096 };

/* Where the package puts it, seen from its root. */
static const char *const places[] = { "bin/busybox", "usr/bin/busybox",
				      "usr/bin/busybox.static" };

static const char *const path_names[] = { "busybox", "busybox-static",
					  "busybox.static" };

/* bootlet runs guests of its own architecture. */
#if defined(__aarch64__)
enum { MACHINE = EM_AARCH64 };
#else
enum { MACHINE = EM_X86_64 };
#endif

const char *busybox_parse(const unsigned char *p, size_t n)
{
	Elf64_Ehdr e;

	if (n < sizeof(e) || memcmp(p, ELFMAG, SELFMAG))
		return "not an executable (no ELF file)";
	memcpy(&e, p, sizeof(e));
	if (e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_ident[EI_DATA] != ELFDATA2LSB ||
	    le16toh(e.e_machine) != MACHINE)
		return "executable for the wrong architecture";
	if (e.e_type != ET_EXEC && e.e_type != ET_DYN)
		return "not an executable (another kind of ELF file)";
	if (!e.e_phnum || e.e_phoff > n ||
	    e.e_phnum > (n - e.e_phoff) / sizeof(Elf64_Phdr))
		return "damaged executable";
	for (size_t i = 0; i < e.e_phnum; i++) {
		Elf64_Phdr h;

		memcpy(&h, p + e.e_phoff + i * sizeof(h), sizeof(h));
		if (h.p_type == PT_INTERP)
			return "dynamically linked, but the guest has no "
			       "libraries; take a static one (busybox-static)";
	}
	return NULL;
}

/* NULL where the file is a static executable, or what is wrong with it. */
static const char *check(const char *path, int *err)
{
	unsigned char head[HEAD];
	const char *why = NULL;
	struct stat st = { 0 };
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*err = fd < 0 || fstat(fd, &st) ? -errno : 0;
	if (!*err && !S_ISREG(st.st_mode))
		why = "not a regular file";
	if (!*err && !why && (n = read(fd, head, sizeof(head))) < 0)
		*err = -errno;
	if (fd >= 0)
		close(fd);
	if (*err)
		return strerror(-*err);
	if (!why)
		why = busybox_parse(head, n);
	if (why)
		*err = -ENOEXEC;
	return why;
}

static char *find_in(const char *dir)
{
	int err;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char *path = xasprintf("%s/%s", dir, places[i]);

		if (!check(path, &err))
			return path;
		free(path);
	}
	return NULL;
}

static char *find_in_path(void)
{
	const char *env = getenv("PATH");
	char *dirs = xstrdup(env && *env ? env : "/usr/bin:/bin");
	char *save = NULL, *found = NULL;
	int err;

	for (char *d = strtok_r(dirs, ":", &save); d && !found;
	     d = strtok_r(NULL, ":", &save))
		for (size_t i = 0;
		     i < sizeof(path_names) / sizeof(*path_names) && !found;
		     i++) {
			found = xasprintf("%s/%s", d, path_names[i]);
			if (check(found, &err)) {
				free(found);
				found = NULL;
			}
		}
	free(dirs);
	return found;
}

static int find_given(const char *given, char **path)
{
	int err;
	const char *why = check(given, &err);

	if (why) {
		msg_error("%s: cannot take it as BusyBox: %s", given, why);
		return err;
	}
	*path = xstrdup(given);
	return 0;
}

char *busybox_local(void)
{
	char *dir = distro_package_cached("busybox-static");
	char *path = dir ? find_in(dir) : NULL;

	free(dir);
	return path ? path : find_in_path();
}

int busybox_find(const char *given, char **path)
{
	char *dir;
	int err;

	*path = NULL;
	if (given)
		return find_given(given, path);
	*path = busybox_local();
	if (*path)
		return 0;
	err = distro_package("busybox-static", &dir);
	if (err) {
		msg_info("a static BusyBox can be named with --busybox FILE");
		return err;
	}
	*path = find_in(dir);
	if (!*path) {
		msg_error("%s: no static BusyBox in it; remove it to have it "
			  "downloaded again",
			  dir);
		err = -ENOENT;
	}
	free(dir);
	return err;
}
