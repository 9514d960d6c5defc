// SPDX-License-Identifier: MIT
/* The scanner's stream: pieces, noise, bounds, functions, what belongs
 * together. What each line means is test_oops_rows.c's. */
#include "oops_found.h"
#include "unit.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define GOLDEN	 TOPDIR "/tests/unit/golden/"

static void scan(struct found *f, const char *text)
{
	found_scan(f, text, strlen(text), strlen(text));
}

/* --- reports ---------------------------------------------------------------- */

#define T "[   10.000001] "

static const struct {
	const char *text, *lines;
} reports[] = {
	/* The trace's first frame that tells something. */
	{ T "BUG: sleeping function called from invalid context at a.c:1\n" T
	    "Call Trace:\n" T " <TASK>\n" T " dump_stack_lvl+0x1/0x2\n" T
	    " ? not_me+0x1/0x2\n" T " __might_resched+0x1/0x2\n" T
	    " mutex_lock+0x1/0x2\n" T " frob_open+0x1/0x2 [frob]\n",
	  "atomic: BUG: sleeping function called from invalid context at "
	  "a.c:1 in frob_open\n" },
	/* Where the CPU was; the oops's other lines are the same failure. */
	{ T "BUG: unable to handle page fault for address: ffff\n" T
	    "#PF: supervisor read access in kernel mode\n" T
	    "Oops: 0000 [#1] SMP\n" T "RIP: 0010:frob_read+0x1/0x2\n" T
	    "Call Trace:\n" T " vfs_read+0x1/0x2\n",
	  "oops: BUG: unable to handle page fault for address: ffff in "
	  "frob_read\n" },
	{ T "BUG: unable to handle kernel paging request at ffff\n" T
	    "IP: [<ffffffff81234567>] frob_read+0x1/0x2\n",
	  "oops: BUG: unable to handle kernel paging request at ffff in "
	  "frob_read\n" },
	{ T "Unable to handle kernel paging request at virtual address 00\n" T
	    "Internal error: Oops: 96000004 [#1] SMP\n" T
	    "pc : frob_read+0x1/0x2\n" T "lr : not_me+0x1/0x2\n",
	  "oops: Unable to handle kernel paging request at virtual address 00 "
	  "in frob_read\n" },
	{ T "Unable to handle kernel NULL pointer dereference at virtual\n" T
	    "PC is at frob_read+0x1/0x2 [frob]\n",
	  "oops: Unable to handle kernel NULL pointer dereference at virtual "
	  "in frob_read\n" },
	{ T "general protection fault: 0000 [#1] SMP\n" T
	    "KASAN: null-ptr-deref in range [0x0-0x7]\n" T
	    "RIP: 0010:__memcpy+0x1/0x2\n" T "Call Trace:\n" T
	    " [<ffffffff81234567>] frob_copy+0x1/0x2\n",
	  "oops: general protection fault: 0000 [#1] SMP in frob_copy\n" },
	/* Already in the title, and not twice. */
	{ T "BUG: KASAN: use-after-free in frob_put.isra.0+0x1/0x2\n",
	  "kasan: BUG: KASAN: use-after-free in frob_put.isra.0+0x1/0x2\n" },
	{ T "BUG: KCSAN: data-race in frob_get / frob_put\n",
	  "kcsan: BUG: KCSAN: data-race in frob_get / frob_put\n" },
	{ T "WARNING: CPU: 0 PID: 1 at lib/refcount.c:1 "
	    "refcount_warn_saturate+0x1/0x2\n" T
	    "RIP: 0010:refcount_warn_saturate+0x1/0x2\n" T
	    " frob_put+0x1/0x2\n",
	  "refcount: WARNING: CPU: 0 PID: 1 at lib/refcount.c:1 "
	  "refcount_warn_saturate+0x1/0x2 in frob_put\n" },
	/* What WARN() says stands above its line. */
	{ T "------------[ cut here ]------------\n" T
	    "refcount_t: underflow; use-after-free.\n" T
	    "WARNING: CPU: 0 PID: 1 at lib/refcount.c:1 a+0x1/0x2\n" T
	    "RIP: 0010:refcount_warn_saturate+0x1/0x2\n" T
	    " frob_put+0x1/0x2\n",
	  "refcount: refcount_t: underflow; use-after-free. in frob_put\n" },
	{ T "list_del corruption, ffff->next is NULL\n" T
	    "kernel BUG at lib/list_debug.c:50!\n" T
	    "invalid opcode: 0000 [#1] SMP\n" T " frob_del+0x1/0x2\n",
	  "list: list_del corruption, ffff->next is NULL in frob_del\n" },
	/* A panic is a failure of its own, and its trace is that of both. */
	{ T "WARNING: CPU: 0 PID: 1 at a.c:1 kfree+0x1/0x2\n" T
	    "Kernel panic - not syncing: kernel: panic_on_warn set ...\n" T
	    " panic+0x1/0x2\n" T " frob_free+0x1/0x2\n" T
	    "---[ end Kernel panic - not syncing: kernel: panic_on_warn set "
	    "... ]---\n",
	  "warning: WARNING: CPU: 0 PID: 1 at a.c:1 kfree+0x1/0x2 in "
	  "frob_free\n"
	  "panic: Kernel panic - not syncing: kernel: panic_on_warn set ... "
	  "in frob_free\n" },
	/* ... but not that of what is long over. */
	{ T "Initramfs unpacking failed: no cpio magic\n" T
	    "Kernel panic - not syncing: frob\n" T " frob_root+0x1/0x2\n",
	  "boot: Initramfs unpacking failed: no cpio magic\n"
	  "panic: Kernel panic - not syncing: frob in frob_root\n" },
	{ T "INFO: task a:1 blocked for more than 9 seconds.\n"
	    "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n" T
	    "Kernel panic - not syncing: frob\n" T " frob_die+0x1/0x2\n",
	  "hung-task: INFO: task a:1 blocked for more than 9 seconds.\n"
	  "panic: Kernel panic - not syncing: frob in frob_die\n" },
	/* Another CPU's lines in between are not this report's. */
	{ "[ 1.000000][   T7] BUG: scheduling while atomic: a/7/0x2\n"
	  "[ 1.000001][   T8] not_me+0x1/0x2\n"
	  "[ 1.000002][   T7] frob_wait+0x1/0x2\n",
	  "atomic: BUG: scheduling while atomic: a/7/0x2 in frob_wait\n" },
	/* ... but that is how a CPU which stands still is shown. */
	{ "[ 1.000000][    C0] rcu: INFO: rcu_sched detected stalls on CPUs\n"
	  "[ 1.000001][    C1] RIP: 0010:frob_spin+0x1/0x2\n",
	  "rcu-stall: INFO: rcu_sched detected stalls on CPUs in "
	  "frob_spin\n" },
	{ T "[ INFO: possible circular locking dependency detected ]\n" T
	    "frob/7 is trying to acquire lock:\n" T
	    "ffff8881 (&frob->lock){+.+.}-{3:3}, at: frob_lock+0x1/0x2\n",
	  "lockdep: INFO: possible circular locking dependency detected in "
	  "frob_lock\n" },
	{ T "BUG: memory leak\nunreferenced object 0xffff (size 64):\n"
	    "  backtrace:\n    [<c0001234>] __kmalloc+0x1/0x2\n"
	    "    [<c0001234>] alloc_frob+0x1/0x2\n"
	    "    [<c0001234>] frob_new+0x1/0x2\n",
	  "leak: BUG: memory leak in frob_new\n" },
	/* A second kernel where the first did not say good-bye. */
	{ T "a\n[    0.000000] Linux version 6.1.0 (a@b) #1\n",
	  "reboot: Linux version 6.1.0 (a@b) #1\n" },
	{ T "reboot: Restarting system\n"
	    "[    0.000000] Linux version 6.1.0 (a@b) #1\n",
	  "" },
	{ "[    0.000000] Linux version 6.1.0 (a@b) #1\n" T "b\n", "" },
};

START_TEST(report_is_one_line)
{
	const char *text = reports[_i].text;

	for (size_t piece = 1; piece <= strlen(text); piece++) {
		struct found f = { 0 };

		found_scan(&f, text, strlen(text), piece);
		ck_assert_str_eq(f.lines.p, reports[_i].lines);
		found_free(&f);
	}
}
END_TEST

/* --- when ------------------------------------------------------------------- */

START_TEST(title_is_pending_until_its_function_comes)
{
	struct found f = { 0 };
	struct oops_scan *s = oops_open(found_add, &f);
	static const char title[] = T "Kernel panic - not syncing: frob\n";
	static const char frame[] = T " frob_die+0x1/0x2\n";

	ck_assert_ptr_null(oops_pending(s));
	oops_feed(s, title, strlen(title) - 1);
	ck_assert_ptr_null(oops_pending(s));
	oops_feed(s, "\n", 1);
	ck_assert_ptr_nonnull(oops_pending(s));
	ck_assert_str_eq(oops_pending(s)->title,
			 "Kernel panic - not syncing: frob");
	ck_assert_int_eq(oops_pending(s)->class, OOPS_PANIC);
	ck_assert_uint_eq(f.n, 0);
	oops_feed(s, frame, strlen(frame));
	ck_assert_ptr_null(oops_pending(s));
	ck_assert_uint_eq(f.n, 1);
	oops_end(s);
	ck_assert_uint_eq(f.n, 1);
	oops_close(s);
	found_free(&f);
}
END_TEST

START_TEST(report_without_a_function_ends)
{
	struct found f = { 0 };
	struct oops_scan *s = oops_open(found_add, &f);
	static const char title[] = T
		"INFO: task a:1 blocked for more than 9\n";

	oops_feed(s, title, strlen(title));
	for (int i = 0; i < 100; i++)
		oops_feed(s, "frob\n", 5);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.first.function, "");
	ck_assert_ptr_null(oops_pending(s));
	oops_close(s);
	found_free(&f);
}
END_TEST

START_TEST(place_is_told)
{
	static const char text[] = "\n\nfrob\r\n" T
				   "VFS: Close: file count is 0";
	struct found f = { 0 };

	scan(&f, text);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_uint_eq(f.first.line, 4);
	ck_assert_uint_eq(f.first.offset, strstr(text, "VFS") - text);
	found_free(&f);
}
END_TEST

/* --- what no log should be ---------------------------------------------------- */

/* A title behind so much without a newline, in pieces of odd size. */
static const size_t floods[] = { 0,    1,    100,  1500, 1530,	1536,	2000,
				 2040, 2048, 2049, 4000, 99999, 1000003 };

START_TEST(line_without_end)
{
	static const char title[] =
		"[   10.000001] Kernel panic - not syncing: "
		"frob\n";
	size_t n = floods[_i];
	char *text = xrealloc(NULL, n + sizeof(title));
	struct found f = { 0 };

	memset(text, 'x', n);
	memcpy(text + n, title, sizeof(title));
	found_scan(&f, text, n + sizeof(title) - 1, 4099);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.lines.p,
			 "panic: Kernel panic - not syncing: frob\n");
	ck_assert_uint_eq(f.first.line, 1);
	ck_assert_uint_eq(f.first.offset, n + strlen("[   10.000001] "));
	found_free(&f);
	free(text);
}
END_TEST

/* Wherever a segment of such a line ends, the title is found once. */
START_TEST(every_place_in_a_long_line)
{
	static const char title[] = "[   10.000001] BUG: Bad page state in a";

	for (size_t n = 1000; n < 5000; n += 7) {
		char text[8192];
		struct found f = { 0 };

		memset(text, '.', sizeof(text));
		memcpy(text + n, title, strlen(title));
		found_scan(&f, text, sizeof(text), sizeof(text));
		ck_assert_msg(f.n == 1, "%zu: %zu findings", n, f.n);
		ck_assert_uint_eq(f.first.offset,
				  n + strlen("[   10.000001] "));
		found_free(&f);
	}
}
END_TEST

/* What looks like an escape hides the key from the prefix: nothing beyond the
 * line is read. */
START_TEST(key_in_an_escape)
{
	static const char line[] = "\033[#1] PREE\377\377\377\003SMP\n";
	struct found f = { 0 };
	char *text = malloc(sizeof(line) - 1);

	ck_assert_ptr_nonnull(text);
	memcpy(text, line, sizeof(line) - 1);
	found_scan(&f, text, sizeof(line) - 1, sizeof(line));
	ck_assert_str_eq(f.lines.p, "oops: #1] PREE????SMP\n");
	found_free(&f);
	free(text);
}
END_TEST

START_TEST(noise)
{
	static char text[1 << 20];
	unsigned state = 1;
	struct found f = { 0 };

	for (size_t i = 0; i < sizeof(text); i++) {
		state = state * 1103515245 + 12345;
		text[i] = (char)(state >> 16);
	}
	memcpy(text + 500000, "\n" T "kernel BUG at a.c:1!\n", 38);
	found_scan(&f, text, sizeof(text), 4093);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.lines.p, "bug: kernel BUG at a.c:1!\n");
	found_free(&f);
}
END_TEST

/* Cut anywhere, or with any byte spoilt, nothing worse than a title lost. */
START_TEST(spoilt_reports)
{
	for (size_t i = 0; i < COUNT(reports); i++) {
		size_t n = strlen(reports[i].text);
		char *text = xstrdup(reports[i].text);
		struct found f = { 0 };

		for (size_t k = 0; k < n; k++) {
			char *part = xrealloc(NULL, k + 1);

			memcpy(part, text, k);
			found_scan(&f, part, k, k + 1);
			free(part);
			text[k] ^= 0x5b;
			found_scan(&f, text, n, 64);
			text[k] ^= 0x5b;
		}
		found_free(&f);
		free(text);
	}
}
END_TEST

START_TEST(title_is_printable)
{
	struct found f = { 0 };

	scan(&f, T "WARNING: CPU: 0 PID: 1 at \x01\x1b[31ma.c\x1b[0m:1 "
		   "\"\xc3\xa9\"\t.\r\n");
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.first.title,
			 "WARNING: CPU: 0 PID: 1 at ?a.c:1 \"??\" .");
	found_free(&f);
}
END_TEST

/* --- real consoles ------------------------------------------------------------ */

static char *places(const struct buf *log)
{
	struct buf out = { 0 };
	struct found f = { 0 };

	found_scan(&f, log->p, log->n, log->n);
	buf_addf(&out, "%zu\n%s", f.n, f.lines.p);
	if (f.n)
		buf_addf(&out, "first at line %llu, byte %llu\n", f.first.line,
			 f.first.offset);
	found_free(&f);
	return out.p;
}

/* Logs of this project's VMs: what is found in oops-X.log is in oops-X.txt. */
START_TEST(logs_of_vms)
{
	glob_t g;

	ck_assert_int_eq(glob(GOLDEN "oops-*.log", 0, NULL, &g), 0);
	ck_assert_uint_ge(g.gl_pathc, 4);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		char *path = xstrdup(g.gl_pathv[i]), *got;
		struct buf log = { 0 }, want = { 0 };

		ck_assert_int_eq(read_file(path, &log, 1 << 20), 0);
		got = places(&log);
		memcpy(path + strlen(path) - 3, "txt", 3);
		if (getenv("UPDATE_GOLDEN")) {
			FILE *f = fopen(path, "w");

			fputs(got, f);
			fclose(f);
		}
		ck_assert_int_eq(read_file(path, &want, 65536), 0);
		ck_assert_msg(!strcmp(got, want.p), "%s: %s", path, got);
		buf_free(&log);
		buf_free(&want);
		free(got);
		free(path);
	}
	globfree(&g);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("oops");
	TCase *t = tcase_create("stream");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, report_is_one_line, 0, COUNT(reports));
	tcase_add_test(t, title_is_pending_until_its_function_comes);
	tcase_add_test(t, report_without_a_function_ends);
	tcase_add_test(t, place_is_told);
	tcase_add_loop_test(t, line_without_end, 0, COUNT(floods));
	tcase_add_test(t, every_place_in_a_long_line);
	tcase_add_test(t, noise);
	tcase_add_test(t, key_in_an_escape);
	tcase_add_test(t, spoilt_reports);
	tcase_add_test(t, title_is_printable);
	tcase_add_test(t, logs_of_vms);
	suite_add_tcase(s, t);
	return s;
}
