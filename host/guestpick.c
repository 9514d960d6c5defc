// SPDX-License-Identifier: MIT
#include "guestpick.h"

#include "msg.h"
#include "quote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* QEMU answers at once, unless the machine is very busy. */
#define OPEN_MS 10000

/* PID_MAX_LIMIT of linux/threads.h. */
#define PID_LAST (1 << 22)

static const char *set_name(void *ctx, const char *arg)
{
	((struct guestpick *)ctx)->name = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_pid(void *ctx, const char *arg)
{
	long long n;

	if (cli_number(arg, 1, PID_LAST, &n))
		return "must be the number of a process";
	((struct guestpick *)ctx)->pid = (pid_t)n;
	return NULL;
}

const struct cli_opt guestpick_opts[N_GUESTPICK_OPTS] = {
	{ "name", 0, "NAME", "the guest of run --name NAME", set_name },
	{ "pid", 0, "PID", "the guest of the `bootlet run` with this number",
	  set_pid },
};

const char *guestpick_check(const struct guestpick *p)
{
	return p->name && p->pid ?
		       "--name and --pid: each names a guest; give one of "
		       "them" :
		       NULL;
}

/* By which word each is told from the others. */
static void list(const struct guestinfo *v, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, i ? ", " : "");
		if (v[i].name) {
			buf_adds(out, "--name ");
			quote_sh(out, v[i].name);
		} else {
			buf_addf(out, "--pid %d", v[i].pid);
		}
		if (v[i].release)
			buf_addf(out, " (%s)", v[i].release);
	}
}

static bool is_meant(const struct guestpick *p, const struct guestinfo *g)
{
	if (p->name)
		return g->name && !strcmp(g->name, p->name);
	return !p->pid || g->pid == p->pid;
}

static void say_none(const struct guestpick *p, const struct guestinfo *v,
		     size_t n, struct buf *why)
{
	if (p->name)
		buf_addf(why, "%s: no guest of that name runs", p->name);
	else if (p->pid)
		buf_addf(why, "%d: no `bootlet run` has that number", p->pid);
	else
		buf_adds(why, "no guest runs");
	if (n) {
		buf_adds(why, "; there are: ");
		list(v, n, why);
	} else {
		buf_adds(why, "; start one in another terminal: bootlet run");
		if (p->name) {
			buf_adds(why, " --name ");
			quote_sh(why, p->name);
		}
	}
}

const struct guestinfo *guestpick_choose(const struct guestpick *p,
					 const struct guestinfo *v, size_t n,
					 struct buf *why)
{
	const struct guestinfo *one = NULL;
	size_t match = 0;

	for (size_t i = 0; i < n; i++)
		if (is_meant(p, &v[i])) {
			one = &v[i];
			match++;
		}
	if (match == 1)
		return one;
	if (match) {
		buf_addf(why, "%zu guests run, choose one: ", match);
		list(v, n, why);
	} else {
		say_none(p, v, n, why);
	}
	return NULL;
}

/* The list is taken apart: one guest is kept, the others are freed. */
static int pick(const struct guestpick *p, struct guestinfo *g)
{
	const struct guestinfo *one;
	struct guestinfo *v = NULL;
	struct buf why = { 0 };
	size_t n = 0;
	int err = guestinfo_list(false, &v, &n);

	if (err) {
		msg_error("the guests that run cannot be listed: %s",
			  strerror(-err));
		return err;
	}
	one = guestpick_choose(p, v, n, &why);
	if (!one)
		msg_error("%s", why.p);
	else
		*g = *one;
	err = one ? 0 : -ENOENT;
	for (size_t i = 0; v && i < n; i++)
		if (&v[i] != one)
			guestinfo_free(&v[i]);
	free(v);
	buf_free(&why);
	return err;
}

int guestpick_open(const struct guestpick *p, struct guestinfo *g,
		   struct qmp *q)
{
	char *path;
	int err = pick(p, g);

	if (err)
		return err;
	path = xasprintf("%s/" VM_QMP, g->dir);
	err = qmp_open(q, path, OPEN_MS);
	if (err == -ETIMEDOUT)
		msg_error("%s: no answer: another `bootlet dump` or `inject` "
			  "is at work on this guest",
			  path);
	else if (err == -ENOENT || err == -ECONNREFUSED || err == -ECONNRESET)
		msg_error("%s: the guest has ended", g->dir);
	else if (err)
		msg_error("%s: %s", path, qmp_error(q, err));
	free(path);
	if (err)
		guestinfo_free(g);
	return err;
}
