/* SPDX-License-Identifier: MIT */
/*
 * The modules that this machine's devices ask for, see BOOTLET_KEY_COLDPLUG in
 * protocol.h.
 */
#ifndef BOOTLET_COLDPLUG_H
#define BOOTLET_COLDPLUG_H

#include <stdbool.h>
#include <stddef.h>

struct boot_config;

/** enum coldplug - which devices; what their buses need is loaded with each */
enum coldplug {
	COLDPLUG_NONE = 0,
	COLDPLUG_NETS = 1,
	COLDPLUG_BLOCKS = 2,
	COLDPLUG_EVERY = COLDPLUG_NETS | COLDPLUG_BLOCKS,
};

/**
 * parse_coldplug() - which devices are to have their modules
 * @cfg: its @params are read; a word that is none is said
 *
 * Return: see enum coldplug.
 */
enum coldplug parse_coldplug(const struct boot_config *cfg);

/**
 * coldplug_wants() - whether a module that a device asks for is to be loaded
 * @line: of modules.dep
 * @net:  drivers of networks may be loaded now
 *
 * For COLDPLUG_NETS and COLDPLUG_BLOCKS the directory that its file lies in
 * decides, below drivers/. Who made a module that is not of the kernel's own
 * tree wants it to be used.
 */
bool coldplug_wants(const char *line, bool net);

/**
 * coldplug_apply() - load modules for the devices that there are
 * @which: not COLDPLUG_NONE; COLDPLUG_EVERY: those of classes, too, which are
 *         no hardware, such as inputs and the board
 *
 * Then for those that appeared meanwhile, be it on a bus whose driver has just
 * come; COLDPLUG_EVENTS at most.
 */
void coldplug_apply(enum coldplug which);

/**
 * coldplug_poll() - wait for a device, and load modules for it
 * @ms: at most so long, in milliseconds; -1: no limit
 *
 * For who waits for a device that a module has yet to bring. Without coldplug
 * it just waits.
 *
 * Return: whether the kernel had something to say: then more may follow.
 */
bool coldplug_poll(int ms);

/** coldplug_on() - whether coldplug_apply() was called, and has an ear */
bool coldplug_on(void);

#define COLDPLUG_EVENTS 4096

#endif
