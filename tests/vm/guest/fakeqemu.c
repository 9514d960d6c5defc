// SPDX-License-Identifier: MIT
/*
 * In place of QEMU, for tests of who listens to it: on the sockets that its
 * command line names it says what no QEMU would.
 *
 * FAKE_QMP, FAKE_CHANNEL, FAKE_CONSOLE, FAKE_WORDS: a name of modes[] each, of
 * what goes to the monitors, the channel, stdout and stderr. It goes on for
 * ever, unless FAKE_SECONDS says how long.
 */
#include "init/protocol.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define GREETING                                                        \
	"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": " \
	"2, \"major\": 7}, \"package\": \"\"}, \"capabilities\": []}}\r\n"
#define SYNC	 "sync"
#define SYNC_END "bootlet-channel\n"
#define INTERNAL                                                             \
	"KVM internal error. Suberror: 1\nemulation failure\nRAX=00000000\n" \
	"Code=00 00 00\n"

/* What is said first, and what then comes again and again; @ms: between two
 * of them. @each: one for each line that comes in. */
static const struct mode {
	const char *name, *first, *again;
	int ms;
	size_t repeat;
	bool each;
} modes[] = {
	{ "silent", NULL, NULL, 0, 0, false },
	{ "close", NULL, NULL, -1, 0, false },
	{ "slow", NULL, "{", 50, 1, false },
	{ "endless", NULL, "no newline ", 0, 1000, false },
	{ "newlines", NULL, "\n", 0, 10000, false },
	{ "deep", GREETING, "[", 0, 10000, false },
	{ "deep-objects", GREETING, "{\"return\":", 0, 10000, false },
	{ "huge-number", "{\"QMP\": 1", "0", 0, 10000, false },
	{ "overflow", GREETING,
	  "{\"return\": 99999999999999999999999999999999, \"id\": 1e9999}\n", 0,
	  1, true },
	{ "bytes", "\377\376\200\001\n", "\300\200\377\n", 1, 10, false },
	{ "half", "{\"QMP\": {\"vers", NULL, 0, 0, false },
	{ "wrong-types", GREETING,
	  "{\"return\": [null, true, {}], \"id\": \"1\"}\n", 0, 1, true },
	{ "events", GREETING,
	  "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": -1}}\n", 0, 100,
	  false },
	{ "refuses", GREETING,
	  "{\"error\": {\"class\": 7, \"desc\": {\"a\": []}}}\n", 0, 1, true },
	/* As a QEMU whose guest cannot go on. */
	{ "internal-error", GREETING,
	  "{\"return\": {\"status\": \"internal-error\", \"singlestep\": "
	  "false, \"running\": false}, \"id\": 1}\n",
	  0, 1, true },
	{ "kvm-words", INTERNAL, NULL, 0, 0, false },
	{ "kvm-run", "error: kvm run failed Bad address\n", NULL, 0, 0, false },
	/* Of the channel. */
	{ "sync", SYNC, "again" SYNC_END, 0, 1000, false },
	{ "sync-noise", SYNC, "\377\377\377\377", 0, 1000, false },
	{ "sync-silent", SYNC, NULL, 0, 0, false },
	{ "frames", SYNC, "o\1\377\377", 0, 1000, false },
};

/* A NUL is the first byte of it. */
static void say_sync(int fd)
{
	if (write(fd, BOOTLET_SYNC, BOOTLET_SYNC_LEN) < 0)
		_exit(0);
}

static const struct mode *mode_of(const char *key)
{
	const char *name = getenv(key);

	for (size_t i = 0; name && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	return &modes[0];
}

static void say(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n) {
		ssize_t did = write(fd, text, n);

		if (did <= 0)
			_exit(0);
		text += did;
		n -= (size_t)did;
	}
}

static void wait_for_line(int fd)
{
	char c = 0;

	while (c != '\n')
		if (read(fd, &c, 1) != 1)
			_exit(0);
}

static void talk(const struct mode *m, int fd)
{
	struct timespec t = { m->ms / 1000, m->ms % 1000 * 1000000L };
	char *many = calloc(m->repeat + 1, m->again ? strlen(m->again) : 1);

	if (m->ms < 0 || !many)
		return;
	for (size_t i = 0; m->again && i < m->repeat; i++)
		strcat(many + i * strlen(m->again), m->again);
	if (m->first && !strcmp(m->first, SYNC))
		say_sync(fd);
	else if (m->first)
		say(fd, m->first);
	while (m->again) {
		if (m->each)
			wait_for_line(fd);
		say(fd, many);
		nanosleep(&t, NULL);
	}
	for (;;)
		pause();
}

/* One connection after the other, as QEMU does. */
static void serve(const char *path, const struct mode *m)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), got;

	strncpy(at.sun_path, path, sizeof(at.sun_path) - 1);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 4)) {
		perror(path);
		exit(1);
	}
	if (fork())
		return;
	while ((got = accept(fd, NULL, NULL)) >= 0) {
		if (!fork()) {
			talk(m, got);
			_exit(0);
		}
		close(got);
	}
	_exit(0);
}

static void stream(int fd, const char *key)
{
	const struct mode *m = mode_of(key);

	if (m != &modes[0] && !fork()) {
		talk(m, fd);
		_exit(0);
	}
}

int main(int argc, char **argv)
{
	const char *seconds = getenv("FAKE_SECONDS");

	signal(SIGCHLD, SIG_IGN);
	for (int i = 1; i < argc; i++) {
		char *path = strstr(argv[i], ",path=");
		bool qmp = strstr(argv[i], "id=qmp,") ||
			   strstr(argv[i], "id=events,");

		if (strncmp(argv[i], "socket,", 7) != 0 || !path)
			continue;
		path += strlen(",path=");
		path[strcspn(path, ",")] = '\0';
		serve(path, mode_of(qmp ? "FAKE_QMP" : "FAKE_CHANNEL"));
	}
	stream(1, "FAKE_CONSOLE");
	stream(2, "FAKE_WORDS");
	if (seconds)
		sleep((unsigned int)atoi(seconds));
	while (!seconds)
		pause();
	return 0;
}
