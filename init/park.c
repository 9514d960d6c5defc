// SPDX-License-Identifier: MIT
#include "park.h"

#include "file.h"
#include "io.h"
#include "sys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <time.h>

/* As often READY is said: who goes on from a state hears it at once. */
#define SAY_MS 1
/* A host that is there answers; the guest's own clock stood meanwhile. */
#define RESUME_MS 10000

static_assert(offsetof(struct protocol_resume, seconds) == 0 &&
		      sizeof(struct timespec) == 16,
	      "the frame begins with a struct timespec");
static_assert(offsetof(struct rand_pool_info, buf) == 8,
	      "the kernel's struct is that of protocol.h");

/* Not a problem if any fails: a kernel before 4.17 has no RNDRESEEDCRNG, and
 * draws on what was mixed in within five minutes. */
static void mix(const void *pool)
{
	int fd = io_open(AT_FDCWD, "/dev/urandom", O_WRONLY | O_CLOEXEC);

	sys_ioctl(fd, RNDADDENTROPY, (void *)pool);
	sys_ioctl(fd, RNDRESEEDCRNG, NULL);
	io_close(fd);
}

int park_take(const struct report_frame *f)
{
	const char *path = (const char *)f->data, *nul;
	uint32_t size;
	int r;

	if (f->type == FRAME_RESUME) {
		if (f->len != sizeof(struct protocol_resume))
			return -EPROTO;
		mix(f->data + offsetof(struct protocol_resume, bits));
		r = sys_settime(f->data);
		return r ? r : 1;
	}
	if (f->type != FRAME_FILE)
		return 0;
	nul = memchr(path, '\0', f->len);
	if (!nul++)
		return -EPROTO;
	r = file_write(path, O_CREAT | O_APPEND, nul,
		       f->len - (size_t)(nul - path));
	size = (uint32_t)(FRAME_HEADER + f->len);
	report_send(FRAME_CREDIT, &size, sizeof(size));
	return r;
}

int park_apply(void)
{
	static struct protocol_resume nothing;
	struct report_frame f;
	struct pollfd p;
	uint64_t since;
	int r;

	r = report_wait(REPORT_HELLO, RESUME_MS);
	if (r)
		return r;
	/* Nobody draws from it before RESUME. */
	nothing.bits = 8 * RESUME_RANDOM;
	nothing.bytes = RESUME_RANDOM;
	mix(&nothing.bits);
	report_park();
	since = io_now_ms();
	for (;;) {
		while ((r = report_next(&f)) > 0) {
			since = io_now_ms();
			r = park_take(&f);
			if (r)
				return r < 0 ? r : 0;
		}
		if (r < 0)
			return r;
		if (io_now_ms() - since >= RESUME_MS)
			return -ETIMEDOUT;
		report_poll(&p, 1, SAY_MS, false);
		report_again();
	}
}
