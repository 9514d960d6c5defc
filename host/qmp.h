/* SPDX-License-Identifier: MIT */
/*
 * QEMU's machine protocol: JSON objects, one a line, over a UNIX socket.
 * Whatever the other end says or does not say, nothing here waits without a
 * bound. Source: docs/interop/qmp-spec of QEMU.
 */
#ifndef BOOTLET_QMP_H
#define BOOTLET_QMP_H

#include "str.h"

#include <jansson.h>

/** QMP_LINE_MAX - bytes of one line; no answer we ask for comes near it */
#define QMP_LINE_MAX (1U << 20)
/** QMP_EVENTS_MAX - events kept for qmp_event(); older ones are dropped */
#define QMP_EVENTS_MAX 256

/** struct qmp_reader - bytes received, not yet taken; starts as all zeros */
struct qmp_reader {
	struct buf in;
	/** @seen: bytes of @in that hold no newline */
	size_t seen;
};

/** qmp_reader_add() - append @n bytes that were received */
void qmp_reader_add(struct qmp_reader *r, const void *p, size_t n);

/**
 * qmp_reader_next() - take the next message
 * @out: the object, which the caller json_decref()s, on 1
 *
 * Return: 1; 0 where more bytes are needed; -EPROTO for a line that is no
 * JSON object, or longer than QMP_LINE_MAX: nothing after it makes sense.
 */
int qmp_reader_next(struct qmp_reader *r, json_t **out);

/** qmp_reader_free() - free all; @r is empty and usable again */
void qmp_reader_free(struct qmp_reader *r);

/** enum qmp_kind - what a message is */
enum qmp_kind { QMP_GREETING, QMP_EVENT, QMP_REPLY, QMP_REFUSAL, QMP_NONSENSE };

/** parse_qmp_kind() - tell messages apart by the members they must have */
enum qmp_kind parse_qmp_kind(const json_t *message);

/** struct qmp - a connection; zero but for @fd = -1 to begin with */
struct qmp {
	int fd;
	struct qmp_reader reader;
	/** @id: of the last command */
	json_int_t id;
	/** @events: that came in between, in order; or NULL */
	json_t *events;
	/** @words: of QEMU for -EREMOTEIO; NULL where there was none yet */
	char *words;
};

/**
 * qmp_open() - connect and agree on the protocol
 * @q:    filled in; qmp_close() is harmless also after an error
 * @path: of the socket
 * @ms:   for all of it
 *
 * QEMU has time for one client; another hears nothing until that one is gone.
 *
 * Return: 0; -errno of connect(2): -ENOENT, -ECONNREFUSED where no QEMU is;
 * -ENAMETOOLONG; -ETIMEDOUT, -ECONNRESET, -EPROTO as qmp_execute().
 */
int qmp_open(struct qmp *q, const char *path, int ms);

/**
 * qmp_execute() - have a command executed and wait for the answer
 * @q:     open
 * @name:  of the command
 * @args:  its arguments, taken over; or NULL
 * @ms:    to wait
 * @reply: value of "return", which the caller json_decref()s; or NULL
 *
 * Events that come in between are kept for qmp_event().
 *
 * Return: 0; -EREMOTEIO where QEMU refuses, and @q->words is why; -ETIMEDOUT;
 * -ECONNRESET where it has ended; -EPROTO where what it says is no QMP.
 */
int qmp_execute(struct qmp *q, const char *name, json_t *args, int ms,
		json_t **reply);

/**
 * qmp_give_fd() - hand QEMU a descriptor
 * @fd:   stays the caller's
 * @name: by which commands then know it
 *
 * Source: QEMU's QMP reference, getfd; unix(7), SCM_RIGHTS.
 *
 * Return: as qmp_execute().
 */
int qmp_give_fd(struct qmp *q, int fd, const char *name, int ms);

/**
 * qmp_monitor() - have a line executed by QEMU's monitor for people
 * @line:  e.g. "info registers"
 * @reply: what it printed, appended
 *
 * Return: as qmp_execute(); what the monitor thinks is wrong is in @reply.
 */
int qmp_monitor(struct qmp *q, const char *line, int ms, struct buf *reply);

/**
 * qmp_event() - the next event
 * @ms:  to wait; 0: only what is there
 * @out: the event, which the caller json_decref()s, on 0
 *
 * Return: 0; -ETIMEDOUT; -ECONNRESET; -EPROTO.
 */
int qmp_event(struct qmp *q, int ms, json_t **out);

/** qmp_error() - why a call failed, in words; valid until the next call */
const char *qmp_error(const struct qmp *q, int err);

/** qmp_close() - close and free; @q->fd is -1 then */
void qmp_close(struct qmp *q);

#endif
