// SPDX-License-Identifier: MIT
/* The guest's disks. */
#include "run_opts.h"

#include "run.h"

#include <string.h>
#include <unistd.h>

static struct diskspec *disks_of(void *ctx)
{
	return &((struct run_spec *)ctx)->disks;
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

static const char *set_disk(void *ctx, const char *arg)
{
	struct diskspec *s = disks_of(ctx);
	const char *wrong;

	if (s->n == DISK_MAX)
		return "there are six already";
	wrong = parse_disk(arg, exists, &s->disk[s->n]);
	s->n += !wrong;
	return wrong;
}

static const char *set_type(void *ctx, const char *arg)
{
	disks_of(ctx)->ahci = !strcmp(arg, "ahci");
	return disks_of(ctx)->ahci || !strcmp(arg, "virtio") ?
		       NULL :
		       "must be virtio or ahci";
}

const char *run_disk_settle(const struct run_spec *spec)
{
	const struct diskspec *s = &spec->disks;

	if (s->ahci && !s->n)
		return "--disk-type: there is no --disk";
	if (s->ahci && spec->machine && !spec->machine->pci)
		return "--disk-type ahci: this machine has no PCI; take "
		       "--disk-type virtio, or --machine pc";
	return NULL;
}

const struct cli_opt run_disk_opts[N_RUN_DISK_OPTS] = {
	{ "disk", 0, "FILE[:rw]",
	  "a raw or qcow2 image, or a block device; what the guest writes "
	  "there is forgotten without :rw; repeatable. To boot from it: "
	  "--append root=/dev/vda, or root=LABEL=...",
	  set_disk },
	{ "disk-type", 0, "virtio|ahci",
	  "how the guest sees it: /dev/vda or /dev/sda (default: virtio)",
	  set_type },
};
