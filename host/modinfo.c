// SPDX-License-Identifier: MIT
#include "modinfo.h"

#include "cachefile.h"
#include "gdbelf.h"
#include "unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Far above what any module has: debug information may be in it. */
#define PACKED_MAX (256UL << 20)
#define MODULE_MAX (1UL << 30)
#define INFO_MAX   (1 << 20)

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

static int take_section(const struct gdbelf *e, struct modinfo *out)
{
	const Elf64_Shdr *s = gdbelf_section(e, ".modinfo");
	char *p;
	int err;

	if (!s || e->type != ET_REL || s->sh_size > INFO_MAX)
		return -ENOEXEC;
	p = xrealloc(NULL, s->sh_size + 1);
	err = gdbelf_read(e, s->sh_offset, p, s->sh_size);
	if (!err)
		err = take_strings(p, s->sh_size, out);
	free(p);
	return err;
}

static int info_plain(const char *path, struct modinfo *out)
{
	struct gdbelf e = { .fd = -1 };
	int err = gdbelf_open(path, &e);

	if (!err)
		err = take_section(&e, out);
	gdbelf_close(&e);
	return err;
}

static int info_packed(const char *path, struct modinfo *out)
{
	struct gdbelf e = { .fd = -1 };
	struct buf packed = { 0 };
	char *ko = NULL;
	size_t n = 0;
	int err = cachefile_read(path, &packed, PACKED_MAX);

	if (!err)
		err = unpack_all((unsigned char *)packed.p, packed.n, &ko, &n,
				 MODULE_MAX);
	if (!err)
		err = gdbelf_memory((unsigned char *)ko, n, &e);
	if (!err)
		err = take_section(&e, out);
	gdbelf_close(&e);
	free(ko);
	buf_free(&packed);
	return err;
}

/* All of it is read here: libkmod takes a file's word for what is in it, and
 * ends the whole program by an assertion where that is not so. */
int modinfo_read(const char *path, struct modinfo *out)
{
	*out = (struct modinfo){ 0 };
	if (access(path, R_OK))
		return -errno;
	if (!info_plain(path, out))
		return 0;
	modinfo_free(out);
	if (!info_packed(path, out))
		return 0;
	modinfo_free(out);
	return -ENOEXEC;
}
