// SPDX-License-Identifier: MIT
#include "buildid.h"

#include "gdbelf.h"
#include "str.h"
#include "vmlinux.h"

#include <errno.h>
#include <stdlib.h>

#define IMAGE_MAX (256UL << 20)

static int id_in_memory(const unsigned char *p, size_t n, char **hex)
{
	struct gdbelf e;
	int err = gdbelf_memory(p, n, &e);

	if (!err)
		err = gdbelf_build_id(&e, hex);
	gdbelf_close(&e);
	return err;
}

static int id_in_bzimage(const struct buf *image, char **hex)
{
	size_t len;
	char *elf;
	int err =
		vmlinux_unpack((unsigned char *)image->p, image->n, &elf, &len);

	if (err)
		return err;
	err = id_in_memory((unsigned char *)elf, len, hex);
	free(elf);
	return err;
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
