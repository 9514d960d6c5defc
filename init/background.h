/* SPDX-License-Identifier: MIT */
/* What nobody waits for: see BOOTLET_KEY_NET and BOOTLET_KEY_COLDPLUG in
 * protocol.h. */
#ifndef BOOTLET_BACKGROUND_H
#define BOOTLET_BACKGROUND_H

struct boot_config;

/**
 * background_start() - load drivers of networks, set addresses, and go on
 * @cfg: its @background asks for that
 *
 * With coldplug the process stays, for devices that are plugged in later.
 *
 * After the main child: by now nothing that it needs is missing. Before
 * handlers of signals, which would keep the process that does it from being
 * ended like any other. modules_apply() and net_apply() have left their files
 * open for it.
 */
void background_start(const struct boot_config *cfg);

#endif
