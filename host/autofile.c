// SPDX-License-Identifier: MIT
#include "autofile.h"

#include "interp.h"
#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the image ------------------------------------------------------------ */

static bool is_shared(const struct sharespec *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t n = strlen(s->share[i].at);

		if (!strncmp(path, s->share[i].at, n) && path[n] == '/')
			return true;
	}
	return false;
}

static int check_needs(const char *word, const struct sharespec *s,
		       const struct image *img)
{
	char *needs;
	int kind = interp_missing(word, img, &needs), err = 0;

	if (kind && !is_shared(s, needs)) {
		err = -ELIBACC;
		if (kind == INTERP_LOADER)
			msg_error("%s: needs its dynamic loader, %s; take this "
				  "machine's files along with --root /, or "
				  "link it statically",
				  word, needs);
		else
			msg_error("%s: is a script for %s, which is not in "
				  "the image; take this machine's files along "
				  "with --root /",
				  word, needs);
	}
	free(needs);
	return err;
}

/* --- the files ------------------------------------------------------------ */

/* ".." goes one up, as it does where no link leads elsewhere. The result has
 * neither a slash at its ends nor ".". */
static char *join(const char *dir, const char *word)
{
	char *whole = xasprintf("%s/%s", word[0] == '/' ? "" : dir, word);
	char *save = NULL, *out = xstrdup(whole);
	size_t n = 0;

	for (char *part = strtok_r(whole, "/", &save); part;
	     part = strtok_r(NULL, "/", &save)) {
		if (!strcmp(part, "."))
			continue;
		if (!strcmp(part, "..")) {
			while (n && out[--n] != '/')
				;
			continue;
		}
		if (n)
			out[n++] = '/';
		memcpy(out + n, part, strlen(part));
		n += strlen(part);
	}
	out[n] = '\0';
	free(whole);
	return out;
}

static bool is_file(const char *path, unsigned long long *size)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*size += (unsigned long long)st.st_size;
	return true;
}

/* What the guest mounts over: nothing of the image is seen there. */
static bool is_hidden(const char *path)
{
	static const char *const dirs[] = { "proc/", "sys/", "dev/" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (!strncmp(path, dirs[i], strlen(dirs[i])))
			return true;
	return false;
}

static void lay_bare(struct sharespec *s, const char *path)
{
	static const char *const dirs[] = { "/tmp", "/run" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		size_t n = strlen(dirs[i]) - 1;

		if (!strncmp(path, dirs[i] + 1, n) && path[n] == '/' &&
		    !strv_has(&s->bare, dirs[i]))
			strv_push(&s->bare, dirs[i]);
	}
}

static int add(struct sharespec *s, struct image *img, const char *path,
	       const char *src, struct strv *added)
{
	if (image_has(img, path, false))
		return 0;
	if (is_hidden(path)) {
		msg_error("%s: cannot be in the image at /%s, where the guest "
			  "has its own file system; take it along with "
			  "--share .",
			  src, path);
		return -ELIBACC;
	}
	lay_bare(s, path);
	strv_pushf(added, "%s:/%s", src, path);
	msg_debug("%s: goes into the image", src);
	return image_add_file(img, IMAGE_OWN, path, src, -1);
}

/* Whether it is one file too many. */
static bool is_too_large(const char *word, unsigned long long size)
{
	if (size > AUTOFILE_MAX)
		msg_error("%s: too large for the image, which lies in memory; "
			  "take it along with --share",
			  word);
	return size > AUTOFILE_MAX;
}

static bool goes_along(const char *arg, unsigned long long *size)
{
	return arg[0] != '/' && arg[0] != '-' && !strstr(arg, "..") &&
	       is_file(arg, size);
}

static int add_args(char *const *args, const char *cwd, struct sharespec *s,
		    struct image *img, unsigned long long size,
		    struct strv *added)
{
	int err = 0;

	for (; !err && *args; args++) {
		char *path;

		if (!goes_along(*args, &size))
			continue;
		if (is_too_large(*args, size))
			return -EFBIG;
		path = join(cwd, *args);
		err = add(s, img, path, *args, added);
		free(path);
	}
	return err;
}

/* Whether the image's own file is meant: where the command would start. */
static bool is_own(const struct sharespec *s, const struct image *img,
		   const char *word)
{
	char *path = join(s->cwd ? s->cwd : "/root", word);
	char *shared = xasprintf("/%s", path);
	bool own = image_has(img, path, false) || is_shared(s, shared) ||
		   is_hidden(path);

	free(shared);
	free(path);
	return own;
}

/* Where a word without a slash is looked up, see init's PATH. */
static bool is_program(const struct image *img, const char *word)
{
	static const char *const dirs[] = { "usr/local/sbin", "usr/local/bin",
					    "usr/sbin",	      "usr/bin",
					    "sbin",	      "bin" };
	bool found = false;

	for (size_t i = 0; !found && i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		char *path = xasprintf("%s/%s", dirs[i], word);

		found = image_has(img, path, false);
		free(path);
	}
	return found;
}

/* An argument that names a file here, and nothing in the guest: where the
 * command finds one of them, it has to start where it does. */
static bool wants_files(char *const *args, const char *cwd,
			const struct sharespec *s, const struct image *img)
{
	unsigned long long size = 0;
	bool wants = false;

	if (is_hidden(*cwd ? cwd + 1 : cwd))
		return false;
	for (; *args; args++) {
		if (!goes_along(*args, &size))
			continue;
		if (is_own(s, img, *args))
			return false;
		wants = true;
	}
	return wants;
}

static void start_in(struct sharespec *s, const char *cwd)
{
	/* A slash behind it: the directory itself may be /tmp. */
	char *path = xasprintf("%s/", cwd + 1);

	s->cwd = xstrdup(cwd);
	s->make_cwd = true;
	lay_bare(s, path);
	free(path);
}

/* What the image has knows nothing of files here, but for those that it is
 * told of. */
static int add_to_program(char *const *command, struct sharespec *s,
			  struct image *img, struct strv *added)
{
	char *cwd = s->cwd ? xstrdup(s->cwd) : getcwd(NULL, 0);
	int err = 0;

	if (cwd && is_program(img, command[0]) &&
	    wants_files(command + 1, cwd, s, img)) {
		err = add_args(command + 1, cwd, s, img, 0, added);
		if (!err && !s->cwd)
			start_in(s, cwd);
	}
	free(cwd);
	return err;
}

int autofile_add(char *const *command, struct sharespec *s, struct image *img,
		 struct strv *added)
{
	const char *word;
	unsigned long long size = 0;
	char *cwd, *path;
	int err;

	if (!command)
		return 0;
	word = command[0];
	if (!strchr(word, '/'))
		return add_to_program(command, s, img, added);
	if (is_own(s, img, word) || !is_file(word, &size))
		return 0;
	cwd = s->cwd ? xstrdup(s->cwd) : getcwd(NULL, 0);
	if (!cwd)
		return 0;
	path = join(cwd, word);
	err = is_too_large(word, size) ? -EFBIG : check_needs(word, s, img);
	if (!err)
		err = add(s, img, path, word, added);
	if (!err)
		err = add_args(command + 1, cwd, s, img, size, added);
	if (!err && !s->cwd)
		start_in(s, cwd);
	free(path);
	free(cwd);
	return err;
}
