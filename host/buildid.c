// SPDX-License-Identifier: MIT
#include "buildid.h"

#include "gdbelf.h"
#include "str.h"
#include "unpack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Offsets in the real-mode header, Documentation/arch/x86/boot.rst. */
enum {
	BZ_SETUP_SECTS = 0x1f1,
	BZ_HEADER = 0x202,
	BZ_VERSION = 0x206,
	BZ_PAYLOAD = 0x248,
	BZ_PAYLOAD_LEN = 0x24c,
	BZ_END = 0x250,
};

#define IMAGE_MAX   (256UL << 20)
#define VMLINUX_MAX (1UL << 30)

static uint32_t le32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static int id_in_memory(const unsigned char *p, size_t n, char **hex)
{
	struct gdbelf e;
	int err = gdbelf_memory(p, n, &e);

	if (!err)
		err = gdbelf_build_id(&e, hex);
	gdbelf_close(&e);
	return err;
}

/* The kernel's build appends the unpacked size, four bytes, to all but gzip.
 * A stream of lz4's old format has no end that would tell them apart. */
static int id_in_payload(const unsigned char *p, size_t n, char **hex)
{
	size_t len;
	char *elf;
	int err;

	if (n >= SELFMAG && !memcmp(p, ELFMAG, SELFMAG))
		return id_in_memory(p, n, hex);
	err = unpack_all(p, n, &elf, &len, VMLINUX_MAX);
	if (err == -EBADMSG && n > 4)
		err = unpack_all(p, n - 4, &elf, &len, VMLINUX_MAX);
	if (err == -EINVAL || err == -ENOSYS)
		return -ENOENT;
	if (err)
		return err == -EBADMSG ? -ENOEXEC : err;
	err = id_in_memory((unsigned char *)elf, len, hex);
	free(elf);
	return err;
}

static int id_in_bzimage(const struct buf *image, char **hex)
{
	const unsigned char *p = (unsigned char *)image->p;
	uint64_t at, n;

	/* The payload's place is known since protocol 2.08. */
	if (image->n < BZ_END || memcmp(p + BZ_HEADER, "HdrS", 4) != 0 ||
	    (p[BZ_VERSION] | p[BZ_VERSION + 1] << 8) < 0x0208)
		return -ENOENT;
	at = (p[BZ_SETUP_SECTS] ? p[BZ_SETUP_SECTS] : 4) * 512ULL + 512 +
	     le32(p + BZ_PAYLOAD);
	n = le32(p + BZ_PAYLOAD_LEN);
	if (at > image->n || n > image->n - at)
		return -ENOEXEC;
	return id_in_payload(p + at, n, hex);
}

int kernel_build_id(const char *image, char **hex)
{
	struct buf b = { 0 };
	struct gdbelf e;
	int err;

	*hex = NULL;
	err = gdbelf_open(image, &e);
	if (!err) {
		err = gdbelf_build_id(&e, hex);
		gdbelf_close(&e);
		return err;
	}
	if (err != -ENOEXEC)
		return err;
	err = read_file(image, &b, IMAGE_MAX);
	if (!err)
		err = id_in_bzimage(&b, hex);
	buf_free(&b);
	return err;
}
