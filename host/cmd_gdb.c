// SPDX-License-Identifier: MIT
/* bootlet gdb: gdb on a guest that runs or waits. */
#include "cmds.h"
#include "gdbplan.h"
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE_ERROR 2

struct options {
	struct gdbplan_wish wish;
	bool print, script;
};

/* --- options ---------------------------------------------------------------- */

static const char *set_text(const char **to, const char *arg)
{
	*to = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_tree(void *ctx, const char *arg)
{
	return set_text(&((struct options *)ctx)->wish.tree, arg);
}

static const char *set_guest(void *ctx, const char *arg)
{
	return set_text(&((struct options *)ctx)->wish.guest, arg);
}

static const char *set_name(void *ctx, const char *arg)
{
	return set_text(&((struct options *)ctx)->wish.name, arg);
}

static const char *set_vmlinux(void *ctx, const char *arg)
{
	return set_text(&((struct options *)ctx)->wish.vmlinux, arg);
}

static const char *set_program(void *ctx, const char *arg)
{
	return set_text(&((struct options *)ctx)->wish.program, arg);
}

static const char *set_connect(void *ctx, const char *arg)
{
	struct gdbport port;
	const char *wrong = parse_gdbport(arg, &port);

	gdbport_free(&port);
	((struct options *)ctx)->wish.address = arg;
	return wrong;
}

static const char *set_break(void *ctx, const char *arg)
{
	if (!*arg)
		return "is empty";
	strv_push(&((struct options *)ctx)->wish.breaks, arg);
	return NULL;
}

static const char *set_command(void *ctx, const char *arg)
{
	char *real = access(arg, R_OK) ? NULL : realpath(arg, NULL);

	if (!real)
		return strerror(errno);
	strv_take(&((struct options *)ctx)->wish.files, real);
	return NULL;
}

static const char *set_batch(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->wish.batch = true;
	return NULL;
}

static const char *set_print(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->print = true;
	return NULL;
}

static const char *set_script(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->script = true;
	return NULL;
}

static const struct cli_opt opts[] = {
	{ "kernel", 'k', "TREE",
	  "where the kernel was built; default: what the guest runs",
	  set_tree },
	{ "vmlinux", 0, "FILE", "vmlinux, where it is not in TREE",
	  set_vmlinux },
	{ "guest", 0, "DIR", "the guest of the run with this private directory",
	  set_guest },
	{ "name", 0, "NAME", "the guest of run --name NAME", set_name },
	{ "connect", 0, "ADDRESS", "any QEMU: unix:PATH or tcp:127.0.0.1:PORT",
	  set_connect },
	{ "break", 'b', "LOCATION",
	  "stop there: a function, FILE:LINE; may be repeated", set_break },
	{ "command", 'x', "FILE",
	  "then take gdb's commands from FILE; may be repeated", set_command },
	{ "batch", 0, NULL, "end after those, with gdb's exit code",
	  set_batch },
	{ "gdb-program", 0, "FILE", "take this gdb", set_program },
	{ "print", 0, NULL, "print what would be executed, for sh", set_print },
	{ "script", 0, NULL, "print gdb.py, which --print refers to",
	  set_script },
};

/* main() says what stdout does not take. */
static void print(const struct gdbplan *p)
{
	struct buf out = { 0 };

	gdb_print(&p->spec, &out);
	fputs(out.p, stdout);
	buf_free(&out);
}

static void check_usage(const struct options *o, int argc, char **argv, int i)
{
	const struct gdbplan_wish *w = &o->wish;

	if (i < argc)
		die(USAGE_ERROR,
		    "%s: gdb takes options only; a breakpoint is "
		    "--break %s",
		    argv[i], argv[i]);
	if (!!w->address + !!w->guest + !!w->name > 1)
		die(USAGE_ERROR, "--connect, --guest and --name: each names a "
				 "guest; give one of them");
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct options o = { 0 };
	struct gdbplan p;
	int err;

	check_usage(&o, argc, argv, cli_parse(cmd, &o, argc, argv));
	if (o.script) {
		fwrite(gdb_py, 1, (size_t)(gdb_py_end - gdb_py), stdout);
		return EXIT_SUCCESS;
	}
	err = gdbplan_make(&o.wish, &p);
	if (!err && o.print)
		print(&p);
	else if (!err)
		err = gdbplan_start(&o.wish, &p);
	gdbplan_free(&p);
	strv_free(&o.wish.breaks);
	strv_free(&o.wish.files);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct cli_group groups[] = {
	{ "Options", opts, sizeof(opts) / sizeof(opts[0]), 0 },
};

const struct cmd cmd_gdb = {
	.name = "gdb",
	.usage = "[-k TREE] [--break LOCATION]... [options]",
	.summary = "Debug the kernel of a guest with gdb",
	.detail =
		"Connects gdb to a guest of `bootlet run --gdb`, by itself where\n"
		"there is one, with the kernel's symbols, source and lx- commands,\n"
		"and with those of its modules, also of modules loaded later.\n"
		"Leaving gdb lets the guest run on. --print shows gdb's command\n"
		"line and the commands that it is given.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
