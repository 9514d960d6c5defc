// SPDX-License-Identifier: MIT
/* Kconfig files: what is read from them, and what is refused. */
#include "host/kconfig_tree.h"
#include "scratch.h"
#include "test_kconfig_source.h"
#include "unit.h"

#include <errno.h>

static struct ktree tree;

static void begin(void)
{
	scratch_make();
	tree_make();
}

static void end(void)
{
	ktree_free(&tree);
	scratch_remove();
}

START_TEST(tree_is_read)
{
	const struct ksym *e1000;

	ck_assert_int_eq(ktree_read(&tree, at("k"), "x86"), 0);
	ck_assert_str_eq(tree.release, "6.1.7");
	e1000 = ktree_find(&tree, "E1000");
	ck_assert_ptr_nonnull(e1000);
	ck_assert_int_eq(e1000->type, KSYM_TRISTATE);
	ck_assert_str_eq(e1000->entries->file, "net/Kconfig");
	ck_assert_uint_eq(e1000->entries->line, 10);
	ck_assert_str_eq(e1000->entries->prompt, "E1000");
	ck_assert_str_eq(ktree_find(&tree, "ODD")->entries->prompt,
			 "it's \"odd\" # here");
	ck_assert_ptr_null(ktree_find(&tree, "NOT_ME"));
	ck_assert_uint_eq(
		ktree_find(&tree, "DEBUG_INFO_DWARF5")->entries->choice->n, 3);
}
END_TEST

static const struct {
	const char *file, *text, *says;
} bad_trees[] = {
	{ "k/Makefile", "all:\n", "names no version" },
	{ "k/net/Kconfig", "menu \"x\"\n", "has no end" },
	{ "k/net/Kconfig", "endif\n", "net/Kconfig:1: not understood: endif" },
	{ "k/net/Kconfig", "config A\n\tdepends on (B\n", "Kconfig:2" },
	{ "k/net/Kconfig", "config A\n\tfrobnicate\n", "frobnicate" },
	{ "k/net/Kconfig", "source \"net/Kconfig\"\n", "not understood" },
	{ "k/net/Kconfig", "source \"no/where\"\n", "no/where: cannot be" },
	{ "k/net/Kconfig", "config A\n\tbool \"\n\tselect\n", "select" },
};

START_TEST(bad_tree)
{
	put_text(bad_trees[_i].file, bad_trees[_i].text);
	said_begin();
	ck_assert_int_lt(ktree_read(&tree, at("k"), "x86"), 0);
	ck_assert_said(bad_trees[_i].says);
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

/* Nothing, however long or deep, takes the stack. */
START_TEST(deep_expression)
{
	struct buf b = { 0 };

	buf_adds(&b, "config A\n\tdepends on ");
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, _i ? '(' : '!');
	buf_adds(&b, "B\n");
	put("k/net/Kconfig", b.p, b.n, 0644);
	buf_free(&b);
	said_begin();
	ck_assert_int_lt(ktree_read(&tree, at("k"), "x86"), 0);
	ck_assert_said("not understood");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ktree");
	TCase *t = tcase_create("read");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, tree_is_read);
	tcase_add_loop_test(t, bad_tree, 0,
			    sizeof(bad_trees) / sizeof(*bad_trees));
	tcase_add_loop_test(t, deep_expression, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
