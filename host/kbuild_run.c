// SPDX-License-Identifier: MIT
#include "kbuild_run.h"

#include "kbuild_count.h"
#include "kbuild_make.h"
#include "kbuild_watch.h"
#include "msg.h"
#include "quote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void log_command(struct kbuild_watch *w, const struct strv *argv)
{
	struct buf line = { 0 };

	quote_line(&line, argv);
	kwatch_log(w, line.p);
	buf_free(&line);
}

/* --- what cannot be built at a level ------------------------------------------ */

/* Whether it was built at the level asked for, and so may do better at -O2. */
static bool is_suspect(const struct koptim *o, const char *object)
{
	bool in = !o->only.n;

	for (size_t i = 0; i < o->only.n && !in; i++) {
		size_t n = strlen(o->only.v[i]);

		/* "net/%" or a whole name. */
		in = o->only.v[i][n - 1] == '%' ?
			     !strncmp(object, o->only.v[i], n - 1) :
			     !strcmp(object, o->only.v[i]);
	}
	/* What lies at the top, as vmlinux.o, is compiled from no source. */
	return in && koptim_is_object(object) && strchr(object, '/') &&
	       !strv_has(&o->keep, object);
}

/* The machine's fault, at whatever level. */
static bool is_machines(const struct kbuild_fault *f)
{
	static const char *const signs[] = { "Killed signal",
					     "No space left on device",
					     "Cannot allocate memory" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strstr(f->words, signs[i]))
			return true;
	return false;
}

/* The first failure that is not the level's. */
static const struct kbuild_fault *real_fault(const struct koptim *o,
					     const struct kbuild_watch *w)
{
	for (size_t i = 0; i < w->n_fault; i++)
		if (is_machines(&w->fault[i]) ||
		    (koptim_is_object(w->fault[i].target) &&
		     !is_suspect(o, w->fault[i].target)))
			return &w->fault[i];
	return NULL;
}

static void add_suspects(const struct koptim *o, const struct strv *found,
			 struct strv *out)
{
	for (size_t i = 0; i < found->n; i++)
		if (is_suspect(o, found->v[i]) && !strv_has(out, found->v[i]))
			strv_push(out, found->v[i]);
}

/* Return: how many objects are to be built anew. */
static size_t find_suspects(struct kbuild_job *job,
			    const struct kbuild_watch *w)
{
	struct strv found = { 0 }, suspects = { 0 };
	size_t n;

	for (size_t i = 0; i < w->n_fault; i++)
		strv_push(&found, w->fault[i].target);
	/* Not a problem if it fails: the linker's words are shown then. */
	if (w->undefined.n)
		koptim_find(job->dir, &w->undefined, &found);
	add_suspects(job->optim, &found, &suspects);
	for (size_t i = 0; i < suspects.n; i++)
		msg_info("%s: cannot be %s at -O%c: tried at -O2 now",
			 suspects.v[i], w->undefined.n ? "linked" : "built",
			 job->optim->level);
	job->spec->keep_going = true;
	n = koptim_keep(job->optim, &suspects, job->user, job->spec->src,
			job->spec->arch->srcdir);
	strv_free(&found);
	strv_free(&suspects);
	return n;
}

/* --- make ---------------------------------------------------------------------- */

struct pass {
	struct kmake make;
	const struct koptim *optim;
	struct kbuild_watch *watch;
};

static void take_line(void *ctx, const char *line)
{
	struct pass *p = ctx;
	size_t had = p->watch->n_fault;

	kwatch_line(p->watch, line);
	/* What is for the user to mend shall not wait for all the rest. */
	if (p->optim->level && p->watch->n_fault > had &&
	    real_fault(p->optim, p->watch))
		p->make.stop = true;
}

static int run_make(struct kbuild_job *job, struct kbuild_watch *w, int *signal)
{
	struct pass pass = {
		.make = { .env = kbuild_env, .line = take_line, .ctx = &pass },
		.optim = job->optim,
		.watch = w,
	};
	struct strv argv = { 0 };
	int status;

	strv_free(job->vars);
	koptim_vars(job->optim, job->user, getenv("KCFLAGS"), job->vars);
	kbuild_argv(job->spec, &argv);
	kwatch_pass(w);
	log_command(w, &argv);
	status = kmake_run(&pass.make, &argv);
	*signal = pass.make.signal;
	strv_free(&argv);
	return status;
}

/* --- the end ------------------------------------------------------------------ */

/* A compiler's words are its own lines, but no terminal's commands. */
static void show_words(const char *words)
{
	struct buf out = { 0 };

	for (; *words; words++)
		if ((unsigned char)*words < ' ' && *words != '\n' &&
		    *words != '\t')
			buf_addf(&out, "\\x%02x", (unsigned char)*words);
		else
			buf_addc(&out, *words);
	if (out.n)
		fwrite(out.p, 1, out.n, stderr);
	fflush(stderr);
	buf_free(&out);
}

static void tell_failure(const struct kbuild_job *job,
			 const struct kbuild_watch *w)
{
	const struct kbuild_fault *f = real_fault(job->optim, w);

	if (!f && w->n_fault)
		f = &w->fault[0];
	if (!f) {
		for (size_t i = 0; i < w->words.n; i++)
			show_words(w->words.v[i]);
		msg_error("%s: make failed; all that it said is in %s",
			  job->spec->src, w->path);
		return;
	}
	show_words(f->words);
	if (strstr(f->words, "Restart config"))
		msg_error("%s/.config: not complete for this source; give the "
			  "names of fragments to complete it, or run make "
			  "olddefconfig",
			  job->dir);
	else
		/* A target, or make's own sentence. */
		msg_error("%s%s; all that make said is in %s", f->target,
			  strchr(f->target, ' ') ? "" : ": cannot be built",
			  w->path);
}

static void tell_success(const struct kbuild_job *job,
			 const struct kbuild_watch *w, double began)
{
	kbuild_tell(&(struct kbuild_sum){
		.out = job->dir,
		.image = kbuild_image(job->spec->arch),
		.modules = job->spec->modules,
		.changed = w->steps != 0,
		.warnings = w->warnings,
		.keep = job->optim->level ? &job->optim->keep : NULL,
		.level = job->optim->level,
		.seconds = now() - began,
	});
}

static void expect(const struct kbuild_job *job, struct kbuild_watch *w)
{
	struct strv objects = { 0 };

	/* Not a problem if it fails: then there is no total. */
	if (!kcount_objects(job->spec->src, job->dir, job->spec->arch->srcdir,
			    &objects))
		kwatch_expect(w, &objects, job->dir);
	strv_free(&objects);
}

int kbuild_run(struct kbuild_job *job)
{
	struct kbuild_watch w = { 0 };
	char *path = xasprintf("%s/" KBUILD_LOG, job->dir);
	double began = now();
	int status, signal = 0;

	if (kwatch_begin(&w, path)) {
		msg_error("%s: another build is at work there; its log is %s",
			  job->dir, path);
		kwatch_free(&w);
		free(path);
		return EXIT_FAILURE;
	}
	expect(job, &w);
	msg_info("%s: is being built, %u at a time; the log is %s", job->dir,
		 job->spec->jobs, path);
	do {
		status = run_make(job, &w, &signal);
	} while (status > 0 && job->optim->level &&
		 !real_fault(job->optim, &w) && find_suspects(job, &w));
	kwatch_end(&w);
	if (status == -EINTR)
		msg_error("%s: interrupted; the same command goes on from here",
			  job->dir);
	else if (status < 0)
		msg_error("make: cannot be run: %s", strerror(-status));
	else if (status)
		tell_failure(job, &w);
	else
		tell_success(job, &w, began);
	/* Only what was proved: the rest may have been the user's errors. */
	if (!status && job->optim->level)
		koptim_save(job->dir, job->key, &job->optim->keep);
	kwatch_free(&w);
	free(path);
	return status == -EINTR ? 128 + signal :
	       status		? EXIT_FAILURE :
				  EXIT_SUCCESS;
}
