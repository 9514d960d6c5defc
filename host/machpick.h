/* SPDX-License-Identifier: MIT */
/* --machine auto: which machine is quickest and lacks nothing. */
#ifndef BOOTLET_MACHPICK_H
#define BOOTLET_MACHPICK_H

#include "kernel.h"
#include "machine.h"
#include "recipe.h"
#include "run.h"

#include <stdbool.h>

/** struct machpick_facts - what machpick_decide() decides by */
struct machpick_facts {
	/** @pvh: the kernel is entered through PVH; @release: as `uname -r`
	 * prints it, or NULL */
	bool pvh;
	const char *release;
	/** @config: the kernel's configuration is known, and says: */
	bool config;
	/** @acpi: it can switch off where there is nothing but ACPI */
	bool acpi;
	/** @mmio, @pci: it has the driver that finds virtio devices without a
	 * bus, and on PCI; @net: the one of virtio's network card */
	bool mmio, pci, net;
	/** @card: there is a network; @card_pci: of a card for PCI, by name */
	bool card, card_pci;
	/** @disk_pci: there is a disk on a controller for PCI */
	bool disk_pci;
	/** @share: there is something that virtio devices alone can do */
	bool share;
	/** @cpus: number; @word: of the command line that is about what only a
	 * PC has, or NULL; @module: asked for, that drives cards on PCI, or
	 * NULL */
	unsigned int cpus;
	const char *word, *module;
};

/**
 * machpick_decide() - choose
 * @f:   facts
 * @why: set to why it is not microvm, in a few words; NULL where it is. Static
 *
 * A pure function. Return: the row.
 */
const struct machine *machpick_decide(const struct machpick_facts *f,
				      const char **why);

/**
 * machpick_word() - a word that asks for what microvm has not
 * @append: the user's words for the kernel command line
 *
 * Return: how it begins, static; or NULL. Source:
 * Documentation/admin-guide/kernel-parameters.txt.
 */
const char *machpick_word(const struct strv *append);

/**
 * machpick_config() - read what matters of a kernel's configuration
 * @text: a .config
 * @n:    bytes of it
 * @f:    @config, @acpi, @mmio, @pci and @net are set
 */
void machpick_config(const char *text, size_t n, struct machpick_facts *f);

/**
 * machpick_settle() - settle machine and network card of a run
 * @spec:   its machine, and the card where nobody has chosen one, are set
 * @recipe: whose modules are asked for
 * @k:      the kernel
 * @boot:   the file that QEMU loads, see kentry_find()
 *
 * With -v it says what was chosen and why.
 */
void machpick_settle(struct run_spec *spec, const struct recipe *recipe,
		     const struct kernel *k, const char *boot);

#endif
