// SPDX-License-Identifier: MIT
#include "bridge_call.h"

#include "bridge_apply.h"
#include "bridge_lock.h"
#include "msg.h"
#include "quote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last of them only looks. */
enum { UNDO_TRIES = 3 };

/* One look at the interfaces, and what is to do then. */
struct work {
	const struct bridge_call *c;
	struct netifs have;
	struct tap_users users;
	struct netplan plan;
	bool down;
};

static void work_free(struct work *w)
{
	netifs_free(&w->have);
	tap_users_free(&w->users);
	netplan_free(&w->plan);
}

static int work_plan(struct work *w)
{
	struct buf why = { 0 };
	int err;

	work_free(w);
	err = netifs_read(&w->have);
	if (err)
		return err;
	if (w->down)
		tap_users_read(&w->users);
	if (w->down)
		err = bridge_down_plan(w->c->spec->bridge, &w->have, &w->users,
				       w->c->force, &w->plan, &why);
	else
		err = bridge_up_plan(w->c->spec, &w->have, &w->plan, &why);
	if (err)
		msg_error("%s", why.p);
	buf_free(&why);
	return err;
}

/* The same call as root, on behalf of the user who needs the network. */
static void say_sudo(const struct work *w)
{
	struct strv words = { 0 };
	struct buf line = { 0 };

	if (w->down)
		bridge_down_words(w->c->spec, w->c->force, &words);
	else
		bridge_up_words(w->c->spec, &words);
	bridge_sudo_line(&words, &line);
	msg_error("%s: changing the network is root's (CAP_NET_ADMIN); run: %s",
		  w->c->spec->bridge, line.p);
	buf_free(&line);
	strv_free(&words);
}

static int check_rights(const struct work *w)
{
	int err = bridge_may();

	if (err == -EPERM && geteuid() == 0)
		msg_error("%s: root has no CAP_NET_ADMIN in this network "
			  "namespace: start the container, or whatever holds "
			  "it back, with that capability",
			  w->c->spec->bridge);
	else if (err == -EPERM)
		say_sudo(w);
	else if (err)
		msg_error("%s: cannot ask the kernel about the network: %s",
			  w->c->spec->bridge, strerror(-err));
	return err;
}

static int check_tun(const struct work *w)
{
	int fd, err;

	if (!netplan_has(&w->plan, NETOP_ADD_TAP))
		return 0;
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	err = fd < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	if (err == -ENOENT || err == -ENODEV || err == -ENXIO)
		msg_error("/dev/net/tun: not there, so there are no taps: "
			  "modprobe tun, or a kernel with CONFIG_TUN; a "
			  "container has to be given the device");
	else if (err)
		msg_error("/dev/net/tun: cannot be opened: %s", strerror(-err));
	return err;
}

static int lock(const struct work *w)
{
	pid_t pid;
	int fd = bridge_lock(BRIDGE_LOCK_MS, &pid);

	if (fd == -EBUSY && pid)
		msg_error("%s: another bootlet net is at work (pid %d); try "
			  "again when it has ended",
			  w->c->spec->bridge, (int)pid);
	else if (fd == -EBUSY)
		msg_error("%s: another bootlet net is at work; try again when "
			  "it has ended",
			  w->c->spec->bridge);
	else if (fd < 0)
		msg_error("%s: cannot lock: %s", w->c->spec->bridge,
			  strerror(-fd));
	return fd;
}

/* A failure of ip's, in its words, and what that means. */
static void say_failure(const struct work *w, const struct netop *at, int err,
			const char *words, const char *then)
{
	struct strv argv = { 0 };
	struct buf line = { 0 };

	if (err != -EIO) {
		bridge_no_ip(err, &line);
		msg_error("%s; %s", line.p, then);
		buf_free(&line);
		return;
	}
	if (at)
		netop_argv(at, &argv);
	for (size_t i = 0; i < argv.n; i++)
		buf_addf(&line, "%s%s", i ? " " : "", argv.v[i]);
	if (at && at->type == NETOP_ADD_BRIDGE &&
	    (strstr(words, "not supported") || strstr(words, "Unknown device")))
		msg_error("%s: this kernel has no bridges: modprobe bridge, or "
			  "a kernel with CONFIG_BRIDGE (%s: %s); %s",
			  at->final, line.p, words, then);
	else
		msg_error("%s: %s: %s; %s",
			  at && at->final[0] ? at->final : w->c->spec->bridge,
			  at ? line.p : "ip -batch -", words, then);
	strv_free(&argv);
	buf_free(&line);
}

/* Return: whether nothing of it is there any more, however ip ended. */
static bool is_undone(const struct netplan *done)
{
	const struct netop *at;
	struct netifs now;
	struct netplan undo = { 0 };
	struct buf words = { 0 };
	bool clean = false;

	if (!netifs_load(&now, &words)) {
		bridge_undo_plan(done, &now, &undo);
		clean = !undo.n;
	}
	/* Not a problem if it fails: the next look tells. */
	if (undo.n)
		bridge_apply(&undo, &at, &words);
	netifs_free(&now);
	netplan_free(&undo);
	buf_free(&words);
	return clean;
}

/* Everything that this call has made goes again. */
static const char *roll_back(const struct netplan *done)
{
	for (int i = 0; i < UNDO_TRIES; i++)
		if (is_undone(done))
			return "what was made before is removed again";
	return "what was made before could not be removed: try bootlet net "
	       "down";
}

/* The verb's plan, with the right to do it and nobody else beside us. */
static int work_apply(struct work *w)
{
	static const int deferred[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	const struct netop *at = NULL;
	struct buf words = { 0 };
	sigset_t set, old;
	int err = check_rights(w), fd;

	if (err)
		return err;
	fd = lock(w);
	if (fd < 0)
		return fd;
	err = work_plan(w);
	if (!err)
		err = check_tun(w);
	if (err) {
		bridge_unlock(fd);
		return err;
	}
	/* ip ends by Ctrl-C; we roll back first. */
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(deferred) / sizeof(deferred[0]); i++)
		sigaddset(&set, deferred[i]);
	sigprocmask(SIG_BLOCK, &set, &old);
	err = bridge_apply(&w->plan, &at, &words);
	if (err)
		say_failure(w, at, err, words.p,
			    w->down ?
				    "bootlet net down again removes the rest" :
				    roll_back(&w->plan));
	bridge_unlock(fd);
	sigprocmask(SIG_SETMASK, &old, NULL);
	buf_free(&words);
	return err;
}

/* --- up --------------------------------------------------------------------- */

static bool is_in(const struct netplan *plan, const char *final)
{
	for (size_t i = 0; i < plan->n; i++)
		if (!strcmp(plan->v[i].final, final))
			return true;
	return false;
}

static void say_left(const struct work *w)
{
	for (size_t i = 0; i < w->plan.n; i++)
		if (bridge_is_temp(w->plan.v[i].dev) && !w->plan.v[i].final[0])
			msg_info("%s: removed; an interrupted bootlet net had "
				 "left it",
				 w->plan.v[i].dev);
}

static const char *what_happened(const struct work *w, const char *name)
{
	if (!is_in(&w->plan, name))
		return "was there already";
	return netifs_find(&w->have, name) ? "completed" : "made";
}

static void say_tap(const struct work *w, const char *tap)
{
	const struct bridge_spec *s = w->c->spec;
	struct strv taps = { 0 };
	uint32_t guest;
	char *net = xasprintf("tap=%s", tap);
	struct buf word = { 0 };

	netifs_taps(&w->have, s->bridge, &taps);
	for (size_t i = 0; i < s->taps.n; i++)
		if (!strv_has(&taps, s->taps.v[i]))
			strv_push(&taps, s->taps.v[i]);
	guest = bridge_guest_addr(&s->addr, &taps, tap);
	strv_free(&taps);
	quote_sh(&word, net);
	msg_info("%s: %s: tap of %s in %s; bootlet run --net %s%s%s", tap,
		 what_happened(w, tap), owner_text(s->owner), s->bridge, word.p,
		 guest ? " gives its guest " : "",
		 guest ? ipv4_text(guest) : "");
	buf_free(&word);
	free(net);
}

static void say_up(const struct work *w)
{
	const struct bridge_spec *s = w->c->spec;

	say_left(w);
	msg_info("%s: %s: bridge, %s/%u", s->bridge,
		 what_happened(w, s->bridge), ipv4_text(s->addr.addr),
		 s->addr.prefix);
	for (size_t i = 0; i < s->taps.n; i++)
		say_tap(w, s->taps.v[i]);
}

int bridge_up(const struct bridge_call *c)
{
	struct work w = { .c = c };
	int err = work_plan(&w);

	if (!err && w.plan.n)
		err = work_apply(&w);
	if (!err)
		say_up(&w);
	work_free(&w);
	return err;
}

/* --- down ------------------------------------------------------------------- */

static void say_other(const char *bridge)
{
	struct buf word = { 0 };

	quote_sh(&word, bridge);
	msg_info("%s: is there still; bootlet net down --bridge %s removes it",
		 bridge, word.p);
	buf_free(&word);
}

static void say_down(const struct work *w)
{
	const char *bridge = w->c->spec->bridge;
	const struct netif *b = netifs_find(&w->have, bridge);

	say_left(w);
	for (size_t i = 0; i < w->plan.n; i++)
		if (w->plan.v[i].final[0])
			msg_info("%s: removed", w->plan.v[i].final);
	if (b && !netif_is_ours(b, bridge))
		msg_info("%s: left alone: bootlet net has not made it", bridge);
	else if (!w->plan.n)
		msg_info("%s: nothing to remove", bridge);
	for (size_t i = 0; i < w->have.n; i++) {
		const char *other = netif_network(&w->have.v[i]);

		if (other && strcmp(other, bridge) != 0 &&
		    w->have.v[i].kind == NETIF_BRIDGE)
			say_other(other);
	}
}

int bridge_down(const struct bridge_call *c)
{
	struct work w = { .c = c, .down = true };
	int err = work_plan(&w);

	if (!err && w.plan.n)
		err = work_apply(&w);
	if (!err)
		say_down(&w);
	work_free(&w);
	return err;
}
