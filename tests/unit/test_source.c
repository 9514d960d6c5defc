// SPDX-License-Identifier: MIT
#include "host/source.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct source src;

/* Another reader was faster: it says so, where a plain read would wait. And
 * what is there comes. */
static void never_waits(int from, int to)
{
	char back[8];

	alarm(20);
	source_open(&src, from);
	ck_assert_int_lt(source_read(&src, back, sizeof(back)), 0);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(write(to, "ab\n", 3), 3);
	ck_assert_int_eq(source_read(&src, back, sizeof(back)), 3);
	ck_assert_mem_eq(back, "ab\n", 3);
	/* The descriptor that others share is as it was. */
	ck_assert_int_eq(fcntl(from, F_GETFL) & O_NONBLOCK, 0);
	alarm(0);
}

static void ends(int from)
{
	char back[8];

	ck_assert_int_eq(source_read(&src, back, sizeof(back)), 0);
	source_close(&src);
	ck_assert_int_eq(src.fd, -1);
	ck_assert_int_ge(fcntl(from, F_GETFD), 0);
}

START_TEST(pipe_that_another_has_emptied)
{
	int p[2];

	ck_assert_int_eq(pipe(p), 0);
	never_waits(p[0], p[1]);
	close(p[1]);
	ends(p[0]);
}
END_TEST

START_TEST(socket_that_another_has_emptied)
{
	int s[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	never_waits(s[0], s[1]);
	close(s[1]);
	ends(s[0]);
}
END_TEST

START_TEST(terminal_that_another_has_emptied)
{
	int master, slave;

	ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
	never_waits(slave, master);
	ck_assert_int_eq(write(master, "\004", 1), 1);
	ends(slave);
}
END_TEST

/* Opened anew it would be the master of another one. */
START_TEST(master_of_a_terminal_is_read_as_it_is)
{
	int master, slave;

	ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
	source_open(&src, master);
	ck_assert_int_eq(src.fd, master);
	source_close(&src);
	ck_assert_int_ge(fcntl(master, F_GETFD), 0);
}
END_TEST

/* Opened anew it would be read from its beginning. */
START_TEST(file_is_read_from_where_it_stands)
{
	FILE *f = tmpfile();
	char back[8];

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(write(fileno(f), "abcd", 4), 4);
	ck_assert_int_eq(lseek(fileno(f), 2, SEEK_SET), 2);
	source_open(&src, fileno(f));
	ck_assert_int_eq(source_read(&src, back, sizeof(back)), 2);
	ck_assert_mem_eq(back, "cd", 2);
	ends(fileno(f));
	fclose(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("source");
	TCase *t = tcase_create("source");

	tcase_add_test(t, pipe_that_another_has_emptied);
	tcase_add_test(t, socket_that_another_has_emptied);
	tcase_add_test(t, terminal_that_another_has_emptied);
	tcase_add_test(t, master_of_a_terminal_is_read_as_it_is);
	tcase_add_test(t, file_is_read_from_where_it_stands);
	suite_add_tcase(s, t);
	return s;
}
