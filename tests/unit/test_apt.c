// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/apt.h"
#include "host/osrelease.h"

#include <stdlib.h>

START_TEST(show)
{
	struct apt_packages p = { 0 };

	apt_parse_show("Package: linux-image-amd64\n"
		       "Version: 7.2.13-1\n"
		       "Installed-Size: 13\n"
		       "Pre-Depends: dpkg:any (>= 1)\n"
		       "Depends: linux-base-amd64 (= 7.2.13-1), "
		       "dracut | initramfs-tools (>= 0.1),x\n"
		       "Description: text\n"
		       " Depends: not this\n"
		       " Version: nor this\n"
		       "Size: 1692\n"
		       "\n"
		       "Package: half\n"
		       "\n"
		       "\n"
		       "Package: last\n"
		       "Version: 1",
		       &p);
	ck_assert_uint_eq(p.n, 2);
	ck_assert_str_eq(p.v[0].name, "linux-image-amd64");
	ck_assert_str_eq(p.v[0].version, "7.2.13-1");
	ck_assert_uint_eq(p.v[0].size, 1692);
	ck_assert_uint_eq(p.v[0].installed, 13 * 1024);
	ck_assert_uint_eq(p.v[0].depends.n, 4);
	ck_assert_str_eq(p.v[0].depends.v[0], "dpkg");
	ck_assert_str_eq(p.v[0].depends.v[1], "linux-base-amd64");
	ck_assert_str_eq(p.v[0].depends.v[2], "dracut");
	ck_assert_str_eq(p.v[0].depends.v[3], "x");
	ck_assert_str_eq(p.v[1].name, "last");
	apt_packages_free(&p);
	ck_assert_uint_eq(p.n, 0);
}
END_TEST

static const struct {
	const char *said, *reason;
} reasons[] = {
	{ "", "apt gave no reason" },
	{ "W: old key\nE: Failed to fetch it\nE: Some failed\n",
	  "Failed to fetch it" },
	{ "Hit:1\nErr:2 no address\nW: thing\n", "2 no address" },
	{ "W: only this", "only this" },
	{ "dpkg-deb: error: no space\n", "no space" },
	{ "noise E: not at the beginning\n", "apt gave no reason" },
};

START_TEST(reason)
{
	char *r = apt_parse_reason(reasons[_i].said);

	ck_assert_str_eq(r, reasons[_i].reason);
	free(r);
}
END_TEST

static const struct {
	const char *text, *key, *value;
} releases[] = {
	{ "ID=debian\n", "ID", "debian" },
	{ "VERSION_ID=\"12\"\nID=debian", "ID", "debian" },
	{ "PRETTY_NAME=\"A \\\"B\\\" C\"\n", "PRETTY_NAME", "A \"B\" C" },
	{ "ID_LIKE='x y'\nID=z\n", "ID_LIKE", "x y" },
	{ "#ID=no\nID=yes\n", "ID", "yes" },
	{ "ID=\n", "ID", NULL },
	{ "ID=a", "VERSION_CODENAME", NULL },
	{ "", "ID", NULL },
};

START_TEST(moved_sources)
{
	static const char *const moves[] = {
		"Dir::Etc::sourcelist \"/x\";",
		"Dir { Etc { SourceList \"/x\"; }; };",
		"dir::etc \"/x\";",
		"DIR\n{\nETC\n{\n",
		"Dir \"/chroot\";",
		"RootDir \"/x\";",
		"#include \"/etc/more\"",
		"Dir{Etc{};};",
	};
	static const char *const stays[] = {
		"",
		"APT { NeverAutoRemove { \"^linux-.*\"; }; };",
		"Dir::Cache::pkgcache \"\"; Dir::Cache::srcpkgcache \"\";",
		"Acquire::Languages \"none\";",
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		ck_assert_msg(apt_config_moves(moves[i]), "%s", moves[i]);
	for (size_t i = 0; i < sizeof(stays) / sizeof(stays[0]); i++)
		ck_assert_msg(!apt_config_moves(stays[i]), "%s", stays[i]);
}
END_TEST

START_TEST(osrelease)
{
	char *v = osrelease_parse(releases[_i].text, releases[_i].key);

	if (releases[_i].value)
		ck_assert_str_eq(v, releases[_i].value);
	else
		ck_assert_ptr_null(v);
	free(v);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("apt");
	TCase *t = tcase_create("all");

	tcase_add_test(t, show);
	tcase_add_test(t, moved_sources);
	tcase_add_loop_test(t, reason, 0, sizeof(reasons) / sizeof(*reasons));
	tcase_add_loop_test(t, osrelease, 0,
			    sizeof(releases) / sizeof(*releases));
	suite_add_tcase(s, t);
	return s;
}
