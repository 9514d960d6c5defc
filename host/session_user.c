// SPDX-License-Identifier: MIT
#include "session_priv.h"
#include "tty.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- to the user ---------------------------------------------------------- */

bool session_sinks_empty(const struct session *s)
{
	for (int i = 0; i < N_SINKS; i++)
		if (sink_pending(&s->sink[i]))
			return false;
	return true;
}

struct pollfd session_sink_poll(const struct sink *k)
{
	return (struct pollfd){
		.fd = sink_pending(k) ? k->fd : -1,
		.events = POLLOUT,
	};
}

/* A reader that has gone is its own choice, and the command shall get SIGPIPE
 * as it would without a VM; a full disk is not, and what was lost must not
 * pass for a success. */
void session_sink_flush(struct session *s, int which)
{
	unsigned char fd = (unsigned char)which;
	int err = sink_flush(&s->sink[which]);

	if (!err)
		return;
	if (which == SINK_LOG) {
		s->out->facts.log_error = -err;
		return;
	}
	if (err != -EPIPE)
		s->out->facts.output_error = -err;
	if (!s->spec->interactive && s->started)
		wire_add(&s->to_port, FRAME_CLOSE, &fd, 1);
}

void session_send_closed(struct session *s)
{
	for (int which = SINK_OUT; which <= SINK_ERR; which++) {
		unsigned char fd = (unsigned char)which;

		if (!s->spec->interactive && s->sink[which].fd < 0)
			wire_add(&s->to_port, FRAME_CLOSE, &fd, 1);
	}
}

void session_sink_add(struct session *s, int which, const void *p, size_t n)
{
	sink_add(&s->sink[which], p, n);
	session_sink_flush(s, which);
}

/* --- to the guest --------------------------------------------------------- */

void session_flush_to(int fd, struct buf *data)
{
	ssize_t n;

	if (fd < 0 || !data->n)
		return;
	n = write(fd, data->p, data->n);
	/* Nobody is there any more, and nobody shall wait for that. */
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		n = (ssize_t)data->n;
	if (n <= 0)
		return;
	data->n -= (size_t)n;
	memmove(data->p, data->p + n, data->n);
}

/* A command's stdin goes through the channel, as far as CREDIT allows. A
 * shell's goes to the console; without a terminal only once it is there to
 * read, since a UART that nobody has opened loses what arrives. */
bool session_wants_stdin(const struct session *s)
{
	if (s->stdin_eof || s->out->facts.status || s->held)
		return false;
	if (s->spec->interactive)
		return s->vm->console >= 0 && s->to_console.n < SESSION_PIECE &&
		       (s->started || isatty(STDIN_FILENO));
	return s->started && s->window && s->to_port.n < SESSION_PIECE;
}

void session_read_stdin(struct session *s)
{
	char piece[SESSION_PIECE];
	size_t room = sizeof(piece);
	ssize_t n;

	if (!s->spec->interactive && s->window < room)
		room = s->window;
	n = source_read(&s->in, piece, room);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		/* A terminal that hung up has ended; all else that cannot be
		 * read would pass for a short input. */
		if (n < 0 && errno != EBADF && errno != EIO)
			s->out->facts.input_error = errno;
		n = 0;
		s->stdin_eof = true;
	}
	if (!s->spec->interactive) {
		wire_add(&s->to_port, FRAME_STDIN, piece, (size_t)n);
		s->window -= (size_t)n;
	} else if (n) {
		buf_add(&s->to_console, piece, (size_t)n);
		s->last = piece[n - 1];
	} else {
		/* A line without an end is a line, as it is to any sh. */
		if (s->last && s->last != '\n')
			buf_addc(&s->to_console, '\n');
		s->eof_at = session_now();
	}
}

/*
 * What a terminal sends at the end of its input is VEOF, once for one read: a
 * program that runs just then takes it for its own, and a shell that changes
 * the terminal's mode loses it. So it is said until somebody obeys.
 */
void session_repeat_eof(struct session *s)
{
	if (!s->eof_at || s->to_console.n || s->out->facts.status ||
	    s->out->facts.switched || s->vm->console < 0 ||
	    session_now() < s->eof_at)
		return;
	buf_addc(&s->to_console, '\004');
	s->eof_at = session_now() + SESSION_EOF_MS;
}

static void send_signal(struct session *s, int sig)
{
	char text[8];
	int n = snprintf(text, sizeof(text), "%d", sig);

	wire_add(&s->to_port, FRAME_SIGNAL, text, (size_t)n);
}

void session_send_size(struct session *s)
{
	unsigned int rows, cols;
	char text[16];
	int n;

	if (!s->spec->interactive || !s->started || !tty_size(&rows, &cols))
		return;
	n = snprintf(text, sizeof(text), "%ux%u", rows & 0xffff, cols & 0xffff);
	wire_add(&s->to_port, FRAME_SIZE, text, (size_t)n);
}

/* As long as a guest has for switching off, and always some time. */
static long long signal_ms(const struct session *s)
{
	double seconds = s->spec->deadlines.seconds[DEADLINE_SHUTDOWN];

	return (long long)((seconds > 0 ? seconds : DEADLINE_SHUTDOWN_S) *
			   1000);
}

/* The first signal goes to the guest's command, which then has some seconds;
 * the second ends the guest at once. Before there is a command nobody in the
 * guest has anything to put in order; nor where it cannot be told. */
void session_end_signal(struct session *s, int sig)
{
	struct facts *f = &s->out->facts;
	bool at_once = f->signal || !s->started || f->switched ||
		       s->spec->nonce;

	s->signals++;
	f->signal = sig;
	s->stop_at = session_now() + (at_once ? 0 : signal_ms(s));
	if (!at_once)
		send_signal(s, s->spec->interactive ? SIGHUP : sig);
}
