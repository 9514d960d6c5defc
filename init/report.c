// SPDX-License-Identifier: MIT
#include "report.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "near.h"
#include "port.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

/* Zeros cost nothing in the binary: no initialiser. */
static struct port {
	int not_fd; /* ~fd: 0 is no port */
	bool answered, bye;
	char nonce[BOOTLET_NONCE_LEN + 1];
	char word[16];
	unsigned int window;
	/* Bytes at @used are parsed next; those at @done are written next. */
	unsigned int in_used, in_len, in_out, out_done, out_len;
	const char *name; /* in cfg->port */
	/* When READY was said first: a host that has been silent since then
	 * long enough is none, however late it is asked for. And last. */
	uint64_t ready_at, said_at;
} the_port;

static_assert(sizeof(the_port) <= 128, "a small offset is a short instruction");

static inline struct port *near(void)
{
	struct port *p = &the_port;

	NEAR(p);
	return p;
}

static unsigned char in[2 * (FRAME_HEADER + FRAME_MAX)];
static unsigned char out_queue[4 * (FRAME_HEADER + FRAME_MAX)];

/* The verdict must find room even where output fills the queue. */
#define RESERVE 256

int report_parse(const unsigned char *buf, size_t len, struct report_frame *out)
{
	size_t n;

	if (len < FRAME_HEADER)
		return 0;
	n = buf[2] | (size_t)buf[3] << 8;
	if (buf[1] || n > FRAME_MAX)
		return -EPROTO;
	if (len < FRAME_HEADER + n)
		return 0;
	*out = (struct report_frame){
		.type = buf[0],
		.len = n,
		.data = buf + FRAME_HEADER,
	};
	return (int)(FRAME_HEADER + n);
}

__attribute__((noinline)) int report_close(int err)
{
	struct port *p = near();

	/* Not a problem where there is none: EBADF. */
	io_close(~p->not_fd);
	p->not_fd = 0;
	p->out_len = p->out_done = 0;
	return err;
}

static void say_ready(void)
{
	struct port *p = near();
	struct utsname u;
	char text[128];
	size_t n;

	memcpy(out_queue + p->out_len, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	p->out_len += BOOTLET_SYNC_LEN;
	io_uname(&u);
	n = fmt_format(text, sizeof(text), "%d %u %s %s", BOOTLET_PROTOCOL,
		       p->window, p->word, u.release);
	report_send(FRAME_READY, text, n);
	report_flush();
	p->said_at = io_now_ms();
}

/* What the host has not taken from the old port by then it would never. */
#define MOVE_MS 10000

__attribute__((noinline)) static void move_to(const char *name,
					      const char *word, int fd)
{
	struct port *p = near();

	if (p->not_fd) {
		report_status(STATUS_MOVED, 0, NULL);
		report_wait(REPORT_SENT, MOVE_MS);
		report_close(0);
	}
	memset(p, 0, sizeof(*p));
	p->not_fd = ~fd;
	p->name = name;
	memcpy(p->word, word, sizeof(p->word));
	/* Whoever listens will say nothing. */
	if (file_read(BOOTLET_NONCE, p->nonce, sizeof(p->nonce)) > 0)
		p->answered = p->bye = true;
	io_unlink(BOOTLET_NONCE);
	p->window = strcmp(word, PORT_WORD_VIRTIO) ? WINDOW_UART : WINDOW_MAX;
	say_ready();
	p->ready_at = p->said_at;
}

int report_open(struct boot_config *cfg)
{
	static bool again;
	struct port *p = near();
	const char *at = cfg->port;
	int fd = 0;

	/* Those before the one that is open are better. */
	while (at && *at && (!p->not_fd || at != p->name)) {
		const char *name = at;
		char word[sizeof(p->word)];
		int len = (int)text_until(at, ',');

		at += len + (at[len] == ',');
		fmt_format(word, sizeof(word), "%.*s", len, name);
		fd = port_open(word);
		if (fd < 0)
			continue;
		/* Without a nonce none could be sure that it was us. */
		if (p->not_fd && report_wait(REPORT_HELLO, MOVE_MS) < 0) {
			io_close(fd);
			return 0;
		}
		move_to(name, word, fd);
		/* A tty without hardware can be opened, and not written. */
		if (p->not_fd)
			return 0;
	}
	if (!cfg->port || p->not_fd)
		return 0;
	fd = fd < 0 ? fd : -EIO;
	/* The modules may bring one. */
	if (again)
		log_fail(cfg->port, "cannot open the port to the host", fd);
	again = true;
	return fd;
}

bool report_up(void)
{
	return the_port.not_fd;
}

bool report_deaf(void)
{
	return the_port.bye;
}

void report_drain(void)
{
	if (report_deaf())
		io_ioctl(~the_port.not_fd, TCSBRK, (void *)1);
}

size_t report_window(void)
{
	return the_port.window;
}

/* The UART without a driver wakes nobody. */
#define ASK_MS 1

int report_poll(struct pollfd *p, size_t n, int ms, bool signals)
{
	int fd = ~the_port.not_fd;
	bool ask = fd == PORT_FD_IO;

	p[0] = (struct pollfd){
		.fd = ask ? -1 : fd,
		.events = POLLIN | (the_port.out_len ? POLLOUT : 0),
	};
	if (ask && (unsigned int)ms > ASK_MS)
		ms = ASK_MS;
	return io_poll(p, n, ms, signals);
}

size_t report_pending(void)
{
	return the_port.out_len - the_port.out_done;
}

/* Return: where the queue goes on with so many bytes free; NULL. */
static unsigned char *room(size_t n)
{
	struct port *p = near();

	if (!p->not_fd || sizeof(out_queue) - (p->out_len - p->out_done) < n)
		return NULL;
	if (sizeof(out_queue) - p->out_len < n) {
		p->out_len -= p->out_done;
		memmove(out_queue, out_queue + p->out_done, p->out_len);
		p->out_done = 0;
	}
	return out_queue + p->out_len;
}

__attribute__((noinline)) void *report_space(void)
{
	unsigned char *p = room(FRAME_HEADER + FRAME_MAX + RESERVE);

	return p ? p + FRAME_HEADER : NULL;
}

int report_send(enum bootlet_frame type, const void *data, size_t len)
{
	size_t reserve = type == FRAME_STATUS ? 0 : RESERVE;
	unsigned char *p = room(FRAME_HEADER + len + reserve);

	if (!p)
		return -ENOSPC;
	p[0] = (unsigned char)type;
	p[1] = 0;
	p[2] = len & 0xff;
	p[3] = (unsigned char)(len >> 8);
	if (data != p + FRAME_HEADER)
		memcpy(p + FRAME_HEADER, data, len);
	the_port.out_len += (unsigned int)(FRAME_HEADER + len);
	return 0;
}

void report_phase(const char *name, unsigned long long ns, const char *next)
{
	char text[96];
	size_t n = fmt_format(text, sizeof(text), "%s %llu %s", name, ns, next);

	/* Not a problem if it fails: the figure is missing in the report. */
	report_send(FRAME_PHASE, text, n);
}

void report_status(const char *outcome, int number, const char *word)
{
	char text[128];
	size_t n;

	n = fmt_format(text, sizeof(text), "%s %s %d %s", the_port.nonce,
		       outcome, number, word);
	/* Not a problem if it fails: no verdict is a failure to the host. */
	report_send(FRAME_STATUS, text, n);
}

void report_park(void)
{
	report_send(FRAME_PARK, NULL, 0);
	the_port.answered = false;
	report_again();
}

void report_again(void)
{
	if (!the_port.answered && !the_port.out_len)
		say_ready();
	report_flush();
}

int report_flush(void)
{
	struct port *p = near();

	while (p->out_done < p->out_len) {
		ssize_t n = port_write(~p->not_fd, out_queue + p->out_done,
				       p->out_len - p->out_done);

		if (n == -EAGAIN)
			return 0;
		if (n <= 0)
			return report_close(n ? (int)n : -EIO);
		p->out_done += (unsigned int)n;
	}
	p->out_done = p->out_len = 0;
	return 0;
}

/* Return: whether it was one of those that are dealt with here. */
static bool take(struct port *p, const struct report_frame *f)
{
	if (f->type == FRAME_BYE)
		p->bye = true;
	else if (f->type != FRAME_HELLO)
		return false;
	else if (!p->answered && f->len == BOOTLET_NONCE_LEN) {
		memcpy(p->nonce, f->data, BOOTLET_NONCE_LEN);
		p->answered = true;
	}
	return true;
}

/* A frame that does not fit behind what is there goes to the front. */
static void make_room(struct port *p)
{
	if (p->in_used < p->in_len && p->in_len < sizeof(in))
		return;
	p->in_len -= p->in_used;
	memmove(in, in + p->in_used, p->in_len);
	p->in_used = 0;
}

int report_next(struct report_frame *out)
{
	struct port *p = near();

	for (;;) {
		ssize_t n;
		int r;

		/* Until now the caller had the one before. */
		p->in_used += p->in_out;
		r = report_parse(in + p->in_used, p->in_len - p->in_used, out);
		p->in_out = 0;
		if (r < 0) {
			log_warn("the port to the host speaks nonsense");
			return report_close(r);
		}
		if (r > 0) {
			p->in_out = (unsigned int)r;
			if (take(p, out))
				continue;
			return 1;
		}
		make_room(p);
		n = port_read(~p->not_fd, in + p->in_len,
			      sizeof(in) - p->in_len);
		if (n == -EAGAIN)
			return 0;
		if (n <= 0)
			return report_close(n ? (int)n : -EPIPE);
		p->in_len += (unsigned int)n;
	}
}

static bool is_done(const struct port *p, enum report_until until)
{
	if (until == REPORT_HELLO)
		return p->answered;
	return !p->out_len && (until == REPORT_SENT || !p->answered || p->bye);
}

/* READY is said again: a host that connects late missed the first. */
#define READY_AGAIN_MS 100

int report_wait(enum report_until until, int ms)
{
	struct port *p = near();
	uint64_t since = until == REPORT_HELLO ? p->ready_at : io_now_ms();
	struct report_frame f;
	struct pollfd poll;

	for (;;) {
		uint64_t now = io_now_ms();

		/* What comes now matters to nobody, but for HELLO and BYE. */
		while (report_next(&f) > 0)
			;
		if (!p->not_fd)
			return -EIO;
		if (is_done(p, until))
			return 0;
		if (now - since >= (unsigned int)ms)
			return -ETIMEDOUT;
		if (now - p->said_at >= READY_AGAIN_MS)
			report_again();
		report_poll(&poll, 1, READY_AGAIN_MS, false);
		report_flush();
	}
}
