/* SPDX-License-Identifier: MIT */
/* Images written and read in a directory that the test has for itself. */
#ifndef BOOTLET_IMGUTIL_H
#define BOOTLET_IMGUTIL_H

#include "capture.h"
#include "host/image.h"
#include "host/imglist.h"
#include "host/imgread.h"
#include "host/str.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static struct image img;
static const struct codec_choice plain;

static inline void setup(void)
{
	strcpy(dir, "/tmp/bootlet-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	unsetenv("SOURCE_DATE_EPOCH");
	img = (struct image){ 0 };
}

static inline void teardown(void)
{
	char *cmd = xasprintf("rm -rf %s", dir);

	image_free(&img);
	ck_assert_int_eq(system(cmd), 0);
	free(cmd);
}

static inline void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

/* Names in the working directory, which tells what was left behind. */
static inline int count_files(void)
{
	DIR *d = opendir(".");
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static inline void write_image(const char *path, const char *base)
{
	ck_assert_int_eq(image_write(&img, path, &plain, base), 0);
	image_free(&img);
}

static inline void expect_failure(const char *part, int err)
{
	int before = count_files(), got;

	capture_begin();
	got = image_write(&img, "out", &plain, NULL);
	capture_expect(part);
	ck_assert_int_eq(got, err);
	ck_assert_int_eq(count_files(), before);
}

static inline int format(void *ctx, const struct cpio_item *item)
{
	imglist_format(item, ctx);
	return 0;
}

static inline void expect_list(const char *path, const char *text)
{
	struct buf b = { 0 };
	struct imgfile f;

	ck_assert_int_eq(imgfile_open(path, &f), 0);
	ck_assert_int_eq(imgfile_read(&f, format, &b), 0);
	ck_assert_str_eq(b.p, text);
	imgfile_close(&f);
	buf_free(&b);
}

#endif
