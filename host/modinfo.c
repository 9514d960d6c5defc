// SPDX-License-Identifier: MIT
#include "modinfo.h"

#include "gdbelf.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INFO_MAX (1 << 20)

static void split(struct strv *to, const char *value, const char *seps)
{
	char *copy = xstrdup(value), *save = NULL;

	for (char *w = strtok_r(copy, seps, &save); w;
	     w = strtok_r(NULL, seps, &save))
		strv_push(to, w);
	free(copy);
}

static void parse_softdep(struct modinfo *out, const char *value)
{
	struct strv words = { 0 }, *to = NULL;

	split(&words, value, " \t");
	for (size_t i = 0; i < words.n; i++) {
		if (!strcmp(words.v[i], "pre:"))
			to = &out->softpre;
		else if (!strcmp(words.v[i], "post:"))
			to = &out->softpost;
		else if (to)
			strv_push(to, words.v[i]);
	}
	strv_free(&words);
}

static void set_once(char **to, const char *value)
{
	if (!*to)
		*to = xstrdup(value);
}

void modinfo_parse(struct modinfo *out, const char *key, const char *value)
{
	if (!strcmp(key, "depends"))
		split(&out->depends, value, ",");
	else if (!strcmp(key, "softdep"))
		parse_softdep(out, value);
	else if (!strcmp(key, "alias"))
		strv_push(&out->alias, value);
	else if (!strcmp(key, "name"))
		set_once(&out->name, value);
	else if (!strcmp(key, "vermagic"))
		set_once(&out->vermagic, value);
}

void modinfo_free(struct modinfo *out)
{
	strv_free(&out->depends);
	strv_free(&out->softpre);
	strv_free(&out->softpost);
	strv_free(&out->alias);
	free(out->name);
	free(out->vermagic);
	out->name = out->vermagic = NULL;
}

static void quiet_log(void *data, int priority, const char *file, int line,
		      const char *fn, const char *format, va_list args)
{
	/* Its words name internals; the caller names the module. */
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)fn;
	(void)format;
	(void)args;
}

static int info_take(const char *path, struct modinfo *out)
{
	/* No configuration: the machine's is not the guest's. */
	static const char *const no_config[] = { NULL };
	struct kmod_ctx *ctx = kmod_new("/", no_config);
	struct kmod_module *mod = NULL;
	struct kmod_list *list = NULL, *i;
	int err;

	if (!ctx)
		return -ENOMEM;
	kmod_set_log_fn(ctx, quiet_log, NULL);
	err = kmod_module_new_from_path(ctx, path, &mod);
	if (err >= 0)
		err = kmod_module_get_info(mod, &list);
	kmod_list_foreach(i, list)
	{
		modinfo_parse(out, kmod_module_info_get_key(i),
			      kmod_module_info_get_value(i));
	}
	kmod_module_info_free_list(list);
	if (mod)
		kmod_module_unref(mod);
	kmod_unref(ctx);
	return err < 0 ? err : 0;
}

/* Strings, each KEY=VALUE and ended by a NUL: MODULE_INFO() of
 * include/linux/moduleparam.h. Return: 0; -ENOEXEC with nothing taken. */
static int take_strings(const char *p, size_t n, struct modinfo *out)
{
	if (!n || p[n - 1])
		return -ENOEXEC;
	for (const char *end = p + n; p < end; p += strlen(p) + 1) {
		const char *is = strchr(p, '=');
		char *key;

		if (!is)
			continue;
		key = xasprintf("%.*s", (int)(is - p), p);
		modinfo_parse(out, key, is + 1);
		free(key);
	}
	return 0;
}

/* What is not compressed is read here: to load libkmod, and libcrypto with it,
 * takes longer than all else that is to be found out about modules. */
static int info_plain(const char *path, struct modinfo *out)
{
	struct gdbelf e = { .fd = -1 };
	int err = gdbelf_open(path, &e);
	const Elf64_Shdr *s = err ? NULL : gdbelf_section(&e, ".modinfo");
	char *p = NULL;

	if (!s || e.type != ET_REL || s->sh_size > INFO_MAX) {
		err = -ENOEXEC;
	} else {
		p = xrealloc(NULL, s->sh_size);
		if (pread(e.fd, p, s->sh_size, (off_t)s->sh_offset) !=
		    (ssize_t)s->sh_size)
			err = -ENOEXEC;
	}
	if (!err)
		err = take_strings(p, s->sh_size, out);
	free(p);
	gdbelf_close(&e);
	return err;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		p += done;
		n -= done;
	}
	return 0;
}

static int inflate(const char *path, int fd)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	int err = -ENOEXEC;

	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_filename(a, path, 1 << 16) == ARCHIVE_OK &&
	    archive_read_next_header(a, &e) == ARCHIVE_OK) {
		static char block[1 << 16];
		ssize_t n;

		err = 0;
		while (!err && (n = archive_read_data(a, block, sizeof(block))))
			err = n < 0 ? -ENOEXEC : write_all(fd, block, n);
	}
	archive_read_free(a);
	return err;
}

/* For a libkmod that was built without this compression. */
static int info_inflated(const char *path, struct modinfo *out)
{
	int fd = memfd_create("module.ko", MFD_CLOEXEC);
	char *self;
	int err;

	if (fd < 0)
		return -errno;
	err = inflate(path, fd);
	if (!err) {
		self = xasprintf("/proc/self/fd/%d", fd);
		err = info_take(self, out);
		free(self);
	}
	close(fd);
	return err;
}

int modinfo_read(const char *path, struct modinfo *out)
{
	size_t len = strlen(path);
	int err;

	*out = (struct modinfo){ 0 };
	if (access(path, R_OK))
		return -errno;
	if (!info_plain(path, out))
		return 0;
	err = info_take(path, out);
	if (err && (len < 3 || strcmp(path + len - 3, ".ko"))) {
		modinfo_free(out);
		err = info_inflated(path, out);
	}
	if (!err)
		return 0;
	modinfo_free(out);
	return -ENOEXEC;
}
