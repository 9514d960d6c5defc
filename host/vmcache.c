// SPDX-License-Identifier: MIT
#include "vmcache.h"

#include "bootid.h"
#include "cache.h"
#include "cachefile.h"
#include "gdbelf.h"

#include "str.h"
#include "vmlinux.h"
#include "vmnote.h"
#include "vmsweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* A digest in hex digits, and a NUL. */
#define KEY_SIZE SHA256_DIGEST_STRING_LENGTH

#define IMAGE_MAX   (256UL << 20)
#define VMLINUX_MAX (1UL << 30)
#define NOTE_MAX    4096

/* One lookup: where, of what, and what is known. */
struct lookup {
	const char *image, *dir;
	struct filestamp now;
	char key[KEY_SIZE], boot[BOOT_ID_SIZE];
	struct vmnote note;
};

/* --- names ---------------------------------------------------------------- */

static char *elf_path(const struct lookup *l)
{
	return xasprintf("%s/%s", l->dir, l->key);
}

static char *note_path(const struct lookup *l)
{
	return xasprintf("%s/%s" VMSWEEP_NOTE, l->dir, l->key);
}

static int stamp_of(const char *path, struct filestamp *out)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	*out = filestamp_of(&st);
	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

/* Against damage, not malice: the directory is the user's alone. */
static unsigned long long crc_of(const char *p, size_t n)
{
	return lzma_crc64((const uint8_t *)p, n, 0);
}

static const char *of_cache(int err)
{
	static char words[128];

	snprintf(words, sizeof(words), "the cache: %s", strerror(-err));
	return words;
}

/* --- what is there -------------------------------------------------------- */

static int read_note(const struct lookup *l, struct vmnote *out)
{
	char *path = note_path(l);
	struct buf b = { 0 };
	int err = cachefile_read(path, &b, NOTE_MAX);

	if (!err)
		err = b.n ? parse_vmnote(b.p, out) : -EINVAL;
	buf_free(&b);
	free(path);
	return err;
}

/* Whether a note says that it was made from the image as it lies there. */
static bool find_by_stamp(struct lookup *l)
{
	DIR *d = opendir(l->dir);
	bool found = false;
	struct dirent *e;

	while (d && !found && (e = readdir(d))) {
		if (!vmsweep_is_note(e->d_name))
			continue;
		memcpy(l->key, e->d_name, KEY_SIZE - 1);
		found = !read_note(l, &l->note) &&
			filestamp_same(&l->note.image, &l->now);
	}
	if (d)
		closedir(d);
	return found;
}

/* Whether the kernel in the cache is what was put there. Where stamps do not
 * tell, because the cache was copied or the machine booted anew since, the
 * checksum decides; then @l->note is brought up to date, and @fresh set. */
static bool is_whole(struct lookup *l, bool *fresh)
{
	struct filestamp stamp = { 0 };
	char *path = elf_path(l);
	struct buf b = { 0 };
	bool good = false;

	*fresh = false;
	if (!stamp_of(path, &stamp) && stamp.size == l->note.elf.size) {
		good = filestamp_same(&stamp, &l->note.elf) &&
		       !strcmp(l->boot, l->note.boot);
		if (!good && !cachefile_read(path, &b, VMLINUX_MAX))
			good = *fresh = crc_of(b.p, b.n) == l->note.crc;
	}
	if (*fresh) {
		l->note.elf = stamp;
		strcpy(l->note.boot, l->boot);
	}
	buf_free(&b);
	free(path);
	return good;
}

/* --- what is added -------------------------------------------------------- */

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t did = write(fd, p, n);

		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return -errno;
		p += did;
		n -= (size_t)did;
	}
	return 0;
}

/* A new file that is locked, unless the sweep has come in between: then it
 * has no name any more, and there is another one. Return: its descriptor;
 * -errno. */
static int open_locked(char *name)
{
	char *marks = name + strlen(name) - 6;
	struct stat st = { 0 };
	int fd = -1, err = 0;

	while (!err && !st.st_nlink) {
		memcpy(marks, "XXXXXX", 6);
		fd = mkostemp(name, O_CLOEXEC);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX) || fstat(fd, &st)) {
			err = -errno;
			unlink(name);
		}
		if (err || !st.st_nlink)
			close(fd);
	}
	return err ? err : fd;
}

/* Under another name first. It is locked until it has its own: one that is
 * not belongs to the dead. */
static int write_file(const struct lookup *l, const char *path, const void *p,
		      size_t n)
{
	char *tmp = xasprintf("%s/" VMSWEEP_TMP "XXXXXX", l->dir);
	int fd = open_locked(tmp);
	int err = fd < 0 ? fd : write_all(fd, p, n);

	if (!err)
		err = cachefile_rename(tmp, path);
	if (fd >= 0 && err)
		unlink(tmp);
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	free(tmp);
	return err;
}

static int write_note(const struct lookup *l)
{
	char *path = note_path(l);
	struct buf b = { 0 };
	int err;

	vmnote_format(&l->note, &b);
	err = write_file(l, path, b.p, b.n);
	buf_free(&b);
	free(path);
	return err;
}

static int add_elf(struct lookup *l, const char *elf, size_t n)
{
	char *path = elf_path(l);
	int err = write_file(l, path, elf, n);

	l->note.crc = crc_of(elf, n);
	if (!err)
		err = stamp_of(path, &l->note.elf);
	strcpy(l->note.boot, l->boot);
	free(path);
	return err;
}

/* The payload of the image's bytes, into the cache where it can be used. */
static int add(struct lookup *l, const struct buf *image, const char **why)
{
	struct gdbelf e = { .fd = -1 };
	char *elf = NULL;
	size_t n = 0;
	int err = vmlinux_unpack((unsigned char *)image->p, image->n, &elf, &n);

	if (err) {
		*why = err == -ENOENT  ? "compressed in a way that bootlet "
					 "cannot read" :
		       err == -ENOPKG  ? "compressed with lzo; install lzop "
					 "to have it unpacked" :
		       err == -ENOEXEC ? "its payload is damaged" :
					 strerror(-err);
		return err;
	}
	if (!gdbelf_memory((unsigned char *)elf, n, &e))
		l->note.pvh = vmlinux_has_pvh(&e);
	gdbelf_close(&e);
	if (l->note.pvh)
		err = add_elf(l, elf, n);
	free(elf);
	if (!err)
		err = write_note(l);
	if (err)
		*why = of_cache(err);
	else
		vmsweep(l->dir, VMCACHE_KEEP);
	return err;
}

/* --- the lookup ----------------------------------------------------------- */

/* The stamp as it was before the bytes were read, so that what changes in
 * between is noticed; none for an image that is too new to be told by one. */
static struct filestamp settled(const struct lookup *l)
{
	struct filestamp none = { 0 };

	return filestamp_age(l->now.ctime) > FILESTAMP_RACY_NS ? l->now : none;
}

static int find_by_content(struct lookup *l, const char **why)
{
	struct buf b = { 0 };
	bool fresh;
	int err = read_file(l->image, &b, IMAGE_MAX);

	if (err) {
		*why = strerror(-err);
		return err;
	}
	SHA256Data((const uint8_t *)b.p, b.n, l->key);
	if (read_note(l, &l->note) || (l->note.pvh && !is_whole(l, &fresh))) {
		l->note = (struct vmnote){ .image = settled(l) };
		err = add(l, &b, why);
	} else {
		l->note.image = settled(l);
		/* Not a problem if it fails: the bytes are read again. */
		write_note(l);
	}
	buf_free(&b);
	return err;
}

static int find(struct lookup *l, const char **why)
{
	bool fresh = false;
	char *path;

	if (!find_by_stamp(l) || (l->note.pvh && !is_whole(l, &fresh)))
		return find_by_content(l, why);
	path = note_path(l);
	/* Not a problem if either fails: it costs time later. */
	if (fresh)
		write_note(l);
	else
		utimensat(AT_FDCWD, path, NULL, 0);
	free(path);
	return 0;
}

/* The cache's directory for these, made where it is missing. */
static int make_dir(char **dir)
{
	int err = cache_make();

	*dir = err ? NULL : cache_path("vmlinux");
	if (*dir && mkdir(*dir, 0700) && errno != EEXIST)
		err = -errno;
	return err;
}

int vmcache_get(const char *image, char **path, const char **why)
{
	struct lookup l = { .image = image };
	char *dir;
	int err = make_dir(&dir);

	l.dir = dir;
	strcpy(l.boot, *boot_id() ? boot_id() : "-");
	*why = err ? of_cache(err) : NULL;
	if (!err && (err = stamp_of(image, &l.now)))
		*why = strerror(-err);
	if (!err)
		err = find(&l, why);
	if (!err && !l.note.pvh) {
		err = -ENOENT;
		*why = "it has no PVH entry (CONFIG_PVH)";
	}
	if (!err)
		*path = elf_path(&l);
	free(dir);
	return err;
}
