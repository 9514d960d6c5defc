// SPDX-License-Identifier: MIT
/* .config files as text. */
#include "host/kconfig.h"
#include "host/kconfig_frag.h"
#include "scratch.h"
#include "unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

/* --- lines ------------------------------------------------------------------ */

static const struct {
	const char *line;
	enum kline kind;
	const char *name, *value;
} lines[] = {
	{ "", KLINE_BLANK, NULL, NULL },
	{ " \t\r", KLINE_BLANK, NULL, NULL },
	{ "CONFIG_NET=y", KLINE_VALUE, "NET", "y" },
	{ "CONFIG_E1000=m\r", KLINE_VALUE, "E1000", "m" },
	{ "  CONFIG_9P_FS=n ", KLINE_VALUE, "9P_FS", "n" },
	{ "# CONFIG_NET is not set", KLINE_VALUE, "NET", "n" },
	{ "# CONFIG_NET is not set, really", KLINE_COMMENT, NULL, NULL },
	{ "#CONFIG_NET is not set", KLINE_COMMENT, NULL, NULL },
	{ "# CONFIG_ is not set", KLINE_COMMENT, NULL, NULL },
	{ "# just words", KLINE_COMMENT, NULL, NULL },
	{ "CONFIG_X=\"a b\\\"c\"", KLINE_VALUE, "X", "\"a b\\\"c\"" },
	{ "CONFIG_X=\"\"", KLINE_VALUE, "X", "\"\"" },
	{ "CONFIG_X=\"open", KLINE_BAD, NULL, NULL },
	{ "CONFIG_X=\"a\"b", KLINE_BAD, NULL, NULL },
	{ "CONFIG_X=\"\\\"", KLINE_BAD, NULL, NULL },
	{ "CONFIG_X=\"", KLINE_BAD, NULL, NULL },
	{ "CONFIG_X=0x1000", KLINE_VALUE, "X", "0x1000" },
	{ "CONFIG_X=-1", KLINE_VALUE, "X", "-1" },
	{ "CONFIG_X=", KLINE_BAD, NULL, NULL },
	{ "CONFIG_X = y", KLINE_BAD, NULL, NULL },
	{ "CONFIG_X=y # why", KLINE_BAD, NULL, NULL },
	{ "CONFIG_X", KLINE_BAD, NULL, NULL },
	{ "CONFIG_=y", KLINE_BAD, NULL, NULL },
	{ "NET=y", KLINE_BAD, NULL, NULL },
};

START_TEST(line)
{
	char *name = NULL, *value = NULL;

	ck_assert_int_eq(parse_kline(lines[_i].line, strlen(lines[_i].line),
				     &name, &value),
			 lines[_i].kind);
	ck_assert_pstr_eq(name, lines[_i].name);
	ck_assert_pstr_eq(value, lines[_i].value);
	free(name);
	free(value);
}
END_TEST

START_TEST(line_with_nul)
{
	char *name, *value;

	ck_assert_int_eq(parse_kline("CONFIG_A=y\0z", 12, &name, &value),
			 KLINE_BAD);
}
END_TEST

static const struct {
	const char *text;
	unsigned int version;
} versions[] = {
	{ "6.1.176-1-amd64", 6001 },
	{ "5.18", 5018 },
	{ "7.2", 7002 },
	{ "6", 0 },
	{ "", 0 },
	{ "x6.1", 0 },
	{ "6.x", 0 },
	{ "6.1000", 0 },
};

START_TEST(version)
{
	ck_assert_uint_eq(parse_kversion(versions[_i].text),
			  versions[_i].version);
}
END_TEST

/* --- files ------------------------------------------------------------------ */

#define HEAD                                                \
	"#\n# Automatically generated file; DO NOT EDIT.\n" \
	"# Linux/x86 6.1.176 Kernel Configuration\n#\n"

START_TEST(whole_file)
{
	struct kconfig c = { 0 };

	ck_assert_int_eq(parse_kconfig(HEAD "CONFIG_A=y\nCONFIG_B=m\n"
					    "# CONFIG_C is not set\nrubbish\n"
					    "CONFIG_A=m\nCONFIG_D=\"d\"",
				       &c),
			 0);
	ck_assert_str_eq(c.arch, "x86");
	ck_assert_str_eq(c.release, "6.1.176");
	ck_assert_str_eq(kconfig_get(&c, "A"), "m");
	ck_assert_str_eq(kconfig_get(&c, "D"), "\"d\"");
	ck_assert_int_eq(kconfig_tri(&c, "A"), 1);
	ck_assert_int_eq(kconfig_tri(&c, "C"), 0);
	ck_assert_int_eq(kconfig_tri(&c, "Z"), 0);
	ck_assert_ptr_null(kconfig_get(&c, "Z"));
	ck_assert_ptr_nonnull(karch_of(&c));
	ck_assert_str_eq(karch_of(&c)->name, "x86_64");
	kconfig_free(&c);
}
END_TEST

START_TEST(many_symbols)
{
	struct kconfig c = { 0 };
	char name[32];

	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "S%d", i);
		kconfig_set(&c, name, i % 2 ? "y" : "m");
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "S%d", i);
		ck_assert_int_eq(kconfig_tri(&c, name), i % 2 ? 2 : 1);
	}
	ck_assert_uint_eq(c.n, 20000);
	kconfig_free(&c);
}
END_TEST

static void put_gzip(const char *name, const char *text)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	archive_write_add_filter_gzip(a);
	archive_write_set_format_raw(a);
	ck_assert_int_eq(archive_write_open_filename(a, at(name)), ARCHIVE_OK);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_pathname(e, "x");
	ck_assert_int_eq(archive_write_header(a, e), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_data(a, text, strlen(text)),
			 strlen(text));
	ck_assert_int_eq(archive_write_close(a), ARCHIVE_OK);
	archive_entry_free(e);
	archive_write_free(a);
}

START_TEST(compressed)
{
	struct kconfig c = { 0 };
	struct buf text = { 0 };

	put_gzip("config.gz", HEAD "CONFIG_A=y\n");
	ck_assert_int_eq(kconfig_read(at("config.gz"), &text, &c), 0);
	ck_assert_int_eq(kconfig_tri(&c, "A"), 2);
	ck_assert_str_eq(text.p, HEAD "CONFIG_A=y\n");
	buf_free(&text);
	kconfig_free(&c);
}
END_TEST

static const struct {
	const char *bytes;
	size_t n;
	const char *says;
} bad_files[] = {
	{ "", 0, "no CONFIG_ line" },
	{ "hello\nworld\n", 12, "no CONFIG_ line" },
	{ "\177ELF\0\0\0\0CONFIG", 14, "no CONFIG_ line" },
	{ "\x1f\x8b\x08\0\0\0\0\0\0\3broken", 16, "cannot be decompressed" },
};

START_TEST(bad_file)
{
	struct kconfig c = { 0 };

	put("config", bad_files[_i].bytes, bad_files[_i].n, 0644);
	said_begin();
	ck_assert_int_lt(kconfig_read(at("config"), NULL, &c), 0);
	ck_assert_said(bad_files[_i].says);
	ck_assert_int_eq(said_lines(), 1);
	kconfig_free(&c);
}
END_TEST

START_TEST(no_file)
{
	struct kconfig c = { 0 };

	said_begin();
	ck_assert_int_eq(kconfig_read(at("a\nb"), NULL, &c), -ENOENT);
	ck_assert_said("cannot be read");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_int_eq(kconfig_read(scratch, NULL, &c), -EISDIR);
	kconfig_free(&c);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kconfig");
	TCase *t = tcase_create("text");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_loop_test(t, line, 0, sizeof(lines) / sizeof(*lines));
	tcase_add_test(t, line_with_nul);
	tcase_add_loop_test(t, version, 0,
			    sizeof(versions) / sizeof(*versions));
	tcase_add_test(t, whole_file);
	tcase_add_test(t, many_symbols);
	tcase_add_test(t, compressed);
	tcase_add_loop_test(t, bad_file, 0,
			    sizeof(bad_files) / sizeof(*bad_files));
	tcase_add_test(t, no_file);
	suite_add_tcase(s, t);
	return s;
}
