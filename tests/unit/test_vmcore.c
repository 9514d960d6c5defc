// SPDX-License-Identifier: MIT
#include "host/vmcore.h"
#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define PAGE	 4096ULL
#define RAM	 (64 * PAGE)
#define RAM_AT	 0x100000ULL
#define NOTES	 1024
#define BIG_DIR	 (1U << 7)
#define TABLE_AT (RAM_AT + 8 * PAGE)

/* What QEMU writes of a guest with 64 pages at 1 MiB. */
static struct fake {
	Elf64_Ehdr e;
	Elf64_Phdr p[2];
	unsigned char notes[NOTES];
	unsigned char ram[RAM];
} core;

static void put64(uint64_t phys, uint64_t value)
{
	memcpy(core.ram + (phys - RAM_AT), &value, sizeof(value));
}

static size_t put_note(unsigned char *at, const char *name, const void *desc,
		       size_t n)
{
	Elf64_Nhdr h = {
		.n_namesz = (Elf64_Word)strlen(name) + 1,
		.n_descsz = (Elf64_Word)n,
	};
	size_t name_size = (h.n_namesz + 3) & ~3U;

	memcpy(at, &h, sizeof(h));
	memcpy(at + sizeof(h), name, h.n_namesz);
	memcpy(at + sizeof(h) + name_size, desc, n);
	return sizeof(h) + name_size + ((n + 3) & ~(size_t)3);
}

/* CR3 as QEMU's own note has it. */
static void put_cr3(uint64_t cr3)
{
	unsigned char state[440] = { 1 };

	memcpy(state + 416, &cr3, sizeof(cr3));
	core.p[0].p_filesz = put_note(core.notes, "CORE", "x", 1);
	core.p[0].p_filesz += put_note(core.notes + core.p[0].p_filesz, "QEMU",
				       state, sizeof(state));
}

static void setup(void)
{
	memset(&core, 0, sizeof(core));
	memcpy(core.e.e_ident, ELFMAG, SELFMAG);
	core.e.e_ident[EI_CLASS] = ELFCLASS64;
	core.e.e_ident[EI_DATA] = ELFDATA2LSB;
	core.e.e_type = ET_CORE;
	core.e.e_machine = EM_X86_64;
	core.e.e_phoff = offsetof(struct fake, p);
	core.e.e_phentsize = sizeof(Elf64_Phdr);
	core.e.e_phnum = 2;
	core.p[0] = (Elf64_Phdr){
		.p_type = PT_NOTE,
		.p_offset = offsetof(struct fake, notes),
	};
	core.p[1] = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_offset = offsetof(struct fake, ram),
		.p_paddr = RAM_AT,
		.p_filesz = RAM,
	};
	put_cr3(TABLE_AT);
	/* Two pages of the direct map at its start, one elsewhere, a device's;
	 * the same page over and over behind them. */
	put64(TABLE_AT + 273 * 8, (TABLE_AT + PAGE) | 1);
	put64(TABLE_AT + PAGE, (TABLE_AT + 2 * PAGE) | 1);
	put64(TABLE_AT + 2 * PAGE, (TABLE_AT + 3 * PAGE) | 1);
	put64(TABLE_AT + 3 * PAGE, RAM_AT | 1);
	put64(TABLE_AT + 3 * PAGE + 8, (RAM_AT + PAGE) | 1);
	put64(TABLE_AT + 3 * PAGE + 16, (RAM_AT + 5 * PAGE) | 1);
	put64(TABLE_AT + 3 * PAGE + 24, 0xfee00000ULL | 1);
	for (int i = 100; i < 500; i++)
		put64(TABLE_AT + 3 * PAGE + i * 8, (RAM_AT + 6 * PAGE) | 1);
}

static struct vmcore parsed(void)
{
	struct vmcore c;

	ck_assert_int_eq(parse_vmcore(&core, sizeof(core), &c), 0);
	return c;
}

START_TEST(what_qemu_writes)
{
	struct vmcore c = parsed();
	uint64_t cr3, cr4;

	ck_assert_uint_eq(c.n_loads, 1);
	ck_assert_ptr_eq(vmcore_at(&c, RAM_AT + 3, 1), core.ram + 3);
	ck_assert_ptr_null(vmcore_at(&c, RAM_AT - 1, 1));
	ck_assert_ptr_nonnull(vmcore_at(&c, RAM_AT, RAM));
	ck_assert_ptr_null(vmcore_at(&c, RAM_AT, RAM + 1));
	ck_assert_ptr_null(vmcore_at(&c, UINT64_MAX, 8));
	ck_assert_ptr_null(vmcore_at(&c, RAM_AT + 8, UINT64_MAX));
	ck_assert(vmcore_cr3(&c, &cr3, &cr4));
	ck_assert_uint_eq(cr3, TABLE_AT);
	vmcore_free(&c);
}
END_TEST

START_TEST(what_is_no_core)
{
	struct vmcore c;

	switch (_i) {
	case 0:
		core.e.e_ident[EI_CLASS] = ELFCLASS32;
		break;
	case 1:
		core.e.e_machine = EM_AARCH64;
		break;
	case 2:
		core.e.e_type = ET_EXEC;
		break;
	case 3:
		core.e.e_phoff = UINT64_MAX - 10;
		break;
	case 4:
		core.e.e_phnum = 0;
		break;
	case 5:
		core.p[1].p_filesz = RAM + 1;
		break;
	case 6:
		core.p[0].p_offset = UINT64_MAX;
		break;
	case 7:
		core.e.e_phnum = 1;
		break;
	case 8:
		core.e.e_ident[0] = 0;
		break;
	case 9:
		core.e.e_phentsize = 1;
		break;
	default:
		ck_assert_int_eq(parse_vmcore(&core, 10, &c), -ENOEXEC);
	}
	if (_i < 10)
		ck_assert_int_eq(parse_vmcore(&core, sizeof(core), &c),
				 -ENOEXEC);
}
END_TEST

START_TEST(the_kernel_half)
{
	struct vmcore_range *v;
	struct vmcore c = parsed();
	size_t n = vmcore_map(&c, TABLE_AT, false, 100, &v);

	ck_assert_uint_eq(n, 4);
	ck_assert_uint_eq(v[0].virt, 0xffff888000000000ULL);
	ck_assert_uint_eq(v[0].phys, RAM_AT);
	ck_assert_uint_eq(v[0].size, 2 * PAGE);
	ck_assert_uint_eq(v[1].virt, 0xffff888000002000ULL);
	ck_assert_uint_eq(v[1].phys, RAM_AT + 5 * PAGE);
	ck_assert_uint_eq(v[2].phys, 0xfee00000ULL);
	ck_assert_uint_eq(v[3].size, PAGE);
	free(v);
	ck_assert_uint_eq(vmcore_map(&c, TABLE_AT, false, 2, &v), 2);
	free(v);
	ck_assert_uint_eq(vmcore_map(&c, 0, false, 2, &v), 0);
	free(v);
	vmcore_free(&c);
}
END_TEST

/* A table that leads to itself in every entry would be 512 to the fourth. */
START_TEST(a_table_that_is_its_own)
{
	struct vmcore_range *v;
	struct vmcore c;

	for (int i = 0; i < 512; i++)
		put64(TABLE_AT + i * 8, TABLE_AT | 1 | (uint64_t)(i & 1) << 9);
	c = parsed();
	ck_assert_uint_le(vmcore_map(&c, TABLE_AT, true, 1000, &v), 1000);
	free(v);
	vmcore_free(&c);
}
END_TEST

START_TEST(large_pages)
{
	struct vmcore_range *v;
	struct vmcore c;

	put64(TABLE_AT + 2 * PAGE + 8, 0x200000ULL | BIG_DIR | 1 | 1ULL << 63);
	put64(TABLE_AT + PAGE + 8, 0x40000000ULL | BIG_DIR | 1);
	c = parsed();
	ck_assert_uint_eq(vmcore_map(&c, TABLE_AT, false, 100, &v), 6);
	ck_assert_uint_eq(v[4].virt, 0xffff888000200000ULL);
	ck_assert_uint_eq(v[4].phys, 0x200000);
	ck_assert_uint_eq(v[4].size, 0x200000);
	ck_assert_uint_eq(v[5].virt, 0xffff888040000000ULL);
	ck_assert_uint_eq(v[5].size, 0x40000000);
	free(v);
	vmcore_free(&c);
}
END_TEST

#define INFO                                                       \
	"OSRELEASE=6.1\nSYMBOL(swapper_pg_dir)=ffffffff82108000\n" \
	"NUMBER(phys_base)=-33554432\nKERNELOFFSET=1a600000\n"

START_TEST(the_kernels_own_note)
{
	struct vmcore c;
	size_t n;

	put_note(core.ram + 20 * PAGE + 4, "VMCOREINFO", INFO, strlen(INFO));
	put_note(core.ram + 21 * PAGE, "VMCOREINFO", "other", 5);
	c = parsed();
	ck_assert_ptr_null(vmcore_info(&c, &n));
	/* One that would go on behind the end of memory. */
	put_note(core.ram + 63 * PAGE, "VMCOREINFO", INFO, strlen(INFO));
	memcpy(core.ram + 63 * PAGE + 4, (uint32_t[]){ PAGE }, 4);
	ck_assert_ptr_null(vmcore_info(&c, &n));
	put_note(core.ram + 22 * PAGE, "VMCOREINFO", INFO, strlen(INFO));
	ck_assert_ptr_eq(vmcore_info(&c, &n), core.ram + 22 * PAGE);
	ck_assert_uint_eq(n, 12 + 12 + ((strlen(INFO) + 3) & ~3U));
	vmcore_free(&c);
}
END_TEST

/* Memory ends within it; what lies behind is not looked at. */
START_TEST(a_note_that_is_cut)
{
	Elf64_Nhdr h = { .n_namesz = 11, .n_descsz = 4096 };
	size_t n = sizeof(h) + h.n_namesz, size;
	unsigned char *exact = malloc(n);
	struct vmcore_load l = { .size = n };
	struct vmcore cut = { .p = exact, .size = n, .load = &l, .n_loads = 1 };

	memcpy(exact, &h, sizeof(h));
	memcpy(exact + sizeof(h), "VMCOREINFO", 11);
	ck_assert_ptr_null(vmcore_info(&cut, &size));
	free(exact);
}
END_TEST

START_TEST(values_of_it)
{
	uint64_t v;

	ck_assert(parse_vmcore_value(INFO, "KERNELOFFSET", 16, &v));
	ck_assert_uint_eq(v, 0x1a600000);
	ck_assert(parse_vmcore_value(INFO, "NUMBER(phys_base)", 10, &v));
	ck_assert_uint_eq(v, -33554432ULL);
	ck_assert(!parse_vmcore_value(INFO, "OFFSET", 16, &v));
	ck_assert(!parse_vmcore_value(INFO, "OSRELEASE", 10, &v));
	ck_assert(!parse_vmcore_value("A=", "A", 10, &v));
	ck_assert(!parse_vmcore_value("", "A", 10, &v));
	ck_assert(parse_vmcore_value("A=1", "A", 10, &v));
	ck_assert(!parse_vmcore_value("A=99999999999999999999\n", "A", 10, &v));
}
END_TEST

/* What stands in the file is found at each of its addresses. */
START_TEST(the_head)
{
	struct vmcore c;
	struct vmcore_said said;
	struct buf b = { 0 };
	Elf64_Ehdr e;
	Elf64_Phdr p[8];

	put_note(core.ram + 22 * PAGE, "VMCOREINFO", INFO, strlen(INFO));
	c = parsed();
	vmcore_head(&c, &b, &said);
	/* Its swapper_pg_dir leads into TABLE_AT. */
	ck_assert(said.info && said.kaslr);
	ck_assert_uint_eq(said.moved, 0x1a600000);
	ck_assert_uint_eq(said.ranges, 4);
	memcpy(&e, b.p, sizeof(e));
	ck_assert_uint_eq(e.e_phoff, sizeof(e));
	/* Notes, memory, and what is mapped but the device's. */
	ck_assert_uint_eq(e.e_phnum, 5);
	memcpy(p, b.p + sizeof(e), 5 * sizeof(*p));
	ck_assert_uint_eq(p[0].p_type, PT_NOTE);
	ck_assert_uint_eq(p[0].p_offset + p[0].p_filesz, b.n);
	ck_assert_ptr_nonnull(
		memmem(b.p + p[0].p_offset, p[0].p_filesz, INFO, strlen(INFO)));
	ck_assert_ptr_nonnull(
		memmem(b.p + p[0].p_offset, p[0].p_filesz, "QEMU", 5));
	ck_assert_uint_eq(p[1].p_paddr, RAM_AT);
	ck_assert_uint_eq(p[1].p_offset,
			  VMCORE_ROOM + offsetof(struct fake, ram));
	ck_assert_uint_eq(p[3].p_vaddr, 0xffff888000002000ULL);
	ck_assert_uint_eq(p[3].p_paddr, RAM_AT + 5 * PAGE);
	ck_assert_uint_eq(p[3].p_offset, p[1].p_offset + 5 * PAGE);
	vmcore_free(&c);
	buf_free(&b);
}
END_TEST

/* CR3 of a program: the kernel's table stands before it only if the two share
 * what page table isolation lets them share. */
START_TEST(page_table_isolation)
{
	const uint64_t user = TABLE_AT + PAGE * 5, shared = TABLE_AT + PAGE;
	struct vmcore_said said;
	struct buf b = { 0 };
	struct vmcore c;

	/* The page before is a table of something else. */
	put_cr3(user);
	put64(user + 508 * 8, shared | 1);
	put64(user - PAGE + 300 * 8, shared | 1);
	put64(user - PAGE + 301 * 8, (TABLE_AT + 2 * PAGE) | 1);
	c = parsed();
	vmcore_head(&c, &b, &said);
	ck_assert_uint_eq(said.ranges, 4);
	buf_free(&b);
	vmcore_free(&c);
	put64(user - PAGE + 508 * 8, shared | 1 | 1 << 5);
	c = parsed();
	vmcore_head(&c, &b, &said);
	ck_assert_uint_gt(said.ranges, 4);
	buf_free(&b);
	vmcore_free(&c);
}
END_TEST

START_TEST(a_head_without_the_note)
{
	struct vmcore c = parsed();
	struct vmcore_said said;
	struct buf b = { 0 };

	vmcore_head(&c, &b, &said);
	ck_assert(!said.info && !said.kaslr);
	ck_assert_uint_eq(said.ranges, 4);
	buf_free(&b);
	/* Nor anything else. */
	core.p[0].p_filesz = 7;
	vmcore_free(&c);
	c = parsed();
	vmcore_head(&c, &b, &said);
	ck_assert_uint_eq(said.ranges, 0);
	ck_assert_uint_eq(b.n, sizeof(core.e) + 2 * sizeof(*core.p) + 7);
	buf_free(&b);
	vmcore_free(&c);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vmcore");
	TCase *t = tcase_create("vmcore");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, what_qemu_writes);
	tcase_add_loop_test(t, what_is_no_core, 0, 11);
	tcase_add_test(t, the_kernel_half);
	tcase_add_test(t, a_table_that_is_its_own);
	tcase_add_test(t, large_pages);
	tcase_add_test(t, the_kernels_own_note);
	tcase_add_test(t, a_note_that_is_cut);
	tcase_add_test(t, values_of_it);
	tcase_add_test(t, the_head);
	tcase_add_test(t, page_table_isolation);
	tcase_add_test(t, a_head_without_the_note);
	suite_add_tcase(s, t);
	return s;
}
