// SPDX-License-Identifier: MIT
#include "bridge_users.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CMDLINE_MAX = 1 << 20, FDINFO_MAX = 4096 };

/* --- text ------------------------------------------------------------------- */

bool parse_fdinfo_iff(const char *text, char name[BRIDGE_NAME_SIZE])
{
	const char *p = strstr(text, "iff:");
	size_t n;

	name[0] = '\0';
	if (!p || (p > text && p[-1] != '\n'))
		return false;
	p += strlen("iff:");
	p += strspn(p, "\t ");
	n = strcspn(p, "\n");
	if (!n || n >= BRIDGE_NAME_SIZE)
		return false;
	memcpy(name, p, n);
	name[n] = '\0';
	return true;
}

/* "1234-0a1b2c3d" is what a run without a name is called. */
static size_t own_name(const char *p, size_t n)
{
	size_t digits = strspn(p, "0123456789");

	if (digits && digits + 9 == n && p[digits] == '-' &&
	    strspn(p + digits + 1, "0123456789abcdef") >= 8)
		return digits;
	return n;
}

char *parse_run_name(const char *cmdline, size_t n)
{
	static const char dir[] = "/bootlet-", file[] = "/channel";
	const char *end = cmdline + n, *p = cmdline;

	while ((p = memmem(p, end - p, dir, sizeof(dir) - 1))) {
		const char *name = p + sizeof(dir) - 1, *slash;

		p = name;
		while (name < end && isdigit((unsigned char)*name))
			name++;
		if (name == p || name >= end || *name++ != '-')
			continue;
		slash = memchr(name, '/', end - name);
		if (!slash || slash == name ||
		    (size_t)(end - slash) < sizeof(file) - 1 ||
		    memcmp(slash, file, sizeof(file) - 1) != 0)
			continue;
		return xasprintf("%.*s", (int)own_name(name, slash - name),
				 name);
	}
	return NULL;
}

void tap_user_text(const struct tap_user *u, struct buf *out)
{
	buf_addf(out, "%s (pid %d%s%s)", u->program, (int)u->pid,
		 u->run ? ", bootlet run " : "", u->run ? u->run : "");
}

/* --- /proc ------------------------------------------------------------------ */

static char *slurp(const char *pid, const char *name, size_t max, size_t *n)
{
	char *path = xasprintf("/proc/%s/%s", pid, name);
	struct buf b = { 0 };

	buf_adds(&b, "");
	/* Not a problem if it fails: it has ended, or is not ours to see. */
	read_file(path, &b, max);
	free(path);
	if (n)
		*n = b.n;
	return b.p;
}

static bool link_is(const char *pid, const char *name, const char *want,
		    size_t n)
{
	char *path = xasprintf("/proc/%s/%s", pid, name);
	char target[64];
	ssize_t len = readlink(path, target, sizeof(target));

	free(path);
	return len == (ssize_t)n && !memcmp(target, want, n);
}

static bool has_user(const struct tap_users *out, const char *tap, pid_t pid)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].pid == pid && !strcmp(out->v[i].tap, tap))
			return true;
	return false;
}

static void add_user(const char *pid, const char *tap, struct tap_users *out)
{
	size_t n;
	char *cmdline = slurp(pid, "cmdline", CMDLINE_MAX, &n);
	struct tap_user *u;

	out->v = xrealloc(out->v, (out->n + 1) * sizeof(*out->v));
	u = &out->v[out->n++];
	*u = (struct tap_user){ .pid = (pid_t)strtol(pid, NULL, 10) };
	snprintf(u->tap, sizeof(u->tap), "%s", tap);
	u->program = slurp(pid, "comm", FDINFO_MAX, NULL);
	u->program[strcspn(u->program, "\n")] = '\0';
	u->run = parse_run_name(cmdline, n);
	free(cmdline);
}

static void look_at_fd(const char *pid, const char *fd, struct tap_users *out)
{
	static const char tun[] = "/dev/net/tun";
	char *name = xasprintf("fd/%s", fd);
	char tap[BRIDGE_NAME_SIZE];

	if (link_is(pid, name, tun, sizeof(tun) - 1)) {
		char *info = xasprintf("fdinfo/%s", fd);
		char *text = slurp(pid, info, FDINFO_MAX, NULL);

		if (parse_fdinfo_iff(text, tap) &&
		    !has_user(out, tap, (pid_t)strtol(pid, NULL, 10)))
			add_user(pid, tap, out);
		free(text);
		free(info);
	}
	free(name);
}

static void look_at_process(const char *pid, struct tap_users *out)
{
	char *path = xasprintf("/proc/%s/fd", pid);
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]))
			look_at_fd(pid, e->d_name, out);
	if (d)
		closedir(d);
	free(path);
}

void tap_users_read(struct tap_users *out)
{
	char net[64];
	ssize_t n = readlink("/proc/self/ns/net", net, sizeof(net));
	DIR *d = n > 0 ? opendir("/proc") : NULL;
	struct dirent *e;

	*out = (struct tap_users){ 0 };
	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]) &&
		    link_is(e->d_name, "ns/net", net, (size_t)n))
			look_at_process(e->d_name, out);
	if (d)
		closedir(d);
}

const struct tap_user *tap_users_find(const struct tap_users *users,
				      const char *tap)
{
	for (size_t i = 0; i < users->n; i++)
		if (!strcmp(users->v[i].tap, tap))
			return &users->v[i];
	return NULL;
}

void tap_users_free(struct tap_users *users)
{
	for (size_t i = 0; i < users->n; i++) {
		free(users->v[i].program);
		free(users->v[i].run);
	}
	free(users->v);
	*users = (struct tap_users){ 0 };
}
