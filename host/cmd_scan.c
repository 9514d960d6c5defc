// SPDX-License-Identifier: MIT
/* bootlet scan: kernel failures in logs that are there already. */
#include "cmds.h"
#include "msg.h"
#include "oops.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE_ERROR 2
#define FOUND	    1
#define PIECE	    (64 * 1024)

struct scan_opts {
	struct oops_allow allow;
	bool json, number;
};

/* What is printed of one log. */
struct scan_log {
	const struct scan_opts *opts;
	/* Its name in front of each line, or NULL where there is one only. */
	const char *name;
	const char *file;
	size_t found;
};

static const char *set_allow(void *ctx, const char *arg)
{
	return oops_allow_add(&((struct scan_opts *)ctx)->allow, arg);
}

static const char *set_json(void *ctx, const char *arg)
{
	(void)arg;
	((struct scan_opts *)ctx)->json = true;
	return NULL;
}

static const char *set_number(void *ctx, const char *arg)
{
	(void)arg;
	((struct scan_opts *)ctx)->number = true;
	return NULL;
}

static const struct cli_opt opts[] = {
	{ "allow", 0, "REGEX",
	  "do not report lines that match (extended; may be repeated)",
	  set_allow },
	{ "json", 0, NULL, "print a JSON array, one failure a line", set_json },
	{ "line-number", 'n', NULL, "print the title's line number before it",
	  set_number },
};

static const struct cli_group groups[] = {
	{ "Options", opts, sizeof(opts) / sizeof(*opts), 0 },
};

/* A file's name need not be UTF-8, JSON must be. */
static json_t *name_json(const char *name)
{
	json_t *s = json_string(name);
	char *copy;

	if (s)
		return s;
	copy = xstrdup(name);
	for (char *p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	s = json_string(copy);
	free(copy);
	return s;
}

/* One a line, at once: a log may hold more than memory does. */
static void add_json(const struct scan_log *log, const struct oops_finding *f)
{
	json_t *o = json_object();

	json_object_set_new(o, "file", name_json(log->file));
	json_object_set_new(o, "class", json_string(oops_class_name(f->class)));
	json_object_set_new(o, "title", json_string(f->title));
	json_object_set_new(o, "function",
			    *f->function ? json_string(f->function) :
					   json_null());
	json_object_set_new(o, "line", json_integer((json_int_t)f->line));
	json_object_set_new(o, "offset", json_integer((json_int_t)f->offset));
	fputs(log->found > 1 ? ",\n" : "\n", stdout);
	json_dumpf(o, stdout, 0);
	json_decref(o);
}

static void add_line(const struct scan_log *log, const struct oops_finding *f)
{
	struct buf line = { 0 };

	oops_print(f, &line);
	if (log->name)
		printf("%s:", log->name);
	if (log->opts->number)
		printf("%llu:", f->line);
	if (log->name || log->opts->number)
		putchar(' ');
	puts(line.p);
	buf_free(&line);
}

static void found(const struct oops_finding *f, void *ctx)
{
	struct scan_log *log = ctx;

	if (oops_allow_match(&log->opts->allow, f))
		return;
	log->found++;
	if (log->opts->json)
		add_json(log, f);
	else
		add_line(log, f);
}

/* Return: 0 or -errno; @fd is closed. */
static int scan_fd(int fd, struct scan_log *log)
{
	struct oops_scan *s = oops_open(found, log);
	char *piece = xrealloc(NULL, PIECE);
	ssize_t n;
	int err = 0;

	while ((n = read(fd, piece, PIECE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = -errno;
			break;
		}
		oops_feed(s, piece, (size_t)n);
		/* A log may be a pipe that is still being written. */
		fflush(stdout);
	}
	oops_end(s);
	oops_close(s);
	free(piece);
	close(fd);
	return err;
}

static int scan_file(const char *file, struct scan_log *log)
{
	bool in = !strcmp(file, "-");
	const char *name = in ? "stdin" : file;
	int fd = in ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
	int err;

	log->file = in ? "-" : file;
	if (fd < 0) {
		err = -errno;
		msg_error("%s: cannot be opened: %s", name, strerror(-err));
		return err;
	}
	err = scan_fd(fd, log);
	if (err)
		msg_error("%s: cannot be read: %s", name, strerror(-err));
	return err;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct scan_opts o = { 0 };
	int first = cli_parse(cmd, &o, argc, argv), err = 0;
	struct scan_log log = { .opts = &o };

	if (first == argc)
		die(USAGE_ERROR, "scan: which log? bootlet scan FILE, or - for "
				 "stdin");
	if (o.json)
		putchar('[');
	for (int i = first; i < argc; i++) {
		log.name = argc - first > 1 ? argv[i] : NULL;
		if (scan_file(argv[i], &log))
			err = USAGE_ERROR;
	}
	if (o.json)
		puts(log.found ? "\n]" : "]");
	oops_allow_free(&o.allow);
	if (fflush(stdout) || ferror(stdout))
		die(USAGE_ERROR, "stdout: cannot be written: %s",
		    strerror(errno));
	return err ? err : log.found ? FOUND : EXIT_SUCCESS;
}

const struct cmd cmd_scan = {
	.name = "scan",
	.usage = "[options] FILE...",
	.summary = "Find kernel failures in the log of a console",
	.detail =
		"FILE is what a console said, as it came: times, levels, other\n"
		"programs' output and noise may be in it; - is stdin. Each "
		"failure is a line,\n\n"
		"  class: title [in FUNCTION]\n\n"
		"with FILE in front where there are several, e.g.\n\n"
		"  kasan: BUG: KASAN: use-after-free in skb_unref+0x9/0x30\n"
		"  hung-task: INFO: task cat:71 blocked for more than 120 "
		"seconds. in pipe_read\n\n"
		"--allow is matched against \"class: title [in FUNCTION]\". "
		"The classes are in\nbootlet(1).\n\n"
		"Exit code: 0 without a failure, 1 with one, 2 where a FILE "
		"cannot be read.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(*groups),
	.usage_error = USAGE_ERROR,
	.run = run,
};
