// SPDX-License-Identifier: MIT
#include "host/virtiofsd.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <signal.h>

static struct sharespec s;
static struct virtiofsd v;

static void setup(void)
{
	char *path;

	memset(&s, 0, sizeof(s));
	memset(&v, 0, sizeof(v));
	scratch_make();
	said_begin();
	path = xasprintf("%s:%s", at("bin"), getenv("PATH"));
	setenv("PATH", path, 1);
	free(path);
	s.share[s.n++] = (struct share){
		.dir = xstrdup("/srv/x"),
		.at = xstrdup("/x"),
		.rw = true,
		.type = SHARE_VIRTIOFS,
		.socket = xstrdup(at("share0")),
	};
}

static void teardown(void)
{
	virtiofsd_stop(&v);
	sharespec_free(&s);
	scratch_remove();
}

/* Wait until a file has something in it. */
static const char *wait_for(const char *path)
{
	static char text[512];

	for (int i = 0; i < 1000; i++) {
		int fd = open(path, O_RDONLY);
		ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

		if (fd >= 0)
			close(fd);
		text[n > 0 ? n : 0] = '\0';
		if (strchr(text, '\n'))
			return text;
		usleep(10000);
	}
	ck_abort_msg("%s stays empty", path);
	return NULL;
}

START_TEST(command_line)
{
	struct strv argv = { 0 };

	virtiofsd_argv("/usr/lib/v", &s.share[0], true, 3, &argv);
	ck_assert_uint_eq(argv.n, 8);
	ck_assert_str_eq(argv.v[0], "/usr/lib/v");
	ck_assert_str_eq(argv.v[1], "--fd=3");
	ck_assert_str_eq(argv.v[3], "source=/srv/x");
	ck_assert_str_eq(argv.v[7], "sandbox=chroot");
	strv_free(&argv);
	virtiofsd_argv("v", &s.share[0], false, -1, &argv);
	ck_assert_msg(!strncmp(argv.v[1], "--socket-path=/", 15), "%s",
		      argv.v[1]);
	ck_assert_str_eq(argv.v[7], "sandbox=namespace");
	strv_free(&argv);
}
END_TEST

/* What it inherits: the socket as 3, and nothing else. */
START_TEST(started_and_ended)
{
	char *fds = xstrdup(at("fds"));
	char *script = xasprintf("#!/bin/sh\n"
				 "readlink /proc/$$/fd/3 | cut -c1-7 >%s.new\n"
				 "mv %s.new %s\nsleep 1000\n",
				 fds, fds, fds);
	pid_t pid;

	put_script("bin/virtiofsd", script);
	ck_assert_int_eq(virtiofsd_check(&s), 0);
	ck_assert_int_eq(virtiofsd_start(&v, &s), 0);
	ck_assert_uint_eq(v.n, 1);
	pid = v.pid[0];
	ck_assert_str_eq(wait_for(fds), "socket:\n");
	ck_assert_int_eq(access(at("share0"), F_OK), 0);
	virtiofsd_stop(&v);
	/* Its own group, so that what it has started is gone, too. */
	for (int i = 0; i < 500 && kill(-pid, 0) == 0; i++)
		usleep(10000);
	ck_assert_int_eq(kill(-pid, 0), -1);
	ck_assert_int_eq(said_lines(), 0);
	/* Again, as another accelerator has it: the socket is there already. */
	ck_assert_int_eq(virtiofsd_start(&v, &s), 0);
	virtiofsd_stop(&v);
	free(script);
	free(fds);
}
END_TEST

START_TEST(one_that_fails)
{
	put_script("bin/virtiofsd", "#!/bin/sh\necho first\necho no way\n"
				    "exit 4\n");
	ck_assert_int_eq(virtiofsd_start(&v, &s), 0);
	wait_for(at("share0.log"));
	usleep(300000);
	virtiofsd_stop(&v);
	ck_assert_said("virtiofsd: failed (exit code 4): no way; use "
		       "--share-type 9p");
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

START_TEST(a_socket_that_cannot_be)
{
	put_script("bin/virtiofsd", "#!/bin/sh\n");
	free(s.share[0].socket);
	s.share[0].socket = xasprintf("%s/none/share0", scratch);
	ck_assert_int_eq(virtiofsd_start(&v, &s), -ENOENT);
	ck_assert_said("--share /srv/x: virtiofsd cannot be started");
	ck_assert_uint_eq(v.n, 0);
	free(s.share[0].socket);
	s.share[0].socket = xasprintf("%s/%0200d", scratch, 0);
	ck_assert_int_eq(virtiofsd_start(&v, &s), -ENAMETOOLONG);
}
END_TEST

START_TEST(a_comma)
{
	put_script("bin/virtiofsd", "#!/bin/sh\n");
	free(s.share[0].dir);
	s.share[0].dir = xstrdup("/srv/a,b");
	ck_assert_int_eq(virtiofsd_check(&s), -EINVAL);
	ck_assert_said("--share /srv/a,b: virtiofsd takes no comma");
	/* By 9p it is no matter. */
	s.share[0].type = SHARE_9P;
	ck_assert_int_eq(virtiofsd_check(&s), 0);
	ck_assert_int_eq(virtiofsd_start(&v, &s), 0);
	ck_assert_uint_eq(v.n, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("virtiofsd");
	TCase *t = tcase_create("virtiofsd");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, command_line);
	tcase_add_test(t, started_and_ended);
	tcase_add_test(t, one_that_fails);
	tcase_add_test(t, a_socket_that_cannot_be);
	tcase_add_test(t, a_comma);
	suite_add_tcase(suite, t);
	return suite;
}
