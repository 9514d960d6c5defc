// SPDX-License-Identifier: MIT
#include "host/machpick.h"
#include "host/run.h"
#include "host/run_opts.h"
#include "unit.h"

START_TEST(rows)
{
	ck_assert_str_eq(machine_find("pc")->qemu, "pc");
	ck_assert_str_eq(machine_find("q35")->virtio_module, "virtio_pci");
	ck_assert_str_eq(machine_find("microvm")->virtio, "-device");
	ck_assert(!machine_find("microvm")->pci);
	ck_assert_ptr_null(machine_find("isapc"));
	ck_assert_ptr_null(machine_find(""));
}
END_TEST

START_TEST(default_is_pc)
{
	ck_assert_ptr_eq(machine_of(NULL), machine_find("pc"));
}
END_TEST

/* e1000 is the default, and a card for PCI; what was not asked for can be
 * another one yet. */
START_TEST(card_that_fits)
{
	struct run_spec s = { .net.nic = qemu_nic_find("e1000"),
			      .start.nic_chosen = true };

	ck_assert_ptr_null(run_machine_settle(&s));
	s.machine = machine_find("q35");
	ck_assert_ptr_null(run_machine_settle(&s));
	s.machine = machine_find("microvm");
	ck_assert_ptr_nonnull(run_machine_settle(&s));
	s.start.nic_chosen = false;
	ck_assert_ptr_null(run_machine_settle(&s));
	s.start.nic_chosen = true;
	s.net.nic = qemu_nic_find("virtio");
	ck_assert_ptr_null(run_machine_settle(&s));
	s.net.nic = NULL;
	ck_assert_ptr_null(run_machine_settle(&s));
}
END_TEST

/* A machine that was asked for is left alone, and so is a card. */
START_TEST(settled)
{
	char image[] = "/nonexistent/vmlinuz";
	struct kernel k = { .image = image };
	struct recipe r = { 0 };
	struct run_spec s = { .net.nic = qemu_nic_find("e1000"), .cpus = 1 };

	machpick_settle(&s, &r, &k, image);
	ck_assert_str_eq(s.machine->name, "pc");
	ck_assert_str_eq(s.net.nic->name, "e1000");
	s.machine = machine_find("microvm");
	machpick_settle(&s, &r, &k, image);
	ck_assert_str_eq(s.machine->name, "microvm");
	ck_assert_str_eq(s.net.nic->name, "virtio");
	s.machine = machine_find("q35");
	s.net.nic = qemu_nic_find("e1000");
	machpick_settle(&s, &r, &k, image);
	ck_assert_str_eq(s.machine->name, "q35");
	ck_assert_str_eq(s.net.nic->name, "e1000");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("machine");
	TCase *t = tcase_create("machine");

	tcase_add_test(t, rows);
	tcase_add_test(t, default_is_pc);
	tcase_add_test(t, card_that_fits);
	tcase_add_test(t, settled);
	suite_add_tcase(s, t);
	return s;
}
