// SPDX-License-Identifier: MIT
#include "machine.h"

#include <string.h>

/*
 * acpi=on: without it a kernel finds virtio devices only by its command line,
 * and not all look there; it cannot power off, and takes longer to boot. With
 * it there is no timer but that of the processor, and a PIT that is read as
 * long as the host is not busy.
 *
 * reboot=a: else a kernel that restarts, as after a panic, looks for a PC's
 * keyboard controller and ends up in the firmware before QEMU stops it.
 *
 * tsc=reliable: nothing is there that could watch over the time stamp counter,
 * and a clock that wants watching is not good for naps of less than a tick: the
 * kernel would go by its ticks alone, of 4 ms, for the first seconds. A guest
 * under TCG reads the host's counter, which has the host's watching.
 *
 * More of microvm: vhost-user devices (virtiofs) are no legacy ones. And there is
 * nothing at port 61h, where a PC says whether a parity error was the reason
 * for an NMI; what reads as all ones is one (arch/x86/kernel/nmi.c). 20h is
 * what a PC's port reads as: none.
 *
 * nolapic_timer: a kernel finds out how fast the local APIC's timer counts by
 * watching it for 100 ms, unless it is told to tick by the HPET: 107 ms of each
 * boot, on pc as on q35.
 */
static const struct machine machines[] = {
	{
		.name = "pc",
		.qemu = "pc",
		.pci = true,
		.second_uart = true,
		.fast = "nolapic_timer",
		.virtio = "-pci",
		.virtio_module = "virtio_pci",
	},
	{
		.name = "q35",
		.qemu = "q35",
		.pci = true,
		.second_uart = true,
		.fast = "nolapic_timer",
		.virtio = "-pci",
		.virtio_module = "virtio_pci",
	},
	{
		.name = "microvm",
		.qemu = "microvm,acpi=on",
		.more = { "-global", "virtio-mmio.force-legacy=false",
			  "-chardev", "null,id=port61", "-device",
			  "isa-debugcon,iobase=0x61,readback=0x20,chardev=port61" },
		.words = "reboot=a tsc=reliable",
		.needs_tsc = true,
		.virtio = "-device",
		.virtio_module = "virtio_mmio",
	},
};

const struct machine *machine_find(const char *name)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(machines[i].name, name))
			return &machines[i];
	return NULL;
}

const struct machine *machine_of(const struct machine *chosen)
{
	return chosen ? chosen : &machines[0];
}
