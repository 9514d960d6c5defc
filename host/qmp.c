// SPDX-License-Identifier: MIT
#include "qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PIECE 4096

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int await(int fd, short what, long long until)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = what };
		long long left = until - now_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);

		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (left <= 0)
			return -ETIMEDOUT;
	}
}

/* --- bytes ------------------------------------------------------------------ */

/* The connection is of no use after a word too many or too few. */
static int send_all(struct qmp *q, struct msghdr *m, long long until)
{
	struct iovec *v = m->msg_iov;

	while (v->iov_len) {
		ssize_t n = sendmsg(q->fd, m, MSG_NOSIGNAL | MSG_DONTWAIT);
		int err;

		if (n < 0 && errno == EAGAIN) {
			err = await(q->fd, POLLOUT, until);
			if (err)
				return err;
		} else if (n < 0 && errno != EINTR) {
			return errno == EPIPE ? -ECONNRESET : -errno;
		} else if (n > 0) {
			v->iov_base = (char *)v->iov_base + n;
			v->iov_len -= (size_t)n;
			/* A descriptor travels with the first byte. */
			m->msg_control = NULL;
			m->msg_controllen = 0;
		}
	}
	return 0;
}

/* Return: 1 with a message; -errno. */
static int receive(struct qmp *q, long long until, json_t **out)
{
	char piece[PIECE];
	ssize_t n;
	int r;

	while ((r = qmp_reader_next(&q->reader, out)) == 0) {
		r = await(q->fd, POLLIN, until);
		if (r)
			return r;
		n = recv(q->fd, piece, sizeof(piece), MSG_DONTWAIT);
		if (n == 0)
			return -ECONNRESET;
		if (n > 0)
			qmp_reader_add(&q->reader, piece, (size_t)n);
		else if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return r;
}

static void keep_event(struct qmp *q, json_t *event)
{
	if (!q->events)
		q->events = json_array();
	if (json_array_size(q->events) >= QMP_EVENTS_MAX)
		json_array_remove(q->events, 0);
	json_array_append(q->events, event);
}

/* --- commands --------------------------------------------------------------- */

static char *to_line(struct qmp *q, const char *name, json_t *args)
{
	json_t *o = json_pack("{s:s, s:I}", "execute", name, "id", ++q->id);
	char *text, *line;

	if (args)
		json_object_set_new(o, "arguments", args);
	text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
	line = xasprintf("%s\n", text ? text : "");
	free(text);
	json_decref(o);
	return line;
}

static void take_words(struct qmp *q, const json_t *message)
{
	const json_t *error = json_object_get(message, "error");
	const char *text = json_string_value(json_object_get(error, "desc"));

	free(q->words);
	q->words = xstrdup(text ? text : "no reason given");
}

/* An answer to a command that was given up before is nobody's. */
static bool is_ours(const struct qmp *q, const json_t *message)
{
	const json_t *id = json_object_get(message, "id");

	return json_is_integer(id) && json_integer_value(id) == q->id;
}

static int hear(struct qmp *q, long long until, json_t **reply)
{
	enum qmp_kind kind;
	json_t *m;
	int r;

	while ((r = receive(q, until, &m)) == 1) {
		kind = parse_qmp_kind(m);
		if (kind == QMP_EVENT)
			keep_event(q, m);
		r = kind == QMP_NONSENSE ? -EPROTO : 1;
		if (is_ours(q, m) && kind == QMP_REPLY)
			r = 0;
		else if ((is_ours(q, m) || !json_object_get(m, "id")) &&
			 kind == QMP_REFUSAL)
			r = -EREMOTEIO;
		if (r == 0 && reply)
			*reply = json_incref(json_object_get(m, "return"));
		if (r == -EREMOTEIO)
			take_words(q, m);
		json_decref(m);
		if (r <= 0)
			return r;
	}
	return r;
}

static int execute(struct qmp *q, const char *name, json_t *args,
		   const struct msghdr *with, int ms, json_t **reply)
{
	char *line = to_line(q, name, args);
	struct iovec v = { .iov_base = line, .iov_len = strlen(line) };
	struct msghdr m = with ? *with : (struct msghdr){ 0 };
	long long until = now_ms() + ms;
	int err;

	m.msg_iov = &v;
	m.msg_iovlen = 1;
	err = send_all(q, &m, until);
	free(line);
	return err ? err : hear(q, until, reply);
}

int qmp_execute(struct qmp *q, const char *name, json_t *args, int ms,
		json_t **reply)
{
	return execute(q, name, args, NULL, ms, reply);
}

int qmp_give_fd(struct qmp *q, int fd, const char *name, int ms)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {
		.head = {
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(sizeof(int)),
		},
	};
	struct msghdr m = {
		.msg_control = &control,
		.msg_controllen = sizeof(control.space),
	};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	return execute(q, "getfd", json_pack("{s:s}", "fdname", name), &m, ms,
		       NULL);
}

int qmp_monitor(struct qmp *q, const char *line, int ms, struct buf *reply)
{
	json_t *said = NULL;
	int err = qmp_execute(q, "human-monitor-command",
			      json_pack("{s:s}", "command-line", line), ms,
			      &said);

	if (!err && json_is_string(said))
		buf_adds(reply, json_string_value(said));
	json_decref(said);
	return err;
}

int qmp_event(struct qmp *q, int ms, json_t **out)
{
	long long until = now_ms() + ms;
	json_t *m;
	int r;

	if (q->events && json_array_size(q->events)) {
		*out = json_incref(json_array_get(q->events, 0));
		json_array_remove(q->events, 0);
		return 0;
	}
	while ((r = receive(q, until, &m)) == 1) {
		enum qmp_kind kind = parse_qmp_kind(m);

		if (kind == QMP_EVENT) {
			*out = m;
			return 0;
		}
		json_decref(m);
		if (kind == QMP_NONSENSE)
			return -EPROTO;
	}
	return r;
}

/* --- beginning and end ------------------------------------------------------ */

static int greet(struct qmp *q, int ms)
{
	long long until = now_ms() + ms;
	json_t *m;
	int r = receive(q, until, &m);

	if (r < 0)
		return r;
	r = parse_qmp_kind(m) == QMP_GREETING ? 0 : -EPROTO;
	json_decref(m);
	return r ? r :
		   execute(q, "qmp_capabilities", NULL, NULL,
			   (int)(until - now_ms()), NULL);
}

int qmp_open(struct qmp *q, const char *path, int ms)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int err = 0;

	*q = (struct qmp){ .fd = -1 };
	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	/* Not blocking: a queue that is full shall not make us wait. */
	q->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (q->fd < 0 || connect(q->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		err = errno == EAGAIN ? -ETIMEDOUT : -errno;
	if (!err)
		err = greet(q, ms);
	if (err)
		qmp_close(q);
	return err;
}

const char *qmp_error(const struct qmp *q, int err)
{
	switch (err) {
	case -EREMOTEIO:
		return q->words ? q->words : "refused";
	case -ETIMEDOUT:
		return "QEMU does not answer";
	case -ECONNRESET:
		return "QEMU has ended";
	case -EPROTO:
		return "what answers there does not speak QEMU's protocol";
	default:
		return strerror(-err);
	}
}

void qmp_close(struct qmp *q)
{
	if (q->fd >= 0)
		close(q->fd);
	qmp_reader_free(&q->reader);
	json_decref(q->events);
	free(q->words);
	*q = (struct qmp){ .fd = -1 };
}
