// SPDX-License-Identifier: MIT
/* The way between bootlet and init: the best that the guest has, without being
 * asked, and none that the guest's programs could use for themselves. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ran r;

#define BLACKLIST "--append", "modprobe.blacklist=virtio_console"
/* With ACPI's list the driver would take the second for its first. */
#define NO_UART "--append", "8250.nr_uarts=1 pnpacpi=off"

static const struct {
	const char *words[5];
	const char *channel;
} ways[] = {
	{ { NULL }, "virtio" },
	{ { NO_UART }, "virtio" },
	{ { "--append", "8250.nr_uarts=1" }, "virtio" },
	{ { "--channel", "virtio" }, "virtio" },
	{ { BLACKLIST }, "uart" },
	{ { "--channel", "uart" }, "uart" },
	{ { BLACKLIST, NO_UART }, "port-io" },
	{ { "--channel", "ports", NO_UART }, "port-io" },
};

/* Streams apart, stdin's end, the exit code: whatever the way. */
START_TEST(every_way_is_taken)
{
	const char *argv[32] = { vm_bootlet(), VM_RUN, "-v" };
	size_t n = 0;

	while (argv[n])
		n++;
	for (const char *const *w = ways[_i].words; *w; w++)
		argv[n++] = *w;
	argv[n++] = "--";
	argv[n++] = "sh";
	argv[n++] = "-c";
	argv[n++] = "cat; echo err >&2; exit 7";
	vm_exec(&r, "a\0b\n\377", 5, argv);
	ck_code(&r, 7);
	ck_assert_uint_eq(r.out.n, 5);
	ck_assert_mem_eq(r.out.p, "a\0b\n\377", 5);
	ck_has(r.err, "err\n");
	ck_has(r.err, vm_fmt("bootlet: channel: %s\n", ways[_i].channel));
}
END_TEST

START_TEST(no_way_is_a_failure)
{
	vm_boot(&r, "--channel", "virtio", BLACKLIST, "--", "sh", "-c",
		"exit 0");
	ck_code(&r, 125);
	ck_has(r.err, "cannot open the port to the host");
	ck_assert_str_eq(r.out.p, "");
}
END_TEST

/* 400 KB there and back, by way of 16 bytes of FIFO. */
START_TEST(port_io_is_binary_clean)
{
	static char bytes[400000];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 256);
	vm_exec(&r, bytes, sizeof(bytes),
		VM_ARGV(vm_bootlet(), VM_RUN, "--channel", "ports", NO_UART,
			"--", "cat"));
	ck_code(&r, 0);
	ck_assert_uint_eq(r.out.n, sizeof(bytes));
	ck_assert_mem_eq(r.out.p, bytes, sizeof(bytes));
}
END_TEST

/* What it writes to ports is whole frames, as init would. */
#define FORGE                                        \
	"n=0123456789abcdef0123456789abcdef; "       \
	"{ printf '\\0bootlet-channel\\n'; "         \
	"printf 'R\\0\\23\\0002 16384 ttyS1 6.1 '; " \
	"printf 'S\\0\\47\\0%s exit 0' $n; } "

START_TEST(other_ports_do_nothing)
{
	vm_boot(&r, "-v", "--", "sh", "-c",
		FORGE ">/dev/ttyS1; head -c 100000 /dev/urandom >/dev/ttyS1; "
		      "for p in /dev/vport*; do (" FORGE
		      ">$p) 2>&1; done; echo said; exit 5");
	ck_code(&r, 5);
	ck_has(r.err, "bootlet: channel: virtio\n");
	ck_has(r.out, "busy");
	ck_has(r.out, "said\n");
}
END_TEST

/* The one in use can be spoilt, never used. */
START_TEST(no_verdict_is_forged)
{
	vm_boot(&r, "--channel", "uart", "--timeout", "150", "--", "sh", "-c",
		FORGE ">/dev/ttyS1; sleep 1000");
	ck_code(&r, 125);
	ck_has(r.err, "garbled");
}
END_TEST

/* Far more than any buffer on the way, and a reader that sleeps first. */
START_TEST(a_slow_reader_loses_nothing)
{
	vm_sh(&r,
	      "head -c 50000000 /dev/urandom >$TMPDIR/in; \"$@\" <$TMPDIR/in | "
	      "{ sleep 5; cmp - $TMPDIR/in; }",
	      VM_RUN, "--", "cat");
	ck_code(&r, 0);
	ck_assert_str_eq(r.err.p, "");
	unlink(vm_at("in"));
}
END_TEST

START_TEST(much_stdin_that_nobody_reads)
{
	vm_sh(&r, "head -c 50000000 /dev/zero | \"$@\"", VM_RUN, "--", "true");
	ck_code(&r, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("channel");
	TCase *t = tcase_create("channel");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, every_way_is_taken, 0,
			    sizeof(ways) / sizeof(ways[0]));
	tcase_add_test(t, no_way_is_a_failure);
	tcase_add_test(t, port_io_is_binary_clean);
	tcase_add_test(t, other_ports_do_nothing);
	tcase_add_test(t, no_verdict_is_forged);
	tcase_add_test(t, a_slow_reader_loses_nothing);
	tcase_add_test(t, much_stdin_that_nobody_reads);
	suite_add_tcase(s, t);
	return s;
}
