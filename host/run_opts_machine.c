// SPDX-License-Identifier: MIT
/* The machine, and how the kernel is entered on it. */
#include "run_opts.h"

#include "run.h"

#include <string.h>

static struct run_spec *spec_of(void *ctx)
{
	return ctx;
}

static const char *set_machine(void *ctx, const char *arg)
{
	spec_of(ctx)->machine = machine_find(arg);
	if (!spec_of(ctx)->machine && strcmp(arg, "auto") != 0)
		return "must be auto, pc, q35 or microvm";
	return NULL;
}

static const char *set_entry(void *ctx, const char *arg)
{
	return parse_kentry(arg, &spec_of(ctx)->entry);
}

static const char *set_fast(void *ctx, const char *arg)
{
	(void)arg;
	spec_of(ctx)->start.fast = true;
	return NULL;
}

const char *run_machine_settle(const struct run_spec *spec)
{
	const struct qemu_nic *nic = spec->net.nic;

	if (nic && !nic->virtio && spec->machine && !spec->machine->pci &&
	    spec->start.nic_chosen)
		return "--nic e1000: this machine has no PCI; take --nic "
		       "virtio, or --machine pc";
	return NULL;
}

const struct cli_opt run_machine_opts[N_RUN_MACHINE_OPTS] = {
	{ "machine", 0, "auto|pc|q35|microvm",
	  "microvm is the quickest and has no PCI (default: auto, which is "
	  "microvm where nothing needs PCI, else pc)",
	  set_machine },
	{ "entry", 0, "auto|pvh|bzimage",
	  "auto enters the kernel through PVH where it can, without its boot "
	  "code and KASLR; bzimage has both (default: auto)",
	  set_entry },
	{ "fast", 0, NULL,
	  "boot without the kernel's self-tests, protection of its own text, "
	  "mitigations, and all but warnings on the console: see the manual "
	  "page for the price of each; --print shows the words",
	  set_fast },
};
