// SPDX-License-Identifier: MIT
#include "host/qemu.h"
#include "host/quote.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

/* The printed line is the contract: README and users paste it. */
static void same_as_golden(const struct qemu_spec *spec, const char *name)
{
	char *path = xasprintf(GOLDEN "%s", name);
	struct strv argv = { 0 };
	struct buf line = { 0 }, want = { 0 };

	qemu_argv(spec, &argv);
	quote_line(&line, &argv);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(line.p, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(line.p, want.p);
	strv_free(&argv);
	buf_free(&line);
	buf_free(&want);
	free(path);
}

static struct qemu_spec basic(void)
{
	return (struct qemu_spec){
		.binary = "qemu-system-x86_64",
		.accel = "tcg",
		.kernel = "/boot/vmlinuz-6.1",
		.initrd = "/tmp/bootlet-0-x/initrd",
		.append = "console=ttyS0 panic=-1 bootlet.port=ttyS1",
		.channel = "/tmp/bootlet-0-x/channel",
		.mem = 512,
		.cpus = 1,
	};
}

START_TEST(command)
{
	struct qemu_spec spec = basic();

	same_as_golden(&spec, "qemu-command.txt");
}
END_TEST

START_TEST(interactive_with_network)
{
	struct qemu_spec spec = basic();

	spec.monitor = true;
	spec.nic = qemu_nic_find("e1000");
	spec.cpus = 2;
	spec.mem = 1024;
	same_as_golden(&spec, "qemu-interactive-e1000.txt");
}
END_TEST

START_TEST(kvm_and_virtio)
{
	struct qemu_spec spec = basic();

	spec.accel = "kvm";
	spec.nic = qemu_nic_find("virtio");
	same_as_golden(&spec, "qemu-kvm-virtio.txt");
}
END_TEST

START_TEST(hostile_names)
{
	struct qemu_spec spec = basic();

	spec.kernel = "-k,er'n \"el\n$x";
	spec.initrd = "a,b";
	spec.channel = "/tmp/a,b c/channel";
	same_as_golden(&spec, "qemu-hostile-names.txt");
}
END_TEST

START_TEST(cards)
{
	ck_assert_ptr_null(qemu_nic_find("e1001"));
	ck_assert_str_eq(qemu_nic_find("virtio")->device, "virtio-net-pci");
	ck_assert_str_eq(qemu_nic_find("e1000")->modules[0], "e1000");
	ck_assert_ptr_null(qemu_nic_find("e1000")->modules[1]);
}
END_TEST

START_TEST(kernel_command_line)
{
	struct strv append = { 0 };
	struct qemu_cmdline c = { .append = &append };
	char *s = qemu_cmdline(&c);

	ck_assert_str_eq(s, "console=ttyS0 panic=-1 bootlet.port=ttyS1");
	free(s);
	strv_pushl(&append, "nokaslr", "a=\"b c\"", NULL);
	c = (struct qemu_cmdline){
		.ip = QEMU_IP_USER,
		.term = "xterm-256color",
		.rows = 24,
		.cols = 80,
		.append = &append,
	};
	s = qemu_cmdline(&c);
	ck_assert_str_eq(s, "console=ttyS0 panic=-1 bootlet.port=ttyS1 "
			    "bootlet.size=24x80 TERM=xterm-256color "
			    "ip=" QEMU_IP_USER " nokaslr a=\"b c\"");
	free(s);
	strv_free(&append);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("qemu");
	TCase *t = tcase_create("qemu");

	tcase_add_test(t, command);
	tcase_add_test(t, interactive_with_network);
	tcase_add_test(t, kvm_and_virtio);
	tcase_add_test(t, hostile_names);
	tcase_add_test(t, cards);
	tcase_add_test(t, kernel_command_line);
	suite_add_tcase(s, t);
	return s;
}
