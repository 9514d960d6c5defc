// SPDX-License-Identifier: MIT
#include "unit.h"

#include "init/modalias.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct modalias_starts starts;

/* No longer than it is, and what ends it, for the address sanitizer to watch. */
static struct span text_of(const char *s, size_t len)
{
	char *p = malloc(len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return (struct span){ p, len };
}

static const struct {
	const char *pattern, *name;
	bool match;
} pairs[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "a", "a", true },
	{ "a", "ab", false },
	{ "ab", "a", false },
	{ "fs-ext4", "fs_ext4", true },
	{ "*", "", true },
	{ "*", "abc", true },
	{ "**", "abc", true },
	{ "*c", "abc", true },
	{ "a*", "abc", true },
	{ "a*c", "abc", true },
	{ "a*c", "abcd", false },
	{ "a*b*c", "abbcbc", true },
	{ "a*b*c", "acb", false },
	{ "*ab", "aab", true },
	{ "*aab", "aaab", true },
	{ "?", "a", true },
	{ "?", "", false },
	{ "a?c", "abc", true },
	{ "a?", "a", false },
	{ "[a-c]", "b", true },
	{ "[a-c]", "d", false },
	{ "[abc]x", "cx", true },
	{ "[0-9A-F]*", "Fz", true },
	{ "[0-9A-F]", "G", false },
	{ "d01[2-9]*", "d0130", true },
	{ "d01[2-9]*", "d0110", false },
	{ "x[a", "x", false },
	{ "x[", "x", false },
	{ "x[", "xy", false },
	{ "x[a-", "xb", false },
	{ "x[a-]", "xq", false },
	{ "x[]", "xy", false },
	{ "]", "]", true },
	{ "pci:v00008086d0000100Esv*sd*bc*sc*i*",
	  "pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i00", true },
	{ "pci:v*d*sv*sd*bc01sc06i01*",
	  "pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01", true },
	{ "pci:v*d*sv*sd*bc01sc06i01*",
	  "pci:v00008086d00002922sv00001AF4sd00001100bc01sc08i02", false },
	{ "virtio:d00000002v*", "virtio:d00000002v00001AF4", true },
	{ "scsi:t-0x00*", "scsi:t-0x00", true },
};

START_TEST(patterns)
{
	const char *p = pairs[_i].pattern, *n = pairs[_i].name;
	struct span pattern = text_of(p, strlen(p));
	struct span name = text_of(n, strlen(n));

	ck_assert_msg(modalias_match(pattern.p, name.p) == pairs[_i].match,
		      "%s with %s", p, n);
	free((void *)pattern.p);
	free((void *)name.p);
}
END_TEST

/* An exponential or cubic one does not come back within the test's limit. */
/* An exponential or cubic one does not come back within the test's limit. */
START_TEST(hostile_patterns_end)
{
	size_t len = 1 << 20;
	char *p = malloc(len + 1);
	static char name[4097];

	memset(name, 'a', sizeof(name) - 1);
	p[len] = ' ';
	for (size_t i = 0; i < len; i++)
		p[i] = i % 2 ? 'a' : '*';
	ck_assert(!modalias_match(p, name));
	p[8001] = 'b';
	p[8002] = '\n';
	ck_assert(!modalias_match(p, name));
	memset(p, '*', len);
	ck_assert(modalias_match(p, name));
	memset(p, 'a', len);
	p[0] = '*';
	ck_assert(!modalias_match(p, name));
	p[0] = '[';
	ck_assert(!modalias_match(p, name));
	memset(p, '[', len);
	ck_assert(!modalias_match(p, name));
	memset(p, '-', len);
	p[0] = '[';
	ck_assert(!modalias_match(p, name));
	free(p);
}
END_TEST

static const char alias[] = "# Aliases\n"
			    "alias crc32c crc32c_intel\n"
			    "alias pci:v00008086d0000100E* e1000\n"
			    "alias pci:v*d*bc01* ahci\n"
			    "alias crc32c crc32c_generic\n"
			    "alias\n"
			    "alias half\n"
			    "alias  two  spaces \n"
			    "aliaspci:* no\n"
			    "alias * any\n"
			    "alias crypto-crc32c x";

/* @names: ended as @quick says, see modalias_next(). */
static const char *modules(const char *text, size_t len, const char *names,
			   size_t names_len, bool quick)
{
	static char joined[256];
	struct span t = text_of(text, len), n = text_of(names, names_len);
	struct span left = t, s;
	char *at = joined;

	memset(&starts, 0, sizeof(starts));
	for (const char *name = n.p; quick && *name; name++)
		for (uint16_t hash = 0; *name; name++)
			hash = modalias_expect(&starts, hash, *name);
	*at = '\0';
	while ((s = modalias_next(&left, n.p, quick ? &starts : NULL)).p)
		at += sprintf(at, "%.*s ", (int)s.len, s.p);
	free((void *)t.p);
	free((void *)n.p);
	return joined;
}

static const struct {
	const char *names;
	size_t len;
	const char *modules;
} wanted[] = {
#define NAMES(s) (s), sizeof(s) - 1
	{ NAMES("crc32c\0"), "crc32c_intel crc32c_generic any " },
	{ NAMES("half\0"), "any " },
	{ NAMES("two\0"), "spaces any " },
	{ NAMES("pci:v00008086d0000100Esv1\0"), "e1000 any " },
	{ NAMES("pci:v1d2bc01\0crc32c\0"),
	  "crc32c_intel ahci crc32c_generic any " },
	{ NAMES("pci:v00008086d0000100Ebc01\0pci:v00008086d0000100E\0x\0"),
	  "e1000 ahci any " },
};

START_TEST(modules_of_names)
{
	ck_assert_str_eq(modules(alias, sizeof(alias) - 1, wanted[_i].names,
				 wanted[_i].len, true),
			 wanted[_i].modules);
}
END_TEST

/* What is passed over quickly would not have matched. */
START_TEST(a_look_at_each_line_finds_the_same)
{
	char all[256];

	strcpy(all, modules(alias, sizeof(alias) - 1, wanted[_i].names,
			    strlen(wanted[_i].names), false));
	ck_assert_str_eq(modules(alias, sizeof(alias) - 1, wanted[_i].names,
				 strlen(wanted[_i].names) + 1, true),
			 all);
}
END_TEST

/* As a word of modules.softdep, too, which no NUL ends. */
START_TEST(names_as_people_write_them)
{
	static const char *const names[] = { "crypto_crc32c",
					     "crypto-crc32c post: y",
					     "crypto-crc32c\nsoftdep x" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_str_eq(modules(alias, sizeof(alias) - 1, names[i],
					 strlen(names[i]), false),
				 "any x ");
}
END_TEST

START_TEST(a_line_of_a_megabyte)
{
	size_t len = 1 << 20;
	char *text = malloc(len + 16);

	memset(text, 'a', len);
	memcpy(text, "alias ", 6);
	memcpy(text + len, "\nalias b m", 10);
	ck_assert_str_eq(modules(text, len + 10, "b\0aa\0", 5, true), "m ");
	memset(text + 6, '*', len - 6);
	ck_assert_str_eq(modules(text, len + 10, "b\0aa\0", 5, true), "m ");
	free(text);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("modalias");
	TCase *t = tcase_create("modalias");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, patterns, 0, sizeof(pairs) / sizeof(pairs[0]));
	tcase_add_test(t, hostile_patterns_end);
	tcase_add_loop_test(t, modules_of_names, 0,
			    sizeof(wanted) / sizeof(wanted[0]));
	tcase_add_loop_test(t, a_look_at_each_line_finds_the_same, 0,
			    sizeof(wanted) / sizeof(wanted[0]));
	tcase_add_test(t, names_as_people_write_them);
	tcase_add_test(t, a_line_of_a_megabyte);
	suite_add_tcase(s, t);
	return s;
}
