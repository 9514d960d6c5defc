// SPDX-License-Identifier: MIT
/* Cores of the guest. */
#include "run_opts.h"

#include "run.h"

#include <string.h>

static const char *set_dump_on(void *ctx, const char *arg)
{
	struct dumpon_spec *d = &((struct run_spec *)ctx)->dump;
	size_t n = strcspn(arg, "=");

	if (n != strlen("panic") || strncmp(arg, "panic", n) != 0)
		return "must be panic, or panic=FILE";
	if (arg[n] && !arg[n + 1])
		return "the name of a file is missing behind \"=\"";
	d->panic = true;
	d->path = arg[n] ? arg + n + 1 : NULL;
	return NULL;
}

const struct cli_opt run_dump_opts[N_RUN_DUMP_OPTS] = {
	{ "dump-on", 0, "panic[=FILE]",
	  "write an ELF core when the kernel panics (default: "
	  "bootlet-NAME.vmcore here)",
	  set_dump_on },
};
