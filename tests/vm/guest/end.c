// SPDX-License-Identifier: MIT
/*
 * A guest's program that ends in every way there is, without a shell:
 *
 *   end exit N            exit status N
 *   end signal N          killed by signal N
 *   end never             says "up", then pays heed to no signal
 *   end stop              says "up", then stops itself
 *   end sysrq C           writes C to /proc/sysrq-trigger; also as /init
 *   end module FILE ARGS  a child loads it; whatever becomes of the child, 0
 *   end off               the machine is switched off behind init's back
 *   end say TEXT FILE...  writes TEXT to each of them ("-": stdout), then
 *                         its own verdict, 7; \n, \0 and \xHH are bytes
 *   end flood FILE S [WAY...]  no newline for S seconds, then 7; or WAY amidst it
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What those that write end with: neither success nor a usual failure. */
#define OWN_VERDICT 7

static int die(const char *what)
{
	perror(what);
	return 99;
}

static int end_exit(char **arg)
{
	return atoi(arg[0]);
}

static int end_signal(char **arg)
{
	int n = atoi(arg[0]);

	kill(getpid(), n);
	sleep(1);
	fprintf(stderr, "signal %d did not kill\n", n);
	return 99;
}

static int end_never(char **arg)
{
	(void)arg;
	for (int n = 1; n < 32; n++)
		signal(n, SIG_IGN);
	if (write(1, "up\n", 3) != 3)
		return die("stdout");
	for (;;)
		pause();
}

static int end_stop(char **arg)
{
	(void)arg;
	if (write(1, "up\n", 3) != 3)
		return die("stdout");
	raise(SIGSTOP);
	return 0;
}

static int end_sysrq(char **arg)
{
	int fd;

	/* Not a problem if it is there already. */
	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, arg[0], 1) != 1)
		return die("/proc/sysrq-trigger");
	sleep(60);
	return 99;
}

static int end_module(char **arg)
{
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC), status;
	pid_t pid;

	if (fd < 0)
		return die(arg[0]);
	pid = fork();
	if (pid == 0) {
		if (syscall(SYS_finit_module, fd, arg[1] ? arg[1] : "", 0) < 0)
			_exit(die(arg[0]));
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

static int end_off(char **arg)
{
	(void)arg;
	sync();
	reboot(RB_POWER_OFF);
	return die("reboot");
}

/* Return: how many bytes @text stands for, which are put into @to. */
static size_t unescape(const char *text, char *to)
{
	size_t n = 0;
	unsigned int byte;
	int taken;

	while (*text) {
		if (!strncmp(text, "\\n", 2)) {
			to[n++] = '\n';
			text += 2;
		} else if (!strncmp(text, "\\0", 2)) {
			to[n++] = '\0';
			text += 2;
		} else if (sscanf(text, "\\x%2x%n", &byte, &taken) == 1) {
			to[n++] = (char)byte;
			text += taken;
		} else {
			to[n++] = *text++;
		}
	}
	return n;
}

static int end_say(char **arg)
{
	static char bytes[8192];
	size_t n = unescape(arg[0], bytes);

	while (*++arg) {
		int fd = 1;

		if (strcmp(*arg, "-"))
			fd = open(*arg, O_WRONLY | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
			return die(*arg);
	}
	return OWN_VERDICT;
}

static int dispatch(int argc, char **argv);

/* All that the tty's buffer takes, so that it is still being sent when the
 * next thing happens; /dev/kmsg takes no more than 1 KiB at a time. */
static int end_flood(char **arg)
{
	int fd = open(arg[0], O_WRONLY | O_NOCTTY | O_CLOEXEC), n = 0;
	size_t size = strcmp(arg[0], "/dev/kmsg") ? 4096 : 512;
	time_t end = time(NULL) + atoi(arg[1]);
	char bytes[4096];

	if (fd < 0)
		return die(arg[0]);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)('A' + i % 26);
	while (arg[2 + n])
		n++;
	/* With a WAY: it goes on meanwhile. */
	if (n && fork() > 0) {
		sleep((unsigned int)atoi(arg[1]));
		return dispatch(n, arg + 2);
	}
	while (n || time(NULL) < end)
		if (write(fd, bytes, size) < 0)
			return die(arg[0]);
	return OWN_VERDICT;
}

static const struct {
	const char *word;
	int words; /* at least so many behind it */
	int (*run)(char **arg);
} ways[] = {
	{ "exit", 1, end_exit },   { "signal", 1, end_signal },
	{ "never", 0, end_never }, { "stop", 0, end_stop },
	{ "sysrq", 1, end_sysrq }, { "module", 1, end_module },
	{ "off", 0, end_off },	   { "say", 2, end_say },
	{ "flood", 2, end_flood },
};

static int dispatch(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (argc > ways[i].words && !strcmp(argv[0], ways[i].word))
			return ways[i].run(argv + 1);
	fprintf(stderr, "end: no such way\n");
	return 99;
}

int main(int argc, char **argv)
{
	/* As /init: before there is anything else. */
	if (getpid() == 1)
		return end_sysrq((char *[]){ "c", NULL });
	return dispatch(argc - 1, argv + 1);
}
