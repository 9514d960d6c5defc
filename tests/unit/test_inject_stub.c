// SPDX-License-Identifier: MIT
/* A CPU's stack is taken away, with a QEMU that answers on QMP and as gdbstub
 * what it is told to, and notes all that it is asked. */
#include "injectfake.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#define IDT	0xfffffe0000000000ULL
#define GATE	"10001000008ea081ffffffff00000000"
#define NO_GATE "00000000000000000000000000000000"

/* In the kernel, at its second CPU. */
#define FEATURES                      \
	{                             \
		"qXfer", "l<target/>" \
	}
static const struct answer good[] = {
	FEATURES,	{ "m", GATE },
	{ "Z1", "OK" }, { "c", "T05thread:02;" },
	{ "Hg", "OK" }, { "p12", "1000000000000000" },
	{ "P7", "OK" }, { NULL, NULL },
};

static struct buf why;

static void setup(void)
{
	scratch_make();
	strcpy(dir, scratch);
}

static void teardown(void)
{
	qmp_close(&q);
	if (server > 0)
		waitpid(server, NULL, 0);
	buf_free(&why);
	scratch_remove();
}

/* All that was asked, a line each. */
static const char *asked(void)
{
	static struct buf b;

	buf_free(&b);
	ck_assert_int_eq(read_file(at("log"), &b, 65536), 0);
	return b.p;
}

static int count(const char *line)
{
	size_t len = strlen(line);
	int n = 0;

	for (const char *p = asked(); *p; p += strcspn(p, "\n") + 1)
		n += !strncmp(p, line, len) && p[len] == '\n';
	return n;
}

/* Whatever came of it: detached, the stub gone, signals as they were. */
static int inject(const struct answer *v)
{
	sigset_t before, after;
	int err;

	sigprocmask(SIG_SETMASK, NULL, &before);
	start(v);
	err = inject_double_fault(&q, dir, IDT, &why);
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int sig = 1; sig < 32; sig++)
		ck_assert_int_eq(sigismember(&before, sig),
				 sigismember(&after, sig));
	ck_assert_int_eq(count("gdbserver none"), 1);
	ck_assert(access(at("stub"), F_OK));
	return err;
}

START_TEST(in_the_kernel)
{
	static const char *const want =
		"qXfer:features:read:target.xml:0,10\n"
		"mfffffe0000000ec0,10\n"
		"Z1,ffffffff81a00010,1\n"
		"mfffffe0000000300,10\n"
		"Z1,ffffffff81a00010,1\n"
		"c\nHg2\np12\nP7=0000000000000080\nD\ngdbserver none\n";
	const char *got;

	ck_assert_int_eq(inject(good), 0);
	ck_assert_uint_eq(why.n, 0);
	got = asked();
	ck_assert_int_eq(strncmp(got, "gdbserver \"unix:", 16), 0);
	ck_assert_str_eq(strchr(got, '\n') + 1, want);
}
END_TEST

/* A program's stack is no good: it would die, and not the kernel. */
START_TEST(in_programs_only)
{
	static const struct answer v[] = {
		FEATURES,	{ "m", GATE },
		{ "Z1", "OK" }, { "c", "T05thread:02;" },
		{ "Hg", "OK" }, { "p12", "3300000000000000" },
		{ NULL, NULL },
	};

	ck_assert_int_eq(inject(v), -EAGAIN);
	ck_assert_str_eq(why.p, "no CPU was found in the kernel; try again");
	ck_assert_int_eq(count("c"), 5);
	ck_assert_int_eq(count("P7=0000000000000080"), 0);
	ck_assert_int_eq(count("D"), 1);
}
END_TEST

/* No interrupt comes: the first CPU is taken where it sleeps. */
START_TEST(all_sleep)
{
	static const struct answer v[] = {
		FEATURES,	 { "m", NO_GATE },
		{ "c", NULL },	 { "^C", "T02" },
		{ "Hg1", "OK" }, { "p12", "1000000000000000" },
		{ "P7", "OK" },	 { NULL, NULL },
	};

	ck_assert_int_eq(inject(v), 0);
	ck_assert_int_eq(count("^C"), 1);
	ck_assert_int_eq(count("Hg1"), 1);
	ck_assert_int_eq(count("D"), 1);
	/* What is no gate is no place to stop at. */
	ck_assert_ptr_null(strstr(asked(), "Z1"));
}
END_TEST

/* That it has stopped may be said before the answer. */
START_TEST(stops_are_passed_over)
{
	static const struct answer v[] = {
		{ "qXfer", "T05thread:01;#00$l<target/>" },
		{ "m", GATE },
		{ "Z1", "OK" },
		{ "c", "T05thread:01;" },
		{ "Hg", "OK" },
		{ "p12", "1000000000000000" },
		{ "P7", "OK" },
		{ NULL, NULL },
	};

	ck_assert_int_eq(inject(v), 0);
	ck_assert_int_eq(count("Hg1"), 1);
}
END_TEST

static const struct {
	struct answer v[8];
	int err;
	const char *why;
	bool detached;
} faults[] = {
	{ { FEATURES, { "m", "bye" } },
	  -ECONNRESET,
	  "gdb's way into the guest: ",
	  false },
	{ { FEATURES, { "m", GATE }, { "Z1", "OK" }, { "c", "bye" } },
	  -ECONNRESET,
	  "gdb's way into the guest: ",
	  false },
	/* No register, or none that can be set. */
	{ { FEATURES,
	    { "m", GATE },
	    { "Z1", "OK" },
	    { "c", "T05thread:01;" },
	    { "Hg", "OK" },
	    { "p12", "" } },
	  -EPROTO,
	  "gdb's way into the guest: ",
	  true },
	{ { FEATURES,
	    { "m", GATE },
	    { "Z1", "OK" },
	    { "c", "T05thread:01;" },
	    { "Hg", "OK" },
	    { "p12", "1000000000000000" },
	    { "P7", "E22" } },
	  -EPROTO,
	  "gdb's way into the guest: ",
	  true },
	/* A CPU that is not there. */
	{ { FEATURES,
	    { "m", GATE },
	    { "Z1", "OK" },
	    { "c", "T05thread:03;" },
	    { "Hg", "E22" } },
	  -EAGAIN,
	  "no CPU was found in the kernel",
	  true },
};

START_TEST(stub_at_fault)
{
	ck_assert_int_eq(inject(faults[_i].v), faults[_i].err);
	ck_assert_msg(strstr(why.p, faults[_i].why), "%s", why.p);
	if (faults[_i].detached)
		ck_assert_int_eq(count("D"), 1);
}
END_TEST

START_TEST(qemu_refuses)
{
	ck_assert_int_eq(inject(NULL), -EREMOTEIO);
	ck_assert_str_eq(why.p, "gdb's way into the guest: not here");
}
END_TEST

/* QEMU reads the name out of quotes, and then its options apart. */
START_TEST(names_in_the_monitor)
{
	char *want;

	snprintf(dir, sizeof(dir), "%s/a,b\"c'd\\e", scratch);
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(inject(good), 0);
	want = xasprintf("gdbserver \"unix:%s/a,,b\\\"c\\'d\\\\e/stub,"
			 "server=on,wait=off\"\n",
			 scratch);
	ck_assert_msg(!strncmp(asked(), want, strlen(want)), "%s", asked());
	free(want);
}
END_TEST

/* Whoever was killed meanwhile has left a guest that stands still. */
START_TEST(recovered)
{
	static const struct answer v[] = { { "D", "OK" }, { NULL, NULL } };
	pid_t stub;
	int fd;

	start(v);
	inject_recover(&q, dir);
	ck_assert(access(at("log"), F_OK));

	fd = listen_at(at("stub"));
	fflush(NULL);
	stub = fork();
	ck_assert_int_ge(stub, 0);
	if (stub == 0) {
		alarm(60);
		serve_gdb(accept(fd, NULL, NULL), v);
		_exit(0);
	}
	close(fd);
	inject_recover(&q, dir);
	ck_assert_int_eq(waitpid(stub, NULL, 0), stub);
	ck_assert_int_eq(count("D"), 1);
	ck_assert_int_eq(count("gdbserver none"), 1);
	ck_assert(access(at("stub"), F_OK));
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("inject_stub");
	TCase *t = tcase_create("stub");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, in_the_kernel);
	tcase_add_test(t, in_programs_only);
	tcase_add_test(t, all_sleep);
	tcase_add_test(t, stops_are_passed_over);
	tcase_add_loop_test(t, stub_at_fault, 0,
			    sizeof(faults) / sizeof(*faults));
	tcase_add_test(t, qemu_refuses);
	tcase_add_test(t, names_in_the_monitor);
	tcase_add_test(t, recovered);
	suite_add_tcase(suite, t);
	return suite;
}
