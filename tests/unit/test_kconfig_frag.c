// SPDX-License-Identifier: MIT
/* Fragments: read, put together, printed, merged into a .config. */
#include "host/kconfig_apply.h"
#include "host/kconfig_frag.h"
#include "scratch.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

START_TEST(directives)
{
	struct kfrag f;
	const char *text = "# SPDX\n# me: does things\n\n"
			   "#: since 5.18\n#: until 6.1\n#: either\n"
			   "#: at-least\n#: choice A B\n#: set-by C\n"
			   "#: needs D\tE \r\nCONFIG_X=m\n"
			   "CONFIG_Y=4\n\nCONFIG_Z=y\n";

	ck_assert_int_eq(parse_kfrag(text, "me", 1, &f), 0);
	ck_assert_str_eq(f.summary, "does things");
	ck_assert_uint_eq(f.n, 3);
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(f.v[i].since, 5018);
		ck_assert_uint_eq(f.v[i].until, 6001);
		ck_assert(f.v[i].either && f.v[i].at_least);
		ck_assert_uint_eq(f.v[i].choice.n, 2);
		ck_assert_str_eq(f.v[i].set_by.v[0], "C");
		ck_assert_uint_eq(f.v[i].needs.n, 2);
		ck_assert_str_eq(f.v[i].needs.v[1], "E");
		ck_assert_uint_eq(f.v[i].line, 11 + i);
	}
	/* An empty line ends them. */
	ck_assert_uint_eq(f.v[2].since, 0);
	ck_assert_uint_eq(f.v[2].needs.n, 0);
	ck_assert_uint_eq(f.v[2].line, 14);
	ck_assert(kwant_in(&f.v[0], 5018) && kwant_in(&f.v[0], 6001));
	ck_assert(!kwant_in(&f.v[0], 5017) && !kwant_in(&f.v[0], 6002));
	ck_assert(kwant_in(&f.v[0], 0) && kwant_in(&f.v[2], 1));
	kfrag_free(&f);
}
END_TEST

static const struct {
	const char *text, *says;
} bad_fragments[] = {
	{ "CONFIG_A=y\nCONFIG_B = y\n", "me:2: CONFIG_B = y: neither" },
	{ "NET=y\n", "me:1:" },
	{ "#: sinc 5.18\n", "no such directive" },
	{ "#: since soon\n", "me:1:" },
	{ "#: either way\n", "me:1:" },
	{ "#: needs\n", "me:1:" },
	{ "#:\n", "me:1:" },
};

START_TEST(bad_fragment)
{
	struct kfrag f;

	said_begin();
	ck_assert_int_eq(parse_kfrag(bad_fragments[_i].text, "me", 1, &f),
			 -EINVAL);
	ck_assert_said(bad_fragments[_i].says);
	ck_assert_int_eq(said_lines(), 1);
	kfrag_free(&f);
}
END_TEST

/* Every file of kconfig/ is in the binary, as it is, and has a summary. */
START_TEST(all_are_built_in)
{
	static const char *const dirs[] = { "", "arch/" };
	size_t seen = 0;

	for (int i = 0; i < 2; i++) {
		char *dir = xasprintf(TOPDIR "/kconfig/%s", dirs[i]);
		DIR *d = opendir(dir);
		struct dirent *e;

		ck_assert_ptr_nonnull(d);
		while ((e = readdir(d))) {
			char *dot = strstr(e->d_name, ".config"), *name, *path;
			struct buf want = { 0 };
			struct kfrag f;
			char *text;

			if (!dot)
				continue;
			path = xasprintf("%s/%s", dir, e->d_name);
			name = xasprintf("%s%.*s", dirs[i],
					 (int)(dot - e->d_name), e->d_name);
			ck_assert_int_eq(read_file(path, &want, 65536), 0);
			text = kbuiltin_text(name);
			ck_assert_msg(text != NULL, "%s is not built in", name);
			ck_assert_str_eq(text, want.p);
			if (!i) {
				ck_assert_int_eq(parse_kfrag(text, name, 1, &f),
						 0);
				ck_assert_ptr_nonnull(f.summary);
				ck_assert_uint_gt(f.n, 0);
				kfrag_free(&f);
			}
			free(text);
			buf_free(&want);
			free(path);
			free(name);
			seen++;
		}
		closedir(d);
		free(dir);
	}
	ck_assert_uint_eq(seen, n_kbuiltin);
	ck_assert_ptr_null(kbuiltin_text("nothing"));
}
END_TEST

static void add_all(struct kfrags *set, const char *arch)
{
	for (size_t i = 0; i < n_kbuiltin; i++)
		if (!strchr(kbuiltin[i].name, '/'))
			ck_assert_int_eq(kfrags_add(set, kbuiltin[i].name,
						    karch_find(arch)),
					 0);
}

/* All of bootlet's own go together. */
START_TEST(no_conflict)
{
	static const char *const archs[] = { "x86_64", "arm64" };
	struct kfrags set = { 0 };

	add_all(&set, archs[_i]);
	ck_assert_int_eq(kfrags_merge(&set), 0);
	ck_assert_uint_gt(set.n_want, 100);
	kfrags_free(&set);
}
END_TEST

START_TEST(arch_rows)
{
	struct kfrags set = { 0 };

	ck_assert_int_eq(kfrags_add(&set, "base", karch_find("x86_64")), 0);
	ck_assert_int_eq(kfrags_merge(&set), 0);
	ck_assert_ptr_nonnull(kfrags_find(&set, "PVH", 0));
	ck_assert_ptr_null(kfrags_find(&set, "KVM_GUEST", 0));
	kfrags_free(&set);
	ck_assert_int_eq(kfrags_add(&set, "base", karch_find("aarch64")), 0);
	ck_assert_int_eq(kfrags_merge(&set), 0);
	ck_assert_ptr_null(kfrags_find(&set, "PVH", 0));
	ck_assert_ptr_nonnull(kfrags_find(&set, "SERIAL_AMBA_PL011", 0));
	kfrags_free(&set);
	ck_assert_ptr_null(karch_find("pdp11"));
}
END_TEST

START_TEST(conflict)
{
	struct kfrags set = { 0 };

	put_text("a.config", "CONFIG_X=y\nCONFIG_Y=m\n");
	put_text("b.config", "\nCONFIG_Y=m\n# CONFIG_X is not set\n");
	ck_assert_int_eq(kfrags_add(&set, at("a.config"), NULL), 0);
	ck_assert_int_eq(kfrags_add(&set, at("b.config"), NULL), 0);
	said_begin();
	ck_assert_int_eq(kfrags_merge(&set), -EEXIST);
	ck_assert_said("CONFIG_X: ");
	ck_assert_said("a.config:1 wants y");
	ck_assert_said("b.config:3 wants n");
	ck_assert_int_eq(said_lines(), 1);
	kfrags_free(&set);
}
END_TEST

/* Where versions keep them apart, there is none. */
START_TEST(no_conflict_across_versions)
{
	struct kfrags set = { 0 };

	put_text("a.config", "#: until 5.17\nCONFIG_X=y\n\n"
			     "#: since 5.18\nCONFIG_X=m\n");
	ck_assert_int_eq(kfrags_add(&set, at("a.config"), NULL), 0);
	/* The same one twice is once. */
	ck_assert_int_eq(kfrags_add(&set, at("a.config"), NULL), 0);
	ck_assert_int_eq(kfrags_merge(&set), 0);
	ck_assert_uint_eq(set.n, 1);
	ck_assert_uint_eq(set.n_want, 2);
	ck_assert_str_eq(kfrags_find(&set, "X", 5010)->value, "y");
	ck_assert_str_eq(kfrags_find(&set, "X", 6001)->value, "m");
	kfrags_free(&set);
}
END_TEST

static const struct {
	const char *name, *says;
} bad_names[] = {
	{ "bse", "did you mean base?" },
	{ "frobnicate", "no such fragment; bootlet config list" },
	{ "/nonexistent/a.config", "cannot be read" },
	{ "new\nline", "no such fragment" },
	{ "arch", "no such fragment" },
};

START_TEST(bad_name)
{
	struct kfrags set = { 0 };

	said_begin();
	ck_assert_int_eq(kfrags_add(&set, bad_names[_i].name, NULL), -ENOENT);
	ck_assert_said(bad_names[_i].says);
	ck_assert_int_eq(said_lines(), 1);
	kfrags_free(&set);
}
END_TEST

/* A name of a file cannot break out of its comment. */
START_TEST(hostile_name)
{
	struct kfrags set = { 0 };
	struct buf text = { 0 };

	put_text("a\nCONFIG_B=y.config", "CONFIG_A=y\n");
	ck_assert_int_eq(kfrags_add(&set, at("a\nCONFIG_B=y.config"), NULL), 0);
	ck_assert_int_eq(kfrags_merge(&set), 0);
	kfrags_print(&set, &text);
	ck_assert_ptr_nonnull(strstr(text.p, "a\\x0aCONFIG_B=y.config\n"));
	ck_assert_ptr_null(strstr(text.p, "\nCONFIG_B"));
	buf_free(&text);
	kfrags_free(&set);
}
END_TEST

START_TEST(binary_fragment)
{
	struct kfrags set = { 0 };

	put("x.config", "CONFIG_A=y\n\0", 12, 0644);
	said_begin();
	ck_assert_int_eq(kfrags_add(&set, at("x.config"), NULL), -EINVAL);
	ck_assert_said("is binary");
	kfrags_free(&set);
}
END_TEST

/* --- printed, and read back ------------------------------------------------- */

static const struct {
	const char *golden, *names[4];
} prints[] = {
	{ "kconfig-debug-noinline.config", { "debug", "noinline", NULL } },
	{ "kconfig-base-net.config", { "base", "net", NULL } },
};

START_TEST(printed)
{
	char *path = xasprintf(GOLDEN "%s", prints[_i].golden);
	struct kfrags set = { 0 }, again = { 0 };
	struct buf text = { 0 }, want = { 0 };

	for (int i = 0; prints[_i].names[i]; i++)
		ck_assert_int_eq(kfrags_add(&set, prints[_i].names[i],
					    karch_find("x86_64")),
				 0);
	ck_assert_int_eq(kfrags_merge(&set), 0);
	kfrags_print(&set, &text);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(text.p, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(text.p, want.p);

	/* The same symbols, with all that is known about them. */
	put_text("p.config", text.p);
	ck_assert_int_eq(kfrags_add(&again, at("p.config"), NULL), 0);
	ck_assert_int_eq(kfrags_merge(&again), 0);
	ck_assert_uint_eq(again.n_want, set.n_want);
	for (size_t i = 0; i < set.n_want; i++) {
		ck_assert_str_eq(again.want[i]->name, set.want[i]->name);
		ck_assert_str_eq(again.want[i]->value, set.want[i]->value);
		ck_assert_uint_eq(again.want[i]->since, set.want[i]->since);
		ck_assert_uint_eq(again.want[i]->needs.n, set.want[i]->needs.n);
		ck_assert_int_eq(again.want[i]->either, set.want[i]->either);
	}
	kfrags_free(&set);
	kfrags_free(&again);
	buf_free(&text);
	buf_free(&want);
	free(path);
}
END_TEST

/* --- merged into a .config -------------------------------------------------- */

START_TEST(merged)
{
	struct kfrags set = { 0 };
	struct buf out = { 0 };

	put_text("f.config", "CONFIG_A=y\n# CONFIG_B is not set\n"
			     "#: since 6.0\nCONFIG_NEW=y\n\n"
			     "#: until 5.9\nCONFIG_OLD=y\n\n"
			     "#: either\nCONFIG_D=m\nCONFIG_E=m\n");
	ck_assert_int_eq(kfrags_add(&set, at("f.config"), NULL), 0);
	ck_assert_int_eq(kfrags_merge(&set), 0);
	kapply_merge("# Linux/x86 6.1 Kernel Configuration\nCONFIG_B=y\n"
		     "# CONFIG_A is not set\nCONFIG_C=\"c\"\nCONFIG_D=y\n"
		     "# CONFIG_E is not set",
		     &set, 6001, &out);
	ck_assert_str_eq(out.p, "# Linux/x86 6.1 Kernel Configuration\n"
				"CONFIG_C=\"c\"\nCONFIG_D=y\n"
				"CONFIG_A=y\n# CONFIG_B is not set\n"
				"CONFIG_NEW=y\nCONFIG_E=m\n");
	buf_free(&out);
	kfrags_free(&set);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kfrag");
	TCase *t = tcase_create("fragments");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_test(t, directives);
	tcase_add_loop_test(t, bad_fragment, 0,
			    sizeof(bad_fragments) / sizeof(*bad_fragments));
	tcase_add_test(t, all_are_built_in);
	tcase_add_loop_test(t, no_conflict, 0, 2);
	tcase_add_test(t, arch_rows);
	tcase_add_test(t, conflict);
	tcase_add_test(t, no_conflict_across_versions);
	tcase_add_loop_test(t, bad_name, 0,
			    sizeof(bad_names) / sizeof(*bad_names));
	tcase_add_test(t, hostile_name);
	tcase_add_test(t, binary_fragment);
	tcase_add_loop_test(t, printed, 0, sizeof(prints) / sizeof(*prints));
	tcase_add_test(t, merged);
	suite_add_tcase(s, t);
	return s;
}
