// SPDX-License-Identifier: MIT
/*
 * Fragments against the real sources of four kernels: every symbol holds, the
 * kernel's own merge_config.sh comes to the same .config, what the fragments
 * say about symbols is true, and the source stays as it was.
 *
 * This one is linked with the host's modules: it needs the packages of other
 * releases, and the symbols of a tree.
 */
#include "source.h"
#include "vm.h"

#include "host/kconfig_frag.h"
#include "host/kconfig_tree.h"
#include "host/str.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *suite, *release;
} sources[] = {
	{ "bullseye", "5.10." },
	{ "bookworm", "6.1." },
	{ "trixie", "6.12." },
	{ "sid", "7." },
};

#define N_SOURCES (sizeof(sources) / sizeof(sources[0]))

#define ALL                                                                \
	"base", "debug", "noinline", "unsigned", "net", "virtio", "share", \
		"kvm", "sanitize", "fast"

static void sh(struct ran *r, const char *script, const char *a, const char *b)
{
	vm_exec(r, NULL, 0, VM_ARGV("sh", "-ec", script, "sh", a, b));
	ck_code(r, 0);
}

/* Unpacks what a configuration reads; a tenth of the files. */
static void unpack_source(const char *tree, const char *suite_name)
{
	char *archive = source_archive(suite_name);
	struct ran r;

	sh(&r,
	   "rm -rf \"$1\" \"$1\"-*; mkdir \"$1\"\n"
	   "tar -C \"$1\" -xf \"$2\" --strip-components=1 --wildcards "
	   "'*/Kconfig*' '*/Makefile*' 'linux-source-*/scripts/*' "
	   "'linux-source-*/arch/x86/configs/*' "
	   "'linux-source-*/kernel/configs/*'",
	   tree, archive);
	ran_free(&r);
	free(archive);
}

static struct text state_of(const char *tree)
{
	struct ran r;

	sh(&r, "find \"$1\" -printf '%p %y %s %T@ %C@\\n' | sort", tree, "");
	free(r.err.p);
	return r.out;
}

static void config_read(const char *path, struct kconfig *c)
{
	struct text text = vm_slurp(path);

	ck_assert_int_eq(parse_kconfig(text.p, c), 0);
	free(text.p);
}

/* --- the kernel's own answer ------------------------------------------------ */

static void merge_by_kernel(const char *tree, const char *out)
{
	struct ran r;

	vm_host(&r, "config", "print", ALL);
	ck_code(&r, 0);
	vm_put("fragment.config", r.out.p, false);
	ran_free(&r);
	sh(&r,
	   "mkdir -p \"$2\"; unset MAKEFLAGS MFLAGS MAKELEVEL; cd \"$1\"\n"
	   "make -s O=\"$2\" tinyconfig\n"
	   "sh scripts/kconfig/merge_config.sh -O \"$2\" \"$2/.config\" "
	   "\"$TMPDIR/fragment.config\"",
	   tree, out);
	ran_free(&r);
}

static void applies_and_agrees(const char *suite_name, const char *release)
{
	char *tree = xstrdup(vm_at("tree"));
	struct text before, after, ours, theirs;
	struct ran r;

	unpack_source(tree, suite_name);
	before = state_of(tree);
	vm_host(&r, "config", "apply", "-k", tree, "-O", vm_at("tree-ours"),
		"--from", "tinyconfig", ALL);
	ck_code(&r, 0);
	ck_has(r.err, "symbols hold");
	ran_free(&r);
	after = state_of(tree);
	ck_assert_str_eq(before.p, after.p);
	merge_by_kernel(tree, vm_at("tree-theirs"));
	ours = vm_slurp(vm_at("tree-ours/.config"));
	theirs = vm_slurp(vm_at("tree-theirs/.config"));
	ck_has(ours, vm_fmt(" %s", release));
	ck_assert_str_eq(ours.p, theirs.p);
	free(before.p);
	free(after.p);
	free(ours.p);
	free(theirs.p);
	/* Again, it is right already. */
	vm_host(&r, "config", "apply", "-k", tree, "-O", vm_at("tree-ours"),
		ALL);
	ck_code(&r, 0);
	ck_has(r.err, "was right already");
	ran_free(&r);
	vm_host(&r, "config", "check", "-k", tree, vm_at("tree-theirs/.config"),
		ALL);
	ck_code(&r, 0);
	ran_free(&r);
	free(tree);
	vm_nothing_left(2);
}

/* --- are the directives true? ----------------------------------------------- */

static const struct kentry *asked(const struct ksym *sym)
{
	for (const struct kentry *e = sym->entries; e; e = e->next)
		if (e->prompt)
			return e;
	return NULL;
}

/* Nobody is asked about the symbol once what it needs is gone, and what needs
 * that. */
static void ck_needs(const struct ktree *t, const struct kwant *w,
		     const char *need)
{
	const struct ksym *sym = ktree_find(t, w->name);
	struct kconfig c = { 0 };

	config_read(vm_at("tree-ours/.config"), &c);
	if (!asked(sym) || !kconfig_tri(&c, need))
		goto out;
	kconfig_set(&c, need, "n");
	for (size_t i = 0; i < w->needs.n; i++)
		for (size_t j = 0; j < w->needs.n; j++) {
			const struct ksym *n = ktree_find(t, w->needs.v[j]);

			if (n && asked(n) && !kexpr_eval(asked(n)->visible, &c))
				kconfig_set(&c, w->needs.v[j], "n");
		}
	ck_assert_msg(!kexpr_eval(asked(sym)->visible, &c),
		      "%s:%u: %s does not need %s in %s", w->label, w->line,
		      w->name, need, t->release);
out:
	kconfig_free(&c);
}

static void ck_choice(const struct ktree *t, const struct kwant *w)
{
	const struct ksym *own = ktree_find(t, w->name);

	for (size_t i = 0; i < w->choice.n; i++) {
		const struct ksym *m = ktree_find(t, w->choice.v[i]);

		if (!m || !asked(m))
			continue;
		ck_assert_msg(asked(own)->choice &&
				      asked(own)->choice == asked(m)->choice,
			      "%s:%u: %s and %s are of no choice in %s",
			      w->label, w->line, w->name, m->name, t->release);
	}
}

static void directives_are_true(void)
{
	struct kfrags set = { 0 };
	struct ktree t = { 0 };
	unsigned int version;

	ck_assert_int_eq(ktree_read(&t, vm_at("tree"), "x86"), 0);
	version = parse_kversion(t.release);
	for (size_t i = 0; i < n_kbuiltin; i++)
		if (!strchr(kbuiltin[i].name, '/'))
			ck_assert_int_eq(kfrags_add(&set, kbuiltin[i].name,
						    karch_find("x86_64")),
					 0);
	ck_assert_int_eq(kfrags_merge(&set), 0);
	for (size_t i = 0; i < set.n_want; i++) {
		const struct kwant *w = set.want[i];
		const struct ksym *sym = ktree_find(&t, w->name);
		bool is = sym && sym->entries;

		if (w != kfrags_find(&set, w->name, version))
			continue;
		/* What is asked for is there in just those versions. */
		if (strcmp(w->value, "n") != 0 || is)
			ck_assert_msg(is == kwant_in(w, version),
				      "%s:%u: %s is %sin %s", w->label, w->line,
				      w->name, is ? "" : "not ", t.release);
		if (!is)
			continue;
		ck_choice(&t, w);
		for (size_t j = 0; j < w->needs.n; j++)
			ck_needs(&t, w, w->needs.v[j]);
	}
	kfrags_free(&set);
	ktree_free(&t);
}

/* --- explanations ----------------------------------------------------------- */

/* With and without the source: what is wrong, and what to write instead. */
static void debug_info_alone(void)
{
	char *want =
		xstrdup(vm_put("di.config", "CONFIG_DEBUG_INFO=y\n", false));
	struct ran r;

	vm_host(&r, "config", "apply", "-k", vm_at("tree"), "-O",
		vm_at("tree-small"), "--from", "tinyconfig", "base",
		vm_put("dk.config", "CONFIG_DEBUG_KERNEL=y\n", false));
	ck_code(&r, 0);
	ran_free(&r);
	for (int with_tree = 0; with_tree < 2; with_tree++) {
		if (with_tree)
			vm_host(&r, "config", "check", "-k", vm_at("tree"),
				vm_at("tree-small/.config"), want);
		else
			vm_host(&r, "config", "check",
				vm_at("tree-small/.config"), want);
		ck_code(&r, 1);
		ck_has(r.out, "choice");
		ck_has(r.out, "DEBUG_INFO_NONE won");
		ck_has(r.out,
		       "write CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y");
		ran_free(&r);
	}
	free(want);
}

static void e1000_without_pci(void)
{
	char *want = xstrdup(vm_put("e1000.config", "CONFIG_E1000=m\n", false));
	struct ran r;

	for (int with_tree = 0; with_tree < 2; with_tree++) {
		if (with_tree)
			vm_host(&r, "config", "check", "-k", vm_at("tree"),
				vm_at("tree-small/.config"), want);
		else
			vm_host(&r, "config", "check",
				vm_at("tree-small/.config"), want);
		ck_code(&r, 1);
		ck_has(r.out, "E1000");
		ck_has(r.out, "CONFIG_PCI=y");
		ran_free(&r);
	}
	free(want);
}

/* What `check` tells one to write is enough, by the kernel's own answer. */
static const char *const asked_for[] = {
	"E1000=m",	 "KVM_INTEL=y",	    "DRM_I915=m",
	"USB_STORAGE=y", "NFSD=y",	    "DEBUG_INFO=y",
	"PREEMPT=y",	 "SND_HDA_INTEL=m", "BTRFS_FS=y",
};

static void advice_is_enough(void)
{
	char *tree = xstrdup(vm_at("tree")), *want;
	struct buf text = { 0 }, advice = { 0 };
	struct ran r;

	for (size_t i = 0; i < sizeof(asked_for) / sizeof(*asked_for); i++)
		buf_addf(&text, "CONFIG_%s\n", asked_for[i]);
	want = xstrdup(vm_put("want.config", text.p, false));
	buf_free(&text);
	vm_host(&r, "config", "check", "--json", "-k", tree,
		vm_at("tree-small/.config"), want);
	ck_code(&r, 1);
	ck_has(r.out, "\"reason\": \"dependency\"");
	/* Its "write" lists are the only lines that begin like this. */
	for (char *p = r.out.p; (p = strstr(p, "\n        \"CONFIG_")); p++)
		buf_addf(&advice, "%.*s\n", (int)strcspn(p + 10, "\""), p + 10);
	ran_free(&r);
	ck_assert_uint_gt(advice.n, 0);
	vm_put("advice.config", advice.p, false);
	buf_free(&advice);
	vm_host(&r, "config", "apply", "-k", tree, "-O", vm_at("tree-small"),
		vm_at("advice.config"));
	ck_code(&r, 0);
	ran_free(&r);
	vm_host(&r, "config", "check", "-k", tree, vm_at("tree-small/.config"),
		want);
	ck_code(&r, 0);
	ran_free(&r);
	free(want);
	free(tree);
}

START_TEST(source)
{
	applies_and_agrees(sources[_i].suite, sources[_i].release);
	directives_are_true();
	if (strcmp(sources[_i].release, "6.1.") != 0)
		return;
	debug_info_alone();
	e1000_without_pci();
	advice_is_enough();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kconfig");
	TCase *t = tcase_create("sources");

	tcase_set_timeout(t, 1200);
	tcase_add_loop_test(t, source, 0, N_SOURCES);
	suite_add_tcase(s, t);
	return s;
}
