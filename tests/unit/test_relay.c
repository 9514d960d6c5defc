// SPDX-License-Identifier: MIT
/* Reports of modules on their way through a channel that others use, too. */
#include "init/child.h"
#include "init/io.h"
#include "init/relay.h"
#include "init/report.h"
#include "init/sections.h"
#include "modules.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADDRESS "0xffffffffc0000000"
#define MANY	300
/* What may be queued so that a whole frame finds room: report.c. */
#define FULL (3 * (FRAME_HEADER + FRAME_MAX) - 256)

static int host = -1;
static char tty[64];
static struct boot_config cfg;

/* What the host has read, and what of it is not a frame yet. */
static struct {
	unsigned char bytes[FRAME_HEADER + FRAME_MAX];
	size_t len;
	size_t ready, modules, gone, phases, output;
	char last[FRAME_MAX + 1]; /* report of a module */
} seen;

static void setup(void)
{
	int slave;

	modules_make();
	ck_assert_int_eq(openpty(&host, &slave, tty, NULL, NULL), 0);
	cfg = (struct boot_config){ .port = tty + strlen("/dev/"),
				    .gdb = true };
	ck_assert_int_eq(report_open(&cfg), 0);
	close(slave);
	while (read(host, seen.bytes, 1) == 1 && seen.bytes[0] != '\n')
		;
}

static void teardown(void)
{
	close(host);
	modules_remove();
}

static void take(const struct report_frame *f)
{
	switch (f->type) {
	case FRAME_MODULE:
		memcpy(seen.last, f->data, f->len);
		seen.last[f->len] = '\0';
		seen.modules += strstr(seen.last, " .text=" ADDRESS) != NULL;
		seen.gone += !strchr(seen.last, ' ');
		break;
	case FRAME_PHASE:
		seen.phases++;
		break;
	case FRAME_STDOUT:
		seen.output += f->len;
		break;
	default:
		ck_assert_int_eq(f->type, FRAME_READY);
		seen.ready++;
	}
}

/* Read once, at most so much. Return: whether there was something. */
static bool host_read(size_t max)
{
	struct pollfd p = { .fd = host, .events = POLLIN };
	size_t room = sizeof(seen.bytes) - seen.len;
	struct report_frame f;
	ssize_t n;
	int r;

	if (poll(&p, 1, 20) <= 0)
		return false;
	n = read(host, seen.bytes + seen.len, room < max ? room : max);
	ck_assert_int_gt(n, 0);
	seen.len += (size_t)n;
	while ((r = report_parse(seen.bytes, seen.len, &f)) > 0) {
		take(&f);
		seen.len -= (size_t)r;
		memmove(seen.bytes, seen.bytes + r, seen.len);
	}
	ck_assert_int_eq(r, 0);
	return true;
}

static void no_signal(int sig)
{
	ck_abort_msg("signal %d", sig);
}

static void turn(void)
{
	relay_wait(2);
	relay_move(&cfg, no_signal);
}

static void put_many(void)
{
	static char lines[65536];
	char name[32];
	size_t len = 0;

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "module_%d", i);
		put_state(name, "live\n");
		put_section(name, ".text", ADDRESS "\n");
		/* Long enough that 300 of them fill queue and tty. */
		for (int j = 0; j < 8; j++) {
			char section[64];

			snprintf(section, sizeof(section), ".data.%040d", j);
			put_section(name, section, ADDRESS "\n");
		}
		len += (size_t)snprintf(lines + len, sizeof(lines) - len,
					"%s 1 0 - Live " ADDRESS "\n", name);
	}
	put("proc/modules", lines, len, 0644);
}

START_TEST(nothing_without_the_key)
{
	put_many();
	cfg.gdb = false;
	relay_modules(&cfg);
	module_load("late", ADDRESS "\n");
	for (int i = 0; i < 3; i++)
		turn();
	while (host_read(FRAME_MAX))
		;
	ck_assert_uint_eq(seen.ready, 1);
	ck_assert_uint_eq(seen.modules + seen.gone, 0);
	ck_assert_int_eq(sections_fd(), -1);
}
END_TEST

/* None is lost, none is sent twice, and phases are told in between. */
START_TEST(a_host_that_reads_late)
{
	put_many();
	relay_modules(&cfg);
	for (int i = 0; i < 100; i++)
		turn();
	ck_assert_uint_gt(report_pending(), 0);
	for (int i = 0; i < 8; i++)
		report_phase("net", 1, NULL);
	module_load("late", ADDRESS "\n");
	module_unload("late");
	for (int idle = 0; idle < 3; idle++) {
		turn();
		while (host_read(FRAME_MAX))
			idle = -1;
	}
	ck_assert_uint_eq(seen.modules, MANY);
	ck_assert_uint_eq(seen.gone, 2);
	ck_assert_uint_eq(seen.phases, 8);
}
END_TEST

/* Even the largest report leaves room for what is said about phases. */
START_TEST(room_for_phases)
{
	static char section[FRAME_MAX];

	for (int i = 0; i < 400; i++) {
		snprintf(section, sizeof(section), ".text.%080d", i);
		put_section("m", section, ADDRESS "\n");
	}
	put_state("m", "live\n");
	relay_modules(&cfg);
	/* As full as it may be for one more report. */
	while (report_pending() < FULL - 4 - FRAME_MAX) {
		report_send(FRAME_STDOUT, section, FRAME_MAX);
		report_flush();
	}
	while (report_pending() <= FULL - 4)
		report_send(FRAME_STDOUT, "", 0);
	ck_assert_ptr_nonnull(report_space());
	uevent_of("add", "m");
	relay_modules(&cfg);
	ck_assert_ptr_null(report_space());
	for (int i = 0; i < 8; i++)
		report_phase("timing", 1234567, NULL);
	while (report_pending() || host_read(FRAME_MAX)) {
		host_read(FRAME_MAX);
		report_flush();
	}
	while (host_read(FRAME_MAX))
		;
	ck_assert_uint_eq(seen.phases, 8);
}
END_TEST

/* A command that writes without end, a host that reads slowly. */
START_TEST(output_does_not_keep_reports_out)
{
	char *argv[] = { "yes", NULL };
	struct child_spec spec = { .argv = argv,
				   .streams = CHILD_PIPES,
				   .cfg = &cfg };
	int err;
	pid_t pid;

	relay_modules(&cfg);
	pid = child_start(&spec, &err);
	ck_assert_int_gt(pid, 0);
	while (seen.output < 200000) {
		turn();
		host_read(512);
	}
	module_load("late", ADDRESS "\n");
	seen.output = 0;
	while (!seen.modules && seen.output < 300000) {
		turn();
		host_read(512);
	}
	ck_assert_uint_eq(seen.modules, 1);
	ck_assert_str_eq(seen.last, "late .text=" ADDRESS);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
END_TEST

/* Signals are taken between turns: there must be turns, and no pause. */
START_TEST(a_storm_has_an_end)
{
	uint64_t start;
	int turns = 0;

	put_many();
	/* All but the one that comes last have nothing to say. */
	for (int i = 1; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), "module_%d", i);
		put_state(name, "coming\n");
	}
	start = io_now_ms();
	for (; !seen.modules; turns++) {
		relay_modules(&cfg);
		while (host_read(FRAME_MAX))
			;
		if (!seen.modules)
			relay_wait(10000);
		ck_assert_int_lt(turns, MANY);
	}
	ck_assert_int_ge(turns, MANY / 64);
	ck_assert_uint_lt(io_now_ms() - start, 9000);
}
END_TEST

START_TEST(a_uevent_ends_the_wait)
{
	uint64_t start;

	relay_modules(&cfg);
	module_load("m", ADDRESS "\n");
	start = io_now_ms();
	relay_wait(10000);
	ck_assert_uint_lt(io_now_ms() - start, 5000);
	relay_move(&cfg, no_signal);
	while (host_read(FRAME_MAX))
		;
	ck_assert_str_eq(seen.last, "m .text=" ADDRESS);
}
END_TEST

/* Without a port nothing is asked, and nothing keeps the loop awake. */
START_TEST(no_port_no_reports)
{
	static const unsigned char nonsense[] = { 'I', 1, 0, 0 };
	uint64_t start;

	relay_modules(&cfg);
	ck_assert_int_eq(write(host, nonsense, 4), 4);
	turn();
	ck_assert_int_eq(report_up(), false);
	module_load("m", ADDRESS "\n");
	relay_move(&cfg, no_signal);
	start = io_now_ms();
	relay_wait(200);
	ck_assert_uint_ge(io_now_ms() - start, 190);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("relay");
	TCase *t = tcase_create("modules");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_without_the_key);
	tcase_add_test(t, a_host_that_reads_late);
	tcase_add_test(t, room_for_phases);
	tcase_add_test(t, output_does_not_keep_reports_out);
	tcase_add_test(t, a_storm_has_an_end);
	tcase_add_test(t, a_uevent_ends_the_wait);
	tcase_add_test(t, no_port_no_reports);
	suite_add_tcase(s, t);
	return s;
}
