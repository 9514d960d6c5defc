// SPDX-License-Identifier: MIT
#include "vmsweep.h"

#include "str.h"

#include <dirent.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A digest in hex digits, and a NUL. */
#define KEY_SIZE SHA256_DIGEST_STRING_LENGTH

/* Between a kernel and its note lie milliseconds. */
#define ORPHAN_S 3600

struct entry {
	char key[KEY_SIZE];
	struct timespec used;
};

struct entries {
	struct entry *v;
	size_t n;
};

bool vmsweep_is_note(const char *name)
{
	return strspn(name, "0123456789abcdef") == KEY_SIZE - 1 &&
	       !strcmp(name + KEY_SIZE - 1, VMSWEEP_NOTE);
}

static bool is_kernel(const char *name)
{
	return strspn(name, "0123456789abcdef") == KEY_SIZE - 1 &&
	       !name[KEY_SIZE - 1];
}

static void add(struct entries *all, const char *name, const struct stat *st)
{
	struct entry *e;

	all->v = xrealloc(all->v, (all->n + 1) * sizeof(*all->v));
	e = &all->v[all->n++];
	memset(e, 0, sizeof(*e));
	memcpy(e->key, name, KEY_SIZE - 1);
	e->used = st->st_mtim;
}

static bool is_older(int dir, const char *name, time_t seconds)
{
	struct stat st;

	return !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) &&
	       st.st_mtim.tv_sec + seconds < time(NULL);
}

/* The writer has it locked; who gets the lock finds it given up. */
static void remove_dead(int dir, const char *name)
{
	int fd = openat(dir, name,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
		unlinkat(dir, name, 0);
	if (fd >= 0)
		close(fd);
}

static void look(int dir, const char *name, struct entries *all)
{
	char note[KEY_SIZE + sizeof(VMSWEEP_NOTE)];
	struct stat st;

	if (!strncmp(name, VMSWEEP_TMP, strlen(VMSWEEP_TMP))) {
		remove_dead(dir, name);
	} else if (vmsweep_is_note(name)) {
		if (!fstatat(dir, name, &st, 0))
			add(all, name, &st);
	} else if (is_kernel(name)) {
		strcat(strcpy(note, name), VMSWEEP_NOTE);
		if (faccessat(dir, note, F_OK, 0) &&
		    is_older(dir, name, ORPHAN_S))
			unlinkat(dir, name, 0);
	}
}

static int by_use(const void *a, const void *b)
{
	const struct timespec *x = &((const struct entry *)a)->used;
	const struct timespec *y = &((const struct entry *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? 1 : -1;
	return x->tv_nsec < y->tv_nsec ? 1 : x->tv_nsec > y->tv_nsec ? -1 : 0;
}

/* The note first: a kernel without one is not used. */
static void evict(int dir, const char *key)
{
	char name[KEY_SIZE + sizeof(VMSWEEP_NOTE)];

	strcat(strcpy(name, key), VMSWEEP_NOTE);
	unlinkat(dir, name, 0);
	unlinkat(dir, key, 0);
}

void vmsweep(const char *dir, size_t keep)
{
	struct entries all = { 0 };
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		look(dirfd(d), e->d_name, &all);
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), by_use);
	for (size_t i = keep; i < all.n; i++)
		evict(dirfd(d), all.v[i].key);
	closedir(d);
	free(all.v);
}
