// SPDX-License-Identifier: MIT
/* What the guest is made of, and how it is run. */
#include "run_opts.h"

#include "msg.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

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

const struct cli_opt run_guest_opts[N_RUN_GUEST_OPTS] = {
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
	{ "qemu", 0, "FILE", "program (default: qemu-system-x86_64)",
	  set_qemu },
};

const struct cli_opt run_opts[N_RUN_OPTS] = {
	{ "name", 0, "NAME", "of this run (default: its process number)",
	  set_name },
	{ "log", 0, "FILE", "write the guest's console there", set_log },
	{ "print", 0, NULL, "print what would be executed, for sh", set_print },
	{ "verbose", 'v', NULL, "show the console and what is done",
	  set_verbose },
};

const char *run_options_settle(struct run_options *o)
{
	struct run_spec *run = &o->run;
	const char *wrong;

	if (run->initrd && o->recipe.append_to)
		return "--append-to: -i does that already";
	run->start.nic_chosen = run->net.nic;
	wrong = netspec_settle(&run->net);
	if (!wrong)
		wrong = results_wrong(&run->results, run->command != NULL,
				      run->log);
	if (!wrong)
		wrong = run_machine_settle(run);
	if (!wrong)
		wrong = run_disk_settle(run);
	if (!wrong)
		wrong = run_icount_settle(run);
	return wrong;
}

void run_options_free(struct run_options *o)
{
	run_spec_free(&o->run);
	recipe_free(&o->recipe);
}
