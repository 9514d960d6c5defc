/* SPDX-License-Identifier: MIT */
/* QEMU's command line, as a pure function of what the guest shall be. */
#ifndef BOOTLET_QEMU_H
#define BOOTLET_QEMU_H

#include "machine.h"
#include "ports.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** struct qemu_nic - a kind of network card */
struct qemu_nic {
	/** @name: as the user says it; @device: as QEMU does, of a virtio
	 * device without what the machine's row ends it with */
	const char *name, *device;
	/** @virtio: on the machine's bus for virtio; else on PCI */
	bool virtio;
	/** @modules: that drive it, NULL-ended; the bus' own is the machine's */
	const char *modules[4];
};

/** qemu_nic_find() - the row of that name, or NULL */
const struct qemu_nic *qemu_nic_find(const char *name);

/** QEMU_NETDEV - by which QEMU's monitor knows the guest's network */
#define QEMU_NETDEV "net0"

/** enum qemu_net_type - what the guest's card is connected to */
enum qemu_net_type {
	QEMU_NET_NONE,
	QEMU_NET_USER,
	QEMU_NET_TAP,
	QEMU_NET_BRIDGE
};

/** struct qemu_net - a network and how the guest is connected to it */
struct qemu_net {
	enum qemu_net_type type;
	/** @ifname: of tap or bridge */
	const char *ifname;
	/** @forwards: values of hostfwd=, for QEMU_NET_USER; or NULL */
	const struct strv *forwards;
	/** @mac: or NULL for QEMU's own, which all its guests share */
	const char *mac;
};

/** struct qemu_gdb - QEMU's gdbstub */
struct qemu_gdb {
	/** @path: of a UNIX socket; NULL: TCP at @port of 127.0.0.1, and where
	 * that is 0 too: none */
	const char *path;
	unsigned int port;
	/** @fd: descriptor that listens there and that QEMU inherits; 0: QEMU
	 * shall listen itself */
	int fd;
	/** @wait: the guest does not run before gdb says so */
	bool wait;
};

/** struct qemu_warm - a guest whose state is kept, or that goes on from one;
 * zero for neither */
struct qemu_warm {
	/** @ram: file of its memory, NULL: none; @kept: it goes on from there:
	 * what it writes is not for others, and no kernel is loaded */
	const char *ram;
	bool kept;
	/** @port: descriptors in place of @channel's sockets, @monitor: of one
	 * more monitor, by which the state is loaded; where it is @kept */
	int port[N_PORTS], monitor;
};

/** struct qemu_spec - a guest to be */
struct qemu_spec {
	/** @binary: of QEMU; @accel: "tcg" or "kvm" */
	const char *binary, *accel;
	/** @machine: NULL: the default */
	const struct machine *machine;
	/** @kernel, @initrd: files; @append: the whole kernel command line */
	const char *kernel, *initrd, *append;
	/** @qmp: path of the socket for its monitor; @events: of a second one,
	 * for whom it stops where it would end; NULL: none */
	const char *qmp, *events;
	/** @channel: paths of the sockets that QEMU makes for the channel, each
	 * NULL for none */
	const char *channel[N_PORTS];
	/** @mem: MiB; @cpus: number of virtual CPUs */
	unsigned int mem, cpus;
	/** @icount: its time is its instructions; the channel is a file, or a
	 * FIFO, at @channel, and only leads out */
	bool icount;
	/** @monitor: Ctrl-A on the console reaches QEMU's monitor */
	bool monitor;
	/** @nic: NULL for no network */
	const struct qemu_nic *nic;
	/** @net: what the card is connected to */
	struct qemu_net net;
	/** @devices: further words, or NULL */
	const struct strv *devices;
	/** @gdb: zero for none */
	struct qemu_gdb gdb;
	struct qemu_warm warm;
};

/**
 * qemu_argv() - write the command line
 * @spec: the guest
 * @argv: words are appended to it
 *
 * The console is the first UART, on QEMU's own stdin and stdout; the channel
 * is the second, a port of a virtio-console, or both: see protocol.h. A stock
 * kernel for a PC has the driver of the UARTs, 16550s, built in.
 */
void qemu_argv(const struct qemu_spec *spec, struct strv *argv);

/** struct qemu_cmdline - what the kernel command line is made from */
struct qemu_cmdline {
	/** @port: BOOTLET_KEY_PORT's list */
	const char *port;
	/** @ip: value of ip=, or NULL; @term: TERM=, or NULL */
	const char *ip, *term;
	/** @net_background: nothing waits for the network */
	bool net_background;
	/** @rows, @cols: of the terminal, 0 where there is none */
	unsigned int rows, cols;
	/** @tsc_khz: of the time stamp counter, 0: the kernel finds out */
	unsigned int tsc_khz;
	/** @machine: words that it needs, or NULL */
	const char *machine;
	/** @loud: the console gets all that the kernel says, whatever changes
	 * its level meanwhile */
	bool loud;
	/** @initcalls: the kernel says what each initcall took, and all of it
	 * comes */
	bool initcalls;
	/** @fast: with the words of fast.h, and FAST_LEVEL where @loud */
	bool fast;
	/** @fast_machine: further words with @fast, or NULL */
	const char *fast_machine;
	/** @warm: init waits before the command: value of BOOTLET_KEY_WARM, 0:
	 * it does not */
	char warm;
	/** @gdb: for a debugger: symbols stay where vmlinux has them */
	bool gdb;
	/** @append: the user's own words, after all others */
	const struct strv *append;
};

/** qemu_cmdline() - write the kernel command line; the caller frees */
char *qemu_cmdline(const struct qemu_cmdline *c);

/** QEMU_IP_USER - what QEMU's own network (-netdev user) gives its guest */
#define QEMU_IP_USER "10.0.2.15::10.0.2.2:255.255.255.0:::off:10.0.2.3"

/** QEMU_CMDLINE_MAX - bytes a kernel for x86 takes, without the NUL:
 * COMMAND_LINE_SIZE of arch/x86/include/asm/setup.h */
#define QEMU_CMDLINE_MAX 2047

#endif
