// SPDX-License-Identifier: MIT
#include "deadline.h"

#include "str.h"

#include <assert.h>
#include <stddef.h>

static const struct row {
	/* As the option has it, without "-timeout". */
	const char *name;
	enum milestone begin, end;
	/* Defaults, in seconds: for a command, a shell, one on a terminal. */
	double command, shell, terminal;
	/* "the deadline for WHAT passed"; and what that means, or NULL. */
	const char *what, *means;
	const char *option;
} rows[] = {
	[DEADLINE_BOOT] = {
		.name = "boot",
		.begin = AT_START,
		.end = AT_READY,
		.command = 120,
		.shell = 120,
		.what = "the boot",
		.means = "no word from init",
		.option = "--boot-timeout",
	},
	[DEADLINE_INIT] = {
		.name = "init",
		.begin = AT_READY,
		.end = AT_COMMAND,
		.command = 60,
		.shell = 60,
		.what = "init",
		.means = "the command was not started",
		.option = "--init-timeout",
	},
	[DEADLINE_COMMAND] = {
		.name = "command",
		.begin = AT_COMMAND,
		.end = AT_STATUS,
		.command = 3600,
		.what = "the command",
		.option = "--command-timeout",
	},
	[DEADLINE_SHUTDOWN] = {
		.name = "shutdown",
		.begin = AT_STATUS,
		.end = AT_END,
		.command = DEADLINE_SHUTDOWN_S,
		.shell = DEADLINE_SHUTDOWN_S,
		.terminal = DEADLINE_SHUTDOWN_S,
		.what = "switching off",
		.means = "the guest was killed",
		.option = "--shutdown-timeout",
	},
	[DEADLINE_ALL] = {
		.name = "all",
		.begin = AT_START,
		.end = AT_STATUS,
		.what = "all of it",
		.option = "--timeout",
	},
};

static_assert(sizeof(rows) / sizeof(rows[0]) == DEADLINE_N,
	      "one row a deadline");

const char *deadline_name(enum deadline d)
{
	return rows[d].name;
}

void deadlines_settle(struct deadlines *d, const struct deadline_run *run)
{
	for (int i = DEADLINE_BOOT; i < DEADLINE_N; i++) {
		const struct row *row = &rows[i];

		if (d->given[i])
			continue;
		if (run->debugger)
			d->seconds[i] = 0;
		else if (!run->shell)
			d->seconds[i] = row->command;
		else
			d->seconds[i] = run->terminal ? row->terminal :
							row->shell;
	}
}

/* A later one tells, too: an init that fails never starts a command. */
static bool reached(const long long at[], enum milestone m)
{
	if (m == AT_START)
		return true;
	for (int i = (int)m; i < N_MILESTONES; i++)
		if (at[i])
			return true;
	return false;
}

/* When it passes; 0: it is not under way, or has no limit. */
static long long passes_at(const struct deadlines *d, enum deadline which,
			   const long long at[])
{
	const struct row *row = &rows[which];
	enum milestone end = row->end;
	long long moment, least;

	if (which == DEADLINE_ALL && !(d->seconds[DEADLINE_SHUTDOWN] > 0))
		end = AT_END;
	if (!(d->seconds[which] > 0) || reached(at, end) ||
	    !reached(at, row->begin))
		return 0;
	moment = at[row->begin] + (long long)(d->seconds[which] * 1000);
	least = at[AT_STATUS] + (long long)(DEADLINE_SHUTDOWN_S * 1000);
	if (which == DEADLINE_ALL && at[AT_STATUS] && moment < least)
		return least;
	return moment;
}

enum deadline deadline_passed(const struct deadlines *d,
			      const long long at[N_MILESTONES], long long now)
{
	for (int i = DEADLINE_BOOT; i < DEADLINE_N; i++) {
		long long moment = passes_at(d, (enum deadline)i, at);

		if (moment && now >= moment)
			return (enum deadline)i;
	}
	return DEADLINE_NONE;
}

long long deadline_next(const struct deadlines *d,
			const long long at[N_MILESTONES])
{
	long long next = 0;

	for (int i = DEADLINE_BOOT; i < DEADLINE_N; i++) {
		long long moment = passes_at(d, (enum deadline)i, at);

		if (moment && (!next || moment < next))
			next = moment;
	}
	return next;
}

/* The word's end for so many of them, as %g prints their number. */
static const char *plural(double n)
{
	return n > 0.9999995 && n < 1.000005 ? "" : "s";
}

char *deadline_text(enum deadline d, double seconds, const char *phase,
		    double unread, const char *means)
{
	const struct row *row = &rows[d];
	struct buf b = { 0 };

	buf_addf(&b, "the deadline of %g second%s for %s passed in phase %s",
		 seconds, plural(seconds), row->what, phase);
	if (!means)
		means = row->means;
	if (means)
		buf_addf(&b, ": %s", means);
	if (unread >= 1)
		buf_addf(&b, "; for %.0f second%s nobody had read its output",
			 unread, unread < 1.5 ? "" : "s");
	buf_addf(&b, "; %s gives it more, 0: no limit", row->option);
	return b.p;
}
