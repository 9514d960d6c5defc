// SPDX-License-Identifier: MIT
#include "host_io.h"
#include "init/child.h"
#include "init/protocol.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start(char *const argv[], int *err)
{
	static struct boot_config cfg;
	struct child_spec spec = {
		.argv = argv,
		.streams = CHILD_PIPES,
		.cfg = &cfg,
	};

	return child_start(&spec, err);
}

static pid_t shell(const char *script)
{
	char *argv[] = { "sh", "-c", (char *)script, NULL };
	int err;
	pid_t pid = start(argv, &err);

	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(err, 0);
	return pid;
}

static int status_of(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* All of one output, up to its end. */
static size_t all(int which, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	for (;;) {
		struct pollfd p = { .fd = child_out_fd(which),
				    .events = POLLIN };

		if (p.fd < 0)
			return len;
		ck_assert_int_eq(poll(&p, 1, 10000), 1);
		n = child_out(which, buf + len, size - len);
		if (n == -EAGAIN)
			continue;
		ck_assert_int_ge(n, 0);
		len += (size_t)n;
	}
}

START_TEST(streams_are_separate_and_whole)
{
	char out[64], err[64];
	pid_t pid = shell("echo out; echo err >&2; exit 7");

	ck_assert_uint_eq(all(1, out, sizeof(out)), 4);
	ck_assert_mem_eq(out, "out\n", 4);
	ck_assert_uint_eq(all(2, err, sizeof(err)), 4);
	ck_assert_mem_eq(err, "err\n", 4);
	ck_assert_int_eq(WEXITSTATUS(status_of(pid)), 7);
	ck_assert_int_eq(child_out_fd(1), -1);
}
END_TEST

START_TEST(stdin_reaches_its_end)
{
	static char data[WINDOW_MAX], got[WINDOW_MAX + 1];
	char *argv[] = { "cat", NULL };
	size_t consumed = 0, len = 0;
	int err;
	pid_t pid = start(argv, &err);
	ssize_t n;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7);
	/* A pipe takes less; what is left over fills the buffer. */
	for (int i = 0; i < 2; i++) {
		n = child_in(data + sizeof(data) / 2 * (size_t)i,
			     sizeof(data) / 2);
		ck_assert_int_ge(n, 0);
		consumed += (size_t)n;
	}
	while (consumed < sizeof(data) || len < sizeof(data)) {
		consumed += child_in_flush();
		n = child_out(1, got + len, sizeof(got) - len);
		if (n > 0)
			len += (size_t)n;
	}
	ck_assert_mem_eq(got, data, sizeof(data));
	child_in(NULL, 0);
	child_in_flush();
	ck_assert_uint_eq(all(1, got, sizeof(got)), 0);
	ck_assert_int_eq(status_of(pid), 0);
}
END_TEST

START_TEST(stdin_beyond_the_window_is_refused)
{
	static char data[WINDOW_MAX];
	pid_t pid = shell("exec sleep 100");
	size_t taken = 0;
	int n = 0;

	signal(SIGPIPE, SIG_IGN);
	/* The pipe and the buffer fill. */
	for (int i = 0; i < 100 && n >= 0; i++) {
		n = child_in(data, 8192);
		taken += n >= 0 ? 8192 : 0;
	}
	ck_assert_int_eq(n, -ENOSPC);
	ck_assert_uint_ge(taken, WINDOW_MAX);
	ck_assert_int_ge(child_in_fd(), 0);
	ck_assert_uint_eq(child_in_flush(), 0);
	kill(-pid, SIGKILL);
	status_of(pid);
	/* Now nobody reads it: all of it is consumed. */
	ck_assert_uint_gt(child_in_flush(), 0);
	ck_assert_int_eq(child_in_fd(), -1);
}
END_TEST

START_TEST(stdin_that_nobody_reads_is_consumed)
{
	static char data[WINDOW_MAX];
	pid_t pid = shell("exec <&-; echo closed; sleep 100");
	char line[8];
	struct pollfd p = { .fd = child_out_fd(1), .events = POLLIN };

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(poll(&p, 1, 10000), 1);
	ck_assert_int_eq(child_out(1, line, sizeof(line)), 7);
	ck_assert_int_eq(child_in(data, sizeof(data)), sizeof(data));
	child_in_flush();
	ck_assert_int_eq(child_in_fd(), -1);
	/* What comes afterwards is dropped, and says so at once. */
	ck_assert_int_eq(child_in(data, 100), 100);
	kill(-pid, SIGKILL);
	status_of(pid);
}
END_TEST

static const struct {
	const char *path;
	int err;
} missing[] = {
	{ "/nonexistent", ENOENT },
	{ "no-such-command-anywhere", ENOENT },
	{ "/etc/passwd", EACCES },
	{ "/", EACCES },
	{ "", ENOENT },
};

START_TEST(missing_interpreter_is_told_from_a_missing_file)
{
	char dir[] = "/tmp/bootlet-child-XXXXXX", file[64], path[64];
	char name[] = "script", *by_path[] = { file, NULL };
	char *by_name[] = { name, NULL };
	FILE *f;
	int err = 0;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/%s", dir, name);
	f = fopen(file, "w");
	fputs("#!/no/such/interpreter\n", f);
	fchmod(fileno(f), 0755);
	fclose(f);
	ck_assert_int_gt(start(by_path, &err), 0);
	ck_assert_int_eq(err, ELIBACC);
	snprintf(path, sizeof(path), "/nonexistent:%s", dir);
	setenv("PATH", path, 1);
	ck_assert_int_gt(start(by_name, &err), 0);
	ck_assert_int_eq(err, ELIBACC);
	unlink(file);
	rmdir(dir);
}
END_TEST

START_TEST(exec_failure_is_told_apart)
{
	char *argv[] = { (char *)missing[_i].path, NULL };
	int err = 0;

	ck_assert_int_gt(start(argv, &err), 0);
	ck_assert_int_eq(err, missing[_i].err);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(child_out_fd(1), -1);
}
END_TEST

/* What stands in the directories a, b and c of PATH, and how it ends. */
static const struct {
	const char *make;
	int err, status;
} along_path[] = {
	/* Not allowed here: what comes later runs. */
	{ "touch a/x; ln -s /bin/true b/x", 0, 0 },
	{ "mkdir a/x; ln -s /bin/true c/x", 0, 0 },
	/* Nothing runs: that something was there wins over "no such". */
	{ "touch a/x", EACCES, 126 },
	{ "mkdir b/x", EACCES, 126 },
	{ "rmdir a; touch a", ENOENT, 127 },
	/* What is executable but damaged hides what comes later. */
	{ "echo >a/x; chmod +x a/x; ln -s /bin/true b/x", ENOEXEC, 126 },
	{ "touch a/x; echo >b/x; chmod +x b/x", ENOEXEC, 126 },
	{ "ln -s x a/x; ln -s /bin/true b/x", ELOOP, 126 },
};

START_TEST(path_is_searched_as_by_execvp)
{
	char path[256], *argv[] = { "x", NULL };
	int err = 0, status;
	pid_t pid;

	ck_assert_int_eq(chdir(scratch), 0);
	ck_assert_int_eq(system("mkdir a b c"), 0);
	ck_assert_int_eq(system(along_path[_i].make), 0);
	snprintf(path, sizeof(path), "%s/a:%s/b:%s/c", scratch, scratch,
		 scratch);
	ck_assert_int_eq(setenv("PATH", path, 1), 0);
	pid = start(argv, &err);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(err, along_path[_i].err);
	if (!err)
		ck_assert_int_eq(status_of(pid), 0);
	/* execvp(3) itself, but for the shell that it tries in the end. */
	if (along_path[_i].err != ENOEXEC) {
		pid = fork();
		if (!pid) {
			execvp("x", argv);
			_exit(errno == ENOENT ? 127 : 126);
		}
		status = status_of(pid);
		ck_assert_int_eq(WEXITSTATUS(status), along_path[_i].status);
	}
	ck_assert_int_eq(setenv("PATH", "/usr/bin:/bin", 1), 0);
}
END_TEST

static const struct {
	const char *vmstat; /* NULL: there is none */
	int status;
	bool oom;
} ooms[] = {
	{ "nr_free_pages 1\noom_kill 1\nx 0\n", SIGKILL, true },
	{ "nr_free_pages 1\noom_kill 0\nx 0\n", SIGKILL, false },
	{ "nr_free_pages 1\noom_kill 1\n", SIGTERM, false },
	/* Exit status 9. */
	{ "nr_free_pages 1\noom_kill 1\n", 9 << 8, false },
	{ "nr_free_pages 1\nxoom_kill 1\n", SIGKILL, false },
	{ NULL, SIGKILL, false },
};

START_TEST(killed_for_want_of_memory)
{
	char dir[] = "/tmp/bootlet-child.XXXXXX", proc[64], path[80];
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(proc, sizeof(proc), "%s/proc", dir);
	snprintf(path, sizeof(path), "%s/vmstat", proc);
	ck_assert_int_eq(mkdir(proc, 0755), 0);
	if (ooms[_i].vmstat) {
		f = fopen(path, "w");
		ck_assert_int_ge(fputs(ooms[_i].vmstat, f), 0);
		fclose(f);
	}
	host_io_root = dir;
	ck_assert_int_eq(child_was_oom(ooms[_i].status), ooms[_i].oom);
	host_io_root = NULL;
	unlink(path);
	rmdir(proc);
	rmdir(dir);
}
END_TEST

START_TEST(child_starts_clean)
{
	char out[128], fds[8] = "";
	sigset_t all_signals;
	FILE *plain = popen("ls /proc/self/fd | wc -l", "r");
	pid_t pid;

	ck_assert_ptr_nonnull(fgets(fds, sizeof(fds), plain));
	pclose(plain);

	sigfillset(&all_signals);
	sigprocmask(SIG_SETMASK, &all_signals, NULL);
	/* A kernel starts init with none ignored; a job in the background of a
	 * script, or one of nohup(1), begins with some. */
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	pid = shell("grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f2;"
		    "cut -d' ' -f6 /proc/$$/stat; ls /proc/self/fd | wc -l");
	out[all(1, out, sizeof(out) - 1)] = '\0';
	status_of(pid);
	ck_assert_uint_eq(strtoull(out, NULL, 16), 0);
	/* 32 and 33 are the C library's own; it lets nobody touch them. */
	ck_assert_uint_eq(strtoull(out + 17, NULL, 16) & ~0x180000000ULL, 0);
	/* Its own session, and no descriptor more than any other child. */
	ck_assert_int_eq(atoi(out + 34), pid);
	ck_assert_str_eq(strrchr(out + 34, '\n') - strlen(fds) + 1, fds);
}
END_TEST

static bool env_has(char *const env[], const char *entry)
{
	for (; *env; env++)
		if (!strcmp(*env, entry))
			return true;
	return false;
}

static size_t env_count(char *const env[], const char *prefix)
{
	size_t n = 0;

	for (; *env; env++)
		n += !strncmp(*env, prefix, strlen(prefix));
	return n;
}

START_TEST(environment)
{
	char *kernel[] = { "HOME=/", "TERM=xterm-256color", "A=b c", "PATHX=1",
			   NULL };
	char *bare[] = { NULL }, *path[] = { "PATH=/x", NULL };
	char given[] = "/dir\0HOME=/h\0A=host\0", *env[16], *small[5];

	child_env(NULL, kernel, env, 16);
	ck_assert_uint_eq(env_count(env, "HOME="), 1);
	ck_assert(env_has(env, "TERM=xterm-256color"));
	ck_assert_uint_eq(env_count(env, "TERM="), 1);
	ck_assert(env_has(env, "A=b c"));
	ck_assert_uint_eq(env_count(env, "PATH=/usr/local/sbin:"), 1);
	child_env(NULL, bare, env, 16);
	ck_assert(env_has(env, "TERM=linux"));
	ck_assert_uint_eq(env_count(env, "HOME=/"), 1);
	child_env(NULL, path, env, 16);
	ck_assert(env_has(env, "PATH=/x"));
	ck_assert_uint_eq(env_count(env, "PATH="), 1);
	/* What the host gives goes first, behind the directory. */
	child_env(given, kernel, env, 16);
	ck_assert(env_has(env, "HOME=/h"));
	ck_assert_uint_eq(env_count(env, "HOME="), 1);
	ck_assert(env_has(env, "A=host"));
	ck_assert_uint_eq(env_count(env, "A="), 1);
	ck_assert(env_has(env, "PATHX=1"));
	ck_assert_uint_eq(env_count(env, "PATH="), 1);
	ck_assert_uint_eq(env_count(env, "/dir"), 0);
	/* No room for all: what init itself needs is there. */
	child_env(NULL, kernel, small, 5);
	ck_assert_uint_eq(env_count(small, ""), 3);
	ck_assert_uint_eq(env_count(small, "TERM="), 1);
	ck_assert_uint_eq(env_count(small, "PATH="), 1);
}
END_TEST

START_TEST(shell_of_the_user)
{
	char none[] = "\0A=b\0", zsh[] = "/d\0SHELL=/bin/zsh\0",
	     word[] = "\0SHELL=zsh\0";
	struct boot_config cfg = { 0 };

	ck_assert_str_eq(child_shell(&cfg), "/bin/sh");
	cfg.env = none;
	ck_assert_str_eq(child_shell(&cfg), "/bin/sh");
	cfg.env = zsh;
	ck_assert_str_eq(child_shell(&cfg), "/bin/zsh");
	cfg.env = word;
	ck_assert_str_eq(child_shell(&cfg), "/bin/sh");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("child");
	TCase *t = tcase_create("child");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, streams_are_separate_and_whole);
	tcase_add_test(t, stdin_reaches_its_end);
	tcase_add_test(t, stdin_beyond_the_window_is_refused);
	tcase_add_test(t, stdin_that_nobody_reads_is_consumed);
	tcase_add_loop_test(t, exec_failure_is_told_apart, 0,
			    sizeof(missing) / sizeof(missing[0]));
	tcase_add_test(t, missing_interpreter_is_told_from_a_missing_file);
	tcase_add_test(t, child_starts_clean);
	tcase_add_loop_test(t, killed_for_want_of_memory, 0,
			    (int)(sizeof(ooms) / sizeof(ooms[0])));
	tcase_add_test(t, environment);
	tcase_add_test(t, shell_of_the_user);
	suite_add_tcase(s, t);
	t = tcase_create("path");
	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_loop_test(t, path_is_searched_as_by_execvp, 0,
			    sizeof(along_path) / sizeof(along_path[0]));
	suite_add_tcase(s, t);
	return s;
}
