/* SPDX-License-Identifier: MIT */
/*
 * How long each part of a run may take. Nothing here makes a system call: time
 * is an argument.
 */
#ifndef BOOTLET_DEADLINE_H
#define BOOTLET_DEADLINE_H

#include <stdbool.h>

/** enum milestone - moments of a run, in their order */
enum milestone {
	AT_START, /* QEMU was started */
	AT_READY, /* init said READY */
	AT_COMMAND, /* the command or the shell was started */
	AT_STATUS, /* the verdict came */
	AT_END, /* QEMU has ended */
	N_MILESTONES,
};

/** enum deadline - what may take its time only */
enum deadline {
	DEADLINE_NONE,
	DEADLINE_BOOT,
	DEADLINE_INIT,
	DEADLINE_COMMAND,
	DEADLINE_SHUTDOWN,
	DEADLINE_ALL,
	DEADLINE_N,
};

/** DEADLINE_SHUTDOWN_S - default of the one for switching off, seconds; also
 * how long a guest has that a signal to bootlet ends */
#define DEADLINE_SHUTDOWN_S 10.0

/** struct deadlines - their lengths; all zeros: the defaults */
struct deadlines {
	/** @seconds: from the first moment of a deadline to its last; 0: no
	 * limit. @given: by the user, 0 included */
	double seconds[DEADLINE_N];
	bool given[DEADLINE_N];
};

/** struct deadline_run - what the defaults depend on */
struct deadline_run {
	/** @shell: there is no command; @terminal: a person types into it;
	 * @debugger: gdb may stop the guest at any time */
	bool shell, terminal, debugger;
};

/** deadline_name() - "boot", "init", ... as reports have it; NULL for none */
const char *deadline_name(enum deadline d);

/** deadlines_settle() - put the defaults where nothing was given */
void deadlines_settle(struct deadlines *d, const struct deadline_run *run);

/**
 * deadline_passed() - which deadline has passed
 * @d:   settled
 * @at:  milestones, milliseconds of any clock; 0: not yet, but for AT_START
 * @now: of the same clock
 *
 * That for all ends with the verdict; where switching off has no limit it goes
 * on, but leaves DEADLINE_SHUTDOWN_S for it.
 *
 * Return: one of those under way, DEADLINE_NONE if none has passed.
 */
enum deadline deadline_passed(const struct deadlines *d,
			      const long long at[N_MILESTONES], long long now);

/**
 * deadline_next() - when to ask again
 *
 * Return: the moment when the next one under way passes, as in
 * deadline_passed(); 0: never.
 */
long long deadline_next(const struct deadlines *d,
			const long long at[N_MILESTONES]);

/**
 * deadline_text() - what to say of one that has passed
 * @d:       which
 * @seconds: its length
 * @phase:   that was under way
 * @unread:  seconds for which nobody has read the guest's output, 0: none
 * @means:   what it means here, or NULL: what it usually does
 *
 * Return: one line, the caller frees.
 */
char *deadline_text(enum deadline d, double seconds, const char *phase,
		    double unread, const char *means);

#endif
