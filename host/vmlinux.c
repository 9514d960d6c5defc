// SPDX-License-Identifier: MIT
#include "vmlinux.h"

#include "gdbelf.h"
#include "spawn.h"
#include "str.h"
#include "unpack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VMLINUX_MAX (1UL << 30)
#define NOTE_PHYS32 18

/* Offsets in the real-mode header, Documentation/arch/x86/boot.rst. */
enum {
	BZ_SETUP_SECTS = 0x1f1,
	BZ_HEADER = 0x202,
	BZ_VERSION = 0x206,
	BZ_PAYLOAD = 0x248,
	BZ_PAYLOAD_LEN = 0x24c,
	BZ_END = 0x250,
};

static uint32_t le32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* --- out of a bzImage ----------------------------------------------------- */

/* A libarchive that was built without liblzo2 runs lzop. */
static bool lacks_lzop(const unsigned char *p, size_t n)
{
	const struct unpack_format *format = unpack_find(p, n);
	char *lzop = NULL;
	bool lacks = false;

	if (format && !strcmp(format->name, "lzo")) {
		lzop = spawn_which("lzop");
		lacks = !lzop;
	}
	free(lzop);
	return lacks;
}

/* The kernel's build appends the unpacked size, four bytes, to all but gzip.
 * A stream of lz4's old format has no end that would tell them apart. */
static int unpack_payload(const unsigned char *p, size_t n, char **elf,
			  size_t *len)
{
	int err;

	if (n >= SELFMAG && !memcmp(p, ELFMAG, SELFMAG)) {
		*elf = xrealloc(NULL, n);
		memcpy(*elf, p, n);
		*len = n;
		return 0;
	}
	err = unpack_all(p, n, elf, len, VMLINUX_MAX);
	if (err == -EBADMSG && n > 4)
		err = unpack_all(p, n - 4, elf, len, VMLINUX_MAX);
	if ((err == -EBADMSG || err == -ENOSYS) && lacks_lzop(p, n))
		return -ENOPKG;
	if (err == -EINVAL || err == -ENOSYS)
		return -ENOENT;
	return err == -EBADMSG ? -ENOEXEC : err;
}

int vmlinux_unpack(const unsigned char *p, size_t n, char **elf, size_t *len)
{
	uint64_t at, size;

	/* The payload's place is known since protocol 2.08. */
	if (n < BZ_END || memcmp(p + BZ_HEADER, "HdrS", 4) != 0 ||
	    (p[BZ_VERSION] | p[BZ_VERSION + 1] << 8) < 0x0208)
		return -ENOENT;
	at = (p[BZ_SETUP_SECTS] ? p[BZ_SETUP_SECTS] : 4) * 512ULL + 512 +
	     le32(p + BZ_PAYLOAD);
	size = le32(p + BZ_PAYLOAD_LEN);
	if (at > n || size > n - at)
		return -ENOEXEC;
	return unpack_payload(p + at, size, elf, len);
}

/* --- how it is entered ---------------------------------------------------- */

static bool is_loaded(const struct gdbelf *e, uint64_t entry)
{
	for (size_t i = 0; i < e->n_segments; i++) {
		const Elf64_Phdr *h = &e->segments[i];

		if (h->p_type != PT_LOAD || h->p_offset > e->size ||
		    h->p_filesz > e->size - h->p_offset)
			continue;
		if (entry >= h->p_paddr && entry - h->p_paddr < h->p_filesz)
			return true;
	}
	return false;
}

bool vmlinux_has_pvh(const struct gdbelf *e)
{
	struct buf note = { 0 };
	bool good = false;

	if (e->machine != EM_X86_64 || e->type != ET_EXEC)
		return false;
	/* Four bytes or eight, little endian. */
	if (!gdbelf_note(e, "Xen", NOTE_PHYS32, &note) && note.n >= 4) {
		const unsigned char *p = (unsigned char *)note.p;

		good = is_loaded(e, le32(p)) && (note.n < 8 || !le32(p + 4));
	}
	buf_free(&note);
	return good;
}
