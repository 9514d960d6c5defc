/* SPDX-License-Identifier: MIT */
/*
 * When what happened, in nanoseconds of CLOCK_MONOTONIC: the host's side of a
 * boot's timeline.
 */
#ifndef BOOTLET_MOMENTS_H
#define BOOTLET_MOMENTS_H

/** enum moment - in their order */
enum moment {
	MOMENT_BEGIN, /* bootlet's main() */
	MOMENT_QEMU, /* QEMU is forked */
	MOMENT_LISTEN, /* QEMU has made its sockets: it runs its guest */
	MOMENT_READY, /* init has said READY */
	MOMENT_COMMAND, /* the command or the shell was started */
	MOMENT_STATUS, /* the verdict came */
	MOMENT_GONE, /* QEMU is reaped */
	N_MOMENTS,
};

/** struct moments - zero it to begin with */
struct moments {
	/** @ns: 0: not reached */
	long long ns[N_MOMENTS];
	/** @kernel: when the guest's CLOCK_BOOTTIME was 0: where its kernel's
	 * own times count from; 0: nobody knows */
	long long kernel;
};

/** moments_now() - nanoseconds of CLOCK_MONOTONIC, clock_gettime(2) */
long long moments_now(void);

/** moments_begin() - this is MOMENT_BEGIN; first call of main() */
void moments_begin(void);

/** moments_began() - the value of MOMENT_BEGIN */
long long moments_began(void);

/** moments_mark() - it is now, unless it was before */
void moments_mark(struct moments *m, enum moment which);

/**
 * moments_guest() - a word from the guest has just come
 * @m:     @kernel is set to what this and all before agree with
 * @clock: nanoseconds of the guest's CLOCK_BOOTTIME when it was said
 *
 * A word takes its time, so the earliest zero is the best one.
 */
void moments_guest(struct moments *m, long long clock);

#endif
