// SPDX-License-Identifier: MIT
#include "host/machine.h"
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

Suite *suite(void)
{
	Suite *s = suite_create("machine");
	TCase *t = tcase_create("machine");

	tcase_add_test(t, rows);
	tcase_add_test(t, default_is_pc);
	suite_add_tcase(s, t);
	return s;
}
