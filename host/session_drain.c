// SPDX-License-Identifier: MIT
/* What a guest has written and nobody has taken when QEMU ends. */
#include "session_priv.h"

#include <errno.h>

/* For a reader that has stopped reading what a killed guest wrote. */
#define DRAIN_MS 1000

/* One piece from the guest's sockets to the user. Return: whether there may be
 * more. */
static bool drain_piece(struct session *s)
{
	bool more = false;

	for (int i = 0; i < N_SINKS; i++) {
		struct pollfd p = session_sink_poll(&s->sink[i]);

		if (p.fd >= 0 && poll(&p, 1, 100) > 0)
			session_sink_flush(s, i);
	}
	if (!session_sinks_empty(s))
		return true;
	session_take_frames(s);
	if (s->vm->console >= 0)
		more |= session_read_console(s);
	for (int i = 0; i < N_PORTS; i++)
		if (s->vm->port[i] >= 0)
			more |= session_read_port(s, (enum port)i);
	return more || !session_sinks_empty(s);
}

/* Who has ended the guest has no time for a reader, unless it is the deadline
 * for switching off alone: then all is well so far. */
static bool has_time(struct session *s, long long until)
{
	const struct facts *f = &s->out->facts;
	long long now = session_now();

	if (f->killed && (!f->status || f->signal))
		return now < until;
	return f->status || !session_too_late(s, now);
}

/*
 * A reader may take its time over it, unless the run is a failure already; a
 * signal that comes now gives it up, and then the output is not all there.
 */
void session_drain(struct session *s)
{
	struct facts *f = &s->out->facts;
	unsigned int signals = s->signals;
	long long until = session_now() + DRAIN_MS;

	/* For deadlines it has not ended before its words are taken. */
	session_mark(s, AT_END);
	s->at[AT_END] = 0;
	while (s->vm->words >= 0 && session_read_words(s))
		;
	while (drain_piece(s)) {
		session_take_signals(s);
		session_watch_readers(s, session_now());
		if (s->signals == signals && has_time(s, until))
			continue;
		/* Without a verdict it is a failure anyway, and has a name. */
		if (f->status && !f->output_error)
			f->output_error = EINTR;
		return;
	}
}
