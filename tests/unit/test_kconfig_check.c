// SPDX-License-Identifier: MIT
/* Verdicts and explanations, with a small kernel's source and without one. */
#include "host/kcheck.h"
#include "scratch.h"
#include "test_kconfig_source.h"
#include "unit.h"

#include <errno.h>
#include <jansson.h>

#define HEAD "# Linux/x86 6.1.7 Kernel Configuration\n"

static struct ktree tree;
static struct kfrags wants, known;
static struct kconfig config;
static struct kcheck result;
static struct kcheck_spec spec;

static void begin(void)
{
	scratch_make();
	tree_make();
	ck_assert_int_eq(kbuiltin_load(&known), 0);
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

/* Hold one fragment against one .config. Return: the first finding. */
static const struct kfinding *check(bool with_tree, const char *have,
				    const char *want)
{
	put_text("want.config", want);
	ck_assert_int_eq(kfrags_add(&wants, at("want.config"), NULL), 0);
	ck_assert_int_eq(kfrags_merge(&wants), 0);
	ck_assert_int_eq(parse_kconfig(have, &config), 0);
	if (with_tree)
		ck_assert_int_eq(ktree_read(&tree, at("k"), "x86"), 0);
	spec = (struct kcheck_spec){
		.wants = &wants,
		.config = &config,
		.known = &known,
		.tree = with_tree ? &tree : NULL,
		.version = config.release ? parse_kversion(config.release) : 0,
	};
	kcheck_run(&spec, &result);
	ck_assert_uint_ge(result.n, 1);
	return &result.v[0];
}

/* --- with the source -------------------------------------------------------- */

#define ON "CONFIG_64BIT=y\nCONFIG_VERSION_NO=120200\n"

static const struct {
	const char *have, *want;
	enum kstate state;
	enum kreason reason;
	/* In the explanation; lines to write, joined by a blank. */
	const char *why, *write;
} by_tree[] = {
	{ ON "CONFIG_NET=y\n", "CONFIG_NET=y\n", KSTATE_HOLDS, 0, NULL, "" },
	{ ON, "# CONFIG_NET is not set\n", KSTATE_HOLDS, 0, NULL, "" },
	{ ON, "CONFIG_WORDS=\"\"\n", KSTATE_HOLDS, 0, NULL, "" },
	{ ON "CONFIG_USER=y\n", "#: either\nCONFIG_USER=m\n", KSTATE_HOLDS, 0,
	  NULL, "" },
	{ ON "CONFIG_N=8\n", "#: at-least\nCONFIG_N=4\n", KSTATE_HOLDS, 0, NULL,
	  "" },
	{ ON "CONFIG_N=0x10\n", "CONFIG_N=16\n", KSTATE_HOLDS, 0, NULL, "" },
	/* Not in this version. */
	{ ON, "#: since 6.2\nCONFIG_FUTURE=y\n", KSTATE_ABSENT, KREASON_VERSION,
	  "came with 6.2", "" },
	{ ON, "#: until 5.9\nCONFIG_PAST=y\n", KSTATE_ABSENT, KREASON_VERSION,
	  "gone after 5.9", "" },
	{ ON, "CONFIG_NOWHERE_AT_ALL=y\n", KSTATE_MISSING, KREASON_VERSION,
	  "not in this kernel version (6.1.7)", "" },
	{ ON, "CONFIG_ETHERNTE=y\n", KSTATE_MISSING, KREASON_VERSION,
	  "did you mean ETHERNET?", "" },
	/* bootlet's own fragments know when it was. */
	{ ON, "CONFIG_RANDOM_TRUST_CPU=y\n", KSTATE_MISSING, KREASON_VERSION,
	  "not in this kernel version", "" },
	/* The source knows better than a fragment. */
	{ ON, "#: since 6.2\nCONFIG_NET=y\n", KSTATE_MISSING, KREASON_UNSET,
	  "nothing stands against it", "CONFIG_NET=y" },
	/* Dependencies. */
	{ ON "CONFIG_NET=y\nCONFIG_NETDEVICES=y\nCONFIG_ETHERNET=y\n",
	  "CONFIG_E1000=m\n", KSTATE_MISSING, KREASON_DEPENDS,
	  "write CONFIG_PCI=y too", "CONFIG_PCI=y CONFIG_E1000=m" },
	{ ON, "CONFIG_E1000=m\n", KSTATE_MISSING, KREASON_DEPENDS, "CONFIG_PCI",
	  "CONFIG_NET=y CONFIG_NETDEVICES=y CONFIG_PCI=y CONFIG_ETHERNET=y "
	  "CONFIG_E1000=m" },
	{ ON "CONFIG_NET=y\n", "CONFIG_OPTIONAL=y\n", KSTATE_MISSING,
	  KREASON_DEPENDS, "CONFIG_PCI", "CONFIG_PCI=y CONFIG_OPTIONAL=y" },
	{ ON, "CONFIG_OPTIONAL=y\n", KSTATE_MISSING, KREASON_UNSET, "",
	  "CONFIG_OPTIONAL=y" },
	{ ON, "CONFIG_SHY=y\n", KSTATE_MISSING, KREASON_DEPENDS, "DEBUG_KERNEL",
	  "CONFIG_DEBUG_KERNEL=y CONFIG_SHY=y" },
	/* The cheapest of several ways. */
	{ ON, "CONFIG_A_OR_B=y\n", KSTATE_MISSING, KREASON_DEPENDS, "USER",
	  "CONFIG_USER=y CONFIG_A_OR_B=y" },
	{ ON, "CONFIG_LOOP_A=y\n", KSTATE_MISSING, KREASON_DEPENDS,
	  "which nothing that can be set here makes true", "" },
	{ ON, "CONFIG_NEW_ONLY=y\n", KSTATE_MISSING, KREASON_DEPENDS, "", "" },
	{ ON, "CONFIG_FLAGGED=y\n", KSTATE_MISSING, KREASON_DEPENDS,
	  "depends on HAS_FLAG, which the compiler", "" },
	/* Nobody is asked. */
	{ ON, "CONFIG_LIB=y\n", KSTATE_MISSING, KREASON_DEPENDS,
	  "nobody can set it by hand", "CONFIG_USER=y" },
	{ ON "CONFIG_LIB=y\nCONFIG_USER=y\n", "# CONFIG_LIB is not set\n",
	  KSTATE_MISSING, KREASON_FORCED, "because of USER", "" },
	{ ON "CONFIG_LIB=y\nCONFIG_USER=y\n", "CONFIG_LIB=m\n", KSTATE_MISSING,
	  KREASON_FORCED, "because of USER", "" },
	/* Choices. */
	{ ON "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_NONE=y\n",
	  "CONFIG_DEBUG_INFO=y\n", KSTATE_MISSING, KREASON_CHOICE,
	  "\"Debug information\" sets it, and DEBUG_INFO_NONE won",
	  "CONFIG_DEBUG_INFO_DWARF5=y" },
	{ ON, "CONFIG_DEBUG_INFO=y\n", KSTATE_MISSING, KREASON_CHOICE,
	  "none of its members",
	  "CONFIG_DEBUG_KERNEL=y CONFIG_DEBUG_INFO_DWARF5=y" },
	{ ON "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_NONE=y\n",
	  "CONFIG_DEBUG_INFO_DWARF4=y\n", KSTATE_MISSING, KREASON_CHOICE,
	  "and DEBUG_INFO_NONE won; write CONFIG_DEBUG_INFO_DWARF4=y",
	  "CONFIG_DEBUG_INFO_DWARF4=y" },
	{ ON, "CONFIG_DEBUG_INFO_DWARF4=y\n", KSTATE_MISSING, KREASON_DEPENDS,
	  "DEBUG_KERNEL", "CONFIG_DEBUG_KERNEL=y CONFIG_DEBUG_INFO_DWARF4=y" },
	{ ON "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_NONE=y\n",
	  "# CONFIG_DEBUG_INFO_NONE is not set\n", KSTATE_MISSING,
	  KREASON_CHOICE, "it won the choice", "" },
	/* Other values. */
	{ ON "CONFIG_WORDS=\"a\"\n", "CONFIG_WORDS=\"b\"\n", KSTATE_MISSING,
	  KREASON_VALUE, "is \"a\"", "CONFIG_WORDS=\"b\"" },
	{ ON "CONFIG_NET=y\n", "# CONFIG_NET is not set\n", KSTATE_MISSING,
	  KREASON_VALUE, "is y", "# CONFIG_NET is not set" },
	{ ON "CONFIG_USER=y\n", "CONFIG_USER=m\n", KSTATE_MISSING,
	  KREASON_FORCED, "CONFIG_MODULES=y", "" },
	{ ON "CONFIG_MODULES=y\nCONFIG_USER=y\n", "CONFIG_USER=m\n",
	  KSTATE_MISSING, KREASON_VALUE, "is y", "CONFIG_USER=m" },
	{ ON "CONFIG_USER=m\n", "CONFIG_USER=y\n", KSTATE_MISSING,
	  KREASON_UNSET, "", "CONFIG_USER=y" },
	{ ON, "CONFIG_NET=m\n", KSTATE_MISSING, KREASON_FORCED,
	  "cannot be a module", "CONFIG_NET=y" },
	{ ON "CONFIG_NET=y\n", "CONFIG_NET=m\n", KSTATE_MISSING, KREASON_FORCED,
	  "cannot be a module", "" },
};

static char *joined(const struct strv *v)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < v->n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", v->v[i]);
	return b.p ? b.p : xstrdup("");
}

static void same(const struct kfinding *f, enum kstate state,
		 enum kreason reason, const char *why, const char *write)
{
	char *lines = joined(&f->set);

	ck_assert_str_eq(kstate_name(f->state), kstate_name(state));
	ck_assert_msg(!why == !f->why, "\"%s\"", f->why ? f->why : "(none)");
	ck_assert_str_eq(kreason_name(f->reason), kreason_name(reason));
	if (why)
		ck_assert_msg(strstr(f->why, why) != NULL,
			      "\"%s\" is not in \"%s\"", why, f->why);
	ck_assert_str_eq(lines, write);
	free(lines);
}

START_TEST(explained_by_tree)
{
	char *have = xasprintf(HEAD "%s", by_tree[_i].have);

	same(check(true, have, by_tree[_i].want), by_tree[_i].state,
	     by_tree[_i].reason, by_tree[_i].why, by_tree[_i].write);
	free(have);
}
END_TEST

/* --- without it ------------------------------------------------------------- */

static const struct {
	const char *have, *want;
	enum kstate state;
	enum kreason reason;
	const char *why, *write;
} by_known[] = {
	{ HEAD "CONFIG_NET=y\n", "CONFIG_NET=y\n", KSTATE_HOLDS, 0, NULL, "" },
	/* Acceptance: DEBUG_INFO alone, E1000 without PCI. */
	{ HEAD "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_NONE=y\n",
	  "CONFIG_DEBUG_INFO=y\n", KSTATE_MISSING, KREASON_CHOICE,
	  "members of a choice, set it, and DEBUG_INFO_NONE won",
	  "CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y" },
	{ HEAD "CONFIG_NET=y\nCONFIG_NETDEVICES=y\nCONFIG_ETHERNET=y\n"
	       "CONFIG_NET_VENDOR_INTEL=y\n",
	  "CONFIG_E1000=m\n", KSTATE_MISSING, KREASON_DEPENDS,
	  "write CONFIG_PCI=y too", "CONFIG_PCI=y CONFIG_E1000=m" },
	/* In 5.10 it was a switch. */
	{ "# Linux/x86 5.10.2 Kernel Configuration\nCONFIG_DEBUG_KERNEL=y\n"
	  "# CONFIG_DEBUG_INFO is not set\n",
	  "CONFIG_DEBUG_INFO=y\n", KSTATE_MISSING, KREASON_UNSET,
	  "nothing stands against it", "CONFIG_DEBUG_INFO=y" },
	{ "# Linux/x86 5.10.2 Kernel Configuration\nCONFIG_A=y\n",
	  "CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y\n", KSTATE_MISSING,
	  KREASON_VERSION, "it came with 5.18", "" },
	{ "# Linux/x86 5.10.2 Kernel Configuration\nCONFIG_A=y\n",
	  "#: since 5.18\nCONFIG_B=y\n", KSTATE_ABSENT, KREASON_VERSION,
	  "it came with 5.18", "" },
	{ HEAD "CONFIG_KERNEL_XZ=y\n# CONFIG_KERNEL_GZIP is not set\n",
	  "CONFIG_KERNEL_GZIP=y\n", KSTATE_MISSING, KREASON_CHOICE,
	  "KERNEL_XZ won", "CONFIG_KERNEL_GZIP=y" },
	/* A line that says "not set" is one that could be. */
	{ HEAD "# CONFIG_B is not set\n", "CONFIG_B=y\n", KSTATE_MISSING,
	  KREASON_UNSET, "nothing stands against it", "CONFIG_B=y" },
	{ HEAD "CONFIG_B=y\n", "# CONFIG_B is not set\n", KSTATE_MISSING,
	  KREASON_VALUE, "is y", "# CONFIG_B is not set" },
	/* What nobody can set is set by another. */
	{ HEAD "CONFIG_BLOCK=y\nCONFIG_BLK_DEV=y\nCONFIG_PCI=y\n",
	  "CONFIG_VIRTIO_BLK=y\n", KSTATE_MISSING, KREASON_DEPENDS,
	  "a dependency is not met",
	  "CONFIG_VIRTIO_MENU=y CONFIG_VIRTIO_PCI=y CONFIG_VIRTIO_BLK=y" },
	{ HEAD "CONFIG_VIRTIO_MENU=y\n", "CONFIG_VIRTIO=y\n", KSTATE_MISSING,
	  KREASON_DEPENDS, "VIRTIO_PCI or VIRTIO_MMIO sets it",
	  "CONFIG_PCI=y CONFIG_VIRTIO_PCI=y" },
	/* Nobody knows, and says so. */
	{ HEAD "CONFIG_B=y\n", "CONFIG_FROB=y\n", KSTATE_MISSING,
	  KREASON_UNKNOWN, "add -k TREE", "" },
	/* Without a head there is no version: what is missing is missing. */
	{ "CONFIG_B=y\n", "#: since 5.18\nCONFIG_C=y\n", KSTATE_MISSING,
	  KREASON_UNKNOWN, "add -k TREE", "" },
};

START_TEST(explained_by_fragments)
{
	same(check(false, by_known[_i].have, by_known[_i].want),
	     by_known[_i].state, by_known[_i].reason, by_known[_i].why,
	     by_known[_i].write);
}
END_TEST

START_TEST(one_row_a_version)
{
	check(false, "# Linux/x86 5.10.2 Kernel Configuration\nCONFIG_X=y\n",
	      "#: until 5.17\nCONFIG_X=y\n\n#: since 5.18\nCONFIG_X=m\n");
	ck_assert_uint_eq(result.n, 1);
	ck_assert_uint_eq(result.count[KSTATE_HOLDS], 1);
}
END_TEST

/* --- what is printed -------------------------------------------------------- */

START_TEST(line_of_text)
{
	struct buf b = { 0 };
	char *want = xasprintf("%s:1: CONFIG_PCI=y: not set, though nothing "
			       "stands against it; write CONFIG_PCI=y\n",
			       at("want.config"));

	kcheck_line(check(true, HEAD ON, "CONFIG_PCI=y\n"), &b);
	ck_assert_str_eq(b.p, want);
	free(want);
	buf_free(&b);
}
END_TEST

START_TEST(json)
{
	struct buf b = { 0 };
	json_t *o, *s;

	check(true, HEAD ON "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_NONE=y\n",
	      "CONFIG_64BIT=y\nCONFIG_DEBUG_INFO=y\n");
	/* A name that is no UTF-8 must not cost the rest. */
	kcheck_json(&result, &spec, "/x\xff/.config", &b);
	o = json_loads(b.p, 0, NULL);
	ck_assert_ptr_nonnull(o);
	ck_assert_str_eq(json_string_value(json_object_get(o, "release")),
			 "6.1.7");
	ck_assert_int_eq(json_integer_value(json_object_get(o, "holds")), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(o, "missing")), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(o, "absent")), 0);
	s = json_array_get(json_object_get(o, "symbols"), 1);
	ck_assert_str_eq(json_string_value(json_object_get(s, "name")),
			 "DEBUG_INFO");
	ck_assert_str_eq(json_string_value(json_object_get(s, "reason")),
			 "choice");
	ck_assert_str_eq(json_string_value(json_object_get(s, "winner")),
			 "DEBUG_INFO_NONE");
	ck_assert(json_is_null(json_object_get(s, "actual")));
	ck_assert_str_eq(json_string_value(json_array_get(
				 json_object_get(s, "write"), 0)),
			 "CONFIG_DEBUG_INFO_DWARF5=y");
	json_decref(o);
	buf_free(&b);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kcheck");
	TCase *t = tcase_create("verdicts");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, explained_by_tree, 0,
			    sizeof(by_tree) / sizeof(*by_tree));
	tcase_add_loop_test(t, explained_by_fragments, 0,
			    sizeof(by_known) / sizeof(*by_known));
	tcase_add_test(t, one_row_a_version);
	tcase_add_test(t, line_of_text);
	tcase_add_test(t, json);
	suite_add_tcase(s, t);
	return s;
}
