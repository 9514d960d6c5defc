// SPDX-License-Identifier: MIT
#include "relay.h"

#include "child.h"
#include "console.h"
#include "io.h"
#include "report.h"
#include "timing.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>

/* Decimal digits of a frame from *at on; *at moves behind what ends them. */
static int frame_number(const struct report_frame *f, size_t *at)
{
	int n = 0;

	for (; *at < f->len; ++*at) {
		int digit = f->data[*at] - '0';

		if (digit < 0 || digit > 9 || n > 0xffff)
			break;
		n = 10 * n + digit;
	}
	++*at;
	return n;
}

__attribute__((noinline)) static void take_size(const struct boot_config *cfg,
						const struct report_frame *f)
{
	size_t at = 0;
	int rows = frame_number(f, &at), cols = frame_number(f, &at);
	char tty[CONSOLE_PATH_SIZE];

	console_tty(cfg, tty);
	/* Not a problem if it fails: the size is a comfort. */
	console_resize(tty, (unsigned short)rows, (unsigned short)cols);
}

/* In a frame as in memory. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "FRAME_CREDIT");

static void credit(size_t n)
{
	static uint32_t owed;

	owed += (uint32_t)n;
	/* A queue without room keeps the debt for the next turn. */
	if (owed && owed >= report_window() / 4 &&
	    report_send(FRAME_CREDIT, &owed, sizeof(owed)) == 0)
		owed = 0;
}

__attribute__((noinline)) static void take_frame(const struct boot_config *cfg,
						 relay_signal *signal,
						 const struct report_frame *f)
{
	size_t at = 0;
	int r;

	switch (f->type) {
	case FRAME_STDIN:
		r = child_in(f->data, f->len);
		if (r > 0)
			credit((size_t)r);
		break;
	case FRAME_CLOSE:
		if (f->len == 1 && (f->data[0] == 1 || f->data[0] == 2))
			child_out_close(f->data[0]);
		break;
	case FRAME_SIGNAL:
		r = frame_number(f, &at);
		if (r > 0 && r < NSIG)
			signal(r);
		break;
	case FRAME_SIZE:
		take_size(cfg, f);
		break;
	}
}

/* A whole frame fits. Nothing smaller is taken, or pieces of output would keep
 * the queue so full that no report ever found room. */
static bool has_room(void)
{
	return report_space();
}

/* One piece of output. Return: whether there may be more right now. */
static bool pump(int which)
{
	static const enum bootlet_frame type[] = {
		[1] = FRAME_STDOUT,
		[2] = FRAME_STDERR,
	};
	struct pollfd p = { .fd = child_out_fd(which), .events = POLLIN };
	void *piece = report_space();
	ssize_t n;

	/*
	 * Who fills a pipe by sendfile(2) holds its lock while he waits for
	 * what he copies; a read would wait for that, O_NONBLOCK or not.
	 */
	if (!piece || io_poll(&p, 1, 0, false) <= 0)
		return false;
	n = child_out(which, piece, FRAME_MAX);
	if (n > 0)
		report_send(type[which], piece, (size_t)n);
	report_flush();
	return n > 0;
}

void relay_phases(const char *next)
{
	static unsigned int said;
	const struct timing_phase *p;
	unsigned int n = (unsigned int)timing_phases(&p);

	if (!report_up())
		return;
	if (!said)
		report_phase("kernel", timing_kernel(), p->name);
	for (; said < n; said++)
		report_phase(p[said].name, p[said].ns,
			     said + 1 < n ? p[said + 1].name : next);
	report_flush();
}

void relay_wait(int ms)
{
	enum { PORT, IN, OUT, ERR, N };
	struct pollfd p[N] = {
		[IN] = { .fd = child_in_fd(), .events = POLLOUT },
		[OUT] = { .fd = -1, .events = POLLIN },
		[ERR] = { .fd = -1, .events = POLLIN },
	};

	if (has_room()) {
		p[OUT].fd = child_out_fd(1);
		p[ERR].fd = child_out_fd(2);
	}
	report_poll(p, N, ms, true);
}

void relay_move(const struct boot_config *cfg, relay_signal *signal)
{
	struct report_frame f;

	while (report_up() && report_next(&f) > 0)
		take_frame(cfg, signal, &f);
	if (report_up())
		report_flush();
	credit(child_in_flush());
	pump(1);
	pump(2);
}

void relay_drain(int ms)
{
	for (int which = 1; which <= 2; which++)
		while (child_out_fd(which) >= 0) {
			if (!report_up())
				return;
			if (!has_room())
				report_wait(REPORT_SENT, ms);
			else if (!pump(which))
				break;
		}
}
