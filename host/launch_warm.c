// SPDX-License-Identifier: MIT
#include "launch_warm.h"

#include "launch.h"
#include "msg.h"
#include "recipe.h"
#include "share.h"
#include "warm_save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1ULL << 20)

/* --- what the guest is told --------------------------------------------- */

static void add_term(const struct run_spec *spec, struct buf *env)
{
	const char *term = getenv("TERM");

	if (spec->command || !term || !isatty(STDIN_FILENO))
		return;
	for (size_t i = 0; i < spec->files.env.n; i++)
		if (!strncmp(spec->files.env.v[i], "TERM=", 5))
			return;
	if (!env->n)
		buf_addc(env, '\0');
	buf_addf(env, "TERM=%s", term);
	buf_addc(env, '\0');
}

int launch_warm_settle(struct launch *r, const struct recipe *recipe)
{
	const char *wrong = warm_wrong(r->spec, recipe);

	r->warm.recipe = recipe;
	if (!wrong)
		return 0;
	msg_error("%s", wrong);
	return -EINVAL;
}

int launch_warm_plan(struct launch *r)
{
	struct warm_resume *to = &r->warm.resume;
	int err = share_texts(&r->spec->files, &to->mounts, &to->env);

	add_term(r->spec, &to->env);
	return err ? err : recipe_command_text(r->spec->command, &to->command);
}

static void resume(void *ctx, struct buf *to_port)
{
	const struct launch *r = ctx;
	struct protocol_resume now = {
		.bits = 8 * RESUME_RANDOM,
		.bytes = RESUME_RANDOM,
	};
	struct timespec t;

	while (getrandom(now.random, RESUME_RANDOM, 0) != RESUME_RANDOM)
		;
	clock_gettime(CLOCK_REALTIME, &t);
	now.seconds = t.tv_sec;
	now.nanoseconds = t.tv_nsec;
	warm_frames(&r->warm.resume, &now, to_port);
}

/* --- one guest ------------------------------------------------------------ */

/* The channel is connected before the guest goes on, which would else see it
 * hang up. */
static int connect_ports(struct launch *r)
{
	struct launch_warm *w = &r->warm;

	for (int i = 0; i <= N_PORTS; i++) {
		bool monitor = i == N_PORTS;
		int p[2], *ours = monitor ? &w->monitor : &r->vm.port[i];

		if (!monitor && !r->vm.channel[i])
			continue;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p))
			return -errno;
		*ours = p[0];
		w->theirs[i] = p[1];
		fcntl(p[0], F_SETFL, O_NONBLOCK);
		fcntl(p[1], F_SETFD, 0);
		if (monitor)
			w->qemu.monitor = p[1];
		else
			w->qemu.port[i] = p[1];
	}
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void launch_warm_started(struct launch_warm *w)
{
	for (int i = 0; i <= N_PORTS; i++)
		close_fd(&w->theirs[i]);
	warm_store_close(&w->state);
}

static int prepare(struct launch *r)
{
	struct launch_warm *w = &r->warm;
	struct buf words = { 0 };
	int err = connect_ports(r);

	if (err)
		return err;
	free(w->ram);
	/* By descriptor: another run may put another state in its place. */
	w->ram = xasprintf("/proc/self/fd/%d", w->state.ram);
	w->qemu.ram = w->ram;
	w->qemu.kept = true;
	fcntl(w->state.ram, F_SETFD, 0);
	fcntl(w->state.device, F_SETFD, 0);
	warm_load_words(w->state.device, &words);
	if (write(w->monitor, words.p, words.n) != (ssize_t)words.n)
		err = -EIO;
	buf_free(&words);
	return err;
}

static int run_kept(struct launch *r, const struct launch_boot *b,
		    const struct session_spec *s, struct session_result *out)
{
	const struct session_warm warm = {
		.restored = true,
		.resume = resume,
		.ctx = r,
	};
	struct session_spec spec = *s;
	struct launch_warm *w = &r->warm;
	int err;

	spec.warm = &warm;
	w->qemu = (struct qemu_warm){ 0 };
	err = prepare(r);
	if (!err)
		err = b->run(r, b, &spec, out);
	else
		msg_error("--warm: cannot begin: %s", strerror(-err));
	launch_warm_started(w);
	close_fd(&w->monitor);
	w->qemu = (struct qemu_warm){ 0 };
	return err;
}

static int park(void *ctx)
{
	struct launch *r = ctx;
	const char *why;
	int err = warm_save(r->vm.qmp, r->warm.stage.device, &why);

	if (err)
		msg_debug("--warm: the guest's state cannot be kept: %s", why);
	return err == -EIO ? 1 : err;
}

static int write_image(struct launch_warm *w)
{
	int err = w->imaged ? 0 : w->image(w->ctx);

	w->imaged = true;
	return err;
}

/* @keep: a state shall come of it. */
static int run_booted(struct launch *r, const struct launch_boot *b, bool keep,
		      const struct session_spec *s, struct session_result *out)
{
	const struct session_warm warm = {
		.park = keep ? park : NULL,
		.resume = resume,
		.ctx = r,
	};
	struct session_spec spec = *s;
	int err = write_image(&r->warm);

	spec.warm = &warm;
	r->warm.qemu = (struct qemu_warm){
		.ram = keep ? r->warm.stage.ram : NULL,
	};
	if (!err)
		err = b->run(r, b, &spec, out);
	r->warm.qemu = (struct qemu_warm){ 0 };
	return err;
}

/* --- all of it ------------------------------------------------------------ */

/* QEMU itself, and nothing that the guest or the user did. */
static bool qemu_failed(const struct session_result *out)
{
	const struct facts *f = &out->facts;

	return !f->ready && !f->killed && !f->signal && !f->panic &&
	       !(WIFEXITED(f->qemu) && !WEXITSTATUS(f->qemu));
}

static void say_failed(const char *what, const struct session_result *out)
{
	const char *words = out->words.n ? out->words.p : "";

	msg_debug("--warm: %s%s%.*s", what, *words ? ": " : "",
		  (int)strcspn(words, "\n"), words);
}

static int run_cold(struct launch *r, const struct launch_boot *b,
		    const struct session_spec *s, struct session_result *out)
{
	return run_booted(r, b, false, s, out);
}

/* What a cold start would have come to as well: it has ended by itself, or by
 * the user, or there is no time for another. */
static bool is_final(const struct session_result *out)
{
	const struct facts *f = &out->facts;

	if (f->signal || f->timeout > 0)
		return true;
	return !(out->kept || out->lost || qemu_failed(out));
}

/* Return: 0 where there is a result; 1: there is none, but a state now; 2: nor
 * that; -errno. */
static int make(struct launch *r, const struct launch_boot *b,
		const struct session_spec *s, struct session_result *out)
{
	struct launch_warm *w = &r->warm;
	const char *why;
	int err = warm_store_begin(r->mem * MIB, &w->stage);

	if (err) {
		msg_info("--warm: no state can be kept in the cache: %s; the "
			 "guest boots",
			 strerror(-err));
		return 2;
	}
	err = run_booted(r, b, true, s, out);
	if (err || is_final(out)) {
		warm_store_drop(&w->stage);
		return err;
	}
	if (out->kept) {
		err = warm_store_end(&w->stage, w->digest, &w->key);
		if (!err)
			err = warm_store_open(w->digest, &w->key, &w->state,
					      &why);
		if (err)
			msg_debug("--warm: the cache: %s", strerror(-err));
	} else {
		say_failed("no state could be made", out);
	}
	warm_store_drop(&w->stage);
	err = out->kept && !err ? 1 : 2;
	session_free(out);
	return err;
}

static void add_used(struct session_spec *to, const struct session_spec *s,
		     long long since)
{
	to->used = s->used + (double)(session_now() - since) / 1000;
}

/* A state whose guest never said a word: QEMU did not take it, or it is no
 * good. Return: whether there is time for another try. */
static bool discard(const struct launch_warm *w, struct session_result *out)
{
	const struct facts *f = &out->facts;

	if (f->ready || f->signal)
		return false;
	warm_store_remove(w->digest);
	if (f->timeout > 0)
		return false;
	say_failed("the state is no good", out);
	session_free(out);
	return true;
}

int launch_warm(struct launch *r, const struct launch_boot *b, bool try,
		const struct session_spec *s, struct session_result *out)
{
	struct launch_warm *w = &r->warm;
	struct session_spec spec = *s;
	long long since = session_now();
	const char *why;
	int err;

	if (try)
		return run_cold(r, b, s, out);
	launch_warm_key(r, b->accel);
	if (!warm_store_open(w->digest, &w->key, &w->state, &why)) {
		msg_debug("--warm: going on from a state that was kept");
		err = run_kept(r, b, &spec, out);
		out->warm = !err;
		if (err || !discard(w, out))
			return err;
		why = "the state that was kept is no good";
		add_used(&spec, s, since);
	}
	msg_debug("--warm: %s; the guest boots", why);
	err = make(r, b, &spec, out);
	if (err <= 0)
		return err;
	add_used(&spec, s, since);
	if (err == 1) {
		err = run_kept(r, b, &spec, out);
		if (err || !discard(w, out))
			return err;
		add_used(&spec, s, since);
	}
	return run_cold(r, b, &spec, out);
}

void launch_warm_free(struct launch_warm *w)
{
	warm_store_close(&w->state);
	warm_store_drop(&w->stage);
	buf_free(&w->resume.command);
	buf_free(&w->resume.env);
	buf_free(&w->resume.mounts);
	buf_free(&w->key);
	free(w->ram);
}
