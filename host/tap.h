/* SPDX-License-Identifier: MIT */
/*
 * Whether a guest can have a tap device or a place at a bridge, asked before
 * QEMU is started, so that the answer says what to do.
 */
#ifndef BOOTLET_TAP_H
#define BOOTLET_TAP_H

struct netifs;

/**
 * tap_check() - a tap device that `bootlet run --net tap=NAME` wants
 * @name: of the interface
 *
 * The kernel is asked as QEMU will ask it: the tap is opened and closed again.
 *
 * Return: 0; after one message: -ENODEV no such interface (says how to make
 * it), -EINVAL no tap, -EPERM another user's, -EBUSY a guest has it already,
 * -EACCES /dev/net/tun cannot be opened, -ENOENT it is not there; another
 * -errno of TUNSETIFF.
 */
int tap_check(const char *name);

/**
 * bridge_check() - a bridge that `bootlet run --net bridge=NAME` wants
 * @name: of the interface
 *
 * Return: 0; after one message: -ENODEV, -EINVAL no bridge, -ENOENT no
 * qemu-bridge-helper, -EPERM its ACL does not allow it: the message has the
 * line that is missing and the file it goes to; or it is not setuid root.
 */
int bridge_check(const char *name);

/**
 * bridge_check_acl() - what bridge_check() makes of the helper's rules
 * @name: of the bridge
 * @file: the rules' file
 *
 * Return: 0, also where only root can read them; -EPERM, -EINVAL after one
 * message.
 */
int bridge_check_acl(const char *name, const char *file);

/**
 * tap_guest_ip() - the address for a guest on a tap or bridge
 * @name: of the tap or bridge
 *
 * The guest's network is that of the bridge's first IPv4 address; its place
 * there is what bridge_guest_addr() says, which may be none.
 *
 * Return: value for ip=, e.g. "192.168.100.224:::255.255.255.0::eth0:off",
 * which the caller frees; NULL where there is none.
 */
char *tap_guest_ip(const char *name);

/** tap_plan_ip() - the same, of interfaces that were read already */
char *tap_plan_ip(const struct netifs *have, const char *name);

#endif
