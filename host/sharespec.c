// SPDX-License-Identifier: MIT
#include "sharespec.h"

#include "../init/protocol.h"
#include "image.h"
#include "quote.h"
#include "recipe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

/* Out of the way of what the image has, and out of sight with a new root. */
#define LOWER "/.bootlet/lower"
#define RW    "/.bootlet/rw"
#define ROOT  "/.bootlet/root"

/*
 * msize: the most that virtio takes at a time (net/9p/trans_virtio.c). access:
 * the guest's kernel judges by the files' true owners and modes, one user at
 * the host is enough.
 */
#define OPTS_9P "trans=virtio,version=9p2000.L,msize=512000,access=any,cache="
/* What lies below an overlay must not change, so it may be kept; of a share
 * nothing is kept that nobody has open: the host goes on working there. */
#define OPTS_ROOT  OPTS_9P "loose"
#define OPTS_SHARE OPTS_9P "mmap"

/* What else the command finds set with a root that has users. */
static const char *const root_env[] = {
	"USER=root",
	"LOGNAME=root",
	"LANG=C.UTF-8",
};

/* --- values --------------------------------------------------------------- */

/* Whether it ends in ":rw" or ":ro" that is no part of DIR. */
static bool cut_mode(char *text, bool (*exists)(const char *path), bool *rw)
{
	size_t n = strlen(text);

	*rw = false;
	if (n < 4 || exists(text))
		return false;
	*rw = !strcmp(text + n - 3, ":rw");
	if (!*rw && strcmp(text + n - 3, ":ro") != 0)
		return false;
	text[n - 3] = '\0';
	return true;
}

const char *parse_share(const char *text, bool (*exists)(const char *path),
			struct share *out)
{
	char *copy = xstrdup(text);
	size_t len;

	*out = (struct share){ 0 };
	cut_mode(copy, exists, &out->rw);
	len = parse_src_dst(copy, exists);
	if (!len) {
		free(copy);
		return "names no directory";
	}
	out->dir = xasprintf("%.*s", (int)len, copy);
	if (copy[len])
		out->at = xstrdup(copy + len + 1);
	free(copy);
	return NULL;
}

static size_t name_len(const char *text)
{
	return strcspn(text, "=");
}

const char *parse_env(const char *text, struct strv *env)
{
	size_t n = name_len(text);
	const char *value;

	if (!n)
		return "must be NAME=VALUE, or NAME";
	value = text[n] ? text + n + 1 : getenv(text);
	if (!value)
		return NULL;
	for (size_t i = 0; i < env->n; i++) {
		if (name_len(env->v[i]) != n || memcmp(env->v[i], text, n) != 0)
			continue;
		free(env->v[i]);
		env->v[i] = xasprintf("%.*s=%s", (int)n, text, value);
		return NULL;
	}
	strv_pushf(env, "%.*s=%s", (int)n, text, value);
	return NULL;
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !strncmp(path, dir, n) && (!path[n] || path[n] == '/');
}

const char *parse_mountpoint(const char *path, char *out)
{
	const char *wrong;

	if (path[0] != '/')
		return "must be an absolute path of the guest";
	out[0] = '/';
	wrong = image_path(path, out + 1);
	if (wrong)
		return wrong;
	if (is_below(out, "/proc") || is_below(out, "/sys") ||
	    !strcmp(out, "/dev") || is_below(out, "/.bootlet"))
		return "is the guest's own there; choose another place";
	return NULL;
}

/* --- the plan ------------------------------------------------------------- */

bool sharespec_any(const struct sharespec *s)
{
	return s->root || s->n;
}

static size_t count(const struct sharespec *s, enum share_type type)
{
	size_t n = s->root && type == SHARE_9P;

	for (size_t i = 0; i < s->n; i++)
		n += s->share[i].type == type;
	return n;
}

void sharespec_drivers(const struct sharespec *s, const struct machine *m,
		       struct strv *out)
{
	if (sharespec_any(s))
		strv_push(out, m->virtio_module);
	if (count(s, SHARE_9P))
		strv_pushl(out, "9pnet_virtio", "9p", NULL);
	if (count(s, SHARE_VIRTIOFS))
		strv_push(out, "virtiofs");
	if (s->root)
		strv_push(out, "overlay");
}

static void push_9p(struct strv *out, const struct machine *m, const char *dir,
		    const char *tag, bool rw)
{
	char *path = quote_qemu(dir);

	strv_push(out, "-fsdev");
	/* remap: file systems mounted below have inode numbers of their own. */
	strv_pushf(out,
		   "local,id=%s,path=%s,security_model=none%s,multidevs=remap",
		   tag, path, rw ? "" : ",readonly=on");
	strv_push(out, "-device");
	strv_pushf(out, "virtio-9p%s,fsdev=%s,mount_tag=%s", m->virtio, tag,
		   tag);
	free(path);
}

static void push_virtiofs(struct strv *out, const struct machine *m,
			  const struct share *share)
{
	char *path = quote_qemu(share->socket);

	strv_push(out, "-chardev");
	strv_pushf(out, "socket,id=%s,path=%s", share->tag, path);
	free(path);
	strv_push(out, "-device");
	strv_pushf(out, "vhost-user-fs%s,chardev=%s,tag=%s", m->virtio,
		   share->tag, share->tag);
}

void sharespec_argv(const struct sharespec *s, const struct machine *m,
		    unsigned int mem, struct strv *out)
{
	if (count(s, SHARE_VIRTIOFS)) {
		strv_push(out, "-object");
		strv_pushf(out, "memory-backend-memfd,id=mem,size=%uM,share=on",
			   mem);
		strv_pushl(out, "-machine", "memory-backend=mem", NULL);
	}
	if (s->root)
		push_9p(out, m, s->root, "root", false);
	for (size_t i = 0; i < s->n; i++) {
		const struct share *share = &s->share[i];

		if (share->type == SHARE_VIRTIOFS)
			push_virtiofs(out, m, share);
		else if (share->type == SHARE_9P)
			push_9p(out, m, share->dir, share->tag, share->rw);
	}
}

static void add_row(struct buf *out, unsigned long flags, const char *type,
		    const char *source, const char *target, const char *data)
{
	const char *const fields[] = { type, source, target, data };

	buf_addf(out, "%lu", flags);
	buf_addc(out, '\0');
	for (size_t i = 0; i < 4; i++)
		buf_add(out, fields[i], strlen(fields[i]) + 1);
}

/* /tmp is the root's own, so that what lies there can be worked with. */
static void add_root(struct buf *out)
{
	static const char *const along[] = { "/proc", "/sys", "/dev", "/run" };

	add_row(out, MS_RDONLY, "9p", "root", LOWER, OPTS_ROOT);
	add_row(out, 0, "tmpfs", "tmpfs", RW, "mode=0755");
	add_row(out, 0, MOUNTS_MKDIR, "", RW "/upper", "");
	add_row(out, 0, MOUNTS_MKDIR, "", RW "/work", "");
	add_row(out, 0, "overlay", "root", ROOT,
		"lowerdir=" LOWER ",upperdir=" RW "/upper,workdir=" RW "/work");
	for (size_t i = 0; i < sizeof(along) / sizeof(along[0]); i++) {
		char *to = xasprintf(ROOT "%s", along[i]);

		add_row(out, MS_MOVE, "none", along[i], to, "");
		free(to);
	}
	add_row(out, 0, MOUNTS_ROOT, "", ROOT, "");
}

static void add_share(const struct share *share, struct buf *out)
{
	static const struct {
		const char *type, *data;
	} rows[] = {
		[SHARE_9P] = { "9p", OPTS_SHARE },
		[SHARE_VIRTIOFS] = { "virtiofs", "" },
		[SHARE_BIND] = { "none", "" },
	};
	bool bind = share->type == SHARE_BIND;

	add_row(out,
		bind	  ? MS_BIND :
		share->rw ? 0 :
			    MS_RDONLY,
		rows[share->type].type, bind ? share->dir : share->tag,
		share->at, rows[share->type].data);
}

void sharespec_mounts(const struct sharespec *s, struct buf *out)
{
	for (size_t i = 0; i < s->bare.n; i++) {
		char *to = xasprintf("/.bootlet%s", s->bare.v[i]);

		add_row(out, MS_MOVE, "none", s->bare.v[i], to, "");
		free(to);
	}
	if (s->make_cwd)
		add_row(out, 0, MOUNTS_MKDIR, "", s->cwd, "");
	if (s->root)
		add_root(out);
	for (size_t i = 0; i < s->n; i++)
		add_share(&s->share[i], out);
}

static void add_default(const struct sharespec *s, struct buf *out,
			const char *text)
{
	size_t n = name_len(text) + 1;

	for (size_t i = 0; i < s->env.n; i++)
		if (!strncmp(s->env.v[i], text, n))
			return;
	buf_add(out, text, strlen(text) + 1);
}

void sharespec_env(const struct sharespec *s, struct buf *out)
{
	char *shell;

	if (!s->cwd && !s->env.n && !s->root)
		return;
	buf_adds(out, s->cwd ? s->cwd : "");
	buf_addc(out, '\0');
	for (size_t i = 0; i < s->env.n; i++)
		buf_add(out, s->env.v[i], strlen(s->env.v[i]) + 1);
	for (size_t i = 0; s->root && i < 3; i++)
		add_default(s, out, root_env[i]);
	if (s->shell) {
		shell = xasprintf("SHELL=%s", s->shell);
		add_default(s, out, shell);
		free(shell);
	}
}

void sharespec_free(struct sharespec *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->share[i].dir);
		free(s->share[i].at);
		free(s->share[i].socket);
	}
	free(s->root);
	free(s->cwd);
	strv_free(&s->bare);
	strv_free(&s->args);
	strv_free(&s->env);
	*s = (struct sharespec){ 0 };
}
