// SPDX-License-Identifier: MIT
#include "kimage.h"

#include "str.h"

#include <ctype.h>
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 65536 };

/* Offsets in the real-mode header, Documentation/arch/x86/boot.rst. */
enum {
	BZ_SETUP_SECTS = 0x1f1,
	BZ_SYSSIZE = 0x1f4,
	BZ_BOOT_FLAG = 0x1fe,
	BZ_HEADER = 0x202,
	BZ_VERSION = 0x206,
	BZ_KERNEL_VERSION = 0x20e,
	BZ_XLOADFLAGS = 0x236,
	BZ_END = 0x238,
};

static unsigned int le16(const unsigned char *p)
{
	return p[0] | p[1] << 8;
}

static uint32_t le32(const unsigned char *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

/* The first word, e.g. of "6.1.0-50-amd64 (someone) #1 SMP ...". */
static void release_copy(struct kimage *out, const unsigned char *p, size_t n)
{
	size_t i = 0;

	while (i < n && i < sizeof(out->release) - 1 && isgraph(p[i]))
		i++;
	memcpy(out->release, p, i);
	out->release[i] = '\0';
}

static const char *parse_bzimage(const unsigned char *p, size_t n,
				 unsigned long long size, struct kimage *out)
{
	unsigned long long sects, need;
	size_t at;

	if (n < BZ_END || le16(p + BZ_VERSION) < 0x0204)
		return "kernel too old: boot protocol before 2.04";
	sects = p[BZ_SETUP_SECTS] ? p[BZ_SETUP_SECTS] : 4;
	need = (sects + 1) * 512 + le32(p + BZ_SYSSIZE) * 16ULL;
	if (size < need)
		return "truncated kernel image";
	if (le16(p + BZ_VERSION) >= 0x020c && !(p[BZ_XLOADFLAGS] & 1))
		return "kernel for 32-bit x86, wrong architecture";
	out->type = KIMAGE_BZIMAGE;
	at = le16(p + BZ_KERNEL_VERSION);
	if (at && at + 512 < n)
		release_copy(out, p + at + 512, n - at - 512);
	return NULL;
}

static const char *parse_elf(const unsigned char *p, size_t n,
			     unsigned long long size, struct kimage *out)
{
	const char *why = "ELF file, but not a kernel";
	Elf64_Ehdr e;

	if (n < sizeof(e))
		return "truncated ELF file";
	memcpy(&e, p, sizeof(e));
	if (e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_ident[EI_DATA] != ELFDATA2LSB || le16toh(e.e_machine) != 62)
		return "ELF file for the wrong architecture";
	for (unsigned int i = 0; i < e.e_phnum; i++) {
		uint64_t at = e.e_phoff + (uint64_t)i * sizeof(Elf64_Phdr);
		Elf64_Phdr h;

		if (e.e_phoff > n || at + sizeof(h) > n)
			break;
		memcpy(&h, p + at, sizeof(h));
		if (h.p_type != PT_LOAD)
			continue;
		if (h.p_offset > size || h.p_filesz > size - h.p_offset)
			return "truncated ELF file";
		/* Only a kernel is linked in the upper half. */
		if (h.p_vaddr >> 63)
			why = NULL;
	}
	out->type = KIMAGE_VMLINUX;
	return why;
}

const char *kimage_parse(const unsigned char *p, size_t n,
			 unsigned long long size, struct kimage *out)
{
	memset(out, 0, sizeof(*out));
	if (!size)
		return "empty file";
	if (n >= 4 && !memcmp(p, ELFMAG, SELFMAG))
		return parse_elf(p, n, size, out);
	if (n >= 0x3c && !memcmp(p + 0x38, "ARM\x64", 4))
		return "kernel for arm64, wrong architecture";
	if (n >= BZ_HEADER + 4 && le16(p + BZ_BOOT_FLAG) == 0xaa55 &&
	    !memcmp(p + BZ_HEADER, "HdrS", 4))
		return parse_bzimage(p, n, size, out);
	return "not a kernel image (no bzImage or vmlinux)";
}

/* A vmlinux tells its release only in the banner, somewhere in .rodata. */
static void banner_find(int fd, size_t size, struct kimage *out)
{
	static const char word[] = "Linux version ";
	const unsigned char *p, *end, *hit;

	p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return;
	end = p + size;
	for (hit = p; (hit = memmem(hit, end - hit, word, sizeof(word) - 1));) {
		hit += sizeof(word) - 1;
		if (hit < end && isdigit(*hit)) {
			release_copy(out, hit, end - hit);
			break;
		}
	}
	munmap((void *)(uintptr_t)p, size);
}

static ssize_t read_head(int fd, unsigned char *p, size_t max)
{
	size_t n = 0;

	while (n < max) {
		ssize_t got = read(fd, p + n, max - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		n += got;
	}
	return n;
}

int kimage_read(const char *path, struct kimage *out, const char **why)
{
	static unsigned char head[HEAD];
	struct stat st = { 0 };
	ssize_t n;
	/* A FIFO must not hold us up until someone writes to it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	n = fd < 0 || fstat(fd, &st) ? -errno : 0;
	if (!n && !S_ISREG(st.st_mode))
		n = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (!n)
		n = read_head(fd, head, sizeof(head));
	*why = n < 0 ? strerror(-n) : NULL;
	if (n == -EINVAL)
		*why = "not a regular file";
	if (n >= 0) {
		*why = kimage_parse(head, n, st.st_size, out);
		if (!*why && out->type == KIMAGE_VMLINUX)
			banner_find(fd, st.st_size, out);
	}
	if (fd >= 0)
		close(fd);
	return n < 0 ? (int)n : *why ? -ENOEXEC : 0;
}
