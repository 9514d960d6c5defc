// SPDX-License-Identifier: MIT
/* What QEMU says on QMP. The first byte: how many bytes come at a time. */
#include "fuzz.h"

#include "host/dump.h"
#include "host/inject.h"
#include "host/qmp_reader.c"

#include <stdbool.h>

/* All messages of a stream, as text. Return: as qmp_reader_next(). */
static int read_whole(const uint8_t *p, size_t n, size_t step, struct buf *out)
{
	struct qmp_reader r = { 0 };
	unsigned long long done, total;
	int got = 0;

	while (n && got >= 0) {
		size_t take = n < step ? n : step;
		json_t *o;

		qmp_reader_add(&r, p, take);
		p += take;
		n -= take;
		while ((got = qmp_reader_next(&r, &o)) > 0) {
			char *text = json_dumps(o, 0);

			fuzz_assert(json_is_object(o));
			fuzz_assert(parse_qmp_kind(o) <= QMP_NONSENSE);
			parse_dump_status(o, &done, &total);
			buf_adds(out, text ? text : "");
			buf_addc(out, '\n');
			free(text);
			json_decref(o);
		}
	}
	qmp_reader_free(&r);
	fuzz_assert(!r.in.n && !r.seen);
	return got;
}

/* Of the monitor for people, and of the gdbstub. */
static void try_texts(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n);
	unsigned long long value;

	parse_register(text, "CR4", &value);
	parse_register(text, "IDT", &value);
	parse_stop(text);
	parse_gate(text, &value);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t step = 1 + (size_t)fuzz_byte(&p, &n);
	struct buf whole = { 0 }, parts = { 0 };
	int r = read_whole(p, n, SIZE_MAX, &whole);

	fuzz_assert(r == read_whole(p, n, step, &parts));
	fuzz_assert(whole.n == parts.n);
	fuzz_assert(!whole.n || !memcmp(whole.p, parts.p, whole.n));
	buf_free(&whole);
	buf_free(&parts);
	try_texts(p, n);
	return 0;
}
