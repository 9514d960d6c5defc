// SPDX-License-Identifier: MIT
/* Where a .config lies, and how a new one takes the place of an old one. */
#include "kconfig_apply.h"
#include "msg.h"
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (16 << 20)
/* Somebody with that many old ones has other worries. */
#define KEPT_MAX 10000

static bool is_source(const char *dir)
{
	char *kconfig = xasprintf("%s/Kconfig", dir), *release;
	bool is = !access(kconfig, R_OK);

	free(kconfig);
	release = is ? ktree_release(dir) : NULL;
	free(release);
	return is && release;
}

/* A build directory has a link to its source. */
static char *source_of(const char *dir)
{
	char *link = xasprintf("%s/source", dir), *real = NULL;

	if (is_source(dir)) {
		free(link);
		return xstrdup(dir);
	}
	if (is_source(link))
		real = realpath(link, NULL);
	free(link);
	return real;
}

bool ktree_is(const char *dir)
{
	char *src = source_of(dir);
	bool is = src != NULL;

	free(src);
	return is;
}

/* kbuild reads a relative one from the source's top. */
static char *from_environment(const char *src)
{
	const char *env = getenv("KBUILD_OUTPUT");

	if (!env || !*env)
		return NULL;
	return *env == '/' ? xstrdup(env) : xasprintf("%s/%s", src, env);
}

int ktree_locate(const char *tree, const char *out, struct ktree_at *at)
{
	*at = (struct ktree_at){ .src = source_of(tree) };
	if (!at->src) {
		msg_error("%s: not a kernel's source: no Kconfig and Makefile "
			  "of one there",
			  tree);
		return -ENOEXEC;
	}
	if (out)
		at->out = xstrdup(out);
	else if (!is_source(tree))
		at->out = xstrdup(tree);
	else
		at->out = from_environment(at->src);
	if (!at->out)
		at->out = xstrdup(at->src);
	return 0;
}

void ktree_at_free(struct ktree_at *at)
{
	free(at->src);
	free(at->out);
	*at = (struct ktree_at){ 0 };
}

static int write_all(int fd, const struct buf *text)
{
	size_t done = 0;

	while (done < text->n) {
		ssize_t n = write(fd, text->p + done, text->n - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += (size_t)n;
	}
	return fsync(fd) && errno != EINVAL ? -errno : 0;
}

/* A copy under the first name that is free. */
static int keep_old(const char *path, const struct buf *old, char **kept)
{
	int err = -EEXIST, fd = -1;

	for (int i = 1; i < KEPT_MAX && err == -EEXIST; i++) {
		free(*kept);
		*kept = xasprintf("%s.old-%d", path, i);
		fd = open(*kept, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		err = fd < 0 ? -errno : 0;
	}
	if (!err) {
		err = write_all(fd, old);
		if (close(fd) && !err)
			err = -errno;
		if (err)
			unlink(*kept);
	}
	if (err) {
		msg_error("%s: cannot be written, so %s stays as it is: %s",
			  *kept, path, strerror(-err));
		free(*kept);
		*kept = NULL;
	}
	return err;
}

static int write_new(const char *path, const struct buf *text)
{
	struct outfile *of = NULL;
	int err = outfile_open(path, &of);

	if (!err)
		err = outfile_write(of, text->p, text->n);
	if (err)
		outfile_abort(of);
	else
		err = outfile_close(of);
	if (err)
		msg_error("%s: cannot be written: %s", path, strerror(-err));
	return err;
}

static int replace(const struct buf *text, struct kapply *out)
{
	struct buf old = { 0 };
	int err = read_file(out->path, &old, FILE_MAX);

	if (err == -ENOENT) {
		err = write_new(out->path, text);
		out->written = !err;
	} else if (err) {
		msg_error("%s: cannot be read: %s", out->path, strerror(-err));
	} else if (old.n != text->n || memcmp(old.p, text->p, old.n)) {
		err = keep_old(out->path, &old, &out->kept);
		if (!err)
			err = write_new(out->path, text);
		if (err && out->kept) {
			unlink(out->kept);
			free(out->kept);
			out->kept = NULL;
		}
		out->written = !err;
	}
	buf_free(&old);
	return err;
}

int kapply_install(const char *dir, const struct buf *text, struct kapply *out)
{
	bool made = !mkdir(dir, 0777);
	int err = made || errno == EEXIST ? 0 : -errno;

	out->path = xasprintf("%s/.config", dir);
	if (err)
		msg_error("%s: cannot be made: %s", dir, strerror(-err));
	else
		err = replace(text, out);
	if (err && made)
		rmdir(dir);
	return err;
}
