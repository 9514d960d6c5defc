// SPDX-License-Identifier: MIT
#include "gdbrun.h"

#include "buildid.h"
#include "msg.h"
#include "quote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool gdbspec_waits(const struct gdbspec *g)
{
	return g->wait || g->breaks.n;
}

/* NULL stays NULL: what is not known is not written. */
static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void fill_info(struct gdbrun *g, const struct kernel *k, const char *dir,
		      const char *name)
{
	struct guestinfo *info = &g->info;
	char *hex = NULL;

	info->dir = xstrdup(dir);
	info->name = copy(name);
	info->pid = getpid();
	info->address = gdbstub_address(&g->spec->stub);
	info->image = copy(k->image);
	info->release = copy(k->release);
	info->tree = copy(k->tree);
	info->moddir = copy(k->moddir);
	/* Not a problem if it fails: then nobody can compare it. */
	if (kernel_build_id(k->image, &hex) == 0)
		info->build_id = hex;
	info->waits = gdbspec_waits(g->spec);
	for (size_t i = 0; i < g->spec->breaks.n; i++)
		strv_push(&info->breaks, g->spec->breaks.v[i]);
}

int gdbrun_open(struct gdbrun *g, const struct gdbspec *spec,
		const struct kernel *k, const char *dir, const char *name,
		bool command)
{
	g->spec = spec;
	fill_info(g, k, dir, name);
	if (!spec->no_tmux && (spec->breaks.n || (spec->wait && !command)))
		gdbterm_open(&g->term, dir);
	return 0;
}

void gdbrun_restart(struct gdbrun *g, bool kvm)
{
	g->info.kvm = kvm;
}

/* More than one guest under a debugger: which one has to be said. */
static bool is_one_of_many(void)
{
	struct guestinfo *v;
	size_t n;

	if (guestinfo_list(true, &v, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		guestinfo_free(&v[i]);
	free(v);
	return n > 1;
}

static void say_what_to_type(const struct gdbrun *g)
{
	struct buf line = { 0 };

	buf_adds(&line, "bootlet gdb");
	if (is_one_of_many()) {
		buf_adds(&line, " --guest ");
		quote_sh(&line, g->info.dir);
	}
	if (g->info.waits)
		msg_info("the guest waits for gdb; type in another terminal: "
			 "%s",
			 line.p);
	else
		msg_info("gdb can come at any time; type in another terminal: "
			 "%s",
			 line.p);
	buf_free(&line);
}

void gdbrun_listening(void *ctx)
{
	struct gdbrun *g = ctx;
	int err = guestinfo_write(&g->info);
	struct buf word = { 0 };

	quote_sh(&word, g->info.address);
	if (err)
		msg_warn("%s/" GUESTINFO_FILE ": cannot be written: %s; "
			 "type: bootlet gdb --connect %s",
			 g->info.dir, strerror(-err), word.p);
	else if (g->term.kind == GDBTERM_NONE || gdbterm_gdb(&g->term))
		say_what_to_type(g);
	buf_free(&word);
}

void gdbrun_close(struct gdbrun *g)
{
	gdbterm_close(&g->term);
	guestinfo_free(&g->info);
}
