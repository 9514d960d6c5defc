// SPDX-License-Identifier: MIT
/* How long a run may take, what its verdict is made by, where it goes. */
#include "run_opts.h"

#include "run.h"

#include <stdlib.h>
#include <string.h>

static struct run_verdict *spec_of(void *ctx)
{
	return &((struct run_spec *)ctx)->verdict;
}

static const char *set_seconds(void *ctx, const char *arg, enum deadline d)
{
	struct deadlines *to = &spec_of(ctx)->deadlines;
	char *end;
	double n = strtod(arg, &end);

	/* strtod(3) knows "0x1", "1e3", and "inf", too. */
	if (arg[strspn(arg, "0123456789.")] || arg[0] == '.' || end == arg ||
	    *end || !(n <= 1e6))
		return "must be seconds, 1000000 at most, e.g. 30 or 0.5; 0: "
		       "no limit";
	/* What is so short that it would round to none is no time at all. */
	to->seconds[d] = n > 0 && n < 0.001 ? 0.001 : n;
	to->given[d] = true;
	return NULL;
}

static const char *set_boot(void *ctx, const char *arg)
{
	return set_seconds(ctx, arg, DEADLINE_BOOT);
}

static const char *set_init(void *ctx, const char *arg)
{
	return set_seconds(ctx, arg, DEADLINE_INIT);
}

static const char *set_command(void *ctx, const char *arg)
{
	return set_seconds(ctx, arg, DEADLINE_COMMAND);
}

static const char *set_shutdown(void *ctx, const char *arg)
{
	return set_seconds(ctx, arg, DEADLINE_SHUTDOWN);
}

static const char *set_all(void *ctx, const char *arg)
{
	return set_seconds(ctx, arg, DEADLINE_ALL);
}

static const char *set_oops(void *ctx, const char *arg)
{
	bool ignore = !strcmp(arg, "ignore");

	if (!ignore && strcmp(arg, "fail"))
		return "must be fail or ignore";
	spec_of(ctx)->ignore = ignore;
	return NULL;
}

static const char *set_allow(void *ctx, const char *arg)
{
	if (!*arg)
		return "is empty, which would allow everything; --oops=ignore "
		       "does that";
	return oops_allow_add(&spec_of(ctx)->allow, arg);
}

static const char *set_report(void *ctx, const char *arg)
{
	spec_of(ctx)->report = arg;
	return *arg ? NULL : "is empty";
}

const struct cli_opt run_verdict_opts[N_RUN_VERDICT_OPTS] = {
	{ "timeout", 0, "SECONDS",
	  "for all, from QEMU's start to the verdict (default: no limit)",
	  set_all },
	{ "boot-timeout", 0, "SECONDS",
	  "until init answers; 0: no limit (default: 120)", set_boot },
	{ "init-timeout", 0, "SECONDS",
	  "then until the command starts (default: 60)", set_init },
	{ "command-timeout", 0, "SECONDS",
	  "then until it has ended (default: 3600; a shell: no limit)",
	  set_command },
	{ "shutdown-timeout", 0, "SECONDS",
	  "then until the guest is off (default: 10)", set_shutdown },
	{ "oops", 0, "fail|ignore",
	  "whether a kernel's failure makes a good end bad (default: fail)",
	  set_oops },
	{ "allow", 0, "REGEX", "kernel failures that are expected; repeatable",
	  set_allow },
	{ "report", 0, "FILE", "write what became of the guest, as JSON",
	  set_report },
};
