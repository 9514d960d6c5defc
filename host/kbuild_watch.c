// SPDX-License-Identifier: MIT
#include "kbuild_watch.h"

#include "kbuild_line.h"
#include "msg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* More than that nobody reads before the log. */
enum { WORDS_MAX = 25, REDRAW_MS = 80, WIDTH_DEFAULT = 80 };

/* Of an object in the index. */
enum { EXISTS, MISSING, MADE };

void kwatch_log(struct kbuild_watch *w, const char *text)
{
	if (!w->log || fputs(text, w->log) != EOF)
		return;
	msg_warn("%s: cannot be written: %s; the build goes on without it",
		 w->path, strerror(errno));
	fclose(w->log);
	w->log = NULL;
}

int kwatch_begin(struct kbuild_watch *w, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	w->path = xstrdup(path);
	w->terminal = !msg_verbosity && isatty(STDERR_FILENO);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return -EBUSY;
	}
	w->log = fd >= 0 && !ftruncate(fd, 0) ? fdopen(fd, "w") : NULL;
	if (!w->log)
		msg_warn("%s: cannot be written: %s; the build goes on "
			 "without it",
			 path, strerror(errno));
	else
		setvbuf(w->log, NULL, _IOLBF, 0);
	return 0;
}

void kwatch_expect(struct kbuild_watch *w, const struct strv *objects,
		   const char *dir)
{
	for (size_t i = 0; i < objects->n; i++) {
		char *path = xasprintf("%s/%s", dir, objects->v[i]);
		bool missing = access(path, F_OK) != 0;

		strv_push(&w->objects, objects->v[i]);
		kmap_put(&w->index, w->objects.v[i],
			 missing ? MISSING : EXISTS);
		w->total += missing;
		free(path);
	}
}

/* --- progress ----------------------------------------------------------------- */

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void draw(struct kbuild_watch *w, const struct kbuild_line *l)
{
	struct winsize size = { 0 };
	struct buf line = { 0 };
	char *step, *target;

	if (now_ms() - w->shown_ms < REDRAW_MS)
		return;
	w->shown_ms = now_ms();
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col)
		size.ws_col = WIDTH_DEFAULT;
	step = xasprintf("%.*s", l->step_len, l->step);
	target = xasprintf("%.*s", l->target_len, l->target);
	kbuild_bar(&line, w->total ? w->done : w->steps, w->total, step, target,
		   size.ws_col);
	msg_progress(line.p, 0, 0);
	buf_free(&line);
	free(step);
	free(target);
}

static void tell(struct kbuild_watch *w)
{
	size_t tenth = w->total ? w->done * 10 / w->total : 0;

	if (tenth > w->tenth && tenth < 10)
		msg_info("%zu of %zu objects", w->done, w->total);
	w->tenth = tenth;
}

/* Made by no compiler, or each time anew. */
static bool is_idle(const struct kbuild_line *l)
{
	static const char *const idle[] = { "CALL", "CHK", "DESCEND", "SYNC",
					    "INSTALL" };

	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
		if (!strncmp(l->step, idle[i], strlen(idle[i])))
			return true;
	/* Of a build directory. */
	return !strncmp(l->step, "GEN ", 4) && l->target_len == 8 &&
	       !strncmp(l->target, "Makefile", 8);
}

static void count(struct kbuild_watch *w, const struct kbuild_line *l)
{
	char *target = xasprintf("%.*s", l->target_len, l->target);
	size_t state = kmap_get(&w->index, target);

	w->steps += !is_idle(l);
	if (state == MISSING) {
		kmap_put(&w->index, target, MADE);
		w->done++;
	} else if (state == EXISTS) {
		/* What was there is made anew: nobody knows how much. */
		w->total = 0;
	}
	free(target);
}

/* --- lines -------------------------------------------------------------------- */

static void forget_words(struct kbuild_watch *w)
{
	strv_free(&w->words);
	w->hidden = 0;
}

static bool is_error(const char *line)
{
	return strstr(line, "error:") || strstr(line, "undefined reference");
}

/* The oldest goes, but not what says what is wrong. */
static void keep_words(struct kbuild_watch *w, const char *line)
{
	struct strv *v = &w->words;
	size_t i = 0;

	strv_push(v, line);
	if (v->n <= WORDS_MAX)
		return;
	while (i < v->n - 1 && is_error(v->v[i]))
		i++;
	free(v->v[i]);
	memmove(v->v + i, v->v + i + 1, (v->n - i) * sizeof(*v->v));
	v->n--;
	w->hidden++;
}

/* What follows a failure up to the top of make says nothing of its own. */
static void add_fault(struct kbuild_watch *w, const struct kbuild_line *l)
{
	struct buf words = { 0 };
	struct kbuild_fault *f;

	if (w->n_fault && !w->words.n)
		return;
	w->fault = xrealloc(w->fault, (w->n_fault + 1) * sizeof(*f));
	f = &w->fault[w->n_fault++];
	if (w->hidden)
		buf_addf(&words, "[%zu more lines]\n", w->hidden);
	for (size_t i = 0; i < w->words.n; i++)
		buf_addf(&words, "%s\n", w->words.v[i]);
	f->target = xasprintf("%.*s", l->target_len, l->target);
	f->words = words.p ? words.p : xstrdup("");
	forget_words(w);
}

/* Its own lines as they are, but no terminal's commands. */
static void show(const char *line)
{
	struct buf out = { 0 };

	for (; *line; line++)
		if (((unsigned char)*line < ' ' && *line != '\t') ||
		    *line == 0x7f)
			buf_addf(&out, "\\x%02x", (unsigned char)*line);
		else
			buf_addc(&out, *line);
	buf_addc(&out, '\n');
	fwrite(out.p, 1, out.n, stderr);
	fflush(stderr);
	buf_free(&out);
}

void kwatch_line(void *ctx, const char *line)
{
	struct kbuild_watch *w = ctx;
	struct kbuild_line l;

	kwatch_log(w, line);
	kwatch_log(w, "\n");
	if (msg_verbosity > 0)
		show(line);
	parse_kbuild_line(line, &l);
	w->warnings += l.warning;
	switch (l.kind) {
	case KBUILD_STEP:
		forget_words(w);
		count(w, &l);
		if (w->terminal)
			draw(w, &l);
		else if (!msg_verbosity)
			tell(w);
		break;
	case KBUILD_FAILED:
	case KBUILD_STOPPED:
		add_fault(w, &l);
		break;
	case KBUILD_UNDEFINED: {
		char *symbol = xasprintf("%.*s", l.target_len, l.target);

		if (!strv_has(&w->undefined, symbol))
			strv_push(&w->undefined, symbol);
		free(symbol);
		keep_words(w, line);
		break;
	}
	case KBUILD_WORDS:
		keep_words(w, line);
		break;
	case KBUILD_MAKE:
		break;
	}
}

static void free_faults(struct kbuild_watch *w)
{
	for (size_t i = 0; i < w->n_fault; i++) {
		free(w->fault[i].target);
		free(w->fault[i].words);
	}
	free(w->fault);
	w->fault = NULL;
	w->n_fault = 0;
}

void kwatch_pass(struct kbuild_watch *w)
{
	free_faults(w);
	forget_words(w);
	strv_free(&w->undefined);
}

void kwatch_end(struct kbuild_watch *w)
{
	if (w->terminal)
		msg_progress("", 1, 1);
	if (w->log && fclose(w->log))
		msg_warn("%s: cannot be written: %s", w->path, strerror(errno));
	w->log = NULL;
}

void kwatch_free(struct kbuild_watch *w)
{
	kwatch_end(w);
	free_faults(w);
	forget_words(w);
	strv_free(&w->undefined);
	strv_free(&w->objects);
	kmap_free(&w->index);
	free(w->path);
	*w = (struct kbuild_watch){ 0 };
}
