// SPDX-License-Identifier: MIT
/* The picture of the boot. */
#include "run_opts.h"

#include "run.h"

static const char *set_chart(void *ctx, const char *arg)
{
	((struct run_spec *)ctx)->chart = arg;
	return *arg ? NULL : "is empty";
}

const struct cli_opt run_chart_opts[N_RUN_CHART_OPTS] = {
	{ "chart", 0, "FILE",
	  "draw where the boot's time went, as SVG; the kernel gets "
	  "initcall_debug, which slows it somewhat",
	  set_chart },
};
