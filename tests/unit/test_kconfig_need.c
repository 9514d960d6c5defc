// SPDX-License-Identifier: MIT
/*
 * A condition under a .config: whether it holds, and what has to be written
 * where it does not. Each is that of a symbol X in a source of its own.
 */
#include "host/kcheck.h"
#include "scratch.h"
#include "unit.h"

#define HEAD "# Linux/x86 6.1.7 Kernel Configuration\n"

static const char symbols[] =
	"config MODULES\n\tbool \"modules\"\n\tmodules\n"
	"config A\n\tbool \"a\"\n"
	"config B\n\tbool \"b\"\n"
	"config T\n\ttristate \"t\"\n"
	"config HIDDEN\n\tbool\n"
	"config HIDDEN_N\n\tint\n"
	"config SELECTS\n\tbool \"selects\"\n\tselect HIDDEN\n"
	"config N\n\tint \"n\"\n"
	"config S\n\tstring \"s\"\n";

static struct ktree tree;
static struct kfrags wants, known;
static struct kconfig config;
static struct kcheck result;

static void begin(void)
{
	scratch_make();
	put_text("k/Makefile", "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 7\n");
	put_text("want.config", "CONFIG_X=y\n");
	ck_assert_int_eq(kbuiltin_load(&known), 0);
	ck_assert_int_eq(kfrags_add(&wants, at("want.config"), NULL), 0);
	ck_assert_int_eq(kfrags_merge(&wants), 0);
}

static void end(void)
{
	kcheck_free(&result);
	ktree_free(&tree);
	kfrags_free(&wants);
	kfrags_free(&known);
	kconfig_free(&config);
	scratch_remove();
}

/* X, which is not set and depends on @condition, under these lines. */
static const struct kfinding *find(const char *condition, const char *have)
{
	char *source = xasprintf("%sconfig X\n\tbool \"x\"\n\tdepends on %s\n",
				 symbols, condition);
	char *lines = xasprintf(HEAD "CONFIG_64BIT=y\n%s", have);
	struct kcheck_spec spec = {
		.wants = &wants,
		.config = &config,
		.known = &known,
		.tree = &tree,
		.version = parse_kversion("6.1.7"),
	};

	put_text("k/Kconfig", source);
	ck_assert_int_eq(ktree_read(&tree, at("k"), "x86"), 0);
	ck_assert_int_eq(parse_kconfig(lines, &config), 0);
	kcheck_run(&spec, &result);
	free(lines);
	free(source);
	ck_assert_uint_eq(result.n, 1);
	return &result.v[0];
}

/* --- holds or not --------------------------------------------------------- */

static const struct {
	const char *condition, *have;
	bool holds;
} conditions[] = {
	{ "N = 8", "CONFIG_N=8\n", true },
	{ "N = 8", "CONFIG_N=0x8\n", true },
	{ "N = 8", "CONFIG_N=80\n", false },
	{ "N != 8", "CONFIG_N=8\n", false },
	{ "N != 8", "CONFIG_N=9\n", true },
	/* Numbers, not text: "10" is before "9" there. */
	{ "N < 9", "CONFIG_N=10\n", false },
	{ "N < 11", "CONFIG_N=10\n", true },
	{ "N <= 8", "CONFIG_N=8\n", true },
	{ "N <= 8", "CONFIG_N=9\n", false },
	{ "N > 9", "CONFIG_N=10\n", true },
	{ "N > 8", "CONFIG_N=8\n", false },
	{ "N >= 8", "CONFIG_N=8\n", true },
	{ "N >= 8", "CONFIG_N=-8\n", false },
	{ "S = \"abc\"", "CONFIG_S=\"abc\"\n", true },
	{ "S = \"abc\"", "CONFIG_S=\"abcd\"\n", false },
	{ "S != \"\"", "", false },
	{ "S < \"b\"", "CONFIG_S=\"abc\"\n", true },
	/* Of three values: n is less than m, m less than y. */
	{ "T > n", "CONFIG_MODULES=y\nCONFIG_T=m\n", true },
	{ "T < y", "CONFIG_MODULES=y\nCONFIG_T=m\n", true },
	{ "T = y", "CONFIG_MODULES=y\nCONFIG_T=m\n", false },
	{ "T != n", "", false },
	/* Constants; what nobody defines has its name for a value. */
	{ "y", "", true },
	{ "n", "", false },
	{ "\"y\"", "", true },
	{ "\"\"", "", false },
	{ "NOBODY = \"NOBODY\"", "", true },
	{ "NOBODY", "CONFIG_NOBODY=y\n", false },
	/* A tool's answer, which may be either. */
	{ "$(success,true)", "", true },
	{ "\"$(cc)\" = \"\" || $(cc-version) >= 5", "", true },
	{ "!A || B", "CONFIG_A=y\nCONFIG_B=y\n", true },
	{ "!(A && B)", "CONFIG_A=y\nCONFIG_B=y\n", false },
};

START_TEST(holds_or_not)
{
	const struct kfinding *f =
		find(conditions[_i].condition, conditions[_i].have);

	ck_assert_msg((f->reason == KREASON_UNSET) == conditions[_i].holds,
		      "%s under %s: %s", conditions[_i].condition,
		      conditions[_i].have, f->why);
}
END_TEST

/* --- what to write -------------------------------------------------------- */

#define NOT(name) "# CONFIG_" name " is not set"
#define NEVER	  "its conditions cannot be met here"

static const struct {
	const char *condition, *have;
	/* In the explanation; lines before X's own, each with a newline. */
	const char *why, *write;
} needs[] = {
	{ "!A", "CONFIG_A=y\n", "", NOT("A") "\n" },
	{ "!(!A)", "", "", "CONFIG_A=y\n" },
	{ "!(A || B)", "CONFIG_A=y\nCONFIG_B=y\n", "",
	  NOT("A") "\n" NOT("B") "\n" },
	/* One of them is enough, and B is off already in the second. */
	{ "!(A && T)", "CONFIG_A=y\nCONFIG_T=y\n", "", NOT("A") "\n" },
	{ "!(A || (B && T))", "CONFIG_A=y\nCONFIG_T=y\n", "", NOT("A") "\n" },
	{ "T = y", "", "", "CONFIG_T=y\n" },
	{ "S = \"abc\"", "", "", "CONFIG_S=\"abc\"\n" },
	{ "S = \"y\"", "", "", "CONFIG_S=\"y\"\n" },
	{ "S = 'a\"\\\\b'", "", "", "CONFIG_S=\"a\\\"\\\\b\"\n" },
	{ "A = n", "CONFIG_A=y\n", "", NOT("A") "\n" },
	{ "N = 8", "CONFIG_N=7\n", "", "CONFIG_N=8\n" },
	{ "!HIDDEN", "CONFIG_HIDDEN=y\nCONFIG_SELECTS=y\n", "HIDDEN", NULL },
	{ "HIDDEN_N = 8", "", NEVER, NULL },
	{ "!(N = 8)", "CONFIG_N=8\n", NEVER, NULL },
	{ "N > 8", "CONFIG_N=7\n", NEVER, NULL },
	{ "!$(success,true)", "", "", NULL },
	{ "HIDDEN", "", "", "CONFIG_SELECTS=y\n" },
	{ "n", "", NEVER, NULL },
};

START_TEST(what_to_write)
{
	const struct kfinding *f = find(needs[_i].condition, needs[_i].have);
	char *want = xasprintf("%sCONFIG_X=y\n",
			       needs[_i].write ? needs[_i].write : "");
	struct buf lines = { 0 };

	ck_assert_str_eq(kreason_name(f->reason),
			 kreason_name(KREASON_DEPENDS));
	for (size_t i = 0; i < f->set.n; i++)
		buf_addf(&lines, "%s\n", f->set.v[i]);
	ck_assert_str_eq(lines.n ? lines.p : "", needs[_i].write ? want : "");
	ck_assert_msg(strstr(f->why, needs[_i].why), "%s", f->why);
	buf_free(&lines);
	free(want);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("kconfig_need");
	TCase *t = tcase_create("conditions");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, holds_or_not, 0,
			    sizeof(conditions) / sizeof(*conditions));
	tcase_add_loop_test(t, what_to_write, 0,
			    sizeof(needs) / sizeof(*needs));
	suite_add_tcase(suite, t);
	return suite;
}
