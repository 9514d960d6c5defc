// SPDX-License-Identifier: MIT
/* bootlet run: options in, a guest, its verdict out. */
#include "cmds.h"
#include "msg.h"
#include "recipe.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

#define USAGE_ERROR 125

struct options {
	struct run_spec run;
	struct recipe recipe;
};

static struct run_spec *spec_of(void *ctx)
{
	return ctx;
}

static const char *set_kernel(void *ctx, const char *arg)
{
	spec_of(ctx)->kernel = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_initrd(void *ctx, const char *arg)
{
	spec_of(ctx)->initrd = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_append(void *ctx, const char *arg)
{
	if (strchr(arg, '\n'))
		return "the kernel command line is one line";
	strv_push(&spec_of(ctx)->append, arg);
	return NULL;
}

static const char *set_net(void *ctx, const char *arg)
{
	struct run_spec *r = ctx;

	if (strcmp(arg, "none") && strcmp(arg, "user"))
		return "must be none or user";
	r->net_given = true;
	r->net_user = !strcmp(arg, "user");
	return NULL;
}

static const char *set_nic(void *ctx, const char *arg)
{
	spec_of(ctx)->nic = qemu_nic_find(arg);
	return spec_of(ctx)->nic ? NULL : "must be e1000 or virtio";
}

static const char *set_ip(void *ctx, const char *arg)
{
	spec_of(ctx)->ip = arg;
	if (!*arg || arg[strcspn(arg, " \t\n\"")])
		return "must be what the kernel takes as ip=, e.g. "
		       "10.0.2.15::10.0.2.2:255.255.255.0::eth0:off";
	return NULL;
}

static const char *set_mem(void *ctx, const char *arg)
{
	size_t n = strlen(arg);
	char *digits = xstrdup(arg);
	long long mib = 0, unit = 1;
	int err;

	if (n && strchr("gGmM", arg[n - 1])) {
		unit = strchr("gG", arg[n - 1]) ? 1024 : 1;
		digits[n - 1] = '\0';
	}
	err = cli_number(digits, 1, (4LL << 20) / unit, &mib);
	free(digits);
	if (err || mib * unit < 32)
		return "must be MiB, 32 at least, e.g. 512 or 2G";
	spec_of(ctx)->mem = (unsigned int)(mib * unit);
	return NULL;
}

static const char *set_cpus(void *ctx, const char *arg)
{
	long long n;

	if (cli_number(arg, 1, 255, &n))
		return "must be a number from 1 to 255";
	spec_of(ctx)->cpus = (unsigned int)n;
	return NULL;
}

static const char *set_accel(void *ctx, const char *arg)
{
	static const char *const names[] = {
		[RUN_AUTO] = "auto",
		[RUN_KVM] = "kvm",
		[RUN_TCG] = "tcg",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(arg, names[i]))
			continue;
		spec_of(ctx)->accel = (enum run_accel)i;
		return NULL;
	}
	return "must be auto, kvm or tcg";
}

static const char *parse_seconds(const char *arg, double *out)
{
	char *end;
	double n = strtod(arg, &end);

	if (arg[0] < '0' || arg[0] > '9' || *end || !(n <= 1e6))
		return "must be seconds, e.g. 30 or 0.5";
	*out = n;
	return NULL;
}

static const char *set_timeout(void *ctx, const char *arg)
{
	return parse_seconds(arg, &spec_of(ctx)->timeout);
}

static const char *set_boot_timeout(void *ctx, const char *arg)
{
	return parse_seconds(arg, &spec_of(ctx)->boot_timeout);
}

static const char *set_qemu(void *ctx, const char *arg)
{
	spec_of(ctx)->qemu = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_name(void *ctx, const char *arg)
{
	spec_of(ctx)->name = arg;
	return NULL;
}

static const char *set_log(void *ctx, const char *arg)
{
	spec_of(ctx)->log = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_print(void *ctx, const char *arg)
{
	(void)arg;
	spec_of(ctx)->print = true;
	return NULL;
}

static const char *set_verbose(void *ctx, const char *arg)
{
	(void)ctx;
	(void)arg;
	msg_verbosity++;
	return NULL;
}

static const struct cli_opt guest_opts[] = {
	{ "kernel", 'k', "KERNEL",
	  "build tree, image file, release, or distro[:SUITE]", set_kernel },
	{ "initrd", 'i', "FILE",
	  "an image that exists already; what else is asked for is appended",
	  set_initrd },
	{ "append", 0, "WORDS", "more of the kernel command line; repeatable",
	  set_append },
	{ "memory", 'm', "SIZE", "MiB, or with G (default: 512 or more)",
	  set_mem },
	{ "cpus", 0, "N", "virtual CPUs (default: 1)", set_cpus },
	{ "accel", 0, "auto|kvm|tcg",
	  "auto takes KVM only if it really boots (default)", set_accel },
	{ "net", 0, "none|user",
	  "user: QEMU's own network, 10.0.2.15 (default: none)", set_net },
	{ "nic", 0, "e1000|virtio", "network card (default: e1000)", set_nic },
	{ "ip", 0, "SPEC", "as the kernel's ip= (default with user: 10.0.2.15)",
	  set_ip },
	{ "qemu", 0, "FILE", "program (default: qemu-system-x86_64)",
	  set_qemu },
};

static const struct cli_opt run_opts[] = {
	{ "timeout", 0, "SECONDS", "end it after that (exit code 124)",
	  set_timeout },
	{ "boot-timeout", 0, "SECONDS",
	  "until the command starts; 0: none (default: 120)",
	  set_boot_timeout },
	{ "name", 0, "NAME", "of this run (default: its process number)",
	  set_name },
	{ "log", 0, "FILE", "write the guest's console there", set_log },
	{ "print", 0, NULL, "print what would be executed, for sh", set_print },
	{ "verbose", 'v', NULL, "show the console and what is done",
	  set_verbose },
};

enum { GUEST, RUN, IMAGE };

static const struct cli_group groups[] = {
	[GUEST] = { "The guest", guest_opts,
		    sizeof(guest_opts) / sizeof(guest_opts[0]),
		    offsetof(struct options, run) },
	[RUN] = { "The run", run_opts, sizeof(run_opts) / sizeof(run_opts[0]),
		  offsetof(struct options, run) },
	[IMAGE] = { "What goes into the image", recipe_opts, N_RECIPE_OPTS,
		    offsetof(struct options, recipe) },
};

/* A card wants a network and a network wants a card. */
static void settle_net(struct run_spec *r)
{
	bool wanted = r->nic || r->ip;

	if (r->net_given && !r->net_user) {
		if (wanted)
			die(USAGE_ERROR, "--net none: goes with neither --nic "
					 "nor --ip");
		return;
	}
	if (!wanted && !r->net_user)
		return;
	if (!r->nic)
		r->nic = qemu_nic_find("e1000");
	if (!r->ip)
		r->ip = QEMU_IP_USER;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct options o = {
		.run = {
			.qemu = "qemu-system-x86_64",
			.cpus = 1,
			.boot_timeout = -1,
		},
	};
	int i = cli_parse(cmd, &o, argc, argv), code;

	if (i < argc && strcmp(argv[i - 1], "--"))
		die(USAGE_ERROR,
		    "%s: not an option; a command follows --, as "
		    "in: bootlet run -- %s",
		    argv[i], argv[i]);
	if (i == argc && i > 1 && !strcmp(argv[i - 1], "--"))
		die(USAGE_ERROR, "--: no command follows; leave it out for a "
				 "shell");
	if (i < argc)
		o.run.command = argv + i;
	if (o.run.initrd && o.recipe.append_to)
		die(USAGE_ERROR, "--append-to: -i does that already");
	settle_net(&o.run);
	cli_echo(cmd, IMAGE, argc, argv, &o.run.recipe_words);
	code = run_guest(&o.run, &o.recipe);
	strv_free(&o.run.append);
	strv_free(&o.run.recipe_words);
	recipe_free(&o.recipe);
	return code;
}

const struct cmd cmd_run = {
	.name = "run",
	.usage = "[-k KERNEL] [options] [-- COMMAND [ARG...]]",
	.summary = "Boot a kernel to a shell, or run a command in it",
	.detail =
		"Without a command the guest's console is yours, and the shell's exit code is\n"
		"bootlet's. With one, its stdin, stdout and stderr are bootlet's own, the\n"
		"console is shown when something went wrong (-v: always), and the exit code\n"
		"is the verdict: the command's own, 128+N for signal N, 126 or 127 where it\n"
		"cannot be executed, 123 for a kernel panic, 124 for a deadline, 125 where\n"
		"the guest did not come that far or bootlet itself failed.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
