// SPDX-License-Identifier: MIT
/*
 * In the place of /init, with init as /after: what somebody's own /init has
 * done before it executes init, by the word of the kernel's command line:
 *
 *	before=masks	all signals are blocked, and those that can be ignored
 *	before=mounts	everything is mounted
 *	before=closed	fds 0 to 2 are closed, and there is no /dev at all
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void masks(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
}

static void mounts(void)
{
	static const char *const table[][2] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "devpts", "/dev/pts" },
		{ "tmpfs", "/run" },
		{ "tmpfs", "/tmp" },
		{ "cgroup2", "/sys/fs/cgroup" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		mkdir(table[i][1], 0755);
		if (mount(table[i][0], table[i][1], table[i][0], 0, NULL))
			_exit(1);
	}
}

static void closed(void)
{
	unlink("/dev/console");
	unlink("/dev/null");
	rmdir("/dev");
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
}

int main(int argc, char **argv)
{
	const char *what = getenv("before");

	(void)argc;
	if (what && !strcmp(what, "masks"))
		masks();
	if (what && !strcmp(what, "mounts"))
		mounts();
	if (what && !strcmp(what, "closed"))
		closed();
	execv("/after", argv);
	return 1;
}
