// SPDX-License-Identifier: MIT
#include "imgcache.h"

#include "../init/protocol.h"
#include "busybox.h"
#include "cachefile.h"
#include "imgread.h"
#include "imgstore.h"
#include "modfile.h"
#include "modindex.h"
#include "msg.h"
#include "vmsweep.h"

#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool imgcache_takes(const struct recipe *r)
{
	if (r->n_items || r->init || r->append_to ||
	    r->codec.type != CODEC_NONE || (r->busybox && r->busybox[0] != '/'))
		return false;
	for (size_t i = 0; i < r->modules.n; i++)
		if (modfile_is(r->modules.v[i]))
			return false;
	return true;
}

/* --- the key -------------------------------------------------------------- */

/* A NUL is in no word. */
static void add_word(struct buf *b, const char *word)
{
	buf_add(b, word ? word : "", word ? strlen(word) + 1 : 1);
}

static void add_words(struct buf *b, const struct strv *words)
{
	for (size_t i = 0; i < words->n; i++)
		add_word(b, words->v[i]);
	buf_add(b, "\n", 2);
}

/* init is in the program, and so is all that decides on an image's layout:
 * another program makes other images. */
static void add_program(struct buf *b)
{
	struct filestamp s = filestamp_at("/proc/self/exe");

	buf_add(b, &s, sizeof(s));
}

static void make_key(const struct recipe *r, const struct kernel *k,
		     const char *busybox, char *key)
{
	struct buf b = { 0 };

	add_program(&b);
	add_word(&b, r->no_init ? "no-init" : "init");
	add_word(&b, busybox);
	add_word(&b, k ? k->moddir : NULL);
	add_word(&b, k ? k->release : NULL);
	add_words(&b, &r->drivers);
	add_words(&b, &r->carried);
	add_words(&b, &r->modules);
	add_word(&b, getenv("SOURCE_DATE_EPOCH"));
	buf_add(&b, r->conf.p, r->conf.n);
	SHA256Data((const uint8_t *)b.p, b.n, key);
	buf_free(&b);
}

/* --- what is added -------------------------------------------------------- */

/* All that the image depends on. Return: 0; -errno where not all of it can be
 * told by stamps. */
static int note_sources(struct imgnote *n, const struct recipe *r,
			const struct kernel *k, const struct image *img)
{
	struct strv lists = { 0 };
	int err = 0;

	if (recipe_needs_kernel(r) && k->moddir)
		err = modindex_files(k->moddir, &lists);
	for (size_t i = 0; !err && i < lists.n; i++)
		err = imgnote_add(n, lists.v[i]);
	for (size_t i = 0; !err && i < img->n; i++) {
		const struct image_entry *e = &img->e[i];

		if (S_ISREG(e->mode) && e->src && e->src[0] == '/')
			err = imgnote_add(n, image_source(e));
	}
	strv_free(&lists);
	return err;
}

static unsigned long long image_bytes(const struct image *img)
{
	unsigned long long n = 0;

	for (size_t i = 0; i < img->n; i++)
		n += img->e[i].size;
	return n;
}

static bool is_full(int err)
{
	return err == -ENOSPC || err == -EDQUOT || err == -EROFS;
}

/* Writes the image, and its note where that will hold. Return: a descriptor of
 * the image; -errno after a message; @full is set where it was the cache that
 * failed. */
static int add(const struct imgstore *s, const struct recipe *r,
	       const struct kernel *k, bool *full)
{
	struct image base = { 0 };
	struct imgnote n = { 0 };
	char *path = imgstore_path(s);
	int err = recipe_base(r, k, &base), known = -1, fd;

	if (!err) {
		known = note_sources(&n, r, k, &base);
		cachefile_clear(path);
		err = imgstore_room(s, image_bytes(&base));
		if (!err)
			err = image_write(&base, path, &r->codec, NULL);
		*full = is_full(err);
	}
	fd = err ? err : open(path, O_RDONLY | O_CLOEXEC);
	if (!err && fd < 0) {
		err = -errno;
		msg_error("%s: cannot read: %s", path, strerror(-err));
	}
	/* Not a problem if it fails: the next run makes it again. */
	if (!err && !known && imgnote_fresh(&n) &&
	    filestamp_age(imgnote_newest(&n)) > FILESTAMP_RACY_NS)
		imgstore_note(s, &n, fd);
	if (!err)
		vmsweep(s->dir, IMGCACHE_KEEP);
	imgnote_free(&n);
	image_free(&base);
	free(path);
	return err ? err : fd;
}

/* --- all of it ------------------------------------------------------------ */

static int add_item(void *ctx, const struct cpio_item *item)
{
	struct image *img = ctx;
	struct image_entry e = {
		.path = item->name,
		.src = "the cached image",
		.mode = item->head.mode,
		.size = item->head.size,
		.rank = IMAGE_BASE,
	};

	if (item->target)
		e.data = image_dup(img, item->target, strlen(item->target));
	return image_add(img, &e);
}

static int read_base(const char *path, struct image *img)
{
	struct imgfile f;
	int err = imgfile_open(path, &f);

	if (err) {
		msg_error("%s: cannot read: %s", path, strerror(-err));
		return err;
	}
	err = imgfile_tell(&f, path, imgfile_read(&f, add_item, img));
	imgfile_close(&f);
	return err;
}

/* The image that is cached, a descriptor of it; -errno after a message. */
static int take_base(struct recipe *r, const struct kernel *k,
		     struct imgstore *s, bool *full)
{
	char *busybox = NULL;
	int fd = 0;

	if (!r->no_busybox)
		fd = busybox_find(r->busybox, &busybox);
	if (!fd) {
		make_key(r, k, busybox, s->key);
		fd = imgstore_find(s);
		msg_debug("image %.16s: %s", s->key,
			  fd < 0 ? "made" : "from the cache");
		if (fd < 0)
			fd = add(s, r, k, full);
	}
	free(busybox);
	return fd;
}

int imgcache_apply(struct recipe *r, const struct kernel *k, struct image *img)
{
	struct imgstore s;
	int err = imgstore_open(&s), fd;
	bool full = false;

	if (err)
		msg_debug("images are not cached: %s", strerror(-err));
	fd = err ? err : take_base(r, k, &s, &full);
	if (full)
		msg_warn("%s: no room for the image, which is made without "
			 "this cache; make room there, or name another disk "
			 "with XDG_CACHE_HOME",
			 s.dir);
	imgstore_close(&s);
	if (err || full)
		return recipe_apply(r, k, img);
	if (fd < 0)
		return fd;
	recipe_hold(r, fd);
	err = read_base(r->append_to, img);
	return err ? err : recipe_command(r, img);
}

/* --- with what is of one run ---------------------------------------------- */

/* What no other run has, and what shall not outlive its own: an environment
 * may have secrets in it. */
static bool is_private(const struct image_entry *e)
{
	static const char *const paths[] = { BOOTLET_ENV, BOOTLET_NONCE };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!strcmp(e->path, paths[i] + 1))
			return true;
	return false;
}

/* Of the image behind the descriptor, and of all that goes behind it. Return:
 * whether that is told by the entries alone, and may be kept. */
static bool whole_key(const struct recipe *r, const struct image *img,
		      char *key)
{
	struct filestamp base = filestamp_at(r->append_to);
	struct buf b = { 0 };
	bool plain = base.ctime != 0;

	buf_add(&b, &base, sizeof(base));
	add_word(&b, getenv("SOURCE_DATE_EPOCH"));
	for (size_t i = 0; plain && i < img->n; i++) {
		const struct image_entry *e = &img->e[i];

		if (e->rank == IMAGE_BASE)
			continue;
		plain = !is_private(e) && (!S_ISREG(e->mode) || e->data);
		add_word(&b, e->path);
		buf_addf(&b, "%o %u %u %u %u %llu\n", e->mode, e->uid, e->gid,
			 e->major, e->minor, (unsigned long long)e->size);
		if (e->data)
			buf_add(&b, e->data, e->size);
	}
	SHA256Data((const uint8_t *)b.p, b.n, key);
	buf_free(&b);
	return plain;
}

static int write_whole(const struct imgstore *s, const struct recipe *r,
		       struct image *img, const char *path)
{
	struct imgnote n = { 0 };
	struct stat st = { 0 };
	int err = stat(r->append_to, &st) ? -errno : 0, fd;

	if (!err)
		err = imgstore_room(s, image_bytes(img) +
					       (unsigned long long)st.st_size);
	cachefile_clear(path);
	if (!err)
		err = image_write_behind(img, path, &r->codec, r->append_to);
	fd = err ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	/* Not a problem if it fails: the next run writes it again. */
	if (fd >= 0) {
		imgstore_note(s, &n, fd);
		close(fd);
	}
	vmsweep(s->dir, IMGCACHE_KEEP);
	return err;
}

/* Its own name for it: what leaves the cache meanwhile stays where QEMU looks.
 * Return: 0; -errno where that cannot be, on two file systems say. */
static int link_whole(const struct imgstore *s, const struct recipe *r,
		      struct image *img, const char *path)
{
	char *whole = imgstore_path(s);
	int fd = imgstore_find(s), err = 0;

	if (fd >= 0)
		close(fd);
	else
		err = write_whole(s, r, img, whole);
	if (!err && link(whole, path))
		err = -errno;
	free(whole);
	return err;
}

static bool same_disk(const char *dir, const char *path)
{
	char *above = xasprintf("%.*s", (int)(strrchr(path, '/') - path), path);
	struct stat a, b;
	bool same = !stat(dir, &a) && !stat(above, &b) && a.st_dev == b.st_dev;

	free(above);
	return same;
}

int imgcache_write(const struct recipe *r, struct image *img, const char *path)
{
	struct imgstore s;
	int err = imgstore_open(&s);

	if (!err && !(same_disk(s.dir, path) && whole_key(r, img, s.key)))
		err = -EXDEV;
	if (!err)
		err = link_whole(&s, r, img, path);
	imgstore_close(&s);
	if (!err)
		return 0;
	return image_write_behind(img, path, &r->codec, r->append_to);
}
