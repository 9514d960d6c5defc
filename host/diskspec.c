// SPDX-License-Identifier: MIT
#include "diskspec.h"

#include "msg.h"
#include "quote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* docs/interop/qcow2.txt of QEMU. */
static const char qcow2[] = { 'Q', 'F', 'I', '\xfb' };

const char *parse_disk(const char *text, bool (*exists)(const char *path),
		       struct disk *out)
{
	size_t len = strlen(text);
	const char *tail = len >= 3 ? text + len - 3 : "";
	bool rw = !strcmp(tail, ":rw");

	if (exists(text) || (!rw && strcmp(tail, ":ro") != 0))
		rw = false;
	else
		len -= 3;
	if (!len)
		return "must be FILE or FILE:rw";
	*out = (struct disk){
		.path = xasprintf("%.*s", (int)len, text),
		.rw = rw,
	};
	return NULL;
}

const char *parse_disk_format(const void *head, size_t n)
{
	return n >= sizeof(qcow2) && !memcmp(head, qcow2, sizeof(qcow2)) ?
		       "qcow2" :
		       "raw";
}

/* --- the files ------------------------------------------------------------ */

/* A file system that is mounted here would be written to by two. */
static int open_disk(const struct disk *d)
{
	int flags = (d->rw ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK;
	struct stat st;
	int fd;

	if (d->rw && !stat(d->path, &st) && S_ISBLK(st.st_mode))
		flags |= O_EXCL;
	fd = open(d->path, flags);
	return fd < 0 ? -errno : fd;
}

/* Return: 0; -errno, -EINVAL for what is no disk. */
static int read_format(struct disk *d, int fd)
{
	char head[sizeof(qcow2)];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return -EINVAL;
	n = pread(fd, head, sizeof(head), 0);
	if (n < 0)
		return -errno;
	d->format = parse_disk_format(head, (size_t)n);
	return 0;
}

static int look_at(struct disk *d)
{
	int fd = open_disk(d), err = fd;

	if (fd >= 0) {
		err = read_format(d, fd);
		close(fd);
	}
	if (err == -EINVAL || err == -EISDIR)
		msg_error("--disk %s: must be a file or a block device; "
			  "--share has directories",
			  d->path);
	else if (err == -EBUSY)
		msg_error("--disk %s: is in use here, mounted perhaps; unmount "
			  "it, or leave out :rw",
			  d->path);
	else if (err < 0)
		msg_error("--disk %s: %s", d->path, strerror(-err));
	return err;
}

int diskspec_settle(struct diskspec *s)
{
	int err = 0;

	for (size_t i = 0; i < s->n && !err; i++)
		err = look_at(&s->disk[i]);
	return err;
}

/* --- the plan ------------------------------------------------------------- */

void diskspec_drivers(const struct diskspec *s, const struct machine *m,
		      struct strv *out)
{
	if (!s->n)
		return;
	if (s->ahci)
		strv_pushl(out, "ahci", "sd_mod", NULL);
	else
		strv_pushl(out, m->virtio_module, "virtio_blk", NULL);
}

void diskspec_modules(struct strv *out)
{
	strv_pushl(out, "ext4", "xfs", "btrfs", "vfat", "nls_cp437",
		   "nls_ascii", "squashfs", "erofs", "overlay", NULL);
}

void diskspec_argv(const struct diskspec *s, const struct machine *m,
		   struct strv *out)
{
	if (s->n && s->ahci)
		strv_pushl(out, "-device", "ich9-ahci,id=ahci", NULL);
	for (size_t i = 0; i < s->n; i++) {
		const struct disk *d = &s->disk[i];
		char *path = quote_qemu(d->path);

		strv_push(out, "-drive");
		/* "nbd:x" would be a protocol. Where no room is left, QEMU
		 * would stop the guest, and wait for a person. */
		strv_pushf(out,
			   "file=%s%s,if=none,id=disk%zu,format=%s,"
			   "snapshot=%s,werror=report",
			   *path == '/' ? "" : "./", path, i, d->format,
			   d->rw ? "off" : "on");
		free(path);
		strv_push(out, "-device");
		if (s->ahci)
			strv_pushf(out, "ide-hd,bus=ahci.%zu,drive=disk%zu", i,
				   i);
		else
			strv_pushf(out, "virtio-blk%s,drive=disk%zu", m->virtio,
				   i);
	}
}

void diskspec_free(struct diskspec *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->disk[i].path);
	s->n = 0;
}
