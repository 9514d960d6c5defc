// SPDX-License-Identifier: MIT
/*
 * A kernel built here, a breakpoint in it, and a packet from the host: what
 * bootlet is for.
 */
#include "netns.h"
#include "source.h"
#include "vm.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A build comes before it, maybe somebody else's. */
#define TCASE_S 3600
/* From a command to what gdb says of it, with vmlinux read and a boot. */
#define GDB_S 150

/* Output of a program that runs by the side, in a file. */
struct side {
	pid_t pid;
	char *path;
};

static char *tree;

static void built(void)
{
	tree = source_built(NULL);
}

static struct side side_start(const char *name, const char *const argv[])
{
	struct side s = { .path = strdup(vm_at(name)) };
	int fd = open(s.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	ck_assert_int_ge(fd, 0);
	s.pid = vm_spawn(argv, -1, fd, fd);
	close(fd);
	return s;
}

/* Wait until it has said @want. */
static void side_expect(const struct side *s, const char *want, double seconds)
{
	double end = vm_now() + seconds;
	struct text t = vm_slurp(s->path);

	while (!strstr(t.p, want) && vm_now() < end) {
		free(t.p);
		vm_sleep_ms(50);
		t = vm_slurp(s->path);
	}
	ck_has(t, want);
	free(t.p);
}

/* Wait for its end. Return: all that it said. */
static struct text side_end(struct side *s, int code)
{
	int got = vm_wait(s->pid, GDB_S);
	struct text t = vm_slurp(s->path);

	ck_assert_msg(got == code, "exit code %d, not %d: %.3000s", got, code,
		      t.p);
	free(s->path);
	return t;
}

/* Each of the words after the one before. */
static void in_order(const struct text *t, const char *const words[])
{
	const char *p = t->p;

	for (; *words; words++) {
		const char *at = strstr(p, *words);

		ck_assert_msg(at,
			      "\"%s\" is not in, or not where it belongs: "
			      "%.4000s",
			      *words, t->p);
		p = at + strlen(*words);
	}
}

/* The line of a stack that has @function: it must name file and line. */
static void has_source(const struct text *t, const char *function,
		       const char *file)
{
	const char *at = strstr(t->p, function), *end, *name;

	ck_assert_msg(at, "%s is not in: %.4000s", function, t->p);
	/* A long frame stands on two lines. */
	end = strstr(at, "\n#");
	name = strstr(at, file);
	ck_assert_msg(name && (!end || name < end) && name[strlen(file)] == ':',
		      "%s without %s and a line: %.300s", function, file, at);
}

/* No frame without a name. */
static void ck_no_unknown(const struct text *t)
{
	const char *stack = strstr(t->p, "#0 ");

	ck_assert_ptr_nonnull(stack);
	ck_assert_msg(!strstr(stack, " ?? ("), "?? in %.4000s", stack);
}

START_TEST(cmdline_proc_show)
{
	struct side guest =
		side_start("guest", VM_ARGV(vm_bootlet(), "run", "-k", tree,
					    "--accel", "tcg", "--name", "proc",
					    "--break", "cmdline_proc_show",
					    "--", "cat", "/proc/cmdline"));
	struct side gdb;
	struct text t;

	vm_put("proc.gdb",
	       "continue\nbacktrace\nlx-version\nlx-cmdline\ndelete\n"
	       "continue\n",
	       false);
	side_expect(&guest, "bootlet gdb", 60);
	gdb = side_start("gdb", VM_ARGV(vm_bootlet(), "gdb", "--name", "proc",
					"--batch", "-x", vm_at("proc.gdb")));
	t = side_end(&gdb, 0);
	in_order(&t, VM_ARGV("#0 ", "cmdline_proc_show (m=0x", "fs/proc/",
			     "seq_read_iter (iocb=0x",
			     "fs/seq_file.c:", "proc_reg_read_iter (iocb=",
			     "fs/proc/inode.c:", "vfs_read", "fs/read_write.c:",
			     "Linux version 6.1.", "nokaslr"));
	ck_no_unknown(&t);
	free(t.p);
	t = side_end(&guest, 0);
	ck_has(t, "nokaslr");
	free(t.p);
	vm_nothing_left(2);
}
END_TEST

/* Each frame, e1000's included, by name, with file and line. */
static void ck_packet_stack(const struct text *t)
{
	static const struct {
		const char *function, *file;
	} frames[] = {
		{ " ep_poll_callback (", "fs/eventpoll.c" },
		{ " sock_def_readable (", "net/core/sock.c" },
		{ " tcp_data_queue (", "net/ipv4/tcp_input.c" },
		{ " tcp_rcv_established (", "net/ipv4/tcp_input.c" },
		{ " tcp_v4_rcv (", "net/ipv4/tcp_ipv4.c" },
		{ " ip_local_deliver (", "net/ipv4/ip_input.c" },
		{ " __netif_receive_skb", "net/core/dev.c" },
		{ " e1000_clean (", "e1000/e1000_main.c" },
		{ " net_rx_action (", "net/core/dev.c" },
	};
	const char *words[sizeof(frames) / sizeof(frames[0]) + 1] = { 0 };

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		words[i] = frames[i].function;
		has_source(t, frames[i].function, frames[i].file);
	}
	in_order(t, words);
	ck_no_unknown(t);
}

START_TEST(packet)
{
	struct side guest, gdb;
	struct text t;
	struct ran r;
	int fd;

	netns_enter();
	vm_host(&r, "net", "up");
	ck_code(&r, 0);
	ran_free(&r);
	guest = side_start("guest",
			   VM_ARGV(vm_bootlet(), "run", "-k", tree, "--accel",
				   "tcg", "--name", "packet", "--break",
				   "ep_poll_callback", "--net", "tap=tap0",
				   "--nic", "e1000", "--file",
				   BUILD "/vm/guest/epoll:/bin/epoll", "--",
				   "epoll", "5000"));
	vm_put("packet.gdb", "continue\nbacktrace\ndelete\ncontinue\n", false);
	side_expect(&guest, "bootlet gdb", 60);
	gdb = side_start("gdb", VM_ARGV(vm_bootlet(), "gdb", "--name", "packet",
					"--batch", "-x", vm_at("packet.gdb")));
	side_expect(&guest, "listening", GDB_S);
	fd = netns_connect("192.168.100.224", 5000, 20);
	/* What comes before it waits is not what it is waken by. */
	side_expect(&guest, "connected", GDB_S);
	vm_sleep_ms(500);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	side_expect(&guest, "message: x", GDB_S);
	close(fd);
	t = side_end(&guest, 0);
	free(t.p);
	t = side_end(&gdb, 0);
	ck_packet_stack(&t);
	free(t.p);
	vm_host(&r, "net", "down");
	ck_code(&r, 0);
	ran_free(&r);
	vm_nothing_left(2);
}
END_TEST

/* A module that is loaded when gdb is there already, and a breakpoint in what
 * it does first. */
START_TEST(later_module)
{
	struct side guest = side_start(
		"guest", VM_ARGV(vm_bootlet(), "run", "-k", tree, "--accel",
				 "tcg", "--name", "module", "--net", "user",
				 "--break", "e1000_probe", "--", "true"));
	struct side gdb;
	struct text t;

	/* As in a script: gdb may come before the guest. */
	vm_put("module.gdb", "continue\nbacktrace\ncontinue\n", false);
	gdb = side_start("gdb", VM_ARGV(vm_bootlet(), "gdb", "--name", "module",
					"--batch", "-x", vm_at("module.gdb")));
	t = side_end(&gdb, 0);
	in_order(&t, VM_ARGV("e1000_probe (",
			     "e1000_main.c:", "e1000_init_module ("));
	free(t.p);
	t = side_end(&guest, 0);
	free(t.p);
	vm_nothing_left(2);
}
END_TEST

/* A module that was there before gdb, which nobody has told of it. */
START_TEST(earlier_module)
{
	struct side guest = side_start(
		"guest",
		VM_ARGV(vm_bootlet(), "run", "-k", tree, "--accel", "tcg",
			"--name", "earlier", "--net", "user", "--nic", "e1000",
			"--gdb", "--", "sh", "-c", "echo up; sleep 1000"));
	struct side gdb;
	struct text t;

	side_expect(&guest, "up\n", GDB_S);
	vm_put("earlier.gdb",
	       "info line e1000_clean\ninfo symbol e1000_clean\n", false);
	gdb = side_start("gdb",
			 VM_ARGV(vm_bootlet(), "gdb", "--name", "earlier",
				 "--batch", "-x", vm_at("earlier.gdb")));
	t = side_end(&gdb, 0);
	in_order(&t, VM_ARGV("e1000_main.c\" starts at address 0xffff",
			     "e1000_clean in section .text of ", "e1000.ko"));
	free(t.p);
	ck_assert_int_eq(kill(guest.pid, SIGTERM), 0);
	ck_assert_int_ne(vm_wait(guest.pid, 20), 0);
	free(guest.path);
	vm_nothing_left(2);
}
END_TEST

START_TEST(two_guests)
{
	struct side guest[2], gdb;
	struct text t;
	struct ran r;

	vm_put("two.gdb", "continue\nprint/x 42\ndelete\ncontinue\n", false);
	for (int i = 0; i < 2; i++) {
		guest[i] = side_start(i ? "guest1" : "guest0",
				      VM_ARGV(vm_bootlet(), "run", "-k", tree,
					      "--accel", "tcg", "--name",
					      i ? "one" : "zero", "--break",
					      "cmdline_proc_show", "--", "cat",
					      "/proc/cmdline"));
		side_expect(&guest[i], "bootlet gdb", 60);
	}
	/* Which one? Both are named. */
	vm_host(&r, "gdb", "--batch", "-x", vm_at("two.gdb"));
	ck_assert_int_ne(r.code, 0);
	ck_one_line(&r, "zero");
	ck_has(r.err, "one");
	ran_free(&r);
	for (int i = 1; i >= 0; i--) {
		gdb = side_start("gdb", VM_ARGV(vm_bootlet(), "gdb", "--name",
						i ? "one" : "zero", "--batch",
						"-x", vm_at("two.gdb")));
		t = side_end(&gdb, 0);
		ck_has(t, "cmdline_proc_show (m=0x");
		/* bootlet's own looks at the guest have no number. */
		ck_has(t, "$1 = 0x2a");
		free(t.p);
		t = side_end(&guest[i], 0);
		free(t.p);
	}
	vm_nothing_left(2);
}
END_TEST

START_TEST(wrong_vmlinux)
{
	struct side guest =
		side_start("guest", VM_ARGV(vm_bootlet(), "run", "-k", "distro",
					    "--accel", "tcg", "--name", "other",
					    "--gdb", "--wait", "--", "true"));
	struct ran r;

	side_expect(&guest, "bootlet gdb", 60);
	vm_host(&r, "gdb", "--name", "other", "-k", tree, "--batch");
	ck_assert_int_ne(r.code, 0);
	ck_one_line(&r, "build id");
	ran_free(&r);
	ck_assert_int_eq(kill(guest.pid, SIGTERM), 0);
	ck_assert_int_ne(vm_wait(guest.pid, 20), 0);
	free(guest.path);
	vm_nothing_left(2);
}
END_TEST

/* What the unit tests do with made-up files: here, with a kernel's own. */
START_TEST(no_gdb_no_debug_info)
{
	struct ran r;

	vm_host(&r, "gdb", "-k", tree, "--connect", "tcp:127.0.0.1:1",
		"--gdb-program", "/no/such/gdb");
	ck_assert_int_ne(r.code, 0);
	ck_one_line(&r, "/no/such/gdb");
	ran_free(&r);
	vm_exec(&r, NULL, 0,
		VM_ARGV("objcopy", "--strip-debug", vm_fmt("%s/vmlinux", tree),
			vm_at("stripped")));
	ck_code(&r, 0);
	ran_free(&r);
	vm_host(&r, "gdb", "-k", tree, "--vmlinux", vm_at("stripped"),
		"--connect", "tcp:127.0.0.1:1");
	ck_assert_int_ne(r.code, 0);
	ck_one_line(&r, "debug info");
	ran_free(&r);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("debug");
	TCase *t = tcase_create("gdb");

	tcase_set_timeout(t, TCASE_S);
	tcase_add_checked_fixture(t, built, NULL);
	tcase_add_test(t, cmdline_proc_show);
	tcase_add_test(t, packet);
	tcase_add_test(t, later_module);
	tcase_add_test(t, earlier_module);
	tcase_add_test(t, two_guests);
	tcase_add_test(t, wrong_vmlinux);
	tcase_add_test(t, no_gdb_no_debug_info);
	suite_add_tcase(s, t);
	return s;
}
