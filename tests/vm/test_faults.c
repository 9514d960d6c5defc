// SPDX-License-Identifier: MIT
/* What goes wrong under PID 1, and in it. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INIT_FAULT BUILD "/vm/init-fault"

static struct ran r;

/* --- init itself ---------------------------------------------------------- */

static const struct {
	const char *fault;
	int code;
	const char *says; /* bootlet */
	const char *console;
	const char *never; /* on the console */
} faults[] = {
	{ "null", 125, "init itself was at fault in phase command: signal 11",
	  "init: signal 11 in init itself; powering off", "Kernel panic" },
	{ "stack", 125, "init itself was at fault in phase command: signal 11",
	  "init: signal 11 in init itself; powering off", "Kernel panic" },
	/* Before there is a channel there is the console. */
	{ "mounts", 125, "init: signal 11 in init itself; powering off",
	  "reboot: Power down", "Kernel panic" },
	/* It has said its verdict; then the kernel's is added. */
	{ "twice", 125, "signal 11", "Attempted to kill init", "Power down" },
};

START_TEST(init_is_at_fault)
{
	struct text log;

	vm_host(&r, "run", VM_KERNEL, "--init", INIT_FAULT, "--append",
		vm_fmt("fault=%s", faults[_i].fault), "--timeout", "120",
		"--log", vm_at("console"), "--", "sh", "-c",
		"kill -TERM 1; exec sleep 100");
	log = vm_slurp(vm_at("console"));
	ck_code(&r, faults[_i].code);
	ck_has(r.err, faults[_i].says);
	ck_has(log, faults[_i].console);
	ck_hasnt(log, faults[_i].never);
	vm_nothing_left(0);
	free(log.p);
}
END_TEST

/* --- a child that cannot be started --------------------------------------- */

START_TEST(no_room_for_a_process)
{
	/* Fewer than the kernel has itself: EAGAIN. */
	vm_boot(&r, "--append", "sysctl.kernel.threads-max=20", "--timeout",
		"120", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "init failed in phase start: "
		      "Resource temporarily unavailable");
	vm_nothing_left(0);
}
END_TEST

START_TEST(no_memory_for_a_process)
{
	vm_boot(&r, "--init", INIT_FAULT, "--append", "fault=memory",
		"--timeout", "120", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "init failed in phase start: Cannot allocate memory");
	vm_nothing_left(0);
}
END_TEST

/* --- the main child ------------------------------------------------------- */

static const struct {
	const char *script;
	int code;
	const char *says, *json;
} kills[] = {
	{ "exec awk 'BEGIN { while (1) a[i++] = i }'", 137,
	  "killed because the guest had no memory left; --memory gives it more",
	  "\"oom\": true" },
	{ "kill -KILL $$", 137, "killed by signal 9 (Killed)",
	  "\"oom\": false" },
	/* As if there were no command; but there was one. */
	{ "exit 127", 127, "", "\"outcome\": \"exit\"" },
};

START_TEST(the_command_is_killed)
{
	struct text report;

	vm_boot(&r, "--memory", "192", "--timeout", "120", "--report",
		vm_at("report"), "--", "sh", "-c", kills[_i].script);
	ck_code(&r, kills[_i].code);
	ck_has(r.err, kills[_i].says);
	report = vm_slurp(vm_at("report"));
	ck_has(report, kills[_i].json);
	free(report.p);
}
END_TEST

/* --- orphans -------------------------------------------------------------- */

#define ORPHANS                                                           \
	"--file", BUILD "/vm/guest/orphans:/orphans", "--memory", "1536", \
		"--timeout", "150", "--", "/orphans", "10000"

START_TEST(orphans_in_a_burst)
{
	vm_boot(&r, ORPHANS);
	ck_code(&r, 0);
	ck_answer(&r, "ended", "10000");
	ck_answer(&r, "left", "0");
}
END_TEST

START_TEST(the_command_ends_among_orphans)
{
	vm_boot(&r, ORPHANS, "9");
	ck_code(&r, 9);
	vm_nothing_left(0);
}
END_TEST

/* --- signals to PID 1 ----------------------------------------------------- */

/* All but those by which the machine ends. */
START_TEST(storm_of_signals)
{
	vm_boot(&r, "--timeout", "120", "--", "sh", "-c",
		"n=0; while [ $n -lt 200 ]; do s=1; while [ $s -le 64 ]; do "
		"case $s in 2|10|12|15|30) ;; *) kill -$s 1 ;; esac; "
		"s=$((s+1)); done; n=$((n+1)); done; echo storms=$n; exit 3");
	ck_code(&r, 3);
	ck_answer(&r, "storms", "200");
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

/* --- what was done before ------------------------------------------------- */

static const char *const befores[] = { "masks", "mounts", "closed" };

START_TEST(somebody_was_here_before)
{
	struct text log;

	vm_host(&r, "run", VM_KERNEL, "--init", BUILD "/vm/guest/before",
		"--file", vm_fmt("%s:/after", vm_init()), "--append",
		vm_fmt("before=%s", befores[_i]), "--timeout", "120", "--log",
		vm_at("console"), "--", "sh", "-c",
		"echo blocked=$(awk '/SigBlk/ { print $2 }' /proc/self/status);"
		"echo dev=$(grep -c ' /dev ' /proc/mounts);"
		"echo null=$(echo x >/dev/null && echo y); exit 4");
	ck_code(&r, 4);
	ck_answer(&r, "blocked", "0000000000000000");
	ck_answer(&r, "dev", "1");
	ck_answer(&r, "null", "y");
	log = vm_slurp(vm_at("console"));
	ck_hasnt(log, "cannot be mounted");
	free(log.p);
	vm_nothing_left(0);
}
END_TEST

/* --- the kernel's command line -------------------------------------------- */

static const struct {
	const char *append;
	int pad; /* that many bytes of words before it */
	const char *hostname;
} lines[] = {
	{ "hostname=guest \"odd=a b\" x=\"--\" 'single", 0, "guest" },
	/* What is behind it is init's, and no key. */
	{ "hostname=first -- hostname=second", 0, "first" },
	{ "hostname=last", 1400, "last" },
};

START_TEST(odd_command_line)
{
	char append[2400] = "";

	for (int i = 0; i < lines[_i].pad; i += 10)
		strcat(append, "p=4567890 ");
	strcat(append, lines[_i].append);
	vm_boot(&r, "--timeout", "120", "--append", append, "--", "sh", "-c",
		"echo hostname=$(cat /proc/sys/kernel/hostname); exit 6");
	ck_code(&r, 6);
	ck_answer(&r, "hostname", lines[_i].hostname);
}
END_TEST

/* The kernel would cut it, in silence. */
START_TEST(command_line_too_long)
{
	char append[2200];

	memset(append, 'p', sizeof(append));
	append[sizeof(append) - 1] = '\0';
	vm_boot(&r, "--append", append, "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "2047 is the most; put keys into /etc/bootlet.conf");
}
END_TEST

#define ADD_LOOP(t, test, table) \
	tcase_add_loop_test(t, test, 0, sizeof(table) / sizeof((table)[0]))

Suite *suite(void)
{
	Suite *s = suite_create("faults");
	TCase *t = tcase_create("init");

	tcase_set_timeout(t, VM_TCASE_S);
	ADD_LOOP(t, init_is_at_fault, faults);
	suite_add_tcase(s, t);

	t = tcase_create("outside");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, no_room_for_a_process);
	tcase_add_test(t, no_memory_for_a_process);
	ADD_LOOP(t, the_command_is_killed, kills);
	tcase_add_test(t, orphans_in_a_burst);
	tcase_add_test(t, the_command_ends_among_orphans);
	tcase_add_test(t, storm_of_signals);
	ADD_LOOP(t, somebody_was_here_before, befores);
	ADD_LOOP(t, odd_command_line, lines);
	tcase_add_test(t, command_line_too_long);
	suite_add_tcase(s, t);
	return s;
}
