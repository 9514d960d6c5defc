// SPDX-License-Identifier: MIT
/* The way between bootlet and init, for tests and for trouble. */
#include "run_opts.h"

#include "run.h"

static const char *set_channel(void *ctx, const char *arg)
{
	struct run_spec *spec = ctx;

	spec->channel = channel_find(arg);
	return spec->channel ? NULL : "must be auto, virtio, uart or ports";
}

const struct cli_opt run_channel_opts[N_RUN_CHANNEL_OPTS] = {
	{ "channel", 0, "auto|virtio|uart|ports",
	  "how the streams and the verdict travel: virtio-console, the second "
	  "UART, or that by port I/O (default: the first that the guest has)",
	  set_channel },
};
