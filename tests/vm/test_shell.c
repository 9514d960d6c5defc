// SPDX-License-Identifier: MIT
/* A person at a terminal: job control, sizes, ends; and a script instead. */
#include "pty.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

/* What every shell on the console must be able to do. */
static void ck_job_control(struct pty *p)
{
	ck_assert_str_eq(pty_ask(p, "tty"), "/dev/ttyS0");
	pty_type(p, "sleep 1000\r");
	pty_expect(p, "\n", 30);
	vm_sleep_ms(300);
	pty_type(p, "\003");
	pty_expect(p, "# ", 30);
	ck_assert_str_eq(pty_ask(p, "echo code=$?"), "code=130");

	pty_type(p, "sleep 1000\r");
	pty_expect(p, "\n", 30);
	vm_sleep_ms(300);
	pty_type(p, "\032");
	pty_expect(p, "Stopped", 30);
	pty_expect(p, "# ", 30);
	pty_type(p, "fg\r");
	pty_expect(p, "sleep 1000\r\n", 30);
	vm_sleep_ms(300);
	pty_type(p, "\003");
	pty_expect(p, "# ", 30);
	ck_assert_str_eq(pty_ask(p, "echo code=$?"), "code=130");
	ck_hasnt(p->said, "job control");
	ck_hasnt(p->said, "controlling t");
}

START_TEST(terminal)
{
	struct pty p;

	pty_start(&p, 33, 101, VM_ARGV(vm_bootlet(), VM_RUN));
	pty_expect(&p, "# ", 120);
	ck_has(p.said, "This boot took ");
	ck_job_control(&p);
	ck_assert_str_eq(pty_ask(&p, "stty size"), "33 101");
	pty_resize(&p, 55, 77);
	for (int i = 0; i < 50; i++)
		if (!strcmp(pty_ask(&p, "stty size"), "55 77"))
			break;
	ck_assert_str_eq(pty_ask(&p, "stty size"), "55 77");
	ck_assert_str_eq(pty_ask(&p, "echo $TERM:$HOME:$PWD"),
			 "xterm-256color:/root:/root");
	/* Sane: it echoes, erases and knows its keys. */
	ck_assert_str_eq(pty_ask(&p, "echo nott\177\177\177ice"), "nice");
	pty_type(&p, "exit 3\r");
	ck_assert_int_eq(pty_end(&p, 60), 3);
	pty_restored(&p, 0);
	vm_nothing_left(0);
}
END_TEST

START_TEST(poweroff_is_a_good_end)
{
	struct pty p;

	pty_start(&p, 24, 80, VM_ARGV(vm_bootlet(), VM_RUN));
	pty_expect(&p, "# ", 120);
	pty_type(&p, "poweroff\r");
	ck_assert_int_eq(pty_end(&p, 60), 0);
	pty_restored(&p, 0);
}
END_TEST

START_TEST(escape_ends_the_guest)
{
	struct pty p;

	pty_start(&p, 24, 80, VM_ARGV(vm_bootlet(), VM_RUN));
	pty_expect(&p, "# ", 120);
	pty_type(&p, "\001x");
	ck_assert_int_eq(pty_end(&p, 20), 125);
	pty_restored(&p, 0);
	vm_nothing_left(0);
}
END_TEST

/* Nobody but the guard can give the terminal back. */
START_TEST(terminal_after_kill)
{
	struct pty p;
	struct termios now;

	pty_start(&p, 24, 80, VM_ARGV(vm_bootlet(), VM_RUN));
	pty_expect(&p, "# ", 120);
	ck_assert_int_eq(tcgetattr(p.slave, &now), 0);
	ck_assert_msg(!(now.c_lflag & ICANON), "it was never raw");
	kill(p.pid, SIGKILL);
	ck_assert_int_eq(pty_end(&p, 5), 137);
	pty_restored(&p, 5);
	vm_nothing_left(5);
}
END_TEST

START_TEST(terminal_closed)
{
	struct pty p;

	pty_start(&p, 24, 80, VM_ARGV(vm_bootlet(), VM_RUN));
	pty_expect(&p, "# ", 120);
	close(p.slave);
	close(p.master);
	ck_assert_int_ne(vm_wait(p.pid, 30), 0);
	vm_nothing_left(5);
}
END_TEST

/* --- without a terminal --------------------------------------------------- */

static void ck_piped(const char *input, int code, const char *says)
{
	vm_exec(&r, input, strlen(input), VM_ARGV(vm_bootlet(), VM_RUN));
	ck_code(&r, code);
	ck_has(r.out, says);
	vm_nothing_left(0);
}

START_TEST(script_on_stdin)
{
	ck_piped("echo $((6*7)); exit 5\n", 5, "\n42\r\n");
}
END_TEST

START_TEST(end_of_file_ends_the_shell)
{
	ck_piped("echo $((6*7)); false\n", 1, "\n42\r\n");
}
END_TEST

/* The last line has no end, and more waits than a tty's buffer holds. */
START_TEST(long_script_on_stdin)
{
	struct text script = { 0 };

	text_add(&script, "x=0\n", 4);
	for (int i = 0; i < 1500; i++)
		text_add(&script, "x=$((x+1))\n", 11);
	text_add(&script, "exit $((x/10))", 14);
	ck_piped(script.p, 150, "This boot took ");
	free(script.p);
}
END_TEST

/* A command of the script reads to the end of stdin, and the shell too. */
START_TEST(end_of_file_for_each)
{
	ck_piped("stty -echo; cat >/tmp/x; wc -c </tmp/x; exit 6\nline", 6,
		 "\n5\r\n");
}
END_TEST

START_TEST(no_stdin_at_all)
{
	vm_sh(&r, "exec \"$@\" </dev/null", VM_RUN);
	ck_code(&r, 0);
	ck_has(r.out, "This boot took ");
}
END_TEST

/* --- other machines ------------------------------------------------------- */

/* Packed by hand, as people do: bootlet packs with nodes of its own. */
static const char *image_without_dev(bool empty_dir)
{
	const char *script =
		"set -e; rm -rf \"$1\"; mkdir -p \"$1/bin\"; cd \"$1\"; "
		"cp \"$2\" init; cp \"$4\" bin/busybox; "
		"for a in $(./bin/busybox --list); do "
		"  [ $a = busybox ] || ln -s busybox bin/$a; done; "
		"[ $3 = none ] || mkdir dev; "
		"find . | cpio -o -H newc --quiet | gzip >\"$1.gz\"";
	const char *dir = vm_at(empty_dir ? "empty" : "none");

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", script, "sh", dir, vm_init(),
			empty_dir ? "empty" : "none", vm_busybox()));
	ck_code(&r, 0);
	return vm_fmt("%s.gz", dir);
}

static const struct {
	bool empty_dir;
	const char *append;
} bare[] = {
	{ true, "quiet" },
	{ false, "devtmpfs.mount=0" },
	{ true, "devtmpfs.mount=0" },
};

START_TEST(terminal_without_dev)
{
	struct pty p;

	pty_start(&p, 20, 70,
		  VM_ARGV(vm_bootlet(), VM_RUN, "-i",
			  image_without_dev(bare[_i].empty_dir), "--append",
			  bare[_i].append));
	pty_expect(&p, "# ", 120);
	ck_job_control(&p);
	ck_assert_str_eq(pty_ask(&p, "stty size"), "20 70");
	ck_assert_str_eq(pty_ask(&p, "stat -c %t:%T:%a /dev/ttyS0"),
			 "4:40:666");
	ck_assert_str_eq(pty_ask(&p, "stat -c %t:%T:%a:%F /dev/null"),
			 "1:3:666:character special file");
	pty_type(&p, "exit 9\r");
	ck_assert_int_eq(pty_end(&p, 60), 9);
	pty_restored(&p, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("shell");
	TCase *t = tcase_create("terminal");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, terminal);
	tcase_add_test(t, poweroff_is_a_good_end);
	tcase_add_test(t, escape_ends_the_guest);
	tcase_add_test(t, terminal_after_kill);
	tcase_add_test(t, terminal_closed);
	tcase_add_loop_test(t, terminal_without_dev, 0,
			    sizeof(bare) / sizeof(bare[0]));
	suite_add_tcase(s, t);

	t = tcase_create("no terminal");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, script_on_stdin);
	tcase_add_test(t, end_of_file_ends_the_shell);
	tcase_add_test(t, long_script_on_stdin);
	tcase_add_test(t, end_of_file_for_each);
	tcase_add_test(t, no_stdin_at_all);
	suite_add_tcase(s, t);
	return s;
}
