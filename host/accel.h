/* SPDX-License-Identifier: MIT */
/*
 * KVM or TCG. That /dev/kvm opens proves nothing: some of them never run a
 * stock kernel. So the first run with KVM is its probe, and what came of it is
 * kept until the machine is booted again.
 */
#ifndef BOOTLET_ACCEL_H
#define BOOTLET_ACCEL_H

#include <stdbool.h>

enum accel_kvm {
	ACCEL_KVM_NONE, /* no device, or it does not open */
	ACCEL_KVM_UNKNOWN, /* opens; nothing is known about it */
	ACCEL_KVM_GOOD, /* has booted a guest */
	ACCEL_KVM_BAD, /* has not booted one that TCG did */
};

/** ACCEL_PROBE_S - seconds without any sign of life from a guest under KVM
 * before it is given up */
#define ACCEL_PROBE_S 6.0

/**
 * accel_kvm() - what is known about KVM here
 * @why: set to a few words; static, or valid until the next call
 */
enum accel_kvm accel_kvm(const char **why);

/**
 * accel_remember() - keep what a run has shown, until the next boot
 *
 * Not a problem if it fails: the next run finds out again.
 */
void accel_remember(bool good);

/**
 * parse_accel_note() - read what accel_remember() wrote
 * @text: "BOOT-ID good\n" or "BOOT-ID bad\n"
 * @boot: this boot's id, without newline
 */
enum accel_kvm parse_accel_note(const char *text, const char *boot);

#endif
