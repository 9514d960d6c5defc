// SPDX-License-Identifier: MIT
#include "session.h"

#include "msg.h"
#include "session_priv.h"
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_MS 2
/* While there is a deadline the time is looked at as often. */
#define STOPPED_MS 1000

static int signal_fd = -1;

long long session_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

int session_setup(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	int fd;

	/* Nothing to be read, and what is written there is lost: an error. */
	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return -errno;
	close(fd);
	/* Ignored, as nohup(1) leaves it, it would never be queued. */
	sigaction(SIGCHLD, &dfl, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	return 0;
}

int session_signals(void)
{
	static const int taken[] = { SIGINT,  SIGTERM,	SIGHUP, SIGQUIT,
				     SIGCHLD, SIGWINCH, SIGCONT };
	sigset_t set;

	if (signal_fd >= 0)
		return 0;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&set, taken[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signal_fd < 0 ? -errno : 0;
}

static void make_nonces(struct ports *p)
{
	unsigned char raw[N_PORTS * BOOTLET_NONCE_LEN / 2];

	while (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		;
	ports_init(p, raw);
}

/*
 * Somebody had stopped us, and a guest soon waits for who reads its console:
 * that time is not the guest's. Since when is known to STOPPED_MS.
 */
static void went_on(struct session *s)
{
	long long now = session_now(), gone = now - s->seen;
	long long *const moments[] = { &s->begin, &s->heard, &s->stop_at,
				       &s->held_at };

	for (int i = 0; i < N_MILESTONES; i++)
		s->at[i] += s->at[i] ? gone : 0;
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		*moments[i] += *moments[i] ? gone : 0;
	s->seen = now;
	tty_again();
	/* It may have changed meanwhile. */
	session_send_size(s);
}

void session_take_signals(struct session *s)
{
	struct signalfd_siginfo info;

	siginfo_t gone = { 0 };

	while (read(signal_fd, &info, sizeof(info)) == sizeof(info)) {
		int sig = (int)info.ssi_signo;

		if (sig == SIGWINCH)
			session_send_size(s);
		else if (sig == SIGCONT)
			went_on(s);
		else if (sig != SIGCHLD)
			session_end_signal(s, sig);
	}
	if (vm_ended(s->vm, &s->out->facts.qemu))
		s->ended = true;
	if (s->spec->terminal > 0 && !s->hung_up &&
	    waitid(P_PID, (id_t)s->spec->terminal, &gone,
		   WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    gone.si_pid) {
		s->hung_up = true;
		session_end_signal(s, SIGHUP);
	}
}

void session_listening(struct session *s)
{
	if (s->listening)
		return;
	s->listening = s->out->facts.listened = true;
	moments_mark(&s->out->moments, MOMENT_LISTEN);
	if (s->spec->listening)
		s->spec->listening(s->spec->ctx);
}

/* Until init has answered: what QEMU has taken for it may have been lost. To a
 * guest that goes on the channel leads from the beginning. */
static void connect_channel(struct session *s)
{
	if (s->parked || s->hello || (vm_connected(s->vm) && s->listening) ||
	    vm_connect(s->vm))
		return;
	session_listening(s);
}

/* --- deadlines ------------------------------------------------------------ */

bool session_too_late(struct session *s, long long now)
{
	struct facts *f = &s->out->facts;
	enum deadline d;

	/* A guest that was told to end has a bound already, its stop_at. */
	if (f->timeout > 0 || (f->signal && !f->status))
		return f->timeout > 0;
	d = deadline_passed(&s->spec->deadlines, s->at, now);
	if (!d)
		return false;
	f->deadline = d;
	f->timeout = s->spec->deadlines.seconds[d];
	if (s->held_at)
		f->unread = (double)(now - s->held_at) / 1000;
	return true;
}

/* Since when nobody reads; who holds up the console's last words holds up the
 * guest's end, which is not the guest's fault. */
void session_watch_readers(struct session *s, long long now)
{
	/* Also where they have just begun to read again. */
	if (s->held_at && s->at[AT_STATUS])
		s->at[AT_STATUS] = now;
	if (session_sinks_empty(s))
		s->held_at = 0;
	else if (!s->held_at)
		s->held_at = now;
}

static bool is_dead(const struct session *s, long long now)
{
	double probe = s->spec->probe;

	return probe > 0 && !s->out->facts.ready &&
	       (double)(now - s->begin) / 1000 >= probe &&
	       (double)(now - s->heard) / 1000 >= probe / 2;
}

static void check_deadlines(struct session *s)
{
	struct facts *f = &s->out->facts;
	long long now = session_now();

	session_watch_readers(s, now);
	/* It needs none any more; what it has said is not all taken. */
	if (s->ended)
		return;
	if (!session_too_late(s, now) && !f->status && !f->signal)
		s->out->probe_failed = is_dead(s, now);
	if (f->timeout > 0 || s->out->probe_failed ||
	    (s->stop_at && now >= s->stop_at)) {
		session_dump_last(s);
		f->killed = true;
		f->qemu = vm_kill(s->vm);
		s->ended = true;
	}
}

/* Milliseconds to poll(2); what has no moment of its own is looked at ten
 * times a second. */
static int patience(const struct session *s)
{
	const struct facts *f = &s->out->facts;
	long long next = 0, left;

	/* As session_too_late(): one that does not count must not wake us either. */
	if (!f->signal || f->status)
		next = deadline_next(&s->spec->deadlines, s->at);
	if (!s->hello && !vm_connected(s->vm))
		return CONNECT_MS;
	if (session_dump_due(s))
		return 20;
	if (s->stop_at && (!next || s->stop_at < next))
		next = s->stop_at;
	left = next - session_now();
	if (s->spec->probe > 0 || s->eof_at)
		return 100;
	if (!next)
		return -1;
	if (left > STOPPED_MS)
		return STOPPED_MS;
	return left > 0 ? (int)left : 0;
}

/* --- the loop ------------------------------------------------------------- */

static struct pollfd port_poll(const struct session *s, enum port port,
			       bool empty)
{
	bool out = s->to_port.n && port == s->ports.now;
	struct pollfd p = {
		.fd = s->vm->port[port],
		.events = (short)((empty ? POLLIN : 0) | (out ? POLLOUT : 0)),
	};

	if (!p.events)
		p.fd = -1;
	return p;
}

static void turn(struct session *s)
{
	enum {
		SIG,
		CON,
		KEYS,
		WORDS,
		IN,
		DUMP,
		LOG,
		OUT,
		ERR,
		PORT,
		N = PORT + N_PORTS
	};
	bool empty = session_sinks_empty(s);
	struct pollfd p[N] = {
		[SIG] = { .fd = signal_fd, .events = POLLIN },
		[CON] = { .fd = empty ? s->vm->console : -1, .events = POLLIN },
		[KEYS] = { .fd = s->to_console.n ? s->vm->keys : -1,
			   .events = POLLOUT },
		[WORDS] = { .fd = s->vm->words, .events = POLLIN },
		[IN] = { .fd = session_wants_stdin(s) ? s->in.fd : -1,
			 .events = POLLIN },
		[DUMP] = { .fd = session_dump_fd(s), .events = POLLIN },
		[LOG] = session_sink_poll(&s->sink[SINK_LOG]),
		[OUT] = session_sink_poll(&s->sink[SINK_OUT]),
		[ERR] = session_sink_poll(&s->sink[SINK_ERR]),
	};
	for (int i = 0; i < N_PORTS; i++)
		p[PORT + i] = port_poll(s, (enum port)i, empty);
	if (poll(p, N, patience(s)) < 0 && errno != EINTR)
		return;
	for (int i = 0; i < N_SINKS; i++)
		if (p[LOG + i].revents)
			session_sink_flush(s, i);
	session_take_frames(s);
	if (p[CON].revents & (POLLIN | POLLHUP | POLLERR) && empty)
		session_read_console(s);
	if (p[WORDS].revents)
		session_read_words(s);
	for (int i = 0; i < N_PORTS; i++)
		if (p[PORT + i].revents & (POLLIN | POLLHUP | POLLERR) && empty)
			session_read_port(s, (enum port)i);
	if (p[IN].revents)
		session_read_stdin(s);
	session_repeat_eof(s);
	session_flush_to(s->vm->keys, &s->to_console);
	session_flush_to(s->vm->port[s->ports.now], &s->to_port);
	session_take_signals(s);
	session_dump_turn(s, p[DUMP].revents);
	check_deadlines(s);
	s->seen = session_now();
}

void session_run(struct vm *vm, const struct session_spec *spec,
		 struct session_result *out)
{
	struct session s = {
		.vm = vm,
		.spec = spec,
		.out = out,
		.begin = session_now(),
		.seen = session_now(),
		.held = spec->warm,
		.parked = spec->warm && spec->warm->restored,
	};

	*out = (struct session_result){ 0 };
	out->moments.ns[MOMENT_BEGIN] = moments_began();
	s.heard = s.begin;
	session_mark(&s, AT_START);
	s.at[AT_START] -= (long long)(spec->used * 1000);
	s.scan = oops_open(findings_add, &out->findings);
	out->facts.shell = spec->interactive;
	sink_open(&s.sink[SINK_LOG], spec->log);
	sink_open(&s.sink[SINK_OUT], STDOUT_FILENO);
	sink_open(&s.sink[SINK_ERR], STDERR_FILENO);
	source_open(&s.in, STDIN_FILENO);
	make_nonces(&s.ports);
	if (spec->nonce)
		ports_known(&s.ports, spec->nonce);
	if (spec->interactive)
		/* In the background this stops us until we are in front. Not a
		 * problem if it fails: then stdin is no terminal. */
		tty_raw();
	else
		s.background = s.stdin_eof = tty_background();
	s.stdin_eof |= spec->nonce != NULL;
	while (!s.ended) {
		/* First, so that the turn waits for what comes there. */
		connect_channel(&s);
		turn(&s);
	}
	session_drain(&s);
	tty_restore();
	vm_stop(vm);
	oops_end(s.scan);
	oops_close(s.scan);
	out->facts.panic = findings_panic(&out->findings);
	out->facts.words = out->words.p;
	out->facts.silent = !out->tail.n;
	out->channel = ports_word(&s.ports);
	msg_debug("channel: %s", out->channel);
	buf_free(&s.to_port);
	buf_free(&s.to_console);
	buf_free(&s.resume);
	for (int i = 0; i < N_SINKS; i++)
		sink_close(&s.sink[i]);
	source_close(&s.in);
}

void session_free(struct session_result *r)
{
	findings_free(&r->findings);
	buf_free(&r->tail);
	buf_free(&r->words);
}
