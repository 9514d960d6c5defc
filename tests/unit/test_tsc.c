// SPDX-License-Identifier: MIT
#include "host/tsc.h"
#include "unit.h"

#include <stdlib.h>

/* Agrees with itself to 1 in 1,000, however busy the machine; kernels find
 * 1 in 2,000 good enough when they calibrate it themselves. */
START_TEST(agrees)
{
	unsigned int n[5];
	int close = 0;

	/* Nowhere to keep it: each is a measurement. */
	setenv("XDG_CACHE_HOME", "/dev/null", 1);
	for (int i = 0; i < 5; i++)
		n[i] = tsc_khz();
#ifdef __x86_64__
	ck_assert_uint_gt(n[0], 100000);
#endif
	for (int i = 1; i < 5; i++)
		close += n[i] - n[0] + n[0] / 1000 <= n[0] / 500;
	ck_assert_int_ge(close, 3);
}
END_TEST

/* 2,500,000 kHz: what was counted an interval after the note. */
START_TEST(kept_measurement)
{
	static const char note[] = "boot-1 2500000 1000000000 2500000000\n";
	static const struct {
		const char *boot;
		/* Milliseconds since, and kHz of the counter. */
		uint64_t ms;
		unsigned int counts, khz;
	} rows[] = {
		{ "boot-1", 1, 2500000, 2500000 },
		{ "boot-1", 10, 2500000, 2500000 },
		{ "boot-1", 10, 2500400, 2500000 },
		{ "boot-1", 10, 2501000, 0 },
		{ "boot-1", 10, 2499000, 0 },
		/* A counter that was exchanged a minute ago. */
		{ "boot-1", 60000, 1300000, 0 },
		/* The longer the better. */
		{ "boot-1", 60000, 2500100, 2500100 },
		{ "boot-1", 3600001, 2500000, 0 },
		{ "boot-2", 10, 2500000, 0 },
		{ "boot-", 10, 2500000, 0 },
		{ "boot-12", 10, 2500000, 0 },
		{ "", 10, 2500000, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tsc_moment t = {
			.ns = 1000000000 + rows[i].ms * 1000000,
			.ticks = 2500000000 + rows[i].ms * rows[i].counts,
		};

		ck_assert_uint_eq(parse_tsc_note(note, rows[i].boot, &t),
				  rows[i].khz);
	}
}
END_TEST

START_TEST(damaged_notes)
{
	static const char *const notes[] = {
		"",
		"b",
		"b ",
		"b 2500000",
		"b 2500000 1",
		"b 0 1 1",
		"b x 1 1",
		/* From the future. */
		"b 2500000 3000000000 1",
		"b 2500000 1 30000000000",
	};
	struct tsc_moment t = { .ns = 2000000000, .ticks = 5000000000 };

	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		ck_assert_uint_eq(parse_tsc_note(notes[i], "b", &t), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("tsc");
	TCase *t = tcase_create("tsc");

	tcase_add_test(t, agrees);
	tcase_add_test(t, kept_measurement);
	tcase_add_test(t, damaged_notes);
	suite_add_tcase(s, t);
	return s;
}
