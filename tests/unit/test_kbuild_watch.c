// SPDX-License-Identifier: MIT
/* A build that goes on, line by line: what is counted, told, kept, logged. */
#include "capture.h"
#include "host/kbuild_watch.h"
#include "host/msg.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>

static struct kbuild_watch w;

static void begin(void)
{
	scratch_make();
	w = (struct kbuild_watch){ 0 };
	ck_assert_int_eq(kwatch_begin(&w, at("log")), 0);
	/* Whatever the test's own stderr is. */
	w.terminal = false;
}

static void end(void)
{
	msg_verbosity = 0;
	kwatch_free(&w);
	scratch_remove();
}

static void lines(const char *const *v)
{
	for (; *v; v++)
		kwatch_line(&w, *v);
}

#define LINES(...) lines((const char *const[]){ __VA_ARGS__, NULL })

/* @n objects "o/0.o" and so on, of which the first @there lie there. */
static void expect(size_t n, size_t there)
{
	struct strv v = { 0 };

	for (size_t i = 0; i < n; i++) {
		strv_pushf(&v, "o/%zu.o", i);
		if (i < there)
			put_text(v.v[i], "");
	}
	kwatch_expect(&w, &v, scratch);
	strv_free(&v);
}

START_TEST(what_is_missing_is_counted)
{
	expect(5, 2);
	ck_assert_uint_eq(w.total, 3);
	capture_begin();
	LINES("  CC      o/2.o", "  CC      elsewhere.o", "  CALL    scripts/x",
	      "  CC      o/3.o", "  CC      o/3.o");
	ck_assert_str_eq(capture_end(), "bootlet: 1 of 3 objects\n"
					"bootlet: 2 of 3 objects\n");
	ck_assert_uint_eq(w.done, 2);
	/* CALL makes nothing. */
	ck_assert_uint_eq(w.steps, 4);
	ck_assert_uint_eq(w.total, 3);
	/* What lay there is made anew: nobody knows how much there is. */
	LINES("  CC      o/0.o");
	ck_assert_uint_eq(w.total, 0);
}
END_TEST

START_TEST(each_tenth_is_told)
{
	const char *told;
	char line[32];

	expect(40, 0);
	capture_begin();
	for (int i = 0; i < 40; i++) {
		snprintf(line, sizeof(line), "  CC      o/%d.o", i);
		kwatch_line(&w, line);
	}
	told = capture_end();
	ck_assert_ptr_nonnull(strstr(told, "4 of 40 objects\n"));
	ck_assert_ptr_nonnull(strstr(told, "36 of 40 objects\n"));
	ck_assert_ptr_null(strstr(told, "40 of 40"));
	for (size_t n = 0;; n++) {
		told = strchr(told, '\n');
		if (!told) {
			ck_assert_uint_eq(n, 9);
			break;
		}
		told++;
	}
}
END_TEST

/* stderr is a terminal from here on. Return: its other end. */
static int terminal(int *saved)
{
	struct winsize size = { .ws_col = 60 };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), fd;

	ck_assert_int_ge(master, 0);
	ck_assert(!grantpt(master) && !unlockpt(master));
	ck_assert_int_eq(ioctl(master, TIOCSWINSZ, &size), 0);
	fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(fd, 0);
	*saved = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	return master;
}

START_TEST(a_bar_on_a_terminal)
{
	char shown[1024];
	int saved, master = terminal(&saved);
	struct pollfd ready = { .fd = master, .events = POLLIN };
	ssize_t n = 0, more;

	w.terminal = true;
	expect(4, 0);
	LINES("  CC      o/0.o");
	/* Too soon after the first. */
	w.shown_ms += 3600000;
	LINES("  CC      o/1.o");
	w.shown_ms = 0;
	LINES("  CC [M]  o/2.o");
	kwatch_end(&w);
	dup2(saved, STDERR_FILENO);
	close(saved);
	/* A terminal hands it on by and by. */
	while (poll(&ready, 1, 200) > 0 &&
	       (more = read(master, shown + n, sizeof(shown) - 1 - (size_t)n)) >
		       0)
		n += more;
	close(master);
	ck_assert_int_gt(n, 0);
	shown[n] = '\0';
	ck_assert_msg(strstr(shown, "o/0.o"), "%s", shown);
	ck_assert_msg(!strstr(shown, "o/1.o"), "%s", shown);
	ck_assert_msg(strstr(shown, "o/2.o"), "%s", shown);
	/* Each wipes the one before it, and nothing stays. */
	ck_assert_msg(!strchr(shown, '\n'), "%s", shown);
	ck_assert_str_eq(shown + n - 4, "\r\033[K");
	for (char *p = strtok(shown, "\r"); p; p = strtok(NULL, "\r"))
		ck_assert_uint_le(strlen(p), 60 + strlen("\033[K"));
}
END_TEST

START_TEST(a_fault_has_its_words)
{
	LINES("  CC      mm/a.o", "mm/a.c:1:2: warning: odd [-Wodd]",
	      "mm/a.c:1:2: error: no", "make[2]: *** [x:250: mm/a.o] Error 1",
	      "make[1]: *** [x:500: mm] Error 2", "make: *** [x:9: .] Error 2");
	ck_assert_uint_eq(w.warnings, 1);
	/* The others say nothing of their own. */
	ck_assert_uint_eq(w.n_fault, 1);
	ck_assert_str_eq(w.fault[0].target, "mm/a.o");
	ck_assert_str_eq(w.fault[0].words, "mm/a.c:1:2: warning: odd [-Wodd]\n"
					   "mm/a.c:1:2: error: no\n");
	kwatch_pass(&w);
	ck_assert_uint_eq(w.n_fault, 0);
}
END_TEST

START_TEST(of_many_words_the_errors_stay)
{
	char note[64];

	LINES("  CC      mm/a.o", "mm/a.c:1:2: error: the first");
	for (int i = 0; i < 1000; i++) {
		snprintf(note, sizeof(note), "mm/a.c:1:2: note: %d.", i);
		kwatch_line(&w, note);
	}
	LINES("make[2]: *** [x:250: mm/a.o] Error 1");
	ck_assert_uint_eq(w.n_fault, 1);
	ck_assert_ptr_nonnull(strstr(w.fault[0].words, " more lines]\n"));
	ck_assert_ptr_nonnull(strstr(w.fault[0].words, "error: the first\n"));
	ck_assert_ptr_nonnull(strstr(w.fault[0].words, "note: 999.\n"));
	ck_assert_ptr_null(strstr(w.fault[0].words, "note: 0.\n"));
}
END_TEST

START_TEST(undefined_once_each)
{
	LINES("ld: mm/a.o: in function `f':",
	      "a.c:(.text+0x1): undefined reference to `first'",
	      "a.c:(.text+0x5): undefined reference to `first'",
	      "a.c:(.text+0x9): undefined reference to `second'");
	ck_assert_uint_eq(w.undefined.n, 2);
	ck_assert_str_eq(w.undefined.v[0], "first");
	ck_assert_str_eq(w.undefined.v[1], "second");
}
END_TEST

/* What a compiler quotes from a file is no command to the terminal. */
START_TEST(shown_as_text)
{
	static const char line[] = "a.c:1: error: \033[2Jwiped\tnot\x7f";
	char log[128] = "";
	FILE *f;

	msg_verbosity = 1;
	capture_begin();
	LINES(line);
	ck_assert_str_eq(capture_end(),
			 "a.c:1: error: \\x1b[2Jwiped\tnot\\x7f\n");
	kwatch_end(&w);
	f = fopen(at("log"), "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fread(log, 1, sizeof(log), f), sizeof(line));
	fclose(f);
	ck_assert_int_eq(memcmp(log, line, sizeof(line) - 1), 0);
}
END_TEST

START_TEST(another_build_has_it)
{
	struct kbuild_watch other = { 0 };

	LINES("words of the first");
	ck_assert_int_eq(kwatch_begin(&other, at("log")), -EBUSY);
	kwatch_free(&other);
	fflush(w.log);
	/* Not emptied. */
	ck_assert_int_eq(access(at("log"), F_OK), 0);
	ck_assert_int_eq(ftell(w.log), sizeof("words of the first\n") - 1);
}
END_TEST

START_TEST(a_log_that_cannot_be)
{
	struct kbuild_watch other = { 0 };

	capture_begin();
	ck_assert_int_eq(kwatch_begin(&other, at("none/log")), 0);
	capture_expect("none/log: ");
	/* The build goes on. */
	kwatch_line(&other, "  CC      mm/a.o");
	ck_assert_uint_eq(other.steps, 1);
	kwatch_free(&other);

	capture_begin();
	ck_assert_int_eq(kwatch_begin(&other, "/dev/full"), 0);
	kwatch_line(&other, "  CC      mm/a.o");
	kwatch_end(&other);
	capture_expect("/dev/full: cannot be written: ");
	kwatch_free(&other);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("kbuild_watch");
	TCase *t = tcase_create("lines");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, what_is_missing_is_counted);
	tcase_add_test(t, each_tenth_is_told);
	tcase_add_test(t, a_bar_on_a_terminal);
	tcase_add_test(t, a_fault_has_its_words);
	tcase_add_test(t, of_many_words_the_errors_stay);
	tcase_add_test(t, undefined_once_each);
	tcase_add_test(t, shown_as_text);
	tcase_add_test(t, another_build_has_it);
	tcase_add_test(t, a_log_that_cannot_be);
	suite_add_tcase(suite, t);
	return suite;
}
