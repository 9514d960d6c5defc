// SPDX-License-Identifier: MIT
#include "koptim.h"

#include "msg.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of what cannot be built at the level asked for. */
#define FALLBACK "-O2"

#define SAFE                         \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./"

static bool is_safe(const char *name)
{
	return *name && *name != '/' && *name != '-' &&
	       !name[strspn(name, SAFE)];
}

bool koptim_is_object(const char *name)
{
	size_t n = strlen(name);

	return n > 2 && is_safe(name) && !strcmp(name + n - 2, ".o");
}

/* "./net//ipv4/./tcp.o" is "net/ipv4/tcp.o", as make has it. Return: false
 * for what is no path below the source's top. */
static bool normalise(char *name)
{
	char *to = name, *p = name;

	if (!is_safe(name))
		return false;
	while (*p) {
		size_t n = strcspn(p, "/");

		if (n == 2 && !strncmp(p, "..", 2))
			return false;
		if (n && (n != 1 || *p != '.')) {
			if (to != name)
				*to++ = '/';
			memmove(to, p, n);
			to += n;
		}
		p += n;
		p += strspn(p, "/");
	}
	*to = '\0';
	return to != name;
}

const char *parse_koptim(const char *text, struct koptim *o)
{
	const char *p = text + 1;

	strv_free(&o->names);
	if (!*text || !strchr("0123sgz", *text) || (*p && *p != '='))
		return "must be 1, 2, 3 or s, and may be limited: "
		       "1=net,fs/eventpoll.o";
	if (strchr("0gz", *text))
		return "a kernel cannot be built so; 1 is the best for "
		       "debugging that it can be built at";
	o->level = *text;
	while (*p) {
		size_t n = strcspn(++p, ",");
		char *name = xasprintf("%.*s", (int)n, p);
		bool good = normalise(name);

		strv_take(&o->names, name);
		if (!good)
			return "has a name that is no path in a kernel's "
			       "source";
		p += n;
	}
	return NULL;
}

/* --- names in the source ------------------------------------------------------ */

/* The nearest name in the directory where the search ends. */
static char *suggest(const char *src, const char *name)
{
	const char *slash = strrchr(name, '/');
	char *dir = xasprintf("%s/%.*s", src, slash ? (int)(slash - name) : 0,
			      name);
	struct strv names = { 0 };
	const char *near;
	DIR *d = opendir(dir);
	struct dirent *e;
	char *found = NULL;

	while (d && (e = readdir(d)))
		if (*e->d_name != '.')
			strv_push(&names, e->d_name);
	near = str_nearest(slash ? slash + 1 : name, names.v, names.n);
	if (near)
		found = xasprintf("%.*s%s", slash ? (int)(slash - name) + 1 : 0,
				  name, near);
	if (d)
		closedir(d);
	strv_free(&names);
	free(dir);
	return found;
}

static bool is_there(const char *src, const char *stem, const char *suffix)
{
	char *path = xasprintf("%s/%s%s", src, stem, suffix);
	bool is = !access(path, F_OK);

	free(path);
	return is;
}

/* An object's source may be one that the build makes. */
static bool has_source(const char *src, const char *stem)
{
	return is_there(src, stem, ".c") || is_there(src, stem, ".c_shipped") ||
	       is_there(src, stem, ".y") || is_there(src, stem, ".l");
}

static char *pattern(const char *src, const char *name)
{
	char *path = xasprintf("%s/%s", src, name), *stem = NULL, *out = NULL;
	size_t n = strlen(name);
	struct stat st;

	while (n && name[n - 1] == '/')
		n--;
	if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
		out = xasprintf("%.*s/%%", (int)n, name);
	} else if (n > 2 && name[n - 2] == '.' && strchr("co", name[n - 1])) {
		stem = xasprintf("%.*s", (int)n - 2, name);
		if (has_source(src, stem))
			out = xasprintf("%s.o", stem);
	}
	free(stem);
	free(path);
	return out;
}

int koptim_locate(struct koptim *o, const char *src)
{
	strv_free(&o->only);
	for (size_t i = 0; i < o->names.n; i++) {
		char *found = pattern(src, o->names.v[i]), *near;

		if (found) {
			strv_take(&o->only, found);
			continue;
		}
		near = suggest(src, o->names.v[i]);
		msg_error("%s: no directory and no object of %s%s%s%s",
			  o->names.v[i], src, near ? "; did you mean " : "",
			  near ? near : "", near ? "?" : "");
		free(near);
		return -ENOENT;
	}
	return 0;
}

/* --- variables ---------------------------------------------------------------- */

/* Kbuild's name of an object within the directory whose Makefile lists it. */
static const char *stem_of(const char *object, const char *src)
{
	const char *up = strstr(object, "/../");
	char *dir = xstrdup(object), *slash;
	const char *stem = NULL;

	if (up)
		stem = up + 1;
	while (!stem && (slash = strrchr(dir, '/'))) {
		*slash = '\0';
		if (is_there(src, dir, "/Kbuild") ||
		    is_there(src, dir, "/Makefile"))
			stem = object + (slash - dir) + 1;
	}
	free(dir);
	return stem ? stem : object;
}

/* The value of a word "NAME=VALUE", or NULL. */
static const char *value_of(const struct strv *vars, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = vars->n; i-- > 0;)
		if (!strncmp(vars->v[i], name, len) && vars->v[i][len] == '=')
			return vars->v[i] + len + 1;
	return NULL;
}

static void join(struct buf *out, const struct strv *words)
{
	for (size_t i = 0; i < words->n; i++)
		buf_addf(out, "%s%s", i ? " " : "", words->v[i]);
}

static char *condition(const struct koptim *o)
{
	struct strv late = { 0 };
	struct buf b = { 0 };

	for (size_t i = 0; i < o->keep.n; i++)
		if (o->only.n || !*o->stem.v[i])
			strv_push(&late, o->keep.v[i]);
	if (o->only.n) {
		buf_adds(&b, "$(if ");
		if (late.n) {
			buf_adds(&b, "$(filter-out ");
			join(&b, &late);
			buf_addc(&b, ',');
		}
		buf_adds(&b, "$(filter ");
		join(&b, &o->only);
		buf_addf(&b, ",$@)%s,-O%c)", late.n ? ")" : "", o->level);
	} else if (late.n) {
		buf_adds(&b, "$(if $(filter ");
		join(&b, &late);
		buf_adds(&b, ",$@)," FALLBACK ")");
	}
	strv_free(&late);
	return b.p;
}

/* The user's words first: of several -O the last one counts. */
static void put(struct strv *out, const char *name, const char *theirs,
		const char *ours)
{
	strv_pushf(out, "%s=%s%s%s", name, theirs ? theirs : "",
		   theirs && *theirs ? " " : "", ours);
}

/* "CFLAGS_signal.o=...", one for all the objects of that name. */
static void put_objects(const struct koptim *o, struct strv *out)
{
	struct strv done = { 0 };

	for (size_t i = 0; i < o->keep.n; i++) {
		struct strv same = { 0 };
		struct buf names = { 0 };

		if (!*o->stem.v[i] || strv_has(&done, o->stem.v[i]))
			continue;
		strv_push(&done, o->stem.v[i]);
		for (size_t k = i; k < o->keep.n; k++)
			if (!strcmp(o->stem.v[k], o->stem.v[i]))
				strv_push(&same, o->keep.v[k]);
		join(&names, &same);
		strv_pushf(out, "CFLAGS_%s=$(if $(filter %s,$@)," FALLBACK ")",
			   o->stem.v[i], names.p);
		buf_free(&names);
		strv_free(&same);
	}
	strv_free(&done);
}

static bool is_merged(const char *word, bool whole, bool late)
{
	return (whole && !strncmp(word, "KCFLAGS=", 8)) ||
	       (late && (!strncmp(word, "CFLAGS_KERNEL=", 14) ||
			 !strncmp(word, "CFLAGS_MODULE=", 14)));
}

void koptim_vars(const struct koptim *o, const struct strv *user,
		 const char *env, struct strv *out)
{
	bool whole = o->level && !o->only.n;
	char *late = o->level ? condition(o) : NULL;
	const char *theirs = value_of(user, "KCFLAGS");
	char level[] = { '-', 'O', o->level, '\0' };

	for (size_t i = 0; i < user->n; i++)
		if (!is_merged(user->v[i], whole, late != NULL))
			strv_push(out, user->v[i]);
	if (whole) {
		put(out, "KCFLAGS", theirs ? theirs : env, level);
		put_objects(o, out);
	}
	if (late) {
		put(out, "CFLAGS_KERNEL", value_of(user, "CFLAGS_KERNEL"),
		    late);
		put(out, "CFLAGS_MODULE", value_of(user, "CFLAGS_MODULE"),
		    late);
	}
	free(late);
}

size_t koptim_keep(struct koptim *o, const struct strv *objects,
		   const struct strv *user, const char *src, const char *srcdir)
{
	struct strv stems = { 0 }, owned = { 0 };
	size_t had = o->keep.n;

	for (size_t i = 0; i < objects->n; i++) {
		const char *stem = stem_of(objects->v[i], src);

		if (!koptim_is_object(objects->v[i]) ||
		    strv_has(&o->keep, objects->v[i]))
			continue;
		strv_push(&o->keep, objects->v[i]);
		strv_push(&stems, stem);
	}
	if (stems.n)
		koptim_owned(src, srcdir, &stems, &owned);
	for (size_t i = 0; i < stems.n; i++) {
		char *name = xasprintf("CFLAGS_%s", stems.v[i]);
		bool own = strv_has(&owned, stems.v[i]) || value_of(user, name);

		strv_push(&o->stem, own ? "" : stems.v[i]);
		free(name);
	}
	strv_free(&stems);
	strv_free(&owned);
	return o->keep.n - had;
}

void koptim_free(struct koptim *o)
{
	strv_free(&o->names);
	strv_free(&o->only);
	strv_free(&o->keep);
	strv_free(&o->stem);
	*o = (struct koptim){ 0 };
}
