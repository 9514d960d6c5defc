// SPDX-License-Identifier: MIT
/* What init reads from its port: frames. The first byte: how many bytes come
 * at a time. */
#include "fuzz.h"

#define port_read  fuzz_port_read
#define port_write fuzz_port_write
#include "init/report.c"

static const uint8_t *left;
static size_t n_left, step;

ssize_t fuzz_port_read(int fd, void *buf, size_t size)
{
	size_t n = n_left < step ? n_left : step;

	(void)fd;
	fuzz_assert(size && fuzz_within(buf, size, in, sizeof(in)));
	n = n < size ? n : size;
	memcpy(buf, left, n);
	left += n;
	n_left -= n;
	return n ? (ssize_t)n : -EAGAIN;
}

ssize_t fuzz_port_write(int fd, const void *data, size_t len)
{
	(void)fd;
	fuzz_assert(fuzz_within(data, len, out_queue, sizeof(out_queue)));
	return (ssize_t)len;
}

/* Whether the port would be closed: the same bytes, all at once. */
static size_t walk(const uint8_t *p, size_t n, int *err)
{
	struct report_frame f;
	size_t frames = 0;

	while ((*err = report_parse(p, n, &f)) > 0) {
		fuzz_assert((size_t)*err == FRAME_HEADER + f.len);
		fuzz_assert(fuzz_within(f.data, f.len, p, n));
		p += *err;
		n -= (size_t)*err;
		frames += f.type != FRAME_HELLO && f.type != FRAME_BYE;
	}
	return frames;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct report_frame f;
	size_t frames = 0, want;
	int r, err;

	step = 1 + (size_t)fuzz_byte(&p, &n) * 16;
	left = fuzz_copy(p, n);
	n_left = n;
	p = left;
	want = walk(p, n, &err);
	memset(&the_port, 0, sizeof(the_port));
	/* None that could be closed. */
	the_port.not_fd = ~(1 << 20);
	while ((r = report_next(&f)) > 0) {
		frames++;
		fuzz_assert(f.len <= FRAME_MAX);
		fuzz_assert(fuzz_within(f.data, f.len, in, sizeof(in)));
		fuzz_assert(f.type != FRAME_HELLO && f.type != FRAME_BYE);
		fuzz_assert(f.data[-FRAME_HEADER] == f.type);
	}
	fuzz_assert(frames == want);
	fuzz_assert(r == err && report_up() == !err);
	fuzz_assert(strnlen(the_port.nonce, sizeof(the_port.nonce)) <=
		    BOOTLET_NONCE_LEN);
	free((void *)p);
	return 0;
}
