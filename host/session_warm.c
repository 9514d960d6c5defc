// SPDX-License-Identifier: MIT
/* A guest that parks before its command, see launch_warm.h. */
#include "msg.h"
#include "session_priv.h"

/* What would be reported again in each run, or never again. */
static bool has_failed(const struct session *s)
{
	return s->out->findings.n || oops_pending(s->scan);
}

/* The one time that it may: nothing but init runs in the guest yet. */
int session_park(struct session *s)
{
	const struct session_warm *w = s->spec->warm;
	int r;

	if (!w || !s->held || s->parked || s->started)
		return -1;
	/* The last of what it has said of its boot. */
	while (s->vm->console >= 0 && session_read_console(s))
		;
	if (has_failed(s)) {
		msg_debug("--warm: the kernel has reported a failure; its "
			  "state is not kept");
		r = 1;
	} else {
		r = w->park ? w->park(w->ctx) : 1;
	}
	if (r > 0) {
		s->parked = true;
		s->ports.up = false;
	} else if (r < 0) {
		s->stop_at = session_now();
	}
	s->out->kept = !r;
	s->out->lost = r < 0;
	return 0;
}

/* Behind HELLO. */
void session_resume(struct session *s)
{
	const struct session_warm *w = s->spec->warm;

	if (!w || !s->parked)
		return;
	s->parked = false;
	session_listening(s);
	w->resume(w->ctx, &s->resume);
	session_feed(s);
}

void session_feed(struct session *s)
{
	while (s->resume_at < s->resume.n) {
		const char *p = s->resume.p + s->resume_at;
		size_t n = (unsigned char)p[2] | (size_t)(unsigned char)p[3]
							 << 8;

		n += FRAME_HEADER;
		if (*p == FRAME_FILE && n > s->window)
			return;
		if (*p == FRAME_FILE)
			s->window -= n;
		buf_add(&s->to_port, p, n);
		s->resume_at += n;
		/* What comes behind RESUME is the command's. */
		s->held = s->resume_at < s->resume.n;
	}
}
