/* SPDX-License-Identifier: MIT */
/* A directory of its own for a test, and files in it. */
#ifndef BOOTLET_SCRATCH_H
#define BOOTLET_SCRATCH_H

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64];

/* The tests are forked: each gets its directory here and leaves none. */
static inline void scratch_make(void)
{
	strcpy(scratch, "/tmp/bootlet-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
}

static inline void scratch_remove(void)
{
	char cmd[128];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", scratch);
	ck_assert_int_eq(system(cmd), 0);
}

/* Path of a name in the directory; four results stay valid. */
static inline const char *at(const char *name)
{
	static char paths[4][512];
	static int next;

	next = (next + 1) % 4;
	snprintf(paths[next], sizeof(paths[next]), "%s/%s", scratch, name);
	return paths[next];
}

/* A file, with the directories it needs. */
static inline void put(const char *name, const void *p, size_t n, mode_t mode)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	for (char *s = path + strlen(scratch) + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		mkdir(path, 0755);
		*s = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	ck_assert_msg(fd >= 0, "%s", path);
	ck_assert_int_eq(write(fd, p, n), n);
	close(fd);
}

static inline void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text), 0644);
}

static inline void put_script(const char *name, const char *text)
{
	put(name, text, strlen(text), 0755);
}

/* What bootlet says goes to a file, to be looked at with said(). */
static inline void said_begin(void)
{
	int fd = open(at("said"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644);

	ck_assert_int_ge(fd, 0);
	fflush(stderr);
	ck_assert_int_eq(dup2(fd, 2), 2);
	close(fd);
}

static inline const char *said(void)
{
	static char text[8192];
	int fd = open(at("said"), O_RDONLY);
	ssize_t n;

	fflush(stderr);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static inline int said_lines(void)
{
	int n = 0;

	for (const char *p = said(); *p; p++)
		n += *p == '\n';
	return n;
}

#define ck_assert_said(part)                                              \
	ck_assert_msg(strstr(said(), part), "\"%s\" is not in: %s", part, \
		      said())

#endif
