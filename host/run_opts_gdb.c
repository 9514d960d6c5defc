// SPDX-License-Identifier: MIT
/* The debugger. */
#include "run_opts.h"

#include "run.h"

static struct gdbspec *gdb_of(void *ctx)
{
	return &((struct run_spec *)ctx)->gdb;
}

static const char *set_gdb(void *ctx, const char *arg)
{
	gdb_of(ctx)->on = true;
	return arg ? parse_gdbstub(arg, &gdb_of(ctx)->stub) : NULL;
}

static const char *set_wait(void *ctx, const char *arg)
{
	(void)arg;
	gdb_of(ctx)->on = gdb_of(ctx)->wait = true;
	return NULL;
}

/* What gdb makes of it is gdb's; that it is one command is ours. */
static const char *set_break(void *ctx, const char *arg)
{
	if (!*arg)
		return "is empty";
	for (const unsigned char *p = (const unsigned char *)arg; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			return "must be a function, or FILE:LINE";
	strv_push(&gdb_of(ctx)->breaks, arg);
	gdb_of(ctx)->on = true;
	return NULL;
}

static const char *set_no_tmux(void *ctx, const char *arg)
{
	(void)arg;
	gdb_of(ctx)->no_tmux = true;
	return NULL;
}

const struct cli_opt run_gdb_opts[N_RUN_GDB_OPTS] = {
	{ "gdb", 0, "[=ADDRESS]",
	  "let `bootlet gdb` connect, at any time; ADDRESS: unix:PATH, "
	  "tcp:PORT (default: a private socket)",
	  set_gdb },
	{ "wait", 0, NULL, "--gdb, and begin only when gdb says so", set_wait },
	{ "break", 0, "SYMBOL",
	  "--wait, and stop there, e.g. ep_poll_callback; repeatable",
	  set_break },
	{ "no-tmux", 0, NULL,
	  "do not show gdb below the guest, also where tmux could",
	  set_no_tmux },
};
