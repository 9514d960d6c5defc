/* SPDX-License-Identifier: MIT */
/*
 * Inside of session.c: the state of the loop, and its two sides. Only the
 * session*.c files include this.
 */
#ifndef BOOTLET_SESSION_PRIV_H
#define BOOTLET_SESSION_PRIV_H

#include "ports.h"
#include "session.h"
#include "sink.h"
#include "source.h"

#include <poll.h>

/* Bytes at a time from the user and the console. */
#define SESSION_PIECE FRAME_MAX
/* From a panic until the guest is ended that does not restart by itself: for
 * the rest of the kernel's words. */
#define SESSION_PANIC_MS 2000
/* From an error after which QEMU has stopped the guest: for the rest of its
 * words. */
#define SESSION_PAUSED_MS 300
/* Between two ends of stdin, see session_repeat_eof(). */
#define SESSION_EOF_MS 300

/* Where bytes go: the console's log, stdout, stderr. While any of them has
 * some left, nothing more is read from where they came: a slow reader slows the
 * guest, and no memory fills. */
enum { SINK_LOG, SINK_OUT, SINK_ERR, N_SINKS };

struct session {
	struct vm *vm;
	const struct session_spec *spec;
	struct session_result *out;
	struct ports ports;
	struct sink sink[N_SINKS];
	/* stdin. */
	struct source in;
	struct buf to_port, to_console;
	/* Frames for a guest that is resumed, from @resume_at on. */
	struct buf resume;
	size_t resume_at;
	/* Bytes of stdin that CREDIT allows to be sent. */
	size_t window;
	/* Signals taken that end us; more than one is impatience. */
	unsigned int signals;
	/* Of a warm start: nothing of the user's goes to the guest yet; the
	 * next READY is that of a guest to be resumed. */
	bool held, parked;
	bool hello, started, stdin_eof, background, ended;
	bool listening, hung_up;
	/* When a shell is to be told again that stdin has ended; 0: it has
	 * not. */
	long long eof_at;
	/* The last byte of stdin. */
	char last;
	long long begin, stop_at, heard;
	/* When the last turn has ended. */
	long long seen;
	/* What the guest's clock stood at when the last phase had ended,
	 * nanoseconds. */
	long long clock;
	/* When QEMU said that the guest has stopped. */
	long long dump_at;
	/* What deadlines count from: as out->at, but for the time before us, and
	 * for a reader that holds up the guest's last words. */
	long long at[N_MILESTONES];
	/* Since when a reader holds us up; 0: none does. */
	long long held_at;
	struct oops_scan *scan;
};

/* session.c */
void session_take_signals(struct session *s);
/* QEMU listens on all its sockets. */
void session_listening(struct session *s);
/* Which deadline has passed becomes a fact once. Return: whether one has. */
bool session_too_late(struct session *s, long long now);
/* Since when nobody reads. */
void session_watch_readers(struct session *s, long long now);

/* session_drain.c: QEMU has ended; take what it wrote before. */
void session_drain(struct session *s);

/* session_guest.c */
void session_mark(struct session *s, enum milestone m);
/* On the console; its report may not be all there yet. */
bool session_has_panicked(const struct session *s);

/* session_guest.c: what comes from the guest. Return: there may be more. */
bool session_read_console(struct session *s);
bool session_read_words(struct session *s);
bool session_read_port(struct session *s, enum port port);
void session_take_frames(struct session *s);

/* session_user.c: what goes to the user's streams, and comes from there. */
struct pollfd session_sink_poll(const struct sink *k);
bool session_sinks_empty(const struct session *s);
void session_sink_add(struct session *s, int which, const void *p, size_t n);
void session_sink_flush(struct session *s, int which);
/* The command has started: what nobody reads by now. */
void session_send_closed(struct session *s);
bool session_wants_stdin(const struct session *s);
void session_read_stdin(struct session *s);
void session_repeat_eof(struct session *s);
void session_send_size(struct session *s);
void session_end_signal(struct session *s, int sig);
/* Write what the guest takes of a queue. */
void session_flush_to(int fd, struct buf *data);

/* session_warm.c: PARK has come. Return: 0; -1 where it must not. READY has,
 * and HELLO waits to be sent. */
int session_park(struct session *s);
void session_resume(struct session *s);
/* As many of the frames as CREDIT allows. */
void session_feed(struct session *s);

/* session_dump.c: --dump-on. Its descriptor, or -1; whether a guest has
 * stopped and waits; the turn's part; before QEMU is killed. */
int session_dump_fd(const struct session *s);
bool session_dump_due(const struct session *s);
void session_dump_turn(struct session *s, bool readable);
void session_dump_last(struct session *s);

#endif
