/* SPDX-License-Identifier: MIT */
/*
 * The end: processes, file systems, the machine.
 *
 * Signals to PID 1 mean what BusyBox's applets mean by them, because these are
 * what is typed in the guest; sysvinit and systemd use some of them otherwise.
 *
 *	INT	Ctrl-Alt-Del, after POWER_CAD_OFF	restart
 *	TERM	reboot					restart
 *	USR1	halt					power off
 *	USR2	poweroff				power off
 *	PWR	a UPS, a hypervisor			power off
 *
 * halt powers off, too: a halted virtual machine is one that never ends.
 *
 * At the end all processes get TERM, then CONT, as a stopped one would sleep
 * through it. They have POWER_TERM_MS, then they get KILL. None of this waits
 * when nobody is left. An interactive shell ignores TERM: whoever started one
 * should end it with HUP first. Then file systems are unmounted; what is busy
 * becomes read-only; what cannot is detached. All of that has a time limit.
 */
#ifndef BOOTLET_POWER_H
#define BOOTLET_POWER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/reboot.h>

/* From TERM to KILL, and from KILL to the last reap, in milliseconds. */
#define POWER_TERM_MS 2000
#define POWER_KILL_MS 1000
/* sys_reboot() with it: Ctrl-Alt-Del is SIGINT to PID 1, no instant restart */
#define POWER_CAD_OFF RB_DISABLE_CAD

#define POWER_MAX_PLAN	 3
#define POWER_MAX_MOUNTS 256

/** enum power_action - how the machine ends */
enum power_action { POWER_NONE, POWER_OFF, POWER_REBOOT, POWER_ACTIONS };

/**
 * power_for_signal() - what a signal to PID 1 asks for
 * @sig: any number
 *
 * Return: POWER_NONE for one that asks for nothing.
 */
enum power_action power_for_signal(int sig);

/**
 * power_plan() - the commands of reboot(2) to try, in order
 * @action:  POWER_OFF or POWER_REBOOT
 * @can_off: the kernel knows how to switch this machine off
 *
 * A kernel that cannot power off turns LINUX_REBOOT_CMD_POWER_OFF into a halt
 * (kernel/reboot.c), which on a PC never returns: there is no falling back
 * from it. So where it cannot be done it is not tried: a restart comes first,
 * which ends QEMU under -no-reboot and Firecracker always. The price: a real
 * PC without ACPI starts again when told to go off.
 *
 * Return: POWER_MAX_PLAN of them; static.
 */
const int *power_plan(enum power_action action, bool can_off);

/**
 * parse_mounts() - find what must be unmounted
 * @text:    content of /proc/self/mounts, proc_pid_mounts(5), ended by a NUL;
 *           changed in place: the targets are in it, unescaped. A last line
 *           that was cut is left out
 * @targets: filled, the last mounted first
 * @max:     room in @targets; of more, the last mounted are taken
 *
 * File systems that keep nothing beyond the machine's memory are left out.
 *
 * Return: how many targets.
 */
size_t parse_mounts(char *text, const char *targets[], size_t max);

/**
 * power_end_processes() - TERM, wait, KILL, reap
 * @ms: milliseconds from TERM to KILL
 */
void power_end_processes(int ms);

/**
 * power_unmount() - unmount, else remount read-only, else detach
 * @mounts: path of the table, "/proc/self/mounts"
 */
void power_unmount(const char *mounts);

/**
 * power_reset_type() - have the kernel restart by a triple fault
 * @path: "/sys/kernel/reboot/type" (Linux 5.11 and later, on a PC)
 *
 * For a PC without ACPI. The kernel tries the keyboard controller and then the
 * BIOS, and never comes back from a BIOS that is not there: QEMU's microvm has
 * neither (arch/x86/kernel/reboot.c). A type that the user chose by reboot= is
 * left alone: only the default is replaced, "acpi", which cannot work.
 */
void power_reset_type(const char *path);

/**
 * power_try() - go through power_plan()
 * @action:  POWER_OFF or POWER_REBOOT
 * @can_off: see power_plan()
 *
 * PID 1 lets a child make the call: where it returns to the kernel's
 * do_exit(), that of PID 1 would be a panic.
 *
 * Return: the last call's -errno, or -EIO; returns only when all have failed.
 */
int power_try(enum power_action action, bool can_off);

/** power_off() - end everything, switch the machine off; sleeps if it stays */
_Noreturn void power_off(void);

/** power_reboot() - end everything, restart; sleeps if nothing happens */
_Noreturn void power_reboot(void);

#endif
