// SPDX-License-Identifier: MIT
#include "blkid.h"

#include "file.h"

#include <stdint.h>
#include <string.h>

/* Where the magic number stands, the UUID and the label, from the superblock's
 * start, which is a number of KiB. */
struct super {
	unsigned char kib, magic;
	unsigned char len[2]; /* of UUID and label; 0: it has none */
	unsigned short at[2];
};

/* Module and type names, magic number, struct super. Strong magic numbers come
 * first. */
#define SUPERS(X)                                            \
	X("btrfs", "_BHRfS_M", 64, 64, 16, 255, 32, 299)     \
	X("xfs", "XFSB", 0, 0, 16, 12, 32, 108)              \
	X("squashfs", "hsqs", 0, 0, 0, 0, 0, 0)              \
	X("erofs", "\xe2\xe1\xf5\xe0", 1, 0, 16, 16, 48, 64) \
	X("vfat", "FAT32", 0, 82, 4, 11, 67, 71)             \
	X("vfat", "FAT1", 0, 54, 4, 11, 39, 43)              \
	X("ext4", "\x53\xef", 1, 56, 16, 16, 104, 120)

#define TEXT(type, bytes, ...) type "\0" bytes "\0"
#define PLACE(type, bytes, kib, magic, id_len, label_len, id, label) \
	{ kib, magic, { id_len, label_len }, { id, label } },

static const char texts[] = SUPERS(TEXT);
static const struct super supers[] = { SUPERS(PLACE) };

static const struct super *super_find(const unsigned char *p, const char **type)
{
	const char *text = texts;

	for (const struct super *s = supers; *text; s++) {
		const char *magic = text_next(text);

		if (!memcmp(p + s->kib * 1024U + s->magic, magic,
			    strlen(magic))) {
			*type = text;
			return s;
		}
		text = text_next(magic);
	}
	return NULL;
}

const char *blkid_type(const unsigned char *p)
{
	const char *type = NULL;

	super_find(p, &type);
	return type;
}

/* @swapped: the first words are little-endian, as in a GUID, the first of
 * which is all that a vfat and an MBR have. Return: what follows the name in
 * @s; NULL. */
static const char *id_after(const unsigned char *id, unsigned int len,
			    bool swapped, const char *s)
{
	for (unsigned int i = 0; i < len; i++) {
		unsigned int k = i;

		if (swapped && i < 8)
			k ^= i < 4 ? 3 : 1;
		s += *s == '-';
		for (int shift = 4; shift >= 0; shift -= 4)
			if ("0123456789abcdef"[id[k] >> shift & 15] !=
			    (*s++ | 0x20))
				return NULL;
	}
	return s;
}

/* @step: bytes a character; of two the second must be 0. What follows the name
 * is NULs or, in a vfat's, spaces. */
static bool same_label(const unsigned char *p, unsigned int len,
		       unsigned int step, const char *want)
{
	for (; len--; p += step) {
		if (*p == (unsigned char)*want && !(step > 1 && p[1])) {
			if (!*want)
				return true;
			want++;
		} else if (*want || *p != ' ') {
			return false;
		}
	}
	return !*want;
}

/* Those machines that arch.h knows are little-endian, as the tables are. */
static uint64_t number(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

#define GPT_ENTRY 128

/* Tables count blocks of 512 or of 4,096 bytes. Return: the entry of partition
 * @part; NULL where there is no such table or where it lies further on. */
static const unsigned char *gpt_entry(const unsigned char *p, unsigned int part)
{
	for (unsigned int block = 512; block <= 4096; block *= 8) {
		const unsigned char *head = p + block;
		uint64_t at;

		if (memcmp(head, "EFI PART", 8))
			continue;
		at = number(head + 72) * block + (part - 1) * number(head + 84);
		if (at <= BLKID_BYTES - GPT_ENTRY)
			return p + at;
	}
	return NULL;
}

bool blkid_is(const unsigned char *p, unsigned int part, enum blkid_key key,
	      const char *want)
{
	const char *type;
	const struct super *s;
	const unsigned char *entry;
	unsigned char nr = (unsigned char)part;
	unsigned int len = 16, label = key & 1;
	bool table = key >= BLKID_PARTUUID;

	if (!*want)
		return false;
	if (!table) {
		s = super_find(p, &type);
		if (!s)
			return false;
		p += s->kib * 1024U + s->at[label];
		len = s->len[label];
	} else if ((entry = gpt_entry(p, part))) {
		p = entry + (label ? 56 : 16);
		len = label ? 36 : 16;
	} else {
		if (label || p[510] != 0x55 || p[511] != 0xaa)
			return false;
		p += 440;
		len = 4;
	}
	if (label)
		return same_label(p, len, table ? 2 : 1, want);
	want = id_after(p, len, table || len == 4, want);
	if (want && table && len == 4)
		want = id_after(&nr, 1, false, want);
	return want && !*want;
}
