// SPDX-License-Identifier: MIT
/*
 * A QEMU that says what none would, on each way that leads out of it: monitor,
 * channel, console, stderr. Whatever it is, the run ends within its bounds,
 * with a failure, with few words and little memory, and leaves nothing.
 */
#include "garbage.h"

/* Those that say at once that they are none; full_garbage.c has all. */
const char *const modes[] = { "close", "endless", "deep", "huge-number" };

static const char *const of_channel[] = {
	"close", "slow", "endless",    "newlines",    "deep",	"bytes",
	"half",	 "sync", "sync-noise", "sync-silent", "frames",
};

static const char *const of_streams[] = { "endless", "newlines", "bytes",
					  "deep" };

START_TEST(channel)
{
	only("FAKE_CHANNEL", of_channel[_i]);
	vm_sh(&r, SMALL, RUN, "--boot-timeout", "3", "--", "true");
	ck_failed(of_channel[_i]);
	ck_assert_double_lt(r.seconds, 20);
	/* What is no frame behind the words that begin them is said. */
	if (!strcmp(of_channel[_i], "sync-noise") ||
	    !strcmp(of_channel[_i], "frames"))
		ck_code(&r, 125);
}
END_TEST

static const char *const keys[] = { "FAKE_CONSOLE", "FAKE_WORDS" };

START_TEST(streams)
{
	const char *mode = of_streams[_i % N(of_streams)];

	only(keys[_i / N(of_streams)], mode);
	vm_sh(&r, SMALL, RUN, "--boot-timeout", "3", "--", "true");
	ck_code(&r, 124);
	ck_failed(mode);
	ck_assert_double_lt(r.seconds, 20);
}
END_TEST

/* It would wait for a person at its monitor until the deadline. */
START_TEST(paused_in_internal_error)
{
	only("FAKE_WORDS", _i ? "kvm-run" : "kvm-words");
	setenv("FAKE_QMP", "internal-error", 1);
	vm_sh(&r, SMALL, RUN, "--timeout", "100", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, _i ? "QEMU has stopped the guest: kvm run failed Bad" :
			   "QEMU has stopped the guest: KVM internal error. "
			   "Suberror: 1");
	ck_assert_double_lt(r.seconds, 20);
	vm_nothing_left(2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("garbage");

	add(s, "channel", channel, N(of_channel));
	add(s, "streams", streams, N(keys) * N(of_streams));
	add(s, "run", monitor_of_a_run, N(modes));
	add(s, "another", monitor_of_another, N(modes));
	add(s, "paused", paused_in_internal_error, 2);
	return s;
}
