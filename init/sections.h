/* SPDX-License-Identifier: MIT */
/*
 * Where the kernel's modules lie in memory, for a debugger: a text for each
 * one that is loaded, and for each that comes or goes later, see FRAME_MODULE
 * in protocol.h.
 */
#ifndef BOOTLET_SECTIONS_H
#define BOOTLET_SECTIONS_H

#include <stddef.h>
#include <sys/types.h>

/**
 * sections_fd() - readable when a module may have come or gone
 *
 * Return: -1 before sections_next(), below 0 where the kernel does not tell
 * (it was built without CONFIG_NET): then the modules loaded at the first
 * sections_next() are all.
 */
int sections_fd(void);

/**
 * sections_next() - the next thing to say about modules
 * @text: "NAME SECTION=0xADDRESS ...", .text first, as much as fits, never a
 *        part of a section; "NAME": that module is gone; not ended by a NUL
 * @size: bytes of @text, more than 64
 *
 * The first calls tell of all modules in /proc/modules, the one that was
 * loaded first before the others; what comes or goes meanwhile waits in the
 * kernel. When it could not keep all of that, all modules are told of again,
 * also those that are gone. What is known already may be said once more.
 *
 * Names and addresses are those of /sys/module/NAME/sections. Left out are
 * sections without a name that begins with ".", those that say nothing to a
 * debugger, and .init*: when the kernel tells of a module, its start is over
 * and they are freed. Where all addresses are hidden (kernel.kptr_restrict
 * in the kernel's admin-guide/sysctl/kernel; no CONFIG_KALLSYMS) a line on
 * the console says so, once.
 *
 * Return: bytes of @text; 0: nothing this time, call again; -EAGAIN or another
 * -errno: nothing before sections_fd() is readable.
 */
ssize_t sections_next(char *text, size_t size);

#endif
