// SPDX-License-Identifier: MIT
#include "qemu.h"

#include "../init/protocol.h"
#include "fast.h"
#include "icount.h"
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
		.device = "virtio-net",
		.virtio = true,
		.modules = { "virtio_net" },
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

/* @fd: of who has connected already; 0: nobody has. */
static void add_socket(const char *id, const char *to, int fd,
		       struct strv *argv)
{
	char *path = quote_qemu(to);

	strv_push(argv, "-chardev");
	if (fd) {
		strv_pushf(argv, "socket,id=%s,fd=%d", id, fd);
		free(path);
		return;
	}
	strv_pushf(argv, "socket,id=%s,path=%s,server=on,wait=off", id, path);
	free(path);
}

/* A UART that waits for a socket's reader would be seen by the guest. */
static void add_fifo(const char *id, const char *to, struct strv *argv)
{
	char *path = quote_qemu(to);

	strv_push(argv, "-chardev");
	strv_pushf(argv, "file,id=%s,path=%s", id, path);
	free(path);
}

static void add_uart(const struct qemu_spec *spec, struct strv *argv)
{
	if (spec->icount)
		add_fifo("channel", spec->channel[PORT_UART], argv);
	else
		add_socket("channel", spec->channel[PORT_UART],
			   spec->warm.port[PORT_UART], argv);
	if (machine_of(spec->machine)->second_uart)
		strv_pushl(argv, "-serial", "chardev:channel", NULL);
	else
		strv_pushl(argv, "-device",
			   "isa-serial,index=1,chardev=channel", NULL);
}

static void add_virtio(const struct qemu_spec *spec, struct strv *argv)
{
	add_socket("virtio", spec->channel[PORT_VIRTIO],
		   spec->warm.port[PORT_VIRTIO], argv);
	strv_push(argv, "-device");
	/* One port for us, and number 0, which would be a console's. */
	strv_pushf(argv, "virtio-serial%s,max_ports=2",
		   machine_of(spec->machine)->virtio);
	strv_pushl(argv, "-device",
		   "virtserialport,nr=1,chardev=virtio,name=" PORT_VIRTIO_NAME,
		   NULL);
}

static void add_channel(const struct qemu_spec *spec, struct strv *argv)
{
	if (spec->channel[PORT_UART])
		add_uart(spec, argv);
	if (spec->channel[PORT_VIRTIO])
		add_virtio(spec, argv);
}

/* Before the channel: who can connect to that one knows that QEMU listens at
 * this one too, without having interrupted the guest to find out. */
static void add_gdb(const struct qemu_gdb *gdb, struct strv *argv)
{
	char *path = gdb->path ? quote_qemu(gdb->path) : NULL;

	if (!path && !gdb->port)
		return;
	strv_push(argv, "-chardev");
	if (gdb->fd)
		strv_pushf(argv, "socket,id=gdb,fd=%d,server=on,wait=off",
			   gdb->fd);
	else if (path)
		strv_pushf(argv, "socket,id=gdb,path=%s,server=on,wait=off",
			   path);
	else
		strv_pushf(argv,
			   "socket,id=gdb,host=127.0.0.1,port=%u,server=on,"
			   "wait=off",
			   gdb->port);
	strv_pushl(argv, "-gdb", "chardev:gdb", NULL);
	if (gdb->wait)
		strv_push(argv, "-S");
	free(path);
}

static void add_monitor(const char *id, const char *socket, struct strv *argv)
{
	char *path = socket ? quote_qemu(socket) : NULL;

	if (!path)
		return;
	strv_push(argv, "-chardev");
	strv_pushf(argv, "socket,id=%s,path=%s,server=on,wait=off", id, path);
	strv_push(argv, "-mon");
	strv_pushf(argv, "chardev=%s,mode=control", id);
	free(path);
}

/* Before the channel, too: who finds the guest by it can ask at once. */
static void add_monitors(const struct qemu_spec *spec, struct strv *argv)
{
	add_monitor("qmp", spec->qmp, argv);
	add_monitor("events", spec->events, argv);
	if (spec->events)
		strv_push(argv, "-no-shutdown");
}

static char *netdev(const struct qemu_net *net)
{
	char *ifname = quote_qemu(net->ifname ? net->ifname : "");
	struct buf out = { 0 };

	switch (net->type) {
	case QEMU_NET_TAP:
		buf_addf(&out, "tap,id=net0,ifname=%s,script=no,downscript=no",
			 ifname);
		break;
	case QEMU_NET_BRIDGE:
		buf_addf(&out, "bridge,id=net0,br=%s", ifname);
		break;
	default:
		buf_adds(&out, "user,id=net0");
		for (size_t i = 0; net->forwards && i < net->forwards->n; i++)
			buf_addf(&out, ",hostfwd=%s", net->forwards->v[i]);
	}
	free(ifname);
	return out.p;
}

/* No option ROM: nobody boots from the network, and SeaBIOS would wait. */
static void add_net(const struct qemu_spec *spec, struct strv *argv)
{
	const char *bus =
		spec->nic->virtio ? machine_of(spec->machine)->virtio : "";
	const char *mac = spec->net.mac;

	strv_push(argv, "-netdev");
	strv_take(argv, netdev(&spec->net));
	strv_push(argv, "-device");
	strv_pushf(argv, "%s%s,netdev=net0%s%s%s", spec->nic->device, bus,
		   machine_of(spec->machine)->pci ? ",romfile=" : "",
		   mac ? ",mac=" : "", mac ? mac : "");
}

/* Its state is in this file and in that which the monitor is told of. */
static void add_warm(const struct qemu_spec *spec, struct strv *argv)
{
	const struct qemu_warm *w = &spec->warm;
	char *path = quote_qemu(w->ram);

	strv_push(argv, "-object");
	strv_pushf(argv,
		   "memory-backend-file,id=ram,size=%uM,mem-path=%s,share=%s",
		   spec->mem, path, w->kept ? "off" : "on");
	if (w->kept) {
		strv_push(argv, "-chardev");
		strv_pushf(argv, "socket,id=warm,fd=%d", w->monitor);
		strv_pushl(argv, "-mon", "chardev=warm,mode=control",
			   "-incoming", "defer", NULL);
	}
	free(path);
}

static void add_kernel(const struct qemu_spec *spec, struct strv *argv)
{
	push_file(argv, "-kernel", spec->kernel);
	push_file(argv, "-initrd", spec->initrd);
	strv_pushl(argv, "-append", spec->append, NULL);
}

void qemu_argv(const struct qemu_spec *spec, struct strv *argv)
{
	strv_pushl(argv, spec->binary, "-no-user-config", "-nodefaults",
		   "-display", "none", "-no-reboot", "-machine", NULL);
	strv_pushf(argv, "%s,accel=%s%s", machine_of(spec->machine)->qemu,
		   spec->accel, spec->warm.ram ? ",memory-backend=ram" : "");
	for (size_t i = 0; machine_of(spec->machine)->more[i]; i++)
		strv_push(argv, machine_of(spec->machine)->more[i]);
	if (!strcmp(spec->accel, "kvm"))
		strv_pushl(argv, "-cpu", "host", NULL);
	else
		/* Both cost nothing. With arat the local APIC's timer is good
		 * for naps of less than a tick, on microvm too; with rdrand
		 * nobody waits for randomness: 31 ms of a stock 6.1. */
		strv_pushl(argv, "-cpu", "qemu64,+arat,+rdrand", NULL);
	strv_push(argv, "-m");
	strv_pushf(argv, "%u", spec->mem);
	strv_push(argv, "-smp");
	strv_pushf(argv, "%u", spec->cpus);
	if (spec->icount)
		icount_argv(argv);
	add_console(spec, argv);
	add_gdb(&spec->gdb, argv);
	add_monitors(spec, argv);
	add_channel(spec, argv);
	if (spec->nic && spec->net.type != QEMU_NET_NONE)
		add_net(spec, argv);
	for (size_t i = 0; spec->devices && i < spec->devices->n; i++)
		strv_push(argv, spec->devices->v[i]);
	if (spec->warm.ram)
		add_warm(spec, argv);
	if (!spec->warm.kept)
		add_kernel(spec, argv);
}

char *qemu_cmdline(const struct qemu_cmdline *c)
{
	struct buf out = { 0 };

	/*
	 * A panic ends QEMU at once (-no-reboot), instead of a hang. And the
	 * kernel does not check whether its timer ticks: on a busy host it
	 * seems not to (check_timer() of arch/x86/kernel/apic/io_apic.c, which
	 * skips this by itself on the hypervisors that it knows).
	 *
	 * A kernel with one CPU takes the lock prefixes out of its text, which
	 * TCG then translates anew: a tenth of the boot of a stock 6.1.
	 */
	buf_addf(
		&out,
		"console=ttyS0 panic=-1 no_timer_check noreplace-smp " BOOTLET_KEY_PORT
		"=%s",
		c->port);
	if (c->machine)
		buf_addf(&out, " %s", c->machine);
	if (c->rows && c->cols)
		buf_addf(&out, " " BOOTLET_KEY_SIZE "=%ux%u", c->rows, c->cols);
	if (c->fast)
		fast_add(c->loud && !c->initcalls, &out);
	if (c->fast && c->fast_machine)
		buf_addf(&out, " %s", c->fast_machine);
	if (c->initcalls || (c->loud && !c->fast))
		buf_adds(&out, " ignore_loglevel");
	/* Before there is a console the lines wait in the log, which a small
	 * kernel has 4 KiB of. */
	if (c->initcalls)
		buf_adds(&out, " initcall_debug printk.time=1 log_buf_len=1M");
	if (c->tsc_khz)
		buf_addf(&out, " tsc_early_khz=%u", c->tsc_khz);
	if (c->warm)
		buf_addf(&out, " " BOOTLET_KEY_WARM "=%c", c->warm);
	/* Symbols stay where vmlinux has them. */
	if (c->gdb)
		buf_adds(&out, " nokaslr");
	/* What the kernel does not know it puts into init's environment. */
	if (c->term)
		buf_addf(&out, " TERM=%s", c->term);
	if (c->ip)
		buf_addf(&out, " ip=%s", c->ip);
	if (c->net_background)
		buf_adds(&out, " " BOOTLET_KEY_NET "=" NET_BACKGROUND);
	for (size_t i = 0; i < c->append->n; i++)
		buf_addf(&out, " %s", c->append->v[i]);
	return out.p;
}
