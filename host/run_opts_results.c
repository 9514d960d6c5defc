// SPDX-License-Identifier: MIT
/* What becomes of the results that the command prints. */
#include "run_opts.h"

#include "run.h"

static struct results *results_of(void *ctx)
{
	return &((struct run_spec *)ctx)->results;
}

static const char *set_junit(void *ctx, const char *arg)
{
	results_of(ctx)->junit = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_tap(void *ctx, const char *arg)
{
	(void)arg;
	results_of(ctx)->tap = true;
	return NULL;
}

const struct cli_opt run_results_opts[N_RUN_RESULTS_OPTS] = {
	{ "tap", 0, NULL,
	  "read TAP or KTAP from its stdout (kselftest, KUnit); a failure in "
	  "it, or a plan not fulfilled, is exit code 1",
	  set_tap },
	{ "junit", 0, "FILE", "--tap, and write the results there, for CI",
	  set_junit },
};
