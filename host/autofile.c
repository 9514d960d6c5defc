// SPDX-License-Identifier: MIT
#include "autofile.h"

#include "msg.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel looks no further for "#!", and linkers put PT_INTERP there. */
#define HEAD 8192

enum { SCRIPT = 1, DYNAMIC };

/* --- what a file needs ---------------------------------------------------- */

static bool within(size_t n, uint64_t at, uint64_t size)
{
	return at <= n && size <= n - at;
}

static char *string_at(const char *head, size_t n, uint64_t at, uint64_t size)
{
	if (!size || !within(n, at, size))
		return NULL;
	return xasprintf("%.*s", (int)size, head + at);
}

static char *loader_64(const char *head, size_t n)
{
	Elf64_Ehdr e;
	Elf64_Phdr p;

	if (n < sizeof(e))
		return NULL;
	memcpy(&e, head, sizeof(e));
	for (unsigned int i = 0; i < e.e_phnum; i++) {
		uint64_t at = e.e_phoff + (uint64_t)i * e.e_phentsize;

		if (!within(n, at, sizeof(p)))
			return NULL;
		memcpy(&p, head + at, sizeof(p));
		if (p.p_type == PT_INTERP)
			return string_at(head, n, p.p_offset, p.p_filesz);
	}
	return NULL;
}

static char *loader_32(const char *head, size_t n)
{
	Elf32_Ehdr e;
	Elf32_Phdr p;

	if (n < sizeof(e))
		return NULL;
	memcpy(&e, head, sizeof(e));
	for (unsigned int i = 0; i < e.e_phnum; i++) {
		uint64_t at = e.e_phoff + (uint64_t)i * e.e_phentsize;

		if (!within(n, at, sizeof(p)))
			return NULL;
		memcpy(&p, head + at, sizeof(p));
		if (p.p_type == PT_INTERP)
			return string_at(head, n, p.p_offset, p.p_filesz);
	}
	return NULL;
}

int parse_interpreter(const char *head, size_t n, char **out)
{
	*out = NULL;
	if (n > 2 && head[0] == '#' && head[1] == '!') {
		const char *word = head + 2 + strspn(head + 2, " \t");

		*out = xasprintf("%.*s", (int)strcspn(word, " \t\n"), word);
		return SCRIPT;
	}
	if (n <= EI_CLASS || memcmp(head, ELFMAG, SELFMAG) != 0)
		return 0;
	*out = head[EI_CLASS] == ELFCLASS64 ? loader_64(head, n) :
					      loader_32(head, n);
	return *out ? DYNAMIC : 0;
}

/* --- the image ------------------------------------------------------------ */

/* @name: a path without slash before it; or a last part, wherever it is. */
static bool image_has(const struct image *img, const char *name, bool anywhere)
{
	for (size_t i = 0; i < img->n; i++) {
		const char *path = img->e[i].path, *slash;

		slash = anywhere ? strrchr(path, '/') : NULL;
		if (!strcmp(slash ? slash + 1 : path, name))
			return true;
	}
	return false;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_shared(const struct sharespec *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t n = strlen(s->share[i].at);

		if (!strncmp(path, s->share[i].at, n) && path[n] == '/')
			return true;
	}
	return false;
}

/* Links are not followed: a path in the image may lead through one. */
static bool has_interpreter(const struct sharespec *s, const struct image *img,
			    const char *path, int kind)
{
	if (path[0] != '/')
		return true;
	return is_shared(s, path) || image_has(img, path + 1, false) ||
	       (kind == DYNAMIC && image_has(img, last_part(path), true));
}

static int check_needs(const char *word, const struct sharespec *s,
		       const struct image *img)
{
	char head[HEAD + 1], *needs = NULL;
	int fd = open(word, O_RDONLY | O_CLOEXEC | O_NOCTTY), kind, err = 0;
	ssize_t n = fd < 0 ? -1 : read(fd, head, HEAD);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return 0;
	head[n] = '\0';
	kind = parse_interpreter(head, (size_t)n, &needs);
	if (kind && !has_interpreter(s, img, needs, kind)) {
		err = -ELIBACC;
		if (kind == DYNAMIC)
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

static int add_args(char *const *args, const char *cwd, struct sharespec *s,
		    struct image *img, unsigned long long size,
		    struct strv *added)
{
	int err = 0;

	for (; !err && *args; args++) {
		char *path;

		if (args[0][0] == '/' || args[0][0] == '-' ||
		    strstr(args[0], "..") || !is_file(*args, &size))
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
	if (!strchr(word, '/') || is_own(s, img, word) || !is_file(word, &size))
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
	if (!err && !s->cwd) {
		s->cwd = xstrdup(cwd);
		s->make_cwd = true;
		/* A slash behind it: the directory itself may be /tmp. */
		free(path);
		path = xasprintf("%s/", cwd + 1);
		lay_bare(s, path);
	}
	free(path);
	free(cwd);
	return err;
}
