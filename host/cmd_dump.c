// SPDX-License-Identifier: MIT
/* bootlet dump: the memory of a guest that runs, as an ELF core. */
#include "cmds.h"
#include "dump.h"
#include "guestpick.h"
#include "msg.h"

#include <stdlib.h>
#include <string.h>

#define USAGE_ERROR 2

struct options {
	struct guestpick pick;
	struct dump_spec dump;
};

static const char *set_format(void *ctx, const char *arg)
{
	((struct options *)ctx)->dump.format = arg;
	return *arg ? NULL : "is empty";
}

static const struct cli_opt opts[] = {
	{ "format", 0, "FORMAT",
	  "elf (default), or what QEMU and crash know: kdump-zlib, "
	  "kdump-lzo, kdump-snappy",
	  set_format },
};

static int write_dump(const struct options *o, struct guestinfo *g,
		      struct qmp *q)
{
	struct dump_done done;
	struct buf why = { 0 };
	char *vmlinux, *with;
	int err = dump_guest(q, &o->dump, &done, &why);

	if (err) {
		msg_error("%s", why.p);
		buf_free(&why);
		return err;
	}
	/* The others are crash's alone. */
	if (strcmp(o->dump.format, DUMP_FORMAT) != 0) {
		msg_info("%s: %llu MiB, for crash", o->dump.path,
			 done.bytes >> 20);
		return 0;
	}
	vmlinux = g->tree ? xasprintf("%s/vmlinux", g->tree) : NULL;
	with = dump_read_with(o->dump.path, vmlinux, &done.said);
	msg_info("%s: %llu MiB; read it with: %s", o->dump.path,
		 done.bytes >> 20, with);
	free(vmlinux);
	free(with);
	return 0;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct options o = {
		.dump = { .format = DUMP_FORMAT, .progress = true },
	};
	struct guestinfo g = { 0 };
	struct qmp q = { .fd = -1 };
	int i = cli_parse(cmd, &o, argc, argv), err;

	if (i + 1 != argc)
		die(USAGE_ERROR, "dump: takes the name of one file to write, "
				 "as in: bootlet dump vmcore");
	if (guestpick_check(&o.pick))
		die(USAGE_ERROR, "%s", guestpick_check(&o.pick));
	o.dump.path = argv[i];
	err = guestpick_open(&o.pick, &g, &q);
	if (!err)
		err = write_dump(&o, &g, &q);
	qmp_close(&q);
	guestinfo_free(&g);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct cli_group groups[] = {
	{ "Which guest", guestpick_opts, N_GUESTPICK_OPTS,
	  offsetof(struct options, pick) },
	{ "The core", opts, sizeof(opts) / sizeof(opts[0]), 0 },
};

const struct cmd cmd_dump = {
	.name = "dump",
	.usage = "[--name NAME | --pid PID] [--format FORMAT] FILE",
	.summary = "Write the memory of a guest that runs as an ELF core",
	.detail =
		"The guest of `bootlet run` stands still meanwhile, and then runs on. The core\n"
		"holds all of its memory, the registers of its CPUs, and the kernel's own\n"
		"addresses, so that crash, drgn and gdb open it with the kernel's vmlinux.\n"
		"FILE is there whole or not at all. `bootlet run --dump-on panic` takes one by\n"
		"itself when the kernel panics.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
