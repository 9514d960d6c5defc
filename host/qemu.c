// SPDX-License-Identifier: MIT
#include "qemu.h"

#include "../init/protocol.h"
#include "quote.h"

#include <stdlib.h>
#include <string.h>

static const struct qemu_nic nics[] = {
	{
		.name = "e1000",
		.device = "e1000",
		.modules = { "e1000" },
	},
	{
		.name = "virtio",
		.device = "virtio-net-pci",
		.modules = { "virtio_pci", "virtio_net" },
	},
};

const struct qemu_nic *qemu_nic_find(const char *name)
{
	for (size_t i = 0; i < sizeof(nics) / sizeof(nics[0]); i++)
		if (!strcmp(nics[i].name, name))
			return &nics[i];
	return NULL;
}

/* -kernel and -initrd take what follows as it is; only a dash is special. */
static void push_file(struct strv *argv, const char *option, const char *path)
{
	strv_push(argv, option);
	strv_pushf(argv, "%s%s", path[0] == '-' ? "./" : "", path);
}

static void add_console(const struct qemu_spec *spec, struct strv *argv)
{
	strv_pushl(argv, "-chardev", NULL);
	strv_pushf(argv, "stdio,id=console,signal=off%s",
		   spec->monitor ? ",mux=on" : "");
	strv_pushl(argv, "-serial", "chardev:console", NULL);
	if (spec->monitor)
		strv_pushl(argv, "-mon", "chardev=console,mode=readline", NULL);
}

static void add_channel(const struct qemu_spec *spec, struct strv *argv)
{
	char *path = quote_qemu(spec->channel);

	strv_push(argv, "-chardev");
	strv_pushf(argv, "socket,id=channel,path=%s,server=on,wait=off", path);
	strv_pushl(argv, "-serial", "chardev:channel", NULL);
	free(path);
}

/* No option ROM: nobody boots from the network, and SeaBIOS would wait. */
static void add_net(const struct qemu_spec *spec, struct strv *argv)
{
	strv_pushl(argv, "-netdev", "user,id=net0", "-device", NULL);
	strv_pushf(argv, "%s,netdev=net0,romfile=", spec->nic->device);
}

void qemu_argv(const struct qemu_spec *spec, struct strv *argv)
{
	strv_pushl(argv, spec->binary, "-no-user-config", "-nodefaults",
		   "-display", "none", "-no-reboot", "-machine", NULL);
	strv_pushf(argv, "pc,accel=%s", spec->accel);
	if (!strcmp(spec->accel, "kvm"))
		strv_pushl(argv, "-cpu", "host", NULL);
	strv_push(argv, "-m");
	strv_pushf(argv, "%u", spec->mem);
	strv_push(argv, "-smp");
	strv_pushf(argv, "%u", spec->cpus);
	add_console(spec, argv);
	add_channel(spec, argv);
	if (spec->nic)
		add_net(spec, argv);
	push_file(argv, "-kernel", spec->kernel);
	push_file(argv, "-initrd", spec->initrd);
	strv_pushl(argv, "-append", spec->append, NULL);
}

char *qemu_cmdline(const struct qemu_cmdline *c)
{
	struct buf out = { 0 };

	/* A panic ends QEMU at once (-no-reboot), instead of a hang. */
	buf_adds(&out, "console=ttyS0 panic=-1 " BOOTLET_KEY_PORT "=ttyS1");
	if (c->rows && c->cols)
		buf_addf(&out, " " BOOTLET_KEY_SIZE "=%ux%u", c->rows, c->cols);
	/* What the kernel does not know it puts into init's environment. */
	if (c->term)
		buf_addf(&out, " TERM=%s", c->term);
	if (c->ip)
		buf_addf(&out, " ip=%s", c->ip);
	for (size_t i = 0; i < c->append->n; i++)
		buf_addf(&out, " %s", c->append->v[i]);
	return out.p;
}
