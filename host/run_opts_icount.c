// SPDX-License-Identifier: MIT
/* Time that is counted in instructions. */
#include "run_opts.h"

#include "run.h"

#include <string.h>

static const char *set_icount(void *ctx, const char *arg)
{
	struct run_spec *spec = ctx;

	(void)arg;
	spec->icount.on = true;
	return NULL;
}

const char *run_icount_settle(struct run_spec *spec)
{
	if (!spec->icount.on)
		return NULL;
	if (!spec->command)
		return "--icount: nobody could type into such a guest; give it "
		       "a command, as in: bootlet run --icount -- true";
	if (spec->accel == RUN_KVM)
		return "--icount: KVM counts no instructions; leave out --accel "
		       "kvm";
	if (spec->channel && spec->channel->port[PORT_VIRTIO] &&
	    !spec->channel->port[PORT_UART])
		return "--icount: virtio-console is served at moments that this "
		       "machine chooses; leave out --channel virtio";
	if (spec->cpus > 1)
		return "--icount: one CPU's instructions are counted; leave out "
		       "--cpus";
	spec->accel = RUN_TCG;
	return NULL;
}

const struct cli_opt run_icount_opts[N_RUN_ICOUNT_OPTS] = {
	{ "icount", 0, NULL,
	  "the guest's time is its instructions, a nanosecond each: two boots "
	  "take the same (TCG; stdin is empty)",
	  set_icount },
};
