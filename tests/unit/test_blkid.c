// SPDX-License-Identifier: MIT
/* Superblocks and partition tables, written here byte by byte as the formats
 * have them; those of the real mkfs are in tests/vm/test_root.c. */
#include "unit.h"

#include "init/blkid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* On the heap at its exact size: the sanitizer sees each byte beyond. */
static unsigned char *disk;
static size_t size;

#define GUID "03020100-0504-0706-0809-0a0b0c0d0e0f"
#define UUID "00010203-0405-0607-0809-0a0b0c0d0e0f"

static void disk_make(size_t n)
{
	free(disk);
	disk = calloc(1, n ? n : 1);
	ck_assert_ptr_nonnull(disk);
	size = n;
}

static void setup(void)
{
	disk_make(BLKID_BYTES);
}

static void teardown(void)
{
	free(disk);
	disk = NULL;
}

static void put(size_t at, const void *p, size_t n)
{
	ck_assert_uint_le(at + n, size);
	memcpy(disk + at, p, n);
}

static void put_id(size_t at)
{
	for (unsigned char i = 0; i < 16; i++)
		disk[at + i] = i;
}

static void put_number(size_t at, unsigned long long v, int bytes)
{
	for (int i = 0; i < bytes; i++, v >>= 8)
		disk[at + (size_t)i] = v & 0xff;
}

static int is(enum blkid_key key, const char *want)
{
	return blkid_is(disk, 0, key, want);
}

static int part_is(unsigned int part, enum blkid_key key, const char *want)
{
	return blkid_is(disk, part, key, want);
}

/* Offsets from the formats' own documents, not from the table. */
static const struct {
	const char *type, *magic, *uuid, *label;
	size_t magic_at, uuid_at, label_at, label_len;
} supers[] = {
	{ "ext4", "\x53\xef", UUID, "my root", 0x438, 0x468, 0x478, 16 },
	{ "xfs", "XFSB", UUID, "root", 0, 32, 108, 12 },
	{ "btrfs", "_BHRfS_M", UUID, "a long label, of more than 16 bytes",
	  0x10040, 0x10020, 0x1012b, 255 },
	{ "erofs", "\xe2\xe1\xf5\xe0", UUID, "root", 1024, 1072, 1088, 16 },
	{ "vfat", "FAT32   ", "0302-0100", "MY ROOT", 82, 67, 71, 11 },
	{ "vfat", "FAT16   ", "0302-0100", "ROOT", 54, 39, 43, 11 },
	{ "vfat", "FAT12   ", "0302-0100", "ROOT", 54, 39, 43, 11 },
	{ "squashfs", "hsqs", NULL, NULL, 0, 0, 0, 0 },
};

static void super_put(int i)
{
	if (supers[i].uuid)
		put_id(supers[i].uuid_at);
	put(supers[i].magic_at, supers[i].magic, strlen(supers[i].magic));
	if (!supers[i].uuid)
		return;
	if (strstr(supers[i].type, "vfat")) {
		memset(disk + supers[i].label_at, ' ', 11);
		disk[supers[i].uuid_at + 4] = 0xff;
	}
	put(supers[i].label_at, supers[i].label, strlen(supers[i].label));
}

START_TEST(each_type)
{
	const char *label = supers[_i].label, *uuid = supers[_i].uuid;
	char word[300];

	super_put(_i);
	ck_assert_str_eq(blkid_type(disk), supers[_i].type);
	ck_assert(!is(BLKID_UUID, ""));
	ck_assert(!is(BLKID_LABEL, ""));
	ck_assert(!is(BLKID_LABEL, "other"));
	if (!uuid) {
		ck_assert(!is(BLKID_UUID, "00000000"));
		ck_assert(!is(BLKID_UUID, UUID));
		return;
	}
	ck_assert(is(BLKID_UUID, uuid));
	ck_assert(is(BLKID_LABEL, label));
	/* Neither is the other, and a part is not the whole. */
	ck_assert(!is(BLKID_LABEL, uuid));
	ck_assert(!is(BLKID_UUID, label));
	for (size_t n = 0; n < strlen(label); n++) {
		snprintf(word, sizeof(word), "%.*s", (int)n, label);
		ck_assert_msg(!is(BLKID_LABEL, word), "\"%s\"", word);
	}
	for (size_t n = 0; n < strlen(uuid); n++) {
		snprintf(word, sizeof(word), "%.*s", (int)n, uuid);
		ck_assert_msg(!is(BLKID_UUID, word), "\"%s\"", word);
	}
	snprintf(word, sizeof(word), "%sx", label);
	ck_assert(!is(BLKID_LABEL, word));
	snprintf(word, sizeof(word), "%s0", uuid);
	ck_assert(!is(BLKID_UUID, word));
	/* A partition's names are not a file system's. */
	ck_assert(!is(BLKID_PARTUUID, uuid));
	ck_assert(!is(BLKID_PARTLABEL, label));
}
END_TEST

START_TEST(a_label_of_full_length)
{
	char label[256];

	super_put(_i);
	if (!supers[_i].label)
		return;
	memset(label, 'x', supers[_i].label_len);
	label[supers[_i].label_len] = '\0';
	put(supers[_i].label_at, label, supers[_i].label_len);
	ck_assert(is(BLKID_LABEL, label));
	label[supers[_i].label_len - 1] = '\0';
	ck_assert(!is(BLKID_LABEL, label));
}
END_TEST

/* A device that ends early: zeros follow. */
START_TEST(each_length)
{
	size_t magic = supers[_i].magic_at + strlen(supers[_i].magic);

	super_put(_i);
	for (size_t n = BLKID_BYTES; n--;) {
		disk[n] = 0;
		if (n % 61 && n != magic && n != supers[_i].magic_at + 1)
			continue;
		if (n >= magic)
			ck_assert_ptr_nonnull(blkid_type(disk));
		if (n <= supers[_i].magic_at + 1)
			ck_assert_ptr_null(blkid_type(disk));
		for (int key = 0; key < BLKID_KEYS; key++)
			blkid_is(disk, 43, (enum blkid_key)key, UUID);
	}
}
END_TEST

START_TEST(upper_and_lower_case)
{
	super_put(0);
	put(0x468, "\xab\xcd\xef", 3);
	ck_assert(is(BLKID_UUID, "ABCDEF03-0405-0607-0809-0A0B0C0D0E0F"));
	ck_assert(is(BLKID_UUID, "abcdef03-0405-0607-0809-0a0b0c0d0e0f"));
	ck_assert(!is(BLKID_UUID, "abcdeg03-0405-0607-0809-0a0b0c0d0e0f"));
	/* Of a label it matters. */
	ck_assert(!is(BLKID_LABEL, "My root"));
}
END_TEST

START_TEST(nothing_that_is_known)
{
	ck_assert_ptr_null(blkid_type(disk));
	ck_assert_ptr_null(blkid_type(disk));
	memset(disk, 0xff, size);
	ck_assert_ptr_null(blkid_type(disk));
	for (int key = 0; key < BLKID_KEYS; key++) {
		ck_assert(!is((enum blkid_key)key, UUID));
		ck_assert(!part_is(1, (enum blkid_key)key, UUID));
	}
}
END_TEST

/* --- partitions ----------------------------------------------------------- */

static void gpt_put(size_t block, unsigned long long first, unsigned int entry)
{
	put(block, "EFI PART", 8);
	put_number(block + 72, first, 8);
	put_number(block + 80, 128, 4);
	put_number(block + 84, entry, 4);
}

/* Entry @part: GUID, and the label in UTF-16. */
static void entry_put(size_t at, const char *label)
{
	put_id(at + 16);
	for (size_t i = 0; label[i]; i++)
		disk[at + 56 + 2 * i] = (unsigned char)label[i];
}

START_TEST(gpt)
{
	size_t block = _i ? 4096 : 512, at = 2 * block + 2 * 128;

	put(510, "\x55\xaa", 2);
	gpt_put(block, 2, 128);
	entry_put(at, "the root");
	ck_assert(part_is(3, BLKID_PARTUUID, GUID));
	ck_assert(part_is(3, BLKID_PARTLABEL, "the root"));
	ck_assert(!part_is(3, BLKID_PARTLABEL, "the"));
	ck_assert(!part_is(3, BLKID_PARTLABEL, "the roots"));
	ck_assert(!part_is(3, BLKID_PARTUUID, UUID));
	ck_assert(!part_is(2, BLKID_PARTUUID, GUID));
	ck_assert(!part_is(0, BLKID_PARTUUID, GUID));
	/* The protective MBR has no names. */
	ck_assert(!part_is(3, BLKID_PARTUUID, "00000000-03"));
	/* U+0174 is no 't', though its low byte is. */
	disk[at + 57] = 1;
	ck_assert(!part_is(3, BLKID_PARTLABEL, "the root"));
}
END_TEST

START_TEST(a_gpt_label_of_full_length)
{
	const char label[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	gpt_put(512, 2, 128);
	entry_put(1024, label);
	/* What follows the entry is another one. */
	memset(disk + 1024 + 128, 'x', 128);
	ck_assert(part_is(1, BLKID_PARTLABEL, label));
	ck_assert(!part_is(1, BLKID_PARTLABEL,
			   "0123456789abcdefghijklmnopqrstuvwxyzx"));
}
END_TEST

/* Where the entries are said to be, and how large. */
START_TEST(hostile_gpt)
{
	static const struct {
		unsigned long long first;
		unsigned int entry;
	} rows[] = {
		{ ~0ULL, 128 },
		{ 1ULL << 63, ~0U },
		{ (1ULL << 55) + 2, 128 },
		{ BLKID_BYTES / 512, 128 },
		{ BLKID_BYTES / 512 - 1, 512 },
		{ 2, ~0U },
		{ 2, 0 },
		{ 0, 0 },
		{ ~0U, ~0U },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (unsigned int part = 1; part; part *= 2) {
			gpt_put(512, rows[i].first, rows[i].entry);
			gpt_put(4096, rows[i].first, rows[i].entry);
			part_is(part, BLKID_PARTUUID, GUID);
			part_is(part, BLKID_PARTLABEL, "x");
			part_is(part + 1, BLKID_PARTUUID, GUID);
		}
	/* Behind what was read: not found, and not read. */
	gpt_put(512, BLKID_BYTES / 512, 128);
	gpt_put(4096, BLKID_BYTES / 512, 128);
	ck_assert(!part_is(1, BLKID_PARTUUID, GUID));
}
END_TEST

START_TEST(mbr)
{
	put(440, "\xef\xbe\xad\xde", 4);
	put(510, "\x55\xaa", 2);
	ck_assert(part_is(1, BLKID_PARTUUID, "deadbeef-01"));
	ck_assert(part_is(1, BLKID_PARTUUID, "DEADBEEF-01"));
	ck_assert(part_is(26, BLKID_PARTUUID, "deadbeef-1a"));
	ck_assert(!part_is(2, BLKID_PARTUUID, "deadbeef-01"));
	ck_assert(!part_is(1, BLKID_PARTUUID, "deadbeef"));
	ck_assert(!part_is(1, BLKID_PARTUUID, "deadbeef-"));
	ck_assert(!part_is(1, BLKID_PARTUUID, "deadbeef-0"));
	ck_assert(!part_is(1, BLKID_PARTUUID, "deadbeef-011"));
	ck_assert(!part_is(1, BLKID_PARTLABEL, "deadbeef-01"));
	disk[511] = 0;
	ck_assert(!part_is(1, BLKID_PARTUUID, "deadbeef-01"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("blkid");
	TCase *t = tcase_create("blkid");
	int n = sizeof(supers) / sizeof(supers[0]);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, each_type, 0, n);
	tcase_add_loop_test(t, a_label_of_full_length, 0, n);
	tcase_add_loop_test(t, each_length, 0, n);
	tcase_add_test(t, upper_and_lower_case);
	tcase_add_test(t, nothing_that_is_known);
	tcase_add_loop_test(t, gpt, 0, 2);
	tcase_add_test(t, a_gpt_label_of_full_length);
	tcase_add_test(t, hostile_gpt);
	tcase_add_test(t, mbr);
	suite_add_tcase(s, t);
	return s;
}
