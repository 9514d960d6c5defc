// SPDX-License-Identifier: MIT
#include "cmds.h"
#include "doctor.h"
#include "msg.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct doctor_opts {
	bool json;
};

static const char *set_json(void *ctx, const char *arg)
{
	struct doctor_opts *o = ctx;

	(void)arg;
	o->json = true;
	return NULL;
}

static const struct cli_opt opts[] = {
	{ "json", 0, NULL, "print a JSON array instead of lines", set_json },
};

static const struct cli_group groups[] = {
	{ "Options", opts, sizeof(opts) / sizeof(*opts), 0 },
};

/* errno of the first line that could not be printed. */
static int unwritten;

static void print_line(const struct doctor_result *r, void *ctx)
{
	static const char *const colours[] = {
		[DOCTOR_OK] = "\033[32m",
		[DOCTOR_WARN] = "\033[33m",
		[DOCTOR_FAIL] = "\033[31m",
	};
	const bool *tty = ctx;

	printf("%s%-5s%s %-9s %s\n", *tty ? colours[r->state] : "",
	       doctor_state_name(r->state), *tty ? "\033[0m" : "", r->name,
	       r->detail.n ? r->detail.p : "");
	if (r->remedy.n)
		printf("%-15s -> %s\n", "", r->remedy.p);
	/* The next check may take seconds. */
	if (fflush(stdout) && !unwritten)
		unwritten = errno;
}

/* A path need not be UTF-8, JSON must be. */
static json_t *text(const struct buf *b)
{
	json_t *s = json_stringn(b->p ? b->p : "", b->n);
	char *copy;

	if (s)
		return s;
	copy = xstrdup(b->p);
	for (char *p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	s = json_string(copy);
	free(copy);
	return s;
}

static void add_json(const struct doctor_result *r, void *ctx)
{
	json_t *o = json_object();

	json_object_set_new(o, "name", json_string(r->name));
	json_object_set_new(o, "state",
			    json_string(doctor_state_name(r->state)));
	json_object_set_new(o, "detail", text(&r->detail));
	json_object_set_new(o, "remedy", text(&r->remedy));
	json_array_append_new(ctx, o);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct doctor_opts o = { 0 };
	int i = cli_parse(cmd, &o, argc, argv);
	enum doctor_state worst;
	bool tty = isatty(STDOUT_FILENO);

	if (i < argc)
		die(cmd->usage_error, "%s: %s: takes no arguments", cmd->name,
		    argv[i]);
	if (o.json) {
		json_t *list = json_array();

		worst = doctor_run(add_json, list);
		json_dumpf(list, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(list);
	} else {
		worst = doctor_run(print_line, &tty);
	}
	if (fflush(stdout) && !unwritten)
		unwritten = errno;
	if (unwritten || ferror(stdout))
		die(EXIT_FAILURE, "stdout: cannot be written: %s",
		    strerror(unwritten ? unwritten : EIO));
	return worst == DOCTOR_FAIL ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.usage = "[--json]",
	.summary = "Say what this machine can do, and what would help",
	.detail = "Each check ends with ok, warn (bootlet works around it) or "
		  "fail (bootlet run\ncannot work), and a remedy where there "
		  "is one. Nothing is downloaded or changed.\nKVM is tried "
		  "with a kernel, which takes up to 8 seconds.\n\nExit code: 0 "
		  "where bootlet run can work, 1 otherwise.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(*groups),
	.usage_error = 2,
	.run = run,
};
