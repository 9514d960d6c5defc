// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/sources.h"

#include <string.h>

static struct sources s;

static void plan_is(const char *codename, const char *suite, size_t entries,
		    const char *text)
{
	struct buf out = { 0 };

	ck_assert_uint_eq(sources_plan(&s, codename, suite, "amd64", &out),
			  entries);
	ck_assert_str_eq(out.p ? out.p : "", text);
	buf_free(&out);
	sources_free(&s);
}

#define REST                                                          \
	"Components: main\nArchitectures: amd64\nTargets: Packages\n" \
	"Languages: none\n"

static const char debian[] =
	"Types: deb deb-src\n"
	"# a comment\n"
	"URIs: http://example.org/debian\n"
	"Suites: bookworm bookworm-updates bookworm-backports\n"
	"Components: main contrib\n"
	"Architectures: amd64 i386\n"
	"Signed-By: /usr/share/keyrings/a.gpg\n"
	"\n"
	"Types: deb\n"
	"URIs: http://example.org/security\n"
	"Suites: bookworm-security\n"
	"Components: main\n"
	"Signed-By:\n"
	" -----BEGIN KEY-----\n"
	" .\n"
	" abc\n"
	"\n"
	"Types: deb\nEnabled: no\nURIs: http://example.org/off\n"
	"Suites: bookworm\nComponents: main\n";

START_TEST(deb822_other)
{
	sources_parse_deb822(&s, debian);
	plan_is("bookworm", "sid", 2,
		"Types: deb\nURIs: http://example.org/debian\n"
		"Suites: sid sid-updates\n" REST
		"Signed-By: /usr/share/keyrings/a.gpg\n\n"
		"Types: deb\nURIs: http://example.org/security\n"
		"Suites: sid-security\n" REST
		"Signed-By:\n -----BEGIN KEY-----\n .\n abc\n\n");
}
END_TEST

START_TEST(deb822_own)
{
	sources_parse_deb822(&s, debian);
	ck_assert_str_eq(sources_suite(&s, "bookworm"), "bookworm");
	plan_is("bookworm", NULL, 2,
		"Types: deb\nURIs: http://example.org/debian\n"
		"Suites: bookworm bookworm-updates\n" REST
		"Signed-By: /usr/share/keyrings/a.gpg\n\n"
		"Types: deb\nURIs: http://example.org/security\n"
		"Suites: bookworm-security\n" REST
		"Signed-By:\n -----BEGIN KEY-----\n .\n abc\n\n");
}
END_TEST

START_TEST(one_line)
{
	sources_parse_list(
		&s,
		"# deb http://example.org/no bookworm main\n"
		"deb [ arch=amd64,arm64 signed-by=/k.gpg trusted=yes ] "
		"http://example.org/d bookworm main non-free # tail\n"
		"deb-src http://example.org/d bookworm main\n"
		"deb [lang+=de] http://example.org/s bookworm/updates main\n"
		"deb\n"
		"deb [broken\n"
		"junk here it is\n");
	plan_is("bookworm", "trixie", 2,
		"Types: deb\nURIs: http://example.org/d\nSuites: trixie\n" REST
		"signed-by: /k.gpg\ntrusted: yes\n\n"
		"Types: deb\nURIs: http://example.org/s\n"
		"Suites: trixie-security\n" REST "\n");
}
END_TEST

/* Written down, it would go on the line of another field. */
START_TEST(goes_on_without_a_beginning)
{
	sources_parse_deb822(&s, " trusted: yes\nTypes: deb\nURIs: u\n"
				 "Suites: bookworm\nComponents: main\n");
	plan_is("bookworm", NULL, 1,
		"Types: deb\nURIs: u\nSuites: bookworm\n" REST "\n");
}
END_TEST

/* What is not the distribution's own main archive is left alone. */
START_TEST(foreign)
{
	sources_parse_list(&s, "deb http://example.org/a bookworm stable\n"
			       "deb http://example.org/b bookworm-pgdg main\n"
			       "deb http://example.org/c nodistro main\n"
			       "deb http://example.org/d bookworm contrib\n"
			       "deb http://example.org/flat ./\n");
	ck_assert_ptr_null(sources_suite(&s, "bookworm"));
	plan_is("bookworm", "sid", 0, "");
}
END_TEST

START_TEST(ubuntu)
{
	sources_parse_deb822(
		&s,
		"Types: deb\r\nURIs: http://example.org/u\r\n"
		"Suites: noble noble-updates noble-backports noble-security\r\n"
		"Components: main restricted\r\n");
	ck_assert_str_eq(sources_suite(&s, "noble"), "noble");
	plan_is("noble", "jammy", 1,
		"Types: deb\nURIs: http://example.org/u\n"
		"Suites: jammy jammy-updates jammy-security\n" REST "\n");
}
END_TEST

/* Sources may say "stable"; and sid's os-release has had no codename. */
START_TEST(aliases)
{
	sources_parse_list(&s, "deb http://example.org/d stable-updates main\n"
			       "deb http://example.org/d stable main\n"
			       "deb http://example.org/d bookworm main\n");
	ck_assert_str_eq(sources_suite(&s, "bookworm"), "stable");
	ck_assert_str_eq(sources_suite(&s, NULL), "stable");
	plan_is(NULL, "sid", 2,
		"Types: deb\nURIs: http://example.org/d\n"
		"Suites: sid-updates\n" REST "\n"
		"Types: deb\nURIs: http://example.org/d\n"
		"Suites: sid\n" REST "\n");
}
END_TEST

START_TEST(nonsense)
{
	sources_parse_deb822(&s, "\n\n: x\nno colon\n continued\n\n#\n\n \n");
	sources_parse_deb822(&s, " continued first\nTypes: deb");
	sources_parse_list(&s, "deb [] [a=b] []\n\ndeb [x=]\n[]\ndeb ] [");
	ck_assert_ptr_null(sources_suite(&s, "bookworm"));
	plan_is("bookworm", "sid", 0, "");
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("sources");
	TCase *t = tcase_create("all");

	tcase_add_test(t, deb822_other);
	tcase_add_test(t, deb822_own);
	tcase_add_test(t, goes_on_without_a_beginning);
	tcase_add_test(t, one_line);
	tcase_add_test(t, foreign);
	tcase_add_test(t, ubuntu);
	tcase_add_test(t, aliases);
	tcase_add_test(t, nonsense);
	suite_add_tcase(suite, t);
	return suite;
}
