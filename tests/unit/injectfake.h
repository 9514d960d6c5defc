/* SPDX-License-Identifier: MIT */
/* A QEMU that answers on QMP and as gdbstub what it is told to, and notes in the
 * scratch directory's "log" all that it is asked. */
#ifndef BOOTLET_INJECTFAKE_H
#define BOOTLET_INJECTFAKE_H

#include "host/inject.h"
#include "scratch.h"
#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#define HELLO "{\"QMP\":{}}\n"

/* What a packet that begins so is answered by; NULL: by nothing. */
struct answer {
	const char *to, *reply;
};

static char dir[128];
static pid_t server;
static struct qmp q;

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(at.sun_path, path);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 1))
		_exit(1);
	return fd;
}

static void note(const char *text)
{
	int fd = open(at("log"), O_WRONLY | O_CREAT | O_APPEND, 0600);

	dprintf(fd, "%s\n", text);
	close(fd);
}

static void answer(int fd, const struct answer *v, const char *text)
{
	unsigned int sum = 0;

	while (v->to && strncmp(text, v->to, strlen(v->to)) != 0)
		v++;
	if (!v->to || !v->reply)
		return;
	/* Nothing more to say: it goes away. */
	if (!strcmp(v->reply, "bye")) {
		shutdown(fd, SHUT_RDWR);
		return;
	}
	for (const char *p = v->reply; *p; p++)
		sum += (unsigned char)*p;
	dprintf(fd, "+$%s#%02x", v->reply, sum & 0xff);
}

static void serve_gdb(int fd, const struct answer *v)
{
	char text[256];
	size_t n = 0;
	char c;

	while (read(fd, &c, 1) == 1)
		if (c == '\003') {
			note("^C");
			answer(fd, v, "^C");
		} else if (c == '$') {
			n = 0;
		} else if (c == '#') {
			text[n] = '\0';
			note(text);
			answer(fd, v, text);
			/* The sum, which is no packet. */
			if (read(fd, text, 2) != 2)
				break;
		} else if (n < sizeof(text) - 1) {
			text[n++] = c;
		}
	close(fd);
}

static void reply(int fd, const json_t *to, const char *key, const char *value)
{
	dprintf(fd, "{\"%s\":%s,\"id\":%d}\n", key, value,
		(int)json_integer_value(json_object_get(to, "id")));
}

/* One connection of QMP, and of the gdbstub what it asks for. */
static _Noreturn void serve(int listener, const struct answer *v)
{
	char stub[160], line[1024];
	int fd = accept(listener, NULL, NULL), gdb;
	FILE *in = fdopen(dup(fd), "r");

	alarm(60);
	snprintf(stub, sizeof(stub), "%s/stub", dir);
	dprintf(fd, HELLO);
	while (in && fgets(line, sizeof(line), in)) {
		json_t *o = json_loads(line, 0, NULL);
		const char *said = json_string_value(json_object_get(
			json_object_get(o, "arguments"), "command-line"));

		if (said)
			note(said);
		if (said && !v) {
			reply(fd, o, "error", "{\"desc\":\"not here\"}");
		} else if (said && !strncmp(said, "gdbserver \"", 11)) {
			gdb = listen_at(stub);
			reply(fd, o, "return", "\"\"");
			serve_gdb(accept(gdb, NULL, NULL), v);
			close(gdb);
		} else {
			reply(fd, o, "return", "\"\"");
		}
		json_decref(o);
	}
	_exit(0);
}

static void start(const struct answer *v)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/qmp", scratch);
	fd = listen_at(path);
	fflush(NULL);
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0)
		serve(fd, v);
	close(fd);
	ck_assert_int_eq(qmp_open(&q, path, 5000), 0);
}

#endif
