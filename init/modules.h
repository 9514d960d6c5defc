/* SPDX-License-Identifier: MIT */
/*
 * Kernel modules: those named by bootlet.modules=, then every file that lies
 * flat in /lib/modules.
 */
#ifndef BOOTLET_MODULES_H
#define BOOTLET_MODULES_H

#include "moddep.h"

struct boot_config;
struct modalias_starts;

/**
 * modules_apply() - phase: load all modules
 * @cfg: its @modules, @blacklist and, for MODULE.PARAM=VALUE, @params
 *
 * Names are looked up in modules.dep, modules.builtin and modules.alias (names
 * only, no patterns) of the running kernel's directory as modprobe(8) does it,
 * dependencies and soft dependencies first; then as a file flat in
 * /lib/modules, then in the kernel's directory. Flat files are loaded in the
 * order of their names, and once more after others where a symbol is missing.
 *
 * A name in modprobe.blacklist= is loaded as a dependency of another module
 * and in no other way, be it named by bootlet.modules=: who blacklists on the
 * command line wants to get past what the image asks for.
 *
 * Every module that fails is reported in a line of its own; none stops the
 * next.
 *
 * Return: 0, or -errno of the first that failed.
 */
int modules_apply(struct boot_config *cfg);

/**
 * modules_background() - load what modules_apply() has put off
 *
 * With @background of its @cfg that is a named module whose file lies below
 * drivers/net/, and all flat ones.
 *
 * Return: see modules_apply().
 */
int modules_background(void);

/**
 * modules_want() - load one module now, and what it needs
 * @name: of a module or an alias of one, e.g. "ext4", "fs-ext4", "virtiofs"
 *
 * After modules_apply(), whose @cfg still counts; also where that had nothing
 * to do. What fails is said, that there is no such module is not.
 *
 * Return: 0, also where it is built in or there already; -ENOENT where there
 * is none; -errno of the one that failed, -EPERM where modprobe.blacklist= has
 * it.
 */
int modules_want(const char *name);

/**
 * modules_drive() - load what drives devices, of which coldplug knows
 * @names:  see modalias_next()
 * @starts: likewise
 *
 * Of those that coldplug_wants().
 */
void modules_drive(const char *names, const struct modalias_starts *starts);

/**
 * modules_load() - the same with another directory
 * @cfg: see modules_apply()
 * @dir: for /lib/modules
 *
 * The directories stay open, closed on exec, and the index stays mapped.
 *
 * Return: see modules_apply().
 */
int modules_load(const struct boot_config *cfg, const char *dir);

/** modules_reset() - for who calls modules_load() again: forget all */
void modules_reset(void);

#endif
