// SPDX-License-Identifier: MIT
/* bootlet inject: provoke a fault in a guest that runs. */
#include "cmds.h"
#include "guestpick.h"
#include "inject.h"
#include "msg.h"

#include <stdlib.h>

#define USAGE_ERROR 2

/* One line of what there is, for a wrong word. */
static _Noreturn void no_such_fault(const char *word)
{
	struct buf all = { 0 };
	struct strv names = { 0 };
	const char *near;
	size_t n;
	const struct inject *v = inject_table(&n);

	for (size_t i = 0; i < n; i++) {
		buf_addf(&all, "%s%s", i ? ", " : "", v[i].name);
		strv_push(&names, v[i].name);
	}
	if (!word)
		die(USAGE_ERROR, "inject: takes one fault: %s", all.p);
	near = str_nearest(word, names.v, names.n);
	if (near)
		die(USAGE_ERROR, "%s: no such fault; did you mean %s?", word,
		    near);
	die(USAGE_ERROR, "%s: no such fault; there are: %s", word, all.p);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct guestpick pick = { 0 };
	struct guestinfo g = { 0 };
	struct qmp q = { .fd = -1 };
	struct buf why = { 0 };
	const struct inject *what;
	int i = cli_parse(cmd, &pick, argc, argv), err;

	what = i < argc ? inject_find(argv[i]) : NULL;
	if (!what || i + 1 != argc)
		no_such_fault(what || i == argc ? NULL : argv[i]);
	if (guestpick_check(&pick))
		die(USAGE_ERROR, "%s", guestpick_check(&pick));
	err = guestpick_open(&pick, &g, &q);
	if (!err)
		err = inject_apply(what, &q, &g, &why);
	if (!err && g.name)
		msg_info("%s: %s", g.name, what->done);
	else if (!err)
		msg_info("run %ld: %s", (long)g.pid, what->done);
	if (err && why.n)
		msg_error("%s: %s", what->name, why.p);
	buf_free(&why);
	qmp_close(&q);
	guestinfo_free(&g);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct cli_group groups[] = {
	{ "Which guest", guestpick_opts, N_GUESTPICK_OPTS, 0 },
};

const struct cmd cmd_inject = {
	.name = "inject",
	.usage = "[--name NAME | --pid PID] nmi|link-down|link-up|panic",
	.summary = "Provoke a fault in a guest that runs",
	.detail =
		"nmi        a non-maskable interrupt to every CPU\n"
		"link-down  the network card loses its carrier\n"
		"link-up    it has it again\n"
		"panic      a machine check that no kernel survives; a kernel without\n"
		"           CONFIG_X86_MCE gets a double fault instead\n\n"
		"They come from outside: the guest of `bootlet run` need not help. With\n"
		"panic the command is back when the guest has ended.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
