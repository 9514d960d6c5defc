// SPDX-License-Identifier: MIT
/* What apt prints and what it is configured by: packages, reasons, sources in
 * either format, apt.conf, os-release. */
#include "fuzz.h"

#include "host/apt.h"
#include "host/osrelease.h"
#include "host/sources.c"

static void try_packages(const char *text)
{
	struct apt_packages p = { 0 };
	char *reason = apt_parse_reason(text);

	fuzz_assert(!reason || !strchr(reason, '\n'));
	free(reason);
	apt_parse_show(text, &p);
	for (size_t i = 0; i < p.n; i++) {
		const struct apt_package *v = &p.v[i];

		fuzz_assert(v->name && !strchr(v->name, '\n'));
		fuzz_assert(!v->version || !strchr(v->version, '\n'));
		for (size_t k = 0; k < v->depends.n; k++)
			fuzz_assert(*v->depends.v[k] &&
				    !strpbrk(v->depends.v[k], " \n|,("));
	}
	apt_packages_free(&p);
}

/* What is planned is apt's format, so that it can be read and planned again,
 * and is the same then. */
static void check_plan(const struct sources *s)
{
	struct sources again = { 0 };
	struct buf once = { 0 }, twice = { 0 };
	size_t n = sources_plan(s, "bookworm", NULL, "amd64", &once);

	fuzz_assert(!n == !once.n);
	if (n)
		sources_parse_deb822(&again, once.p);
	fuzz_assert(again.n == n);
	fuzz_assert(sources_plan(&again, "bookworm", NULL, "amd64", &twice) ==
		    n);
	fuzz_assert(once.n == twice.n);
	fuzz_assert(!once.n || !memcmp(once.p, twice.p, once.n));
	sources_plan(s, "bookworm", "sid", "amd64", &twice);
	sources_free(&again);
	buf_free(&once);
	buf_free(&twice);
}

static void try_sources(const char *text,
			void (*parse)(struct sources *s, const char *text))
{
	struct sources s = { 0 };

	parse(&s, text);
	sources_suite(&s, "bookworm");
	sources_suite(&s, NULL);
	check_plan(&s);
	sources_free(&s);
	fuzz_assert(!s.n && !s.v);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n), *value;

	try_packages(text);
	try_sources(text, sources_parse_list);
	try_sources(text, sources_parse_deb822);
	apt_config_moves(text);
	value = osrelease_parse(text, "ID");
	fuzz_assert(!value || *value);
	free(value);
	free(text);
	return 0;
}
