// SPDX-License-Identifier: MIT
#include "icount.h"

#include "quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

void icount_begin(struct icount *c)
{
	unsigned char raw[BOOTLET_NONCE_LEN / 2];

	if (!c->on)
		return;
	while (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		;
	for (size_t i = 0; i < sizeof(raw); i++)
		snprintf(c->nonce + 2 * i, 3, "%02x", raw[i]);
}

bool icount_unread(int fd)
{
	struct stat st;
	off_t at;
	int n = 0;

	if (fstat(fd, &st))
		return false;
	if (S_ISREG(st.st_mode)) {
		at = lseek(fd, 0, SEEK_CUR);
		return at >= 0 && at < st.st_size;
	}
	return (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) &&
	       !ioctl(fd, FIONREAD, &n) && n > 0;
}

int icount_image(const struct icount *c, struct image *img)
{
	if (!c->on)
		return 0;
	return image_add_data(img, BOOTLET_NONCE, c->nonce, BOOTLET_NONCE_LEN,
			      0600);
}

void icount_print(const struct icount *c, const char *dir, struct buf *lines,
		  struct strv *argv)
{
	char *path;

	if (!c->on)
		return;
	path = xasprintf("%s/nonce", dir);
	buf_addf(lines, "printf %s >", c->nonce);
	quote_sh(lines, path);
	buf_addc(lines, '\n');
	strv_push(argv, "--file");
	strv_pushf(argv, "%s:" BOOTLET_NONCE, path);
	free(path);
}

void icount_argv(struct strv *argv)
{
	strv_pushl(argv, "-icount", "shift=0,sleep=off", "-seed", "1", "-rtc",
		   "base=2026-01-01T00:00:00,clock=vm", NULL);
}
