// SPDX-License-Identifier: MIT
#include "host/accel.h"
#include "unit.h"

static const struct {
	const char *text, *boot;
	enum accel_kvm known;
} notes[] = {
	{ "abc good\n", "abc", ACCEL_KVM_GOOD },
	{ "abc bad\n", "abc", ACCEL_KVM_BAD },
	{ "abd bad\n", "abc", ACCEL_KVM_UNKNOWN },
	{ "abcd good\n", "abc", ACCEL_KVM_UNKNOWN },
	{ "abc good", "abc", ACCEL_KVM_UNKNOWN },
	{ "abc goods\n", "abc", ACCEL_KVM_UNKNOWN },
	{ "abc", "abc", ACCEL_KVM_UNKNOWN },
	{ "", "abc", ACCEL_KVM_UNKNOWN },
	/* A machine without a boot id remembers nothing. */
	{ " good\n", "", ACCEL_KVM_UNKNOWN },
};

START_TEST(note)
{
	ck_assert_int_eq(parse_accel_note(notes[_i].text, notes[_i].boot),
			 notes[_i].known);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("accel");
	TCase *t = tcase_create("accel");

	tcase_add_loop_test(t, note, 0, sizeof(notes) / sizeof(notes[0]));
	suite_add_tcase(s, t);
	return s;
}
