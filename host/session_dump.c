// SPDX-License-Identifier: MIT
/* --dump-on, between the guest's end and QEMU's. */
#include "session_priv.h"

/* QEMU hands over what the guest printed before it stopped; it may be some
 * turns of its loop. */
#define SETTLE_MS 50

int session_dump_fd(const struct session *s)
{
	return s->spec->dump ? s->spec->dump->q.fd : -1;
}

bool session_dump_due(const struct session *s)
{
	return session_dump_fd(s) >= 0 && s->spec->dump->stopped;
}

static bool give_up(void *ctx)
{
	struct session *s = ctx;
	unsigned int before = s->signals;

	session_take_signals(s);
	return s->ended || s->signals != before;
}

void session_dump_turn(struct session *s, bool readable)
{
	struct dumpon *d = s->spec->dump;

	if (readable && !d->stopped) {
		dumpon_read(d);
		s->dump_at = session_now();
	}
	if (!session_dump_due(s))
		return;
	if (d->reset) {
		long long now = session_now();

		if (now < s->dump_at + SETTLE_MS ||
		    now < s->heard + SETTLE_MS || !session_sinks_empty(s))
			return;
		if (session_has_panicked(s))
			dumpon_take(d, give_up, s);
	}
	dumpon_quit(d);
}

void session_dump_last(struct session *s)
{
	if (session_dump_fd(s) >= 0 && s->vm->qemu > 0 &&
	    !s->out->facts.signal && !s->out->facts.status &&
	    session_has_panicked(s))
		dumpon_take(s->spec->dump, give_up, s);
}
