// SPDX-License-Identifier: MIT
/* The picture of real boots. */
#include "vm.h"

#include <string.h>

static struct ran r;

/* One boot has it all: initcalls, init's phases, modules, and an exit code that
 * is the command's. "quiet" does not silence what is drawn. */
START_TEST(the_whole_boot)
{
	const char *path = vm_at("a <b> & c.svg");
	static const char *const words[] = {
		/* Stages, */
		">firmware ",
		">kernel ",
		">init ",
		">command ",
		">power-off ",
		/* initcalls, alone or as the longest of their neighbours; */
		"acpi_init",
		"(initcall)",
		" initcalls: ",
		/* devices, phases, */
		"(device probe)",
		"<title>modules (init phase)",
		"<title>mounts (init phase)",
		"<title>net (init phase)",
		/* modules. */
		"e1000_init_module [e1000]",
		"virtio_pci_driver_init [virtio_pci]",
		"(module)",
		"The ten longest",
		": sh -c exit 7 # &lt;&amp;&gt;",
	};
	struct text svg;

	vm_boot(&r, "--nic", "e1000", "--chart", path, "--", "sh", "-c",
		"exit 7 # <&>");
	ck_code(&r, 7);
	svg = vm_slurp(path);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		ck_has(svg, words[i]);
	ck_hasnt(svg, "Incomplete");
	ck_assert_uint_lt(svg.n, 500000);
	ck_assert_str_eq(svg.p + svg.n - strlen("</svg>\n"), "</svg>\n");
}
END_TEST

/* As far as it went, over what was there before. */
START_TEST(the_kernel_panics)
{
	const char *path = vm_put("panic.svg", "yesterday\n", false);
	struct text svg;

	vm_boot(&r, "--append", "rdinit=/none root=/dev/none", "--chart", path,
		"--", "true");
	ck_code(&r, 123);
	svg = vm_slurp(path);
	ck_has(svg, "Incomplete: kernel panic: ");
	ck_has(svg, "acpi_init");
	ck_has(svg, "had not ended");
	ck_hasnt(svg, "yesterday");
	ck_hasnt(svg, "(init phase)");
}
END_TEST

START_TEST(cannot_be_written)
{
	vm_boot(&r, "--chart", "/dev/full", "--report", vm_at("r.json"), "--",
		"true");
	ck_code(&r, 125);
	ck_one_line(&r, "--chart /dev/full: cannot be written: No space left");
	ck_has(vm_slurp(vm_at("r.json")), "\"outcome\": \"lost-output\"");
	/* Told before there is a guest. */
	vm_boot(&r, "--chart", vm_at("none/x.svg"), "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "x.svg: cannot be written: No such file or directory");
	vm_boot(&r, "--chart", "-", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "--chart -: bootlet's own output goes there");
	vm_boot(&r, "--chart", vm_at("x"), "--report", vm_at("x"), "--",
		"true");
	ck_code(&r, 125);
	ck_has(r.err, "--report writes that file, too");
	vm_boot(&r, "--chart=", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "is empty");
}
END_TEST

START_TEST(no_guest_at_all)
{
	const char *path = vm_put("old.svg", "yesterday\n", false);
	struct text svg;

	vm_host(&r, "run", "-k", vm_at("none"), "--chart", path, "--", "true");
	ck_code(&r, 125);
	svg = vm_slurp(path);
	ck_has(svg, "Incomplete: ");
	ck_hasnt(svg, "yesterday");
}
END_TEST

/* It says what it adds, and writes nothing. */
START_TEST(printed)
{
	const char *path = vm_put("print.svg", "yesterday\n", false);

	vm_boot(&r, "--chart", path, "--print", "--", "true");
	ck_code(&r, 0);
	ck_has(r.out, " initcall_debug printk.time=1 log_buf_len=1M");
	ck_assert_str_eq(vm_slurp(path).p, "yesterday\n");
	vm_boot(&r, "--print", "--", "true");
	ck_hasnt(r.out, "initcall_debug");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("chart");
	TCase *t = tcase_create("chart");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, the_whole_boot);
	tcase_add_test(t, the_kernel_panics);
	tcase_add_test(t, cannot_be_written);
	tcase_add_test(t, no_guest_at_all);
	tcase_add_test(t, printed);
	suite_add_tcase(s, t);
	return s;
}
