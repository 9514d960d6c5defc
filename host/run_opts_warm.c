// SPDX-License-Identifier: MIT
/* A guest that need not boot. */
#include "run_opts.h"

#include "run.h"

static const char *set_warm(void *ctx, const char *arg)
{
	(void)arg;
	((struct run_spec *)ctx)->warm.on = true;
	return NULL;
}

const struct cli_opt run_warm_opts[N_RUN_WARM_OPTS] = {
	{ "warm", 0, NULL,
	  "go on from the state that an earlier run of the same kernel, image "
	  "and options has left before its command; the first one leaves it",
	  set_warm },
};
