/* SPDX-License-Identifier: MIT */
/*
 * What a kernel's initcalls took, from its console under initcall_debug: each
 * built-in one, each module's, each device's probe, and the levels.
 *
 * Times are nanoseconds of printk's clock. An initcall's is what the kernel has
 * measured, without the printing of its two lines; before the kernel's clock
 * counts finer than a tick it is the time between these lines. A line that was
 * lost is made up for as well as can be: of one call the end is the begin of the
 * next one. The console is a guest's: lines and their number are bounded.
 */
#ifndef BOOTLET_INITCALL_H
#define BOOTLET_INITCALL_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a line that are read; entries that are kept. */
#define INITCALL_LINE_MAX 512
#define INITCALLS_MAX	  20000

enum initcall_kind {
	INITCALL_BUILTIN,
	INITCALL_MODULE,
	INITCALL_PROBE,
	INITCALL_LEVEL,
};

/** struct initcall - one of them; strings live as long as the initcalls */
struct initcall {
	enum initcall_kind kind;
	/** @name: function, device or level; @module: NULL of what is built in,
	 * which a probe does not say */
	char *name, *module;
	/** @pid: of the process that called it, -1: unknown */
	long pid;
	/** @begin, @end: nanoseconds */
	long long begin, end;
	/** @result: what it has returned, where @has_result */
	int result;
	bool has_result;
	/** @open: it had not returned when the console ended */
	bool open;
};

struct initcalls;

/** initcalls_new() - begin a console. Return: for initcalls_free() to free */
struct initcalls *initcalls_new(void);

/** initcalls_reset() - another guest begins, this one has come to nothing */
void initcalls_reset(struct initcalls *x);

/**
 * initcalls_feed() - take the console's next bytes, cut anywhere
 * @now: nanoseconds of the host's clock; see initcalls_host()
 */
void initcalls_feed(struct initcalls *x, const void *p, size_t n,
		    long long now);

/** initcalls_end() - the console has ended; once, before anything is asked */
void initcalls_end(struct initcalls *x);

/** initcalls_all() - all of them, in the order they began in. @n: how many */
const struct initcall *initcalls_all(const struct initcalls *x, size_t *n);

/**
 * initcalls_host() - what the host's clock was at a time of printk's
 * @ns: nanoseconds of printk's clock, e.g. of an initcall
 * @at: filled with nanoseconds of the clock that initcalls_feed() was told
 *
 * printk's clock is no steady one before the kernel trusts its time stamp
 * counter (kernel/sched/clock.c): it may run ahead by some 50 ms and wait for
 * the world again. So it is laid on the host's line by line. No line comes
 * before it is printed, and some come at once: the distance of the two clocks at
 * a time is the least that this line or a later one has.
 *
 * Return: 0; -ENODATA where no line has said.
 */
int initcalls_host(const struct initcalls *x, long long ns, long long *at);

/** initcalls_lost() - how many there were above INITCALLS_MAX */
unsigned long initcalls_lost(const struct initcalls *x);

/** initcalls_free() - free all; NULL is allowed */
void initcalls_free(struct initcalls *x);

#endif
