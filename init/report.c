// SPDX-License-Identifier: MIT
#include "report.h"

#include "io.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

/* Apart from the struct: zeros cost nothing in the binary, initialised data
 * does. */
static int port_fd = -1;
static struct {
	bool answered;
	char nonce[BOOTLET_NONCE_LEN + 1];
	size_t in_len, in_used, out_len;
} port;

static unsigned char in[FRAME_HEADER + FRAME_MAX];
static unsigned char out_queue[4 * (FRAME_HEADER + FRAME_MAX)];

/* When READY was said first: a host that has been silent since then long
 * enough is none, however late it is asked for. */
static uint64_t ready_at;

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

__attribute__((noinline)) static int report_close(int err)
{
	io_close(port_fd);
	port_fd = -1;
	port.out_len = 0;
	return err;
}

/* cfmakeraw(3); the speed is kept, a virtual UART has none. */
static int make_raw(int fd)
{
	struct termios t;
	int r = io_ioctl(fd, TCGETS, &t);

	if (r < 0)
		return r;
	t.c_iflag = 0;
	t.c_oflag = 0;
	t.c_lflag = 0;
	t.c_cflag = (t.c_cflag & ~(tcflag_t)(CSIZE | PARENB | CRTSCTS)) | CS8 |
		    CREAD | CLOCAL;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return io_ioctl(fd, TCSETS, &t);
}

static void say_ready(void)
{
	struct utsname u;
	char text[128];
	size_t n;

	memcpy(out_queue + port.out_len, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	port.out_len += BOOTLET_SYNC_LEN;
	io_uname(&u);
	n = fmt_format(text, sizeof(text), "%d %s", BOOTLET_PROTOCOL,
		       u.release);
	report_send(FRAME_READY, text, n);
	report_flush();
}

int report_open(struct boot_config *cfg)
{
	char path[64];
	int r;

	if (!cfg->port)
		return 0;
	fmt_format(path, sizeof(path), "/dev/%s", cfg->port);
	port_fd = io_open(AT_FDCWD, path,
			  O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port_fd < 0)
		return log_fail(path, "cannot open the port to the host",
				port_fd);
	r = make_raw(port_fd);
	if (r < 0)
		return report_close(log_fail(path, "cannot be made raw", r));
	ready_at = io_now_ms();
	say_ready();
	return 0;
}

int report_fd(void)
{
	return port_fd;
}

bool report_answered(void)
{
	return port.answered;
}

size_t report_pending(void)
{
	return port.out_len;
}

size_t report_room(void)
{
	size_t used = port.out_len + FRAME_HEADER + RESERVE;

	if (port_fd < 0 || used >= sizeof(out_queue))
		return 0;
	used = sizeof(out_queue) - used;
	return used < FRAME_MAX ? used : FRAME_MAX;
}

int report_send(enum bootlet_frame type, const void *data, size_t len)
{
	size_t reserve = type == FRAME_STATUS ? 0 : RESERVE;
	unsigned char *p = out_queue + port.out_len;

	if (port_fd < 0)
		return -ENOTCONN;
	if (len > FRAME_MAX ||
	    port.out_len + FRAME_HEADER + len + reserve > sizeof(out_queue))
		return -ENOSPC;
	p[0] = (unsigned char)type;
	p[1] = 0;
	p[2] = len & 0xff;
	p[3] = (unsigned char)(len >> 8);
	if (len)
		memcpy(p + FRAME_HEADER, data, len);
	port.out_len += FRAME_HEADER + len;
	return 0;
}

void report_phase(const char *name, unsigned long long us, const char *next)
{
	char text[96];
	size_t n = fmt_format(text, sizeof(text), "%s %llu%s%s", name, us,
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

int report_flush(void)
{
	while (port.out_len) {
		ssize_t n = io_write(port_fd, out_queue, port.out_len);

		if (n == -EAGAIN)
			return 0;
		if (n <= 0)
			return report_close(n ? (int)n : -EIO);
		port.out_len -= (size_t)n;
		memmove(out_queue, out_queue + n, port.out_len);
	}
	return 0;
}

static void take_hello(const struct report_frame *f)
{
	if (port.answered || f->len != BOOTLET_NONCE_LEN)
		return;
	memcpy(port.nonce, f->data, f->len);
	port.answered = true;
}

/* Bytes of the frame handed out last make room for new ones. */
static void shift(void)
{
	port.in_len -= port.in_used;
	memmove(in, in + port.in_used, port.in_len);
	port.in_used = 0;
}

int report_next(struct report_frame *out)
{
	for (;;) {
		ssize_t n;
		int r;

		shift();
		r = report_parse(in, port.in_len, out);
		if (r < 0) {
			log_warn("the port to the host speaks nonsense");
			return report_close(r);
		}
		port.in_used = (size_t)r;
		if (r > 0 && out->type == FRAME_HELLO) {
			take_hello(out);
			continue;
		}
		if (r > 0)
			return 1;
		n = io_read(port_fd, in + port.in_len,
			    sizeof(in) - port.in_len);
		if (n == -EAGAIN)
			return 0;
		if (n <= 0)
			return report_close(n ? (int)n : -EPIPE);
		port.in_len += (size_t)n;
	}
}

/* READY is said again: a host that connects late missed the first. */
#define READY_AGAIN_MS 100

int report_wait(int ms)
{
	uint64_t until = ready_at + (uint64_t)ms;
	struct report_frame f;

	while (port_fd >= 0 && !port.answered && io_now_ms() < until) {
		struct pollfd p = { .fd = port_fd, .events = POLLIN };
		int r = report_next(&f);

		if (port.answered)
			return 0;
		if (r < 0)
			return r;
		r = io_poll(&p, 1, READY_AGAIN_MS, false);
		if (r == 0 && !port.out_len)
			say_ready();
		report_flush();
	}
	if (port_fd < 0)
		return -EIO;
	report_next(&f);
	return port.answered ? 0 : -ETIMEDOUT;
}

int report_drain(int ms)
{
	int queued = 0, left = ms;

	while (port_fd >= 0 && port.out_len) {
		struct pollfd p = { .fd = port_fd, .events = POLLOUT };
		int r = io_poll(&p, 1, ms, false);

		if (r <= 0)
			return r ? r : -ETIMEDOUT;
		r = report_flush();
		if (r < 0)
			return r;
	}
	/* What the driver holds is lost when the machine goes off. */
	while (port_fd >= 0 && sys_ioctl(port_fd, TIOCOUTQ, &queued) >= 0 &&
	       queued) {
		if (left-- <= 0)
			return -ETIMEDOUT;
		io_poll(NULL, 0, 1, false);
	}
	return 0;
}
