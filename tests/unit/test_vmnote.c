// SPDX-License-Identifier: MIT
#include "host/vmnote.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static const struct vmnote note = {
	.image = { 1, 2, 3, 4, 5 },
	.pvh = true,
	.elf = { 6, 7, 8, 9, ~0ULL },
	.crc = ~0ULL - 1,
	.boot = "9915a3d0-58ce-4f0d-960f-dbf3c73debfb",
};

static void reads_back(const struct vmnote *n)
{
	struct buf b = { 0 }, again = { 0 };
	struct vmnote got;

	vmnote_format(n, &b);
	ck_assert_int_eq(parse_vmnote(b.p, &got), 0);
	ck_assert_int_eq(got.pvh, n->pvh);
	ck_assert(filestamp_same(&got.image, &n->image));
	vmnote_format(&got, &again);
	ck_assert_str_eq(b.p, again.p);
	buf_free(&b);
	buf_free(&again);
}

START_TEST(text)
{
	struct vmnote n = note;

	reads_back(&n);
	n.pvh = false;
	reads_back(&n);
	n = note;
	strcpy(n.boot, "-");
	reads_back(&n);
}
END_TEST

/* Cut off anywhere, or followed by more. */
START_TEST(damaged)
{
	struct vmnote got;
	struct buf b = { 0 };

	vmnote_format(&note, &b);
	for (size_t n = b.n; n--;) {
		b.p[n] = '\0';
		ck_assert_msg(parse_vmnote(b.p, &got) == -EINVAL, "%s", b.p);
	}
	b.n = 0;
	vmnote_format(&note, &b);
	buf_addc(&b, 'x');
	ck_assert_int_eq(parse_vmnote(b.p, &got), -EINVAL);
	buf_free(&b);
	ck_assert_int_eq(parse_vmnote("bootlet-vmlinux 2\nimage 1 2 3 4 5\n"
				      "no-pvh\n",
				      &got),
			 -EINVAL);
}
END_TEST

START_TEST(stamps)
{
	struct filestamp a = note.image, b = a, none = { 0 };

	ck_assert(filestamp_same(&a, &b));
	b.ctime++;
	ck_assert(!filestamp_same(&a, &b));
	b = a;
	b.ino++;
	ck_assert(!filestamp_same(&a, &b));
	b = a;
	b.size++;
	ck_assert(!filestamp_same(&a, &b));
	/* No file is the same as none. */
	ck_assert(!filestamp_same(&none, &none));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vmnote");
	TCase *t = tcase_create("vmnote");

	tcase_add_test(t, text);
	tcase_add_test(t, damaged);
	tcase_add_test(t, stamps);
	suite_add_tcase(s, t);
	return s;
}
