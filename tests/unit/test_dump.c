// SPDX-License-Identifier: MIT
/* What dump, inject and --dump-on read and decide, without a QEMU. */
#include "host/dump.h"
#include "host/dumpon.h"
#include "host/guestpick.h"
#include "host/inject.h"
#include "host/run.h"
#include "host/run_opts.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct {
	const char *text;
	int r;
} statuses[] = {
	{ "{\"status\":\"active\",\"completed\":5,\"total\":9}", 1 },
	{ "{\"status\":\"completed\",\"completed\":5,\"total\":9}", 0 },
	{ "{\"status\":\"failed\",\"completed\":5,\"total\":9}", -EIO },
	{ "{\"status\":\"none\",\"completed\":5,\"total\":9}", -EIO },
	{ "{\"status\":1,\"completed\":5,\"total\":9}", -EPROTO },
	{ "{\"status\":\"active\",\"completed\":-5,\"total\":9}", -EPROTO },
	{ "{\"status\":\"active\",\"total\":9}", -EPROTO },
	{ "{}", -EPROTO },
	{ "[]", -EPROTO },
};

START_TEST(how_far_it_is)
{
	json_t *o = json_loads(statuses[_i].text, 0, NULL);
	unsigned long long done, total;

	ck_assert_int_eq(parse_dump_status(o, &done, &total), statuses[_i].r);
	if (statuses[_i].r >= 0) {
		ck_assert_uint_eq(done, 5);
		ck_assert_uint_eq(total, 9);
	}
	json_decref(o);
}
END_TEST

static const struct {
	const char *text;
	bool end, reset;
} ends[] = {
	{ "{\"event\":\"SHUTDOWN\",\"data\":{\"guest\":true,"
	  "\"reason\":\"guest-shutdown\"}}",
	  true, false },
	{ "{\"event\":\"SHUTDOWN\",\"data\":{\"guest\":true,"
	  "\"reason\":\"guest-reset\"}}",
	  true, true },
	{ "{\"event\":\"SHUTDOWN\",\"data\":{\"guest\":true}}", true, true },
	{ "{\"event\":\"SHUTDOWN\",\"data\":{\"guest\":false,"
	  "\"reason\":\"host-qmp-quit\"}}",
	  false, false },
	{ "{\"event\":\"SHUTDOWN\"}", false, false },
	{ "{\"event\":\"STOP\",\"data\":{\"guest\":true}}", false, false },
	{ "{\"return\":{}}", false, false },
};

START_TEST(how_it_ended)
{
	json_t *o = json_loads(ends[_i].text, 0, NULL);
	bool reset = false;

	ck_assert_ptr_nonnull(o);
	ck_assert_int_eq(parse_shutdown(o, &reset), ends[_i].end);
	ck_assert_int_eq(reset, ends[_i].reset);
	json_decref(o);
}
END_TEST

START_TEST(how_it_is_read)
{
	struct vmcore_said said = { .info = true };
	char *s = dump_read_with("-core", NULL, &said);

	ck_assert_str_eq(s, "crash VMLINUX ./-core, gdb VMLINUX ./-core");
	free(s);
	said.kaslr = true;
	s = dump_read_with("core", "/a b/vmlinux", &said);
	ck_assert_str_eq(s, "crash '/a b/vmlinux' core, "
			    "gdb '/a b/vmlinux' core");
	free(s);
	said.moved = 0x1a600000;
	s = dump_read_with("core", NULL, &said);
	ck_assert_str_eq(s, "crash VMLINUX core, gdb -c core -ex "
			    "'symbol-file -o 0x1a600000 VMLINUX'");
	free(s);
}
END_TEST

/* --- which guest ------------------------------------------------------------ */

static struct guestinfo guests[] = {
	{ .name = "a b", .pid = 11, .release = "6.1" },
	{ .pid = 12 },
	{ .name = "c", .pid = 13 },
};

static const struct {
	struct guestpick pick;
	size_t n;
	int which; /* -1: none */
	const char *why;
} picks[] = {
	{ { 0 }, 1, 0, NULL },
	{ { 0 },
	  0,
	  -1,
	  "no guest runs; start one in another terminal: bootlet run" },
	{ { 0 },
	  3,
	  -1,
	  "3 guests run, choose one: --name 'a b' (6.1), --pid 12, --name c" },
	{ { .name = "c" }, 3, 2, NULL },
	{ { .pid = 12 }, 3, 1, NULL },
	{ { .pid = 11 }, 3, 0, NULL },
	{ { .pid = 99 },
	  2,
	  -1,
	  "99: no `bootlet run` has that number; there are: --name 'a b' "
	  "(6.1), --pid 12" },
	{ { .name = "x y" },
	  0,
	  -1,
	  "x y: no guest of that name runs; start one in another terminal: "
	  "bootlet run --name 'x y'" },
};

START_TEST(which_guest)
{
	struct buf why = { 0 };
	const struct guestinfo *g =
		guestpick_choose(&picks[_i].pick, guests, picks[_i].n, &why);

	if (picks[_i].which < 0) {
		ck_assert_ptr_null(g);
		ck_assert_str_eq(why.p, picks[_i].why);
	} else {
		ck_assert_ptr_eq(g, &guests[picks[_i].which]);
		ck_assert_uint_eq(why.n, 0);
	}
	buf_free(&why);
}
END_TEST

START_TEST(options_of_which_guest)
{
	struct guestpick p = { 0 };

	ck_assert_ptr_null(guestpick_opts[1].set(&p, "4194304"));
	ck_assert_int_eq(p.pid, 4194304);
	ck_assert_ptr_null(guestpick_check(&p));
	ck_assert_ptr_nonnull(guestpick_opts[1].set(&p, "0"));
	ck_assert_ptr_nonnull(guestpick_opts[1].set(&p, "4194305"));
	ck_assert_ptr_nonnull(guestpick_opts[1].set(&p, "1x"));
	ck_assert_ptr_nonnull(guestpick_opts[0].set(&p, ""));
	ck_assert_ptr_null(guestpick_opts[0].set(&p, "n"));
	ck_assert_ptr_nonnull(guestpick_check(&p));
}
END_TEST

/* --- options ---------------------------------------------------------------- */

static const struct {
	const char *arg, *path;
	bool ok;
} dump_on[] = {
	{ "panic", NULL, true },   { "panic=a=b", "a=b", true },
	{ "panic=", NULL, false }, { "", NULL, false },
	{ "panics", NULL, false }, { "pan", NULL, false },
	{ "oops=x", NULL, false }, { "=x", NULL, false },
	{ "Panic", NULL, false },  { "panic=-x", "-x", true },
};

START_TEST(when_to_dump)
{
	struct run_spec spec = { 0 };
	const char *wrong = run_dump_opts[0].set(&spec, dump_on[_i].arg);

	ck_assert_int_eq(!wrong, dump_on[_i].ok);
	ck_assert_int_eq(spec.dump.panic, dump_on[_i].ok);
	if (dump_on[_i].path)
		ck_assert_str_eq(spec.dump.path, dump_on[_i].path);
	else
		ck_assert_ptr_null(spec.dump.path);
}
END_TEST

START_TEST(where_to_dump)
{
	char *s = dumpon_path("a b"), *want;

	ck_assert_str_eq(s, "bootlet-a b.vmcore");
	free(s);
	s = dumpon_path(NULL);
	want = xasprintf("bootlet-%d.vmcore", getpid());
	ck_assert_str_eq(s, want);
	free(s);
	free(want);
	ck_assert_int_eq(dumpon_check("/tmp/x"), 0);
	ck_assert_int_eq(dumpon_check("/tmp"), -EISDIR);
	ck_assert_int_eq(dumpon_check("/tmp/"), -EISDIR);
	ck_assert_int_eq(dumpon_check("/nonexistent/x"), -ENOENT);
}
END_TEST

/* --- faults ----------------------------------------------------------------- */

START_TEST(registers)
{
	static const char text[] =
		"CPU#0\r\nRAX=0 XCR4=9\r\nIDT=     fffffe0000000000 00000fff\r\n"
		"CR0=80050033 CR2=00 CR3=00 CR4=000006f0\r\nCPU#1\r\nCR4=1";
	unsigned long long v;

	ck_assert(parse_register(text, "CR4", &v));
	ck_assert_uint_eq(v, 0x6f0);
	ck_assert(parse_register(text, "IDT", &v));
	ck_assert_uint_eq(v, 0xfffffe0000000000ULL);
	ck_assert(!parse_register(text, "CR5", &v));
	ck_assert(!parse_register("CR4=", "CR4", &v));
	ck_assert(!parse_register("", "CR4", &v));
}
END_TEST

START_TEST(gates)
{
	unsigned long long v;

	ck_assert(parse_gate("b00b1000008e4081ffffffff00000000", &v));
	ck_assert_uint_eq(v, 0xffffffff81400bb0ULL);
	/* Not present, short, an error. */
	ck_assert(!parse_gate("b00b1000000e4081ffffffff00000000", &v));
	ck_assert(!parse_gate("b00b1000008e4081ffffffff0000000", &v));
	ck_assert(!parse_gate("E14", &v));
	ck_assert(!parse_gate("", &v));
}
END_TEST

START_TEST(stops)
{
	ck_assert_uint_eq(parse_stop("T05thread:0a;"), 10);
	ck_assert_uint_eq(parse_stop("T02thread:01;"), 1);
	ck_assert_uint_eq(parse_stop("T05"), 0);
	ck_assert_uint_eq(parse_stop("OK"), 0);
	ck_assert_uint_eq(parse_stop("T05thread:ffffffffffff;"), 0);
	ck_assert_uint_eq(parse_stop(""), 0);
}
END_TEST

START_TEST(faults)
{
	size_t n;
	const struct inject *v = inject_table(&n);

	ck_assert_uint_eq(n, 4);
	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_eq(inject_find(v[i].name), &v[i]);
		ck_assert_ptr_nonnull(v[i].done);
		ck_assert(v[i].apply != NULL);
	}
	ck_assert(inject_find("link-up")->up);
	ck_assert(!inject_find("link-down")->up);
	ck_assert_ptr_null(inject_find("link"));
	ck_assert_ptr_null(inject_find(""));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("dump");
	TCase *t = tcase_create("dump");

	tcase_add_loop_test(t, how_far_it_is, 0, N(statuses));
	tcase_add_loop_test(t, how_it_ended, 0, N(ends));
	tcase_add_test(t, how_it_is_read);
	tcase_add_loop_test(t, which_guest, 0, N(picks));
	tcase_add_test(t, options_of_which_guest);
	tcase_add_loop_test(t, when_to_dump, 0, N(dump_on));
	tcase_add_test(t, where_to_dump);
	tcase_add_test(t, registers);
	tcase_add_test(t, gates);
	tcase_add_test(t, stops);
	tcase_add_test(t, faults);
	suite_add_tcase(s, t);
	return s;
}
