// SPDX-License-Identifier: MIT
#include "report.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "port.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

/* Apart from the struct: zeros cost nothing in the binary, initialised data
 * does. */
static int port_fd = -1;
static struct {
	const char *name; /* in cfg->port */
	bool answered, bye;
	char nonce[BOOTLET_NONCE_LEN + 1];
	size_t window;
	char word[16];
	/* Bytes at @used are parsed next; those at @done are written next. */
	size_t in_used, in_len, in_out, out_done, out_len;
	/* When READY was said first: a host that has been silent since then
	 * long enough is none, however late it is asked for. And last. */
	uint64_t ready_at, said_at;
} port;

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
	io_close(port_fd);
	port_fd = -1;
	port.out_len = port.out_done = 0;
	return err;
}

static void say_ready(void)
{
	struct utsname u;
	char text[128];
	size_t n;

	memcpy(out_queue + port.out_len, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	port.out_len += BOOTLET_SYNC_LEN;
	io_uname(&u);
	n = fmt_format(text, sizeof(text), "%d %zu %s %s", BOOTLET_PROTOCOL,
		       port.window, port.word, u.release);
	report_send(FRAME_READY, text, n);
	report_flush();
	port.said_at = io_now_ms();
}

/* What the host has not taken from the old port by then it would never. */
#define MOVE_MS 10000

static void move_to(const char *name, const char *word, int fd)
{
	if (port_fd >= 0) {
		report_status(STATUS_MOVED, 0, NULL);
		report_wait(REPORT_SENT, MOVE_MS);
		report_close(0);
	}
	memset(&port, 0, sizeof(port));
	port_fd = fd;
	port.name = name;
	memcpy(port.word, word, sizeof(port.word));
	/* Whoever listens will say nothing. */
	if (file_read(BOOTLET_NONCE, port.nonce, sizeof(port.nonce)) > 0)
		port.answered = port.bye = true;
	io_unlink(BOOTLET_NONCE);
	port.window = strcmp(word, PORT_WORD_VIRTIO) ? WINDOW_UART : WINDOW_MAX;
	say_ready();
	port.ready_at = port.said_at;
}

int report_open(struct boot_config *cfg)
{
	static bool again;
	const char *at = cfg->port;
	int fd = 0;

	/* Those before the one that is open are better. */
	while (at && *at && (port_fd < 0 || at != port.name)) {
		const char *name = at;
		char word[sizeof(port.word)];
		int len = (int)text_until(at, ',');

		at += len + (at[len] == ',');
		fmt_format(word, sizeof(word), "%.*s", len, name);
		fd = port_open(word);
		/* Without a nonce none could be sure that it was us. */
		if (fd >= 0 && port_fd >= 0 &&
		    report_wait(REPORT_HELLO, MOVE_MS) < 0) {
			io_close(fd);
			return 0;
		}
		if (fd >= 0)
			move_to(name, word, fd);
		/* A tty without hardware can be opened, and not written. */
		if (fd >= 0 && port_fd >= 0)
			return 0;
	}
	if (!cfg->port || port_fd >= 0)
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
	return port_fd >= 0;
}

bool report_deaf(void)
{
	return port.bye;
}

void report_drain(void)
{
	if (report_deaf())
		io_ioctl(port_fd, TCSBRK, (void *)1);
}

size_t report_window(void)
{
	return port.window;
}

/* The UART without a driver wakes nobody. */
#define ASK_MS 1

int report_poll(struct pollfd *p, size_t n, int ms, bool signals)
{
	bool ask = port_fd == PORT_FD_IO;

	p[0] = (struct pollfd){
		.fd = ask ? -1 : port_fd,
		.events = POLLIN | (port.out_len ? POLLOUT : 0),
	};
	if (ask && (unsigned int)ms > ASK_MS)
		ms = ASK_MS;
	return io_poll(p, n, ms, signals);
}

size_t report_pending(void)
{
	return port.out_len - port.out_done;
}

/* Return: where the queue goes on with so many bytes free; NULL. */
static unsigned char *room(size_t n)
{
	if (port_fd < 0 || sizeof(out_queue) - report_pending() < n)
		return NULL;
	if (sizeof(out_queue) - port.out_len < n) {
		port.out_len -= port.out_done;
		memmove(out_queue, out_queue + port.out_done, port.out_len);
		port.out_done = 0;
	}
	return out_queue + port.out_len;
}

void *report_space(void)
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
	port.out_len += FRAME_HEADER + len;
	return 0;
}

void report_phase(const char *name, unsigned long long ns, const char *next)
{
	char text[96];
	size_t n = fmt_format(text, sizeof(text), "%s %llu%s%s", name, ns,
			      next ? " " : "", next ? next : "");

	/* Not a problem if it fails: the figure is missing in the report. */
	report_send(FRAME_PHASE, text, n);
}

void report_status(const char *outcome, int number, const char *word)
{
	char text[128];
	size_t n;

	n = fmt_format(text, sizeof(text), "%s %s %d%s%s", port.nonce, outcome,
		       number, word ? " " : "", word ? word : "");
	/* Not a problem if it fails: no verdict is a failure to the host. */
	report_send(FRAME_STATUS, text, n);
}

void report_park(void)
{
	report_send(FRAME_PARK, NULL, 0);
	port.answered = false;
	report_again();
}

void report_again(void)
{
	if (!port.answered && !port.out_len)
		say_ready();
	report_flush();
}

int report_flush(void)
{
	while (port.out_done < port.out_len) {
		ssize_t n = port_write(port_fd, out_queue + port.out_done,
				       report_pending());

		if (n == -EAGAIN)
			return 0;
		if (n <= 0)
			return report_close(n ? (int)n : -EIO);
		port.out_done += (size_t)n;
	}
	port.out_done = port.out_len = 0;
	return 0;
}

/* Return: whether it was one of those that are dealt with here. */
static bool take(const struct report_frame *f)
{
	if (f->type == FRAME_BYE)
		port.bye = true;
	else if (f->type != FRAME_HELLO)
		return false;
	else if (!port.answered && f->len == BOOTLET_NONCE_LEN) {
		memcpy(port.nonce, f->data, f->len);
		port.answered = true;
	}
	return true;
}

/* A frame that does not fit behind what is there goes to the front. */
static void make_room(void)
{
	if (port.in_used < port.in_len && port.in_len < sizeof(in))
		return;
	port.in_len -= port.in_used;
	memmove(in, in + port.in_used, port.in_len);
	port.in_used = 0;
}

int report_next(struct report_frame *out)
{
	for (;;) {
		ssize_t n;
		int r;

		/* Until now the caller had the one before. */
		port.in_used += port.in_out;
		r = report_parse(in + port.in_used, port.in_len - port.in_used,
				 out);
		port.in_out = 0;
		if (r < 0) {
			log_warn("the port to the host speaks nonsense");
			return report_close(r);
		}
		if (r > 0) {
			port.in_out = (size_t)r;
			if (take(out))
				continue;
			return 1;
		}
		make_room();
		n = port_read(port_fd, in + port.in_len,
			      sizeof(in) - port.in_len);
		if (n == -EAGAIN)
			return 0;
		if (n <= 0)
			return report_close(n ? (int)n : -EPIPE);
		port.in_len += (size_t)n;
	}
}

static bool is_done(enum report_until until)
{
	if (until == REPORT_HELLO)
		return port.answered;
	return !port.out_len &&
	       (until == REPORT_SENT || !port.answered || port.bye);
}

/* READY is said again: a host that connects late missed the first. */
#define READY_AGAIN_MS 100

int report_wait(enum report_until until, int ms)
{
	uint64_t since = until == REPORT_HELLO ? port.ready_at : io_now_ms();
	struct report_frame f;
	struct pollfd p;

	for (;;) {
		uint64_t now = io_now_ms();

		/* What comes now matters to nobody, but for HELLO and BYE. */
		while (report_next(&f) > 0)
			;
		if (port_fd < 0)
			return -EIO;
		if (is_done(until))
			return 0;
		if (now - since >= (unsigned int)ms)
			return -ETIMEDOUT;
		if (!port.answered && !port.out_len &&
		    now - port.said_at >= READY_AGAIN_MS)
			say_ready();
		report_poll(&p, 1, READY_AGAIN_MS, false);
		report_flush();
	}
}
