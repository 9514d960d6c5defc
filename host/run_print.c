// SPDX-License-Identifier: MIT
#include "run_print.h"

#include "accel.h"
#include "quote.h"
#include "share.h"

#include <stdio.h>

static void print_line(const struct strv *argv)
{
	struct buf line = { 0 };

	quote_line(&line, argv);
	fputs(line.p, stdout);
	buf_free(&line);
}

/* What sh would have to do to get the same guest. */
static void print_plan(const struct run_spec *spec, const struct recipe *recipe,
		       const struct kernel *k, const struct vm *vm,
		       const struct strv *qemu)
{
	struct strv argv = { 0 }, more = { 0 };
	struct buf lines = { 0 };

	strv_pushl(&argv, "mkdir", "-m", "700", vm->dir, NULL);
	print_line(&argv);
	strv_free(&argv);
	if (recipe) {
		strv_pushl(&argv, "bootlet", "initramfs", "-o", vm->initrd,
			   "-k", k->image, NULL);
		for (size_t i = 0; i < spec->recipe_words.n; i++)
			strv_push(&argv, spec->recipe_words.v[i]);
		for (size_t i = 0; i < recipe->drivers.n; i++)
			strv_pushl(&argv, "--driver", recipe->drivers.v[i],
				   NULL);
		for (size_t i = 0; i < recipe->carried.n; i++)
			strv_pushl(&argv, "--carry", recipe->carried.v[i],
				   NULL);
		if (spec->initrd)
			strv_pushl(&argv, "--append-to", spec->initrd, NULL);
		if (recipe->no_busybox && !recipe->busybox)
			strv_push(&argv, "--no-busybox");
		for (size_t i = 0; i < spec->autofiles.n; i++)
			strv_pushl(&argv, "--file", spec->autofiles.v[i], NULL);
		share_print(&spec->files, vm->dir, &lines, &more);
		icount_print(&spec->icount, vm->dir, &lines, &more);
		for (size_t i = 0; i < more.n; i++)
			strv_push(&argv, more.v[i]);
		fputs(lines.p ? lines.p : "", stdout);
		if (spec->command)
			strv_push(&argv, "--");
		for (char **w = spec->command; w && *w; w++)
			strv_push(&argv, *w);
		print_line(&argv);
		strv_free(&argv);
	}
	print_line(qemu);
	strv_free(&more);
	buf_free(&lines);
}

void run_print(struct launch *r, const struct recipe *recipe)
{
	struct strv argv = { 0 };
	enum accel_kvm known;
	const char *why;
	bool kvm = r->spec->accel == RUN_KVM;

	if (r->spec->accel == RUN_AUTO) {
		known = accel_kvm(&why);
		kvm = known == ACCEL_KVM_GOOD ||
		      (known == ACCEL_KVM_UNKNOWN && !r->spec->gdb.on);
	}
	launch_argv(r, kvm ? "kvm" : "tcg", &argv);
	print_plan(r->spec, recipe, r->kernel, &r->vm, &argv);
	strv_free(&argv);
}
