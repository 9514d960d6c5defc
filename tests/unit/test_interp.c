// SPDX-License-Identifier: MIT
#include "elfprog.h"
#include "host/interp.h"
#include "unit.h"

#include <stdint.h>
#include <stdlib.h>

static const struct {
	const char *text, *needs;
} scripts[] = {
	{ "#!/bin/sh\n", "/bin/sh" },
	{ "#!/bin/sh", "/bin/sh" },
	{ "#! \t/usr/bin/env python3\nx", "/usr/bin/env" },
	{ "#!\n", "" },
};

START_TEST(a_script)
{
	char *needs;

	ck_assert_int_eq(parse_interpreter(scripts[_i].text,
					   strlen(scripts[_i].text), &needs),
			 1);
	ck_assert_str_eq(needs, scripts[_i].needs);
	free(needs);
}
END_TEST

START_TEST(an_elf_program)
{
	int class = _i ? ELFCLASS64 : ELFCLASS32;
	char p[513], *needs;
	size_t n = make_elf(p, class, "/lib/ld.so");

	ck_assert_int_eq(parse_interpreter(p, n, &needs), 2);
	ck_assert_str_eq(needs, "/lib/ld.so");
	free(needs);
	/* Cut anywhere it says nothing, and is not read beyond. */
	for (size_t i = 0; i < n; i++) {
		char *exact = malloc(i + 1);

		memcpy(exact, p, i);
		exact[i] = '\0';
		ck_assert_int_eq(parse_interpreter(exact, i, &needs), 0);
		ck_assert_ptr_null(needs);
		free(exact);
	}
	n = make_elf(p, class, NULL);
	ck_assert_int_eq(parse_interpreter(p, n, &needs), 0);
	ck_assert_int_eq(parse_interpreter("", 0, &needs), 0);
}
END_TEST

START_TEST(an_elf_program_that_lies)
{
	char p[513], *needs;
	size_t n = make_elf(p, ELFCLASS64, "/lib/ld.so");
	Elf64_Phdr ph;
	Elf64_Ehdr e;

	memcpy(&ph, p + 120, sizeof(ph));
	ph.p_filesz = UINT64_MAX;
	memcpy(p + 120, &ph, sizeof(ph));
	ck_assert_int_eq(parse_interpreter(p, n, &needs), 0);
	memcpy(&e, p, sizeof(e));
	e.e_phoff = UINT64_MAX - 20;
	e.e_phnum = UINT16_MAX;
	memcpy(p, &e, sizeof(e));
	ck_assert_int_eq(parse_interpreter(p, n, &needs), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("interp");
	TCase *t = tcase_create("needs");

	tcase_add_loop_test(t, a_script, 0,
			    sizeof(scripts) / sizeof(scripts[0]));
	tcase_add_loop_test(t, an_elf_program, 0, 2);
	tcase_add_test(t, an_elf_program_that_lies);
	suite_add_tcase(suite, t);
	return suite;
}
