// SPDX-License-Identifier: MIT
#include "imgcache.h"

#include "busybox.h"
#include "cache.h"
#include "imgnote.h"
#include "imgread.h"
#include "modfile.h"
#include "modindex.h"
#include "msg.h"
#include "vmsweep.h"

#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOTE_MAX (1 << 20)
#define BOOT_ID	 "/proc/sys/kernel/random/boot_id"
/* As vmcache.c's: what is so new may be written again in the same tick. */
#define RACY_NS 2000000000ULL

/* One lookup: where, of what. */
struct lookup {
	char *dir, *busybox;
	char key[SHA256_DIGEST_STRING_LENGTH];
	char boot[40];
};

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
	struct filestamp s = { 0 };
	struct stat st;

	if (!stat("/proc/self/exe", &st))
		s = filestamp_of(&st);
	buf_add(b, &s, sizeof(s));
}

static void make_key(const struct recipe *r, const struct kernel *k,
		     struct lookup *l)
{
	struct buf b = { 0 };

	add_program(&b);
	add_word(&b, r->no_init ? "no-init" : "init");
	add_word(&b, l->busybox);
	add_word(&b, k ? k->moddir : NULL);
	add_word(&b, k ? k->release : NULL);
	add_words(&b, &r->drivers);
	add_words(&b, &r->modules);
	add_word(&b, getenv("SOURCE_DATE_EPOCH"));
	buf_add(&b, r->conf.p, r->conf.n);
	SHA256Data((const uint8_t *)b.p, b.n, l->key);
	buf_free(&b);
}

/* --- where ---------------------------------------------------------------- */

static int make_dir(char **dir)
{
	int err = cache_make();

	*dir = err ? NULL : cache_path("images");
	if (*dir && mkdir(*dir, 0700) && errno != EEXIST)
		err = -errno;
	if (!err && access(*dir, W_OK | X_OK))
		err = -errno;
	return err;
}

static void read_boot(char *out, size_t max)
{
	struct buf b = { 0 };
	size_t n = 0;

	if (!read_file(BOOT_ID, &b, 4096) && b.n)
		n = strcspn(b.p, "\n");
	snprintf(out, max, "%.*s", n ? (int)n : 1, n ? b.p : "-");
	buf_free(&b);
}

static char *image_at(const struct lookup *l)
{
	return xasprintf("%s/%s", l->dir, l->key);
}

static char *note_at(const struct lookup *l)
{
	return xasprintf("%s/%s" VMSWEEP_NOTE, l->dir, l->key);
}

/* --- what is there -------------------------------------------------------- */

static bool note_holds(const struct lookup *l, const struct imgnote *n, int fd)
{
	struct filestamp now;
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	now = filestamp_of(&st);
	/* A crash keeps stamps and loses bytes. */
	return filestamp_same(&n->image, &now) && !strcmp(n->boot, l->boot) &&
	       imgnote_fresh(n);
}

/* Return: a descriptor of the image; -ENOENT where there is none that holds. */
static int find(const struct lookup *l)
{
	char *image = image_at(l), *path = note_at(l);
	struct imgnote n = { 0 };
	struct buf b = { 0 };
	int fd = -ENOENT;

	if (!read_file(path, &b, NOTE_MAX) && b.n && !parse_imgnote(b.p, &n))
		fd = open(image, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && note_holds(l, &n, fd)) {
		/* Not a problem if it fails: it leaves the cache earlier. */
		utimensat(AT_FDCWD, path, NULL, 0);
	} else {
		if (fd >= 0)
			close(fd);
		fd = -ENOENT;
	}
	imgnote_free(&n);
	buf_free(&b);
	free(image);
	free(path);
	return fd;
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

static unsigned long long wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (unsigned long long)t.tv_sec * 1000000000ULL +
	       (unsigned long long)t.tv_nsec;
}

static int write_note(const struct lookup *l, struct imgnote *n, int fd)
{
	char *path = note_at(l);
	char *tmp = xasprintf("%s/" VMSWEEP_TMP "%d", l->dir, getpid());
	struct buf b = { 0 };
	struct stat st;
	FILE *f = NULL;
	int err = fstat(fd, &st) ? -errno : 0;

	if (!err) {
		n->image = filestamp_of(&st);
		strcpy(n->boot, l->boot);
		imgnote_format(n, &b);
		f = fopen(tmp, "we");
		err = f ? 0 : -errno;
	}
	if (f && (fwrite(b.p, 1, b.n, f) != b.n) + (fclose(f) != 0))
		err = -EIO;
	if (!err && rename(tmp, path))
		err = -errno;
	if (err)
		unlink(tmp);
	buf_free(&b);
	free(tmp);
	free(path);
	return err;
}

/* Writes the image, and its note where that will hold. Return: a descriptor of
 * the image; -errno after a message; @full is set where it was the cache that
 * failed. */
static int add(const struct lookup *l, const struct recipe *r,
	       const struct kernel *k, bool *full)
{
	struct image base = { 0 };
	struct imgnote n = { 0 };
	char *path = image_at(l);
	int err = recipe_base(r, k, &base), known = -1, fd;

	if (!err) {
		known = note_sources(&n, r, k, &base);
		err = image_write(&base, path, &r->codec, NULL);
		*full = err == -ENOSPC || err == -EDQUOT || err == -EROFS;
	}
	fd = err ? err : open(path, O_RDONLY | O_CLOEXEC);
	if (!err && fd < 0) {
		err = -errno;
		msg_error("%s: cannot read: %s", path, strerror(-err));
	}
	/* Not a problem if it fails: the next run makes it again. */
	if (!err && !known && imgnote_fresh(&n) &&
	    imgnote_newest(&n) + RACY_NS < wall_clock())
		write_note(l, &n, fd);
	if (!err)
		vmsweep(l->dir, IMGCACHE_KEEP);
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

int imgcache_apply(struct recipe *r, const struct kernel *k, struct image *img)
{
	struct lookup l = { 0 };
	int err = make_dir(&l.dir), fd;
	bool full = false;

	if (err) {
		msg_debug("images are not cached: %s", strerror(-err));
		free(l.dir);
		return recipe_apply(r, k, img);
	}
	if (!r->no_busybox)
		err = busybox_find(r->busybox, &l.busybox);
	if (!err) {
		read_boot(l.boot, sizeof(l.boot));
		make_key(r, k, &l);
		fd = find(&l);
		msg_debug("image %.16s: %s", l.key,
			  fd < 0 ? "made" : "from the cache");
		if (fd < 0)
			fd = add(&l, r, k, &full);
		err = fd < 0 ? fd : recipe_hold(r, fd);
	}
	free(l.busybox);
	free(l.dir);
	if (full) {
		msg_warn("the image is made without the cache");
		return recipe_apply(r, k, img);
	}
	if (!err)
		err = read_base(r->append_to, img);
	return err ? err : recipe_command(r, img);
}
