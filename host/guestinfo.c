// SPDX-License-Identifier: MIT
#include "guestinfo.h"

#include "outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES (1 << 20)

/* The strings of the file; @dir is where it lies. */
static const struct {
	const char *key;
	size_t offset;
} texts[] = {
	{ "name", offsetof(struct guestinfo, name) },
	{ "address", offsetof(struct guestinfo, address) },
	{ "image", offsetof(struct guestinfo, image) },
	{ "release", offsetof(struct guestinfo, release) },
	{ "tree", offsetof(struct guestinfo, tree) },
	{ "moddir", offsetof(struct guestinfo, moddir) },
	{ "build_id", offsetof(struct guestinfo, build_id) },
};

#define N_TEXTS (sizeof(texts) / sizeof(texts[0]))

static char **text_at(const struct guestinfo *g, size_t i)
{
	return (char **)(void *)((char *)(void *)g + texts[i].offset);
}

/* --- strings that need not be UTF-8, as file names need not --------------- */

static json_t *encode(const char *s)
{
	json_t *text = json_string(s);
	struct buf hex = { 0 };

	if (text)
		return text;
	for (const unsigned char *p = (const unsigned char *)s; *p; p++)
		buf_addf(&hex, "%02x", *p);
	text = json_pack("{s:s}", "hex", hex.p);
	buf_free(&hex);
	return text;
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Return: new string, or NULL for what encode() does not write. */
static char *decode(const json_t *v)
{
	const char *hex = json_string_value(json_object_get(v, "hex"));
	struct buf out = { 0 };

	if (json_is_string(v) &&
	    strlen(json_string_value(v)) == json_string_length(v))
		return xstrdup(json_string_value(v));
	if (!hex)
		return NULL;
	buf_adds(&out, "");
	for (; *hex; hex += 2) {
		int high = digit(hex[0]), low = high < 0 ? -1 : digit(hex[1]);

		if (low < 0 || !(high | low)) {
			buf_free(&out);
			return NULL;
		}
		buf_addc(&out, (char)(high << 4 | low));
	}
	return out.p;
}

/* --- the file ------------------------------------------------------------- */

static char *to_text(const struct guestinfo *g)
{
	json_t *o = json_object(), *breaks = json_array();
	char *text;

	json_object_set_new(o, "pid", json_integer(g->pid));
	for (size_t i = 0; i < N_TEXTS; i++)
		if (*text_at(g, i))
			json_object_set_new(o, texts[i].key,
					    encode(*text_at(g, i)));
	json_object_set_new(o, "waits", json_boolean(g->waits));
	json_object_set_new(o, "kvm", json_boolean(g->kvm));
	for (size_t i = 0; i < g->breaks.n; i++)
		json_array_append_new(breaks, encode(g->breaks.v[i]));
	json_object_set_new(o, "breaks", breaks);
	text = json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(o);
	return text;
}

int guestinfo_write(const struct guestinfo *g)
{
	char *path = xasprintf("%s/" GUESTINFO_FILE, g->dir);
	char *text = to_text(g);
	struct outfile *of;
	int err = text ? outfile_open(path, &of) : -ENOMEM;

	if (!err) {
		err = outfile_write(of, text, strlen(text));
		if (!err)
			err = outfile_write(of, "\n", 1);
		if (err)
			outfile_abort(of);
		else
			err = outfile_close(of);
	}
	free(text);
	free(path);
	return err;
}

static int from_breaks(const json_t *v, struct guestinfo *g)
{
	if (!json_is_array(v))
		return -EINVAL;
	for (size_t i = 0; i < json_array_size(v); i++) {
		char *s = decode(json_array_get(v, i));

		if (!s)
			return -EINVAL;
		strv_take(&g->breaks, s);
	}
	return 0;
}

static int from_json(const json_t *o, struct guestinfo *g)
{
	const json_t *pid = json_object_get(o, "pid");

	if (!json_is_integer(pid) || json_integer_value(pid) < 1 ||
	    json_integer_value(pid) > 1 << 22)
		return -EINVAL;
	g->pid = (pid_t)json_integer_value(pid);
	for (size_t i = 0; i < N_TEXTS; i++) {
		const json_t *v = json_object_get(o, texts[i].key);

		if (v && !(*text_at(g, i) = decode(v)))
			return -EINVAL;
	}
	g->waits = json_is_true(json_object_get(o, "waits"));
	g->kvm = json_is_true(json_object_get(o, "kvm"));
	return from_breaks(json_object_get(o, "breaks"), g);
}

int guestinfo_read(const char *dir, struct guestinfo *g)
{
	char *path = xasprintf("%s/" GUESTINFO_FILE, dir);
	struct buf text = { 0 };
	struct stat st;
	json_t *o = NULL;
	int err;

	*g = (struct guestinfo){ 0 };
	/* What is no file might never end. */
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		err = -EINVAL;
	else
		err = read_file(path, &text, MAX_BYTES);
	free(path);
	if (err == -ENOENT || err == -ENOTDIR)
		return -ENOENT;
	if (!err && text.n)
		o = json_loadb(text.p, text.n, 0, NULL);
	err = json_is_object(o) ? from_json(o, g) : -EINVAL;
	json_decref(o);
	buf_free(&text);
	if (err)
		guestinfo_free(g);
	else
		g->dir = xstrdup(dir);
	return err;
}

/* --- all of them ---------------------------------------------------------- */

/* A run that is alive has its lock held, by its guard. */
static bool is_alive(const char *dir)
{
	char *path = xasprintf("%s/lock", dir);
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 &&
		    errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	free(path);
	return held;
}

static bool is_mine(const char *dir)
{
	struct stat st;

	return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == getuid();
}

int guestinfo_find(const char *dir, struct guestinfo *g)
{
	struct stat st;
	int err;

	*g = (struct guestinfo){ 0 };
	if (lstat(dir, &st) < 0)
		return -errno;
	if (!is_mine(dir))
		return S_ISDIR(st.st_mode) ? -EPERM : -ENOTDIR;
	err = guestinfo_read(dir, g);
	/* The lock last: where it is free, it is ours for a moment. */
	if (!err && !is_alive(dir)) {
		guestinfo_free(g);
		err = -ESRCH;
	}
	return err;
}

static void list_in(const char *top, bool gdb, struct guestinfo **v, size_t *n)
{
	char *prefix = xasprintf("bootlet-%u-", getuid());
	DIR *d = opendir(top);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		struct guestinfo g;
		char *dir;

		if (strncmp(e->d_name, prefix, strlen(prefix)))
			continue;
		dir = xasprintf("%s/%s", top, e->d_name);
		if (guestinfo_find(dir, &g)) {
			;
		} else if (gdb && !g.address) {
			guestinfo_free(&g);
		} else {
			*v = xrealloc(*v, (*n + 1) * sizeof(**v));
			(*v)[(*n)++] = g;
		}
		free(dir);
	}
	if (d)
		closedir(d);
	free(prefix);
}

static int by_dir(const void *a, const void *b)
{
	return strcmp(((const struct guestinfo *)a)->dir,
		      ((const struct guestinfo *)b)->dir);
}

int guestinfo_list(bool gdb, struct guestinfo **v, size_t *n)
{
	const char *tmp = getenv("TMPDIR");
	struct stat a, b;

	*v = NULL;
	*n = 0;
	list_in("/tmp", gdb, v, n);
	if (tmp && tmp[0] == '/' && stat(tmp, &a) == 0 &&
	    (stat("/tmp", &b) || a.st_dev != b.st_dev || a.st_ino != b.st_ino))
		list_in(tmp, gdb, v, n);
	if (*n)
		qsort(*v, *n, sizeof(**v), by_dir);
	return 0;
}

void guestinfo_free(struct guestinfo *g)
{
	for (size_t i = 0; i < N_TEXTS; i++)
		free(*text_at(g, i));
	free(g->dir);
	strv_free(&g->breaks);
	*g = (struct guestinfo){ 0 };
}
