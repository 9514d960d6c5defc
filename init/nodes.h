/* SPDX-License-Identifier: MIT */
/*
 * Device nodes and links in /dev, with devtmpfs and without it.
 */
#ifndef BOOTLET_NODES_H
#define BOOTLET_NODES_H

struct boot_config;

/**
 * nodes_apply() - phase: make every node and link of the table
 * @cfg: its console and port get a node as well, numbered as sysfs says
 *
 * What is there already is kept; /dev/ttyS0 gets mode 666 in any case. The
 * numbers are those of Documentation/admin-guide/devices.txt of the kernel.
 *
 * Return: 0, or the -errno of the first that failed; the others were made.
 */
int nodes_apply(struct boot_config *cfg);

#endif
