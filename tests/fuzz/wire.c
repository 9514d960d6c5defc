// SPDX-License-Identifier: MIT
/* The guest's end of the channel as the host reads it: frames, and the words
 * in them. The first byte: how many bytes come at a time. */
#include "fuzz.h"

#include "host/wire.c"

#define NONCE "0123456789abcdef0123456789abcdef"

static struct wire wire;

static void try_ready(const struct wire_frame *f)
{
	struct wire_ready ready;

	if (parse_ready(f, &ready))
		return;
	fuzz_assert(ready.window && ready.window <= WINDOW_MAX);
	fuzz_assert(*ready.port && strlen(ready.port) < sizeof(ready.port));
	fuzz_assert(strlen(ready.release) < sizeof(ready.release));
}

static void try_status(const struct wire_frame *f)
{
	struct wire_status status;
	char text[256];
	struct wire_frame again = { .type = f->type };

	if (parse_status(f, NONCE, &status))
		return;
	fuzz_assert(status.number >= 0 && status.number <= 4095);
	again.len = (size_t)snprintf(text, sizeof(text), NONCE " %s %d %s",
				     status.outcome, status.number,
				     status.word);
	again.data = (const unsigned char *)text;
	fuzz_assert(!parse_status(&again, NONCE, &status));
}

static void try_phase(const struct wire_frame *f)
{
	struct wire_phase phase;

	if (parse_phase(f, &phase))
		return;
	fuzz_assert(*phase.name && phase.ns <= 1ULL << 60);
	fuzz_assert(strlen(phase.name) < sizeof(phase.name));
}

/* All frames of a stream that comes so many bytes at a time, one behind the
 * other, as they would be sent. Return: whether the stream was good. */
static int read_whole(const uint8_t *p, size_t n, size_t step, struct buf *out)
{
	struct wire_frame f;
	size_t room;
	int r = 0;

	wire.len = wire.used = 0;
	wire.synced = false;
	while (n && r >= 0) {
		unsigned char *to = wire_space(&wire, &room);
		size_t take = n < step ? n : step;

		fuzz_assert(fuzz_within(to, room, &wire.buf, sizeof(wire.buf)));
		fuzz_assert(room);
		take = take < room ? take : room;
		memcpy(to, p, take);
		wire_received(&wire, take);
		p += take;
		n -= take;
		while ((r = wire_next(&wire, &f)) > 0) {
			fuzz_assert(
				fuzz_within(f.data, f.len, wire.buf, wire.len));
			wire_add(out, (enum bootlet_frame)f.type, f.data,
				 f.len);
			try_ready(&f);
			try_status(&f);
			try_phase(&f);
			parse_credit(&f);
		}
	}
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t step = 1 + (size_t)fuzz_byte(&p, &n);
	struct buf whole = { 0 }, parts = { 0 }, again = { 0 };
	struct buf sent = { 0 };
	int r = read_whole(p, n, SIZE_MAX, &whole);

	fuzz_assert(r == read_whole(p, n, step, &parts));
	fuzz_assert(whole.n == parts.n);
	fuzz_assert(!whole.n || !memcmp(whole.p, parts.p, whole.n));
	/* What was read, sent again, is read again. */
	buf_add(&sent, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	buf_add(&sent, whole.p ? whole.p : "", whole.n);
	fuzz_assert(!read_whole((uint8_t *)sent.p, sent.n, step, &again));
	fuzz_assert(whole.n == again.n);
	buf_free(&whole);
	buf_free(&parts);
	buf_free(&again);
	buf_free(&sent);
	return 0;
}
