// SPDX-License-Identifier: MIT
#include "apt.h"
#include "msg.h"
#include "osrelease.h"
#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum { SOURCES_MAX = 1 << 20 };

static const struct {
	const char *machine, *arch;
} arches[] = {
	{ "x86_64", "amd64" },
	{ "aarch64", "arm64" },
};

/* The more special first: a derivative's ID_LIKE may be "ubuntu debian". */
static const struct {
	const char *id, *codename_key;
} families[] = {
	{ "ubuntu", "UBUNTU_CODENAME" },
	{ "debian", "DEBIAN_CODENAME" },
};

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (list && *list) {
		size_t len = strcspn(list, " ");

		if (len == n && !strncmp(list, word, n))
			return true;
		list += len + strspn(list + len, " ");
	}
	return false;
}

static void read_release(struct apt_host *h)
{
	char *text = osrelease_read();
	char *id = osrelease_parse(text, "ID");
	char *like = osrelease_parse(text, "ID_LIKE");

	h->name = osrelease_parse(text, "PRETTY_NAME");
	if (!h->name)
		h->name = xstrdup("this distribution");
	for (size_t i = 0; i < COUNT(families) && !h->id; i++) {
		if (!has_word(id, families[i].id) &&
		    !has_word(like, families[i].id))
			continue;
		h->id = families[i].id;
		h->codename = osrelease_parse(text, families[i].codename_key);
	}
	if (!h->codename)
		h->codename = osrelease_parse(text, "VERSION_CODENAME");
	free(like);
	free(id);
	free(text);
}

static void read_source(struct sources *s, const char *path)
{
	size_t n = strlen(path);
	bool deb822 = n > 8 && !strcmp(path + n - 8, ".sources");
	struct buf text = { 0 };
	int err = read_file(path, &text, SOURCES_MAX);

	/* Not a problem if it fails: a machine has one format or the other. */
	if (err && err != -ENOENT)
		msg_debug("%s: %s", path, strerror(-err));
	else if (text.n && deb822)
		sources_parse_deb822(s, text.p);
	else if (text.n)
		sources_parse_list(s, text.p);
	buf_free(&text);
}

static int is_source(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return (n > 5 && !strcmp(e->d_name + n - 5, ".list")) ||
	       (n > 8 && !strcmp(e->d_name + n - 8, ".sources"));
}

static void read_parts(struct sources *s, const char *dir)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_source, alphasort);

	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, names[i]->d_name);

		read_source(s, path);
		free(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* `apt-config shell A Key` prints A='value'; "" where it does not. */
static char *config_value(const char *key)
{
	struct strv argv = { 0 };
	struct buf out = { 0 }, err = { 0 };
	const struct spawn s = { .out = &out, .err = &err };
	char *value;

	strv_pushl(&argv, "apt-config", "shell", "X", key, NULL);
	if (spawn_run(&s, &argv) || out.n < 5 || strncmp(out.p, "X='", 3)) {
		value = xstrdup("");
	} else {
		char *end = strrchr(out.p, '\'');

		value = xasprintf("%.*s", (int)(end - out.p - 3), out.p + 3);
	}
	strv_free(&argv);
	buf_free(&out);
	buf_free(&err);
	return value;
}

/* What stands behind a word that ends in "dir": its own value, which is where
 * all else lies; a block; or what is below it. */
static bool dir_moves(const char *p)
{
	p += strspn(p, " \t\r\n");
	return *p == '"' || *p == '{' || *p == '/' || *p == '#' ||
	       !strncasecmp(p, "::etc", 5);
}

/* All that tells where sources lie is below Dir: see apt.conf(5). Read at each
 * run, so it is read once. */
bool apt_config_moves(const char *text)
{
	for (const char *p = text; *p; p++) {
		if ((*p == 'd' || *p == 'D') && !strncasecmp(p, "dir", 3) &&
		    dir_moves(p + 3))
			return true;
		if (*p == '#' && !strncasecmp(p, "#include", 8))
			return true;
	}
	return false;
}

static bool file_moves(const char *path)
{
	struct buf b = { 0 };
	int err = read_file(path, &b, SOURCES_MAX);
	bool moves = err ? err != -ENOENT : b.n && apt_config_moves(b.p);

	buf_free(&b);
	return moves;
}

static int is_conf(const struct dirent *e)
{
	return *e->d_name != '.';
}

/* Whether apt's sources lie where they do by default. To ask apt itself takes
 * 15 ms, more than all else before QEMU starts. */
static bool is_usual(void)
{
	static const char dir[] = "/etc/apt/apt.conf.d";
	struct dirent **names;
	bool usual = !getenv("APT_CONFIG") && !file_moves("/etc/apt/apt.conf");
	int n = scandir(dir, &names, is_conf, NULL);

	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, names[i]->d_name);

		usual = usual && !file_moves(path);
		free(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return usual;
}

void apt_host_read(struct apt_host *h)
{
	bool usual = is_usual();
	char *list, *parts;
	const char *suite;
	struct utsname u;

	*h = (struct apt_host){ 0 };
	read_release(h);
	for (size_t i = 0; i < COUNT(arches) && !uname(&u); i++)
		if (!strcmp(arches[i].machine, u.machine))
			h->arch = arches[i].arch;
	list = usual ? xstrdup("/etc/apt/sources.list") :
		       config_value("Dir::Etc::sourcelist/f");
	parts = usual ? xstrdup("/etc/apt/sources.list.d") :
			config_value("Dir::Etc::sourceparts/d");
	if (*list)
		read_source(&h->sources, list);
	if (*parts)
		read_parts(&h->sources, parts);
	free(list);
	free(parts);
	suite = sources_suite(&h->sources, h->codename);
	h->suite = xstrdup(suite ? suite : h->codename ? h->codename : "host");
}

void apt_host_free(struct apt_host *h)
{
	sources_free(&h->sources);
	free(h->codename);
	free(h->suite);
	free(h->name);
	*h = (struct apt_host){ 0 };
}
