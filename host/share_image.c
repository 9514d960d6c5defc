// SPDX-License-Identifier: MIT
/* What init has to know: as files of the image, and as lines for sh. */
#include "share.h"

#include "../init/protocol.h"
#include "msg.h"
#include "quote.h"
#include "virtiofsd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t strings(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += !b->p[i];
	return n;
}

int share_texts(const struct sharespec *s, struct buf *mounts, struct buf *env)
{
	sharespec_mounts(s, mounts);
	sharespec_env(s, env);
	if (mounts->n > BOOTLET_MOUNTS_MAX)
		msg_error("--share: the names are %zu bytes in all, %d is the "
			  "most",
			  mounts->n, BOOTLET_MOUNTS_MAX);
	else if (env->n > BOOTLET_ENV_MAX || strings(env) > BOOTLET_ENV_WORDS)
		msg_error("--env: %zu names and %zu bytes, the most is %d and "
			  "%d",
			  strings(env) - 1, env->n, BOOTLET_ENV_WORDS - 1,
			  BOOTLET_ENV_MAX);
	else
		return 0;
	return -E2BIG;
}

int share_image(const struct sharespec *s, struct image *img)
{
	struct buf mounts = { 0 }, env = { 0 };
	int err = share_texts(s, &mounts, &env);

	if (!err && mounts.n)
		err = image_add_data(img, BOOTLET_MOUNTS, mounts.p, mounts.n,
				     0644);
	if (!err && env.n)
		err = image_add_data(img, BOOTLET_ENV, env.p, env.n, 0644);
	buf_free(&mounts);
	buf_free(&env);
	return err;
}

static void print_file(struct buf *text, const char *dir, const char *name,
		       const char *at, struct buf *lines, struct strv *argv)
{
	struct buf format = { 0 };
	char *path = xasprintf("%s/%s", dir, name);

	for (size_t i = 0; i < text->n; i++) {
		unsigned char c = (unsigned char)text->p[i];

		if (c == '%')
			buf_adds(&format, "%%");
		else if (c < ' ' || c > '~' || c == '\\' || c == '\'')
			buf_addf(&format, "\\%03o", c);
		else
			buf_addc(&format, (char)c);
	}
	if (text->n) {
		buf_adds(lines, "printf ");
		quote_sh(lines, format.p);
		buf_adds(lines, " >");
		quote_sh(lines, path);
		buf_addc(lines, '\n');
		strv_push(argv, "--file");
		strv_pushf(argv, "%s:%s", path, at);
	}
	free(path);
	buf_free(&format);
	buf_free(text);
}

static void print_daemon(const struct share *share, struct buf *lines)
{
	char *program = virtiofsd_find();
	struct strv argv = { 0 };

	virtiofsd_argv(program ? program : "virtiofsd", share, geteuid() == 0,
		       -1, &argv);
	quote_line(lines, &argv);
	/* In the background: the newline gives way. */
	lines->n--;
	buf_adds(lines, " &\nwhile ! test -S ");
	quote_sh(lines, share->socket);
	buf_adds(lines, "; do sleep 0.1; done\n");
	strv_free(&argv);
	free(program);
}

void share_print(const struct sharespec *s, const char *dir, struct buf *lines,
		 struct strv *argv)
{
	struct buf mounts = { 0 }, env = { 0 };

	sharespec_mounts(s, &mounts);
	sharespec_env(s, &env);
	print_file(&mounts, dir, "mounts", BOOTLET_MOUNTS, lines, argv);
	print_file(&env, dir, "env", BOOTLET_ENV, lines, argv);
	for (size_t i = 0; i < s->n; i++)
		if (s->share[i].type == SHARE_VIRTIOFS)
			print_daemon(&s->share[i], lines);
}
