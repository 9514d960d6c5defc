/* SPDX-License-Identifier: MIT */
/* The machines that QEMU can be, and what differs between them. */
#ifndef BOOTLET_MACHINE_H
#define BOOTLET_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

/** struct machine - a row; all strings are static */
struct machine {
	/** @name: as the user says it; @qemu: as -machine does, options
	 * included, without the accelerator */
	const char *name, *qemu;
	/** @pci: it has a bus for cards such as e1000 */
	bool pci;
	/** @second_uart: -serial makes more than the first UART */
	bool second_uart;
	/** @needs_tsc: it has no clock by which a kernel could find out how
	 * fast its time stamp counter is */
	bool needs_tsc;
	/** @more: further words for QEMU, NULL-ended */
	const char *more[8];
	/** @words: for the kernel command line, or NULL */
	const char *words;
	/** @fast: likewise with --fast, under TCG with one CPU; or NULL */
	const char *fast;
	/** @virtio: what ends the name of a virtio device here, behind e.g.
	 * "virtio-net": "-pci" or "-device" */
	const char *virtio;
	/** @virtio_module: that finds virtio devices here */
	const char *virtio_module;
};

/**
 * machine_find() - the row of that name
 * @name: "pc", "q35" or "microvm"
 *
 * Return: the row, or NULL.
 */
const struct machine *machine_find(const char *name);

/** machine_of() - @chosen; where that is NULL, what every kernel for a PC
 * boots on */
const struct machine *machine_of(const struct machine *chosen);

#endif
