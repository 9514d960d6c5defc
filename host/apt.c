// SPDX-License-Identifier: MIT
#include "apt.h"

#include "cache.h"
#include "msg.h"
#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Room to leave when a download is weighed against the disk. */
enum { SLACK = 16 << 20 };

/* apt's words are parsed, so they must be English. */
static const char *const c_locale[] = { "LC_ALL=C", "LANGUAGE=C", NULL };

/* The machine's hooks after an update are not for private lists. */
static const char conf_text[] = "#clear APT::Update::Pre-Invoke;\n"
				"#clear APT::Update::Post-Invoke;\n"
				"#clear APT::Update::Post-Invoke-Success;\n";

/* Files and directories of a private root; what ends in '/' is a directory. */
static const struct {
	const char *option, *path;
} root_paths[] = {
	{ "Dir::State", "state/" },
	{ "Dir::State::lists", "lists/" },
	{ NULL, "lists/partial/" },
	/* What is installed must not be taken for what can be downloaded. */
	{ "Dir::State::status", "status" },
	{ "Dir::Cache", "cache/" },
	{ NULL, "cache/archives/" },
	{ NULL, "cache/archives/partial/" },
	{ "Dir::Etc::sourceparts", "sources.d/" },
	{ "Dir::Etc::preferencesparts", "preferences.d/" },
};

static const char *const root_options[] = {
	"Dir::Etc::sourcelist=/dev/null",
	"Dir::Etc::preferences=/dev/null",
	"Acquire::GzipIndexes=true",
	"Acquire::PDiffs=false",
	/* The machine's may name a release that these lists do not have. */
	"APT::Default-Release=",
};

static void option_push(struct apt *a, const char *name, const char *value)
{
	strv_push(&a->options, "-o");
	strv_pushf(&a->options, "%s=%s", name, value);
}

void apt_free(struct apt *a)
{
	strv_free(&a->options);
	buf_free(&a->said);
	free(a->root);
	a->root = NULL;
}

void apt_machine(struct apt *a)
{
	*a = (struct apt){ 0 };
	/* The sandbox's user may not write where we do. */
	option_push(a, "APT::Sandbox::User", "root");
}

static int file_write(const char *dir, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	char *tmp = xasprintf("%s.new", path);
	size_t n = strlen(text);
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int err = fd < 0 ? -errno : 0;

	if (!err && write(fd, text, n) != (ssize_t)n)
		err = errno ? -errno : -EIO;
	if (fd >= 0)
		close(fd);
	if (!err && rename(tmp, path))
		err = -errno;
	if (err)
		unlink(tmp);
	free(tmp);
	free(path);
	return err;
}

static int root_make(struct apt *a, const char *sources)
{
	int err = mkdir(a->root, 0700) && errno != EEXIST ? -errno : 0;

	for (size_t i = 0; i < sizeof(root_paths) / sizeof(*root_paths); i++) {
		const char *p = root_paths[i].path;
		char *path = xasprintf("%s/%s", a->root, p);

		if (!err && p[strlen(p) - 1] == '/')
			err = mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
		else if (!err)
			err = file_write(a->root, p, "");
		if (root_paths[i].option)
			option_push(a, root_paths[i].option, path);
		free(path);
	}
	if (!err)
		err = file_write(a->root, "apt.conf", conf_text);
	if (!err)
		err = file_write(a->root, "sources.d/bootlet.sources", sources);
	return err;
}

int apt_private(struct apt *a, const struct apt_host *h, const char *suite)
{
	struct buf text = { 0 };
	char *dir, *apt;
	int err;

	apt_machine(a);
	if (!sources_plan(&h->sources, h->codename, suite, h->arch, &text)) {
		msg_error("%s: apt has no source with its own archive; name a "
			  "kernel with -k",
			  h->name);
		apt_free(a);
		return -ENOENT;
	}
	dir = cache_dir();
	if (!dir) {
		err = -errno;
		buf_free(&text);
		return err;
	}
	apt = xasprintf("%s/apt", dir);
	a->root = xasprintf("%s/%s", apt, suite ? suite : h->suite);
	err = mkdir(apt, 0700) && errno != EEXIST ? -errno : 0;
	if (!err)
		err = root_make(a, text.p);
	if (err)
		msg_error("%s: cannot write it: %s", a->root, strerror(-err));
	for (size_t i = 0; i < sizeof(root_options) / sizeof(*root_options);
	     i++)
		strv_pushl(&a->options, "-o", root_options[i], NULL);
	strv_push(&a->options, "-c");
	strv_pushf(&a->options, "%s/apt.conf", a->root);
	free(apt);
	free(dir);
	buf_free(&text);
	if (err)
		apt_free(a);
	return err;
}

static void argv_begin(const struct apt *a, struct strv *argv,
		       const char *program)
{
	strv_push(argv, program);
	for (size_t i = 0; i < a->options.n; i++)
		strv_push(argv, a->options.v[i]);
}

/* Runs one of apt's programs; @out NULL shows its progress, on a terminal. */
static int apt_run(struct apt *a, const struct strv *argv, const char *cwd,
		   struct buf *out)
{
	const struct spawn s = {
		.cwd = cwd, .out = out, .err = &a->said, .env = c_locale
	};
	int err;

	buf_free(&a->said);
	err = spawn_run(&s, argv);
	if (err && a->said.n)
		msg_debug("%s: %s", argv->v[0], a->said.p);
	if (err == -ENOENT)
		msg_error("%s: not found", argv->v[0]);
	return err;
}

int apt_update(struct apt *a)
{
	struct strv argv = { 0 };
	int err;

	argv_begin(a, &argv, "apt-get");
	strv_push(&argv, isatty(2) ? "-q=0" : "-qq");
	strv_push(&argv, "update");
	err = apt_run(a, &argv, NULL, NULL);
	strv_free(&argv);
	return err < 0 ? err : 0;
}

static bool wanted(const char *name, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(name, *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

static int show(struct apt *a, const struct strv *names,
		struct apt_packages *out)
{
	struct strv argv = { 0 };
	struct buf text = { 0 };
	int err;

	argv_begin(a, &argv, "apt-cache");
	strv_pushl(&argv, "show", "--no-all-versions", "--", NULL);
	for (size_t i = 0; i < names->n; i++)
		strv_push(&argv, names->v[i]);
	err = apt_run(a, &argv, NULL, &text);
	if (err >= 0 && text.n)
		apt_parse_show(text.p, out);
	strv_free(&argv);
	buf_free(&text);
	return err < 0 ? err : 0;
}

int apt_closure(struct apt *a, const char *name, const char *const *prefixes,
		struct apt_packages *out)
{
	struct strv seen = { 0 }, ask = { 0 };
	size_t first = out->n, from;
	int err = 0;

	strv_push(&seen, name);
	strv_push(&ask, name);
	while (ask.n && !err) {
		from = out->n;
		err = show(a, &ask, out);
		strv_free(&ask);
		for (size_t i = from; i < out->n; i++)
			for (size_t j = 0; j < out->v[i].depends.n; j++) {
				const char *d = out->v[i].depends.v[j];

				if (!wanted(d, prefixes) || strv_has(&seen, d))
					continue;
				strv_push(&seen, d);
				strv_push(&ask, d);
			}
	}
	/* What is installed but in no list has no size to download. */
	if (!err && (out->n == first || strcmp(out->v[first].name, name) ||
		     !out->v[first].size))
		err = -ENOENT;
	strv_free(&seen);
	strv_free(&ask);
	return err;
}

static int room_check(const struct apt_packages *p, const char *what,
		      const char *dir)
{
	unsigned long long need = SLACK, have;
	struct statvfs fs;
	char *text;

	for (size_t i = 0; i < p->n; i++)
		need += p->v[i].size + p->v[i].installed;
	if (statvfs(dir, &fs))
		return 0;
	have = (unsigned long long)fs.f_bavail * fs.f_frsize;
	if (have >= need)
		return 0;
	text = xstrdup(cache_format_size(need));
	msg_error("%s: not enough room: %s needs %s, %s is free; free some "
		  "or set XDG_CACHE_HOME",
		  dir, what, text, cache_format_size(have));
	free(text);
	return -ENOSPC;
}

static int is_deb(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 4 && !strcmp(e->d_name + n - 4, ".deb");
}

static int unpack(struct apt *a, const char *dir)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_deb, alphasort), err = 0;

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		struct strv argv = { 0 };
		char *deb = xasprintf("%s/%s", dir, names[i]->d_name);

		strv_pushl(&argv, "dpkg-deb", "-x", deb, dir, NULL);
		if (!err && apt_run(a, &argv, NULL, NULL))
			err = -EIO;
		unlink(deb);
		strv_free(&argv);
		free(deb);
		free(names[i]);
	}
	free(names);
	return err;
}

int apt_download(struct apt *a, const struct apt_packages *p, const char *what,
		 const char *dir)
{
	unsigned long long size = 0;
	struct strv argv = { 0 };
	int err = room_check(p, what, dir);

	if (err)
		return err;
	argv_begin(a, &argv, "apt-get");
	strv_push(&argv, isatty(2) ? "-q=0" : "-qq");
	strv_push(&argv, "download");
	for (size_t i = 0; i < p->n; i++) {
		strv_pushf(&argv, "%s=%s", p->v[i].name, p->v[i].version);
		size += p->v[i].size;
	}
	msg_info("downloading %s (%s)", what, cache_format_size(size));
	err = apt_run(a, &argv, dir, NULL) ? -EIO : 0;
	strv_free(&argv);
	if (err)
		return err;
	msg_info("unpacking %s", what);
	return unpack(a, dir);
}

char *apt_reason(const struct apt *a)
{
	return apt_parse_reason(a->said.p ? a->said.p : "");
}
