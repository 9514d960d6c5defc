// SPDX-License-Identifier: MIT
#include "msg.h"
#include "session_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void keep_tail(struct buf *tail, const char *p, size_t n)
{
	buf_add(tail, p, n);
	if (tail->n > 2 * SESSION_TAIL) {
		memmove(tail->p, tail->p + tail->n - SESSION_TAIL,
			SESSION_TAIL);
		tail->n = SESSION_TAIL;
		tail->p[tail->n] = '\0';
	}
}

void session_mark(struct session *s, enum milestone m)
{
	static const enum moment moments[] = {
		[AT_START] = MOMENT_QEMU,      [AT_READY] = MOMENT_READY,
		[AT_COMMAND] = MOMENT_COMMAND, [AT_STATUS] = MOMENT_STATUS,
		[AT_END] = MOMENT_GONE,
	};

	moments_mark(&s->out->moments, moments[m]);
	if (!s->out->at[m])
		s->out->at[m] = s->at[m] = session_now();
}

bool session_has_panicked(const struct session *s)
{
	const struct oops_finding *pending = oops_pending(s->scan);

	return findings_panic(&s->out->findings) ||
	       (pending && pending->class == OOPS_PANIC);
}

/* kernel_halt() of kernel/reboot.c; the line may have come in pieces. */
static bool has_halted(const struct buf *tail, size_t n)
{
	static const char words[] = "reboot: System halted";
	size_t look = n + sizeof(words);

	if (look > tail->n)
		look = tail->n;
	return memmem(tail->p + tail->n - look, look, words,
		      sizeof(words) - 1) != NULL;
}

/* A guest that stands still has ended: nothing else will come of it. A person
 * may want to look at it. */
static void scan_console(struct session *s, const char *p, size_t n)
{
	oops_feed(s->scan, p, n);
	if (s->stop_at || s->spec->patient ||
	    (s->spec->interactive && isatty(STDIN_FILENO)))
		return;
	if (has_halted(&s->out->tail, n))
		s->stop_at = session_now();
	else if (session_has_panicked(s))
		s->stop_at = session_now() + SESSION_PANIC_MS;
}

bool session_read_console(struct session *s)
{
	char piece[SESSION_PIECE];
	ssize_t n = read(s->vm->console, piece, sizeof(piece));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		close(s->vm->console);
		s->vm->console = -1;
		return false;
	}
	s->heard = session_now();
	s->out->console += (size_t)n;
	keep_tail(&s->out->tail, piece, (size_t)n);
	scan_console(s, piece, (size_t)n);
	if (s->spec->initcalls)
		initcalls_feed(s->spec->initcalls, piece, (size_t)n,
			       moments_now());
	session_sink_add(s, SINK_LOG, piece, (size_t)n);
	if (s->spec->interactive)
		session_sink_add(s, SINK_OUT, piece, (size_t)n);
	else if (s->spec->echo)
		session_sink_add(s, SINK_ERR, piece, (size_t)n);
	return true;
}

/* What QEMU says when it has stopped the guest for good, and then waits for a
 * person at its monitor: kvm_handle_internal_error() and kvm_cpu_exec() of
 * QEMU's accel/kvm/kvm-all.c. */
static bool has_stopped(const struct buf *words)
{
	return strstr(words->p, VERDICT_KVM_INTERNAL) ||
	       strstr(words->p, VERDICT_KVM_RUN);
}

bool session_read_words(struct session *s)
{
	char piece[SESSION_PIECE];
	ssize_t n = read(s->vm->words, piece, sizeof(piece));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		close(s->vm->words);
		s->vm->words = -1;
		return false;
	}
	keep_tail(&s->out->words, piece, (size_t)n);
	if (s->spec->patient || s->out->facts.paused ||
	    !has_stopped(&s->out->words))
		return true;
	s->out->facts.paused = true;
	if (!s->stop_at)
		s->stop_at = session_now() + SESSION_PAUSED_MS;
	return true;
}

/* Nothing after it can be believed, nor would the guest hear of it. */
static void garbled(struct session *s)
{
	s->out->facts.channel = VERDICT_GARBLED;
	/* A shell goes on without: only its exit code is lost. */
	if (s->spec->interactive)
		wire_add(&s->to_port, FRAME_BYE, "", 0);
	else
		s->stop_at = session_now();
}

static void take_ready(struct session *s)
{
	memcpy(s->out->release, s->ports.ready.release,
	       sizeof(s->out->release));
	s->out->facts.ready = true;
	session_mark(s, AT_READY);
	s->hello = true;
	s->window = s->ports.ready.window;
	session_resume(s);
}

static void other_version(struct session *s)
{
	s->out->facts.channel = VERDICT_OTHER_VERSION;
	s->stop_at = session_now();
}

static bool is_child(const char *name)
{
	return !strcmp(name, PHASE_SHELL) || !strcmp(name, PHASE_COMMAND);
}

/* Nanoseconds of a guest that would be 36 years old: no sum overflows. */
#define CLOCK_MAX (1LL << 60)

static void keep_phase(struct session_result *out, const struct wire_phase *p)
{
	struct session_phase *to;

	if (!strcmp(p->name, "kernel")) {
		out->kernel_ns = p->ns;
	} else if (is_child(p->name)) {
		out->command_ns = p->ns;
	} else if (out->n_phases < SESSION_PHASES) {
		to = &out->phases[out->n_phases++];
		memcpy(to->name, p->name, sizeof(to->name));
		to->ns = p->ns;
	}
}

static void take_phase(struct session *s, const struct wire_frame *f)
{
	struct wire_phase p;

	if (parse_phase(f, &p))
		return;
	/* The one that is under way, where that is known. */
	snprintf(s->out->phase, sizeof(s->out->phase), "%s",
		 *p.next ? p.next : p.name);
	s->out->facts.phase = s->out->phase;
	msg_debug("%s %llu us", p.name, p.ns / 1000);
	keep_phase(s->out, &p);
	/* Those that had ended before there was a channel are no news; what is
	 * makes the earliest zero. */
	if (s->clock < CLOCK_MAX) {
		s->clock += (long long)p.ns;
		moments_guest(&s->out->moments, s->clock);
	}
	if (s->started || !is_child(p.next))
		return;
	s->started = true;
	session_mark(s, AT_COMMAND);
	/* It may have changed while nobody listened. */
	session_send_size(s);
	session_send_closed(s);
	if (s->background)
		wire_add(&s->to_port, FRAME_STDIN, "", 0);
}

static void take_status(struct session *s, const struct wire_frame *f)
{
	struct wire_status status;
	struct session_result *out = s->out;

	if (parse_status(f, ports_nonce(&s->ports), &status)) {
		garbled(s);
		return;
	}
	if (!strcmp(status.outcome, STATUS_SWITCHED)) {
		/* What comes now is of another init, and as it likes. */
		out->facts.switched = true;
		s->started = true;
		session_mark(s, AT_COMMAND);
		wire_add(&s->to_port, FRAME_BYE, "", 0);
		return;
	}
	memcpy(out->outcome, status.outcome, sizeof(out->outcome));
	memcpy(out->word, status.word, sizeof(out->word));
	out->facts.status = true;
	out->facts.outcome = out->outcome;
	out->facts.number = status.number;
	out->facts.word = out->word;
	/* From now on it is the deadline for switching off. */
	s->stop_at = 0;
	session_mark(s, AT_STATUS);
	/* All that was said before it is here. */
	wire_add(&s->to_port, FRAME_BYE, "", 0);
}

static void take_frame(struct session *s, const struct wire_frame *f)
{
	switch (f->type) {
	case FRAME_READY:
		take_ready(s);
		break;
	case FRAME_PHASE:
		take_phase(s, f);
		break;
	case FRAME_STDOUT:
		session_sink_add(s, SINK_OUT, f->data, f->len);
		if (s->spec->results)
			ktap_feed(s->spec->results, f->data, f->len);
		break;
	case FRAME_STDERR:
		session_sink_add(s, SINK_ERR, f->data, f->len);
		break;
	case FRAME_CREDIT:
		s->window += parse_credit(f);
		if (s->window > s->ports.ready.window)
			s->window = s->ports.ready.window;
		session_feed(s);
		break;
	case FRAME_STATUS:
		take_status(s, f);
		break;
	case FRAME_PARK:
		if (session_park(s))
			garbled(s);
		break;
	default:
		garbled(s);
	}
}

/* Nobody needs what comes after the last word. */
static bool nothing_more(const struct facts *f)
{
	return f->channel || f->status || f->switched;
}

void session_take_frames(struct session *s)
{
	struct wire_frame f;
	int r = 0;

	while (!nothing_more(&s->out->facts) && session_sinks_empty(s) &&
	       (r = ports_next(&s->ports, &f, &s->to_port)) > 0)
		take_frame(s, &f);
	if (r == -EPROTONOSUPPORT)
		other_version(s);
	else if (r < 0)
		garbled(s);
}

bool session_read_port(struct session *s, enum port port)
{
	size_t room;
	unsigned char *p = ports_space(&s->ports, port, &room);
	ssize_t n = read(s->vm->port[port], p, room);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		close(s->vm->port[port]);
		s->vm->port[port] = -1;
		return false;
	}
	if (nothing_more(&s->out->facts))
		return true;
	ports_received(&s->ports, port, (size_t)n);
	session_take_frames(s);
	return true;
}
