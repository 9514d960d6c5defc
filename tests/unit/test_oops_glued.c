// SPDX-License-Identifier: MIT
/* The scanner where a title stands behind a program's unfinished line, and
 * where somebody only quotes it. */
#include "oops_found.h"
#include "unit.h"

#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PANIC	 "Kernel panic - not syncing: frob"
#define LETTERS	 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static void scan(struct found *f, const char *text)
{
	found_scan(f, text, strlen(text), strlen(text));
}

/* --- what begins a report --------------------------------------------------- */

static const struct {
	const char *line;
	enum oops_class class;
} titles[] = {
	{ PANIC, OOPS_PANIC },
	{ "BUG: kernel NULL pointer dereference, address: 00", OOPS_OOPS },
	{ "BUG: unable to handle page fault for address: ffff", OOPS_OOPS },
	{ "Unable to handle kernel paging request at virtual", OOPS_OOPS },
	{ "Internal error: synchronous external abort: 9 [#1]", OOPS_OOPS },
	{ "general protection fault: 0000 [#1] SMP", OOPS_OOPS },
	{ "general protection fault, probably for non-canonical", OOPS_OOPS },
	{ "Oops: general protection fault, maybe: 0000 [#1] SMP", OOPS_OOPS },
	{ "divide error: 0000 [#1] SMP", OOPS_OOPS },
	{ "Oops: divide error: 0000 [#1] SMP", OOPS_OOPS },
	{ "kernel BUG at drivers/frob/frob.c:42!", OOPS_BUG },
	{ "kernel BUG at lib/list_debug.c:56!", OOPS_LIST },
	{ "WARNING: CPU: 1 PID: 9 at frob.c:7 frob+0x1/0x2", OOPS_WARNING },
	{ "WARNING: frob.c:7 at frob+0x1/0x2, CPU#1: a/9", OOPS_WARNING },
	{ "WARNING: CPU: 1 PID: 9 at lib/refcount.c:28 a+0x1/0x2",
	  OOPS_REFCOUNT },
	{ "BUG: KASAN: use-after-free in frob+0x1/0x2", OOPS_KASAN },
	{ "BUG: KFENCE: use-after-free read in frob+0x1/0x2", OOPS_KFENCE },
	{ "UBSAN: shift-out-of-bounds in frob.c:7:9", OOPS_UBSAN },
	{ "BUG: scheduling while atomic: frob/7/0x00000002", OOPS_ATOMIC },
	{ "BUG: sleeping function called from invalid context at a.c:1",
	  OOPS_ATOMIC },
	{ "BUG: soft lockup - CPU#0 stuck for 22s! [frob:77]",
	  OOPS_SOFT_LOCKUP },
	{ "INFO: rcu_sched self-detected stall on CPU", OOPS_RCU_STALL },
	{ "INFO: task frob:77 blocked for more than 120 seconds.",
	  OOPS_HUNG_TASK },
	{ "BUG: Bad page state in process frob  pfn:1", OOPS_BAD_PAGE },
	{ "WARNING: possible circular locking dependency detected",
	  OOPS_LOCKDEP },
};

/* What a program has left there. */
static const char *const before[] = {
	"LMN",
	"12%",
	"_",
	"half a word",
	"frob[12]: half a word",
	"1\r2\r3",
	"a \"quotation\" and mo",
	"C:\\dir\\x",
	"[    1.000000] frob: x",
	"half[    1.000000] ",
	"half[    1.000000][   T1] ",
	"\033[1mx\033[0mhalf",
};

START_TEST(title_behind_half_a_line)
{
	for (size_t i = 0; i < COUNT(before); i++) {
		char *text =
			xasprintf("frob\n%s%s\n", before[i], titles[_i].line);
		struct found f = { 0 };

		scan(&f, text);
		ck_assert_msg(f.n == 1, "%s: %zu findings", text, f.n);
		ck_assert_msg(f.first.class == titles[_i].class, "%s: is %s",
			      text, oops_class_name(f.first.class));
		ck_assert_str_eq(f.first.title, titles[_i].line);
		ck_assert_uint_eq(f.first.line, 2);
		ck_assert_uint_eq(f.first.offset, 5 + strlen(before[i]));
		found_free(&f);
		free(text);
	}
}
END_TEST

/* Of any length, in pieces of any size, and before what is not of ASCII. */
START_TEST(title_behind_a_flood)
{
	static const size_t sizes[] = { 1, 26, 1023, 1500, 2047, 2048, 4096 };
	struct buf text = { 0 };

	for (size_t n = 900; n < 5000; n += 11) {
		size_t piece = sizes[n % COUNT(sizes)];
		struct found f = { 0 };

		text.n = 0;
		while (text.n < n)
			buf_addc(&text, LETTERS[text.n % 26]);
		buf_adds(&text, titles[_i].line);
		buf_addc(&text, '\n');
		found_scan(&f, text.p, text.n, piece);
		ck_assert_msg(f.n == 1, "behind %zu: %zu findings", n, f.n);
		ck_assert_str_eq(f.first.title, titles[_i].line);
		ck_assert_int_eq(f.first.class, titles[_i].class);
		ck_assert_uint_eq(f.first.offset, n);
		found_free(&f);
	}
	buf_free(&text);
}
END_TEST

/* A flood of anything: quotes, names of programs, and half of titles. */
static const char *const floods[] = {
	"x",	  ".",	       " ",	     "\"",    "'",
	"/",	  "=",	       "\\n",	     "[",     "[[[[[[BUG: [",
	"BUG: ",  "[12]: ",    "frob[12]: ", "Kern",  "Kernel panic",
	"INFO: ", "WARNING: ", "Oops: ",     "list_", "] ",
	"[ 12.",  "1.]",       "\033[",	     "\r",    "\x80",
	"\x01",
};

START_TEST(panic_behind_any_flood)
{
	struct buf text = { 0 };

	for (size_t n = 1100; n < 12000; n += 397) {
		struct found f = { 0 };

		text.n = 0;
		while (text.n < n)
			buf_adds(&text, floods[_i]);
		n = text.n;
		buf_adds(&text, PANIC "\n");
		found_scan(&f, text.p, text.n, 1000);
		ck_assert_msg(f.n >= 1, "behind %zu: nothing", n);
		ck_assert_int_eq(f.last.class, OOPS_PANIC);
		ck_assert_str_eq(f.last.title, PANIC);
		ck_assert_uint_eq(f.last.offset, n);
		found_free(&f);
	}
	buf_free(&text);
}
END_TEST

/* --- what only says so ------------------------------------------------------ */

static const char *const mentions[] = {
	"echo 'BUG: KASAN: x'",
	"$ echo \"" PANIC "\" >/dev/kmsg",
	"# printf '\\n" PANIC "\\n'",
	"+ printf 'a\\nBUG: KASAN: x\\n'",
	"x=" PANIC,
	"grep -q \"kernel BUG at \" log",
	"grep /BUG: KASAN: /",
	"Kernel command line: quiet a" PANIC,
	"Kernel command line: quiet " PANIC " ro",
	"Command line: a.b=1 xBUG: KASAN: y",
	"Unknown kernel command line parameters \"aWARNING: CPU: 1 PID: 2\"",
	"systemd[1]: Starting BUG: KASAN: x...",
	"systemd[1]: " PANIC,
	"systemd[1]: frob.service: kernel BUG at frob",
	"DEBUG: unable to find it",
	"xBUG: something that is no title",
	"xWARNING: CPU is hot",
	"xINFO: task list is empty",
	"xINFO: task a:1 is blocked on a mutex likely owned by task b:2.",
	"traps: a[7] general protection fault ip:7f12 sp:7ffc error:0",
	"xOops: that went wrong",
};

START_TEST(mention_is_none)
{
	static const char *const prefixes[] = { "", "[    1.000000] ",
						"[    1.000000] a\n" };

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		char *text = xasprintf("%s%s\n", prefixes[i], mentions[_i]);
		struct found f = { 0 };

		scan(&f, text);
		ck_assert_msg(!f.n, "%s: is found as %s", text, f.lines.p);
		found_free(&f);
		free(text);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("oops_glued");
	TCase *t = tcase_create("titles");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, title_behind_half_a_line, 0, COUNT(titles));
	tcase_add_loop_test(t, title_behind_a_flood, 0, COUNT(titles));
	tcase_add_loop_test(t, panic_behind_any_flood, 0, COUNT(floods));
	tcase_add_loop_test(t, mention_is_none, 0, COUNT(mentions));
	suite_add_tcase(s, t);
	return s;
}
