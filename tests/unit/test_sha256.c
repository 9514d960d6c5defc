// SPDX-License-Identifier: MIT
#include "host/sha256.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(examples)
{
	/* FIPS 180-2, appendix B; the empty one is well known. */
	static const char *const cases[][2] = {
		{ "",
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc",
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char hex[SHA256_HEX];

	sha256_hex(cases[_i][0], strlen(cases[_i][0]), hex);
	ck_assert_str_eq(hex, cases[_i][1]);
}
END_TEST

/* Around the ends of blocks, as sha256sum(1) says. */
START_TEST(lengths)
{
	for (int n = 0; n < 200; n++) {
		char hex[SHA256_HEX], want[SHA256_HEX] = "", cmd[128];
		char *p = malloc((size_t)n + 1);
		FILE *f;

		memset(p, 'x', (size_t)n);
		sha256_hex(p, (size_t)n, hex);
		snprintf(cmd, sizeof(cmd),
			 "head -c %d /dev/zero | tr '\\0' x | sha256sum", n);
		f = popen(cmd, "r");
		ck_assert_ptr_nonnull(fgets(want, sizeof(want), f));
		pclose(f);
		ck_assert_str_eq(hex, want);
		free(p);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sha256");
	TCase *t = tcase_create("sha256");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, examples, 0, 3);
	tcase_add_test(t, lengths);
	suite_add_tcase(s, t);
	return s;
}
