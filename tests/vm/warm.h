/* SPDX-License-Identifier: MIT */
/* Guests that go on from a state, in a cache of the test's own. */
#ifndef BOOTLET_TESTS_WARM_H
#define BOOTLET_TESTS_WARM_H

#include "vm.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WARM   VM_RUN, "--warm"
#define REPORT "--report", vm_at("report")
/* In the report: whether it was one. */
#define IS_WARM "\"warm\": true"
#define IS_COLD "\"warm\": false"

#define vm_warm(r, ...) \
	vm_exec(r, NULL, 0, VM_ARGV(vm_bootlet(), WARM, REPORT, __VA_ARGS__))
#define ck_report(want) ck_has(vm_slurp(vm_at("report")), want)

static struct ran r;

/* A cache of its own for states; all else is that of the user. */
static inline void cache(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *from = strdup(xdg && *xdg == '/' ?
				    vm_fmt("%s/bootlet", xdg) :
				    vm_fmt("%s/.cache/bootlet", home));
	struct dirent *e;
	DIR *d;

	if (mkdir(vm_at("xdg"), 0700)) {
		/* By the test before. */
		ck_assert_int_eq(errno, EEXIST);
		goto out;
	}
	ck_assert_int_eq(mkdir(vm_at("xdg/bootlet"), 0700), 0);
	d = opendir(from);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && strcmp(e->d_name, "warm") != 0)
			ck_assert_int_eq(
				symlink(vm_fmt("%s/%s", from, e->d_name),
					vm_fmt("%s/%s", vm_at("xdg/bootlet"),
					       e->d_name)),
				0);
	if (d)
		closedir(d);
out:
	setenv("XDG_CACHE_HOME", vm_at("xdg"), 1);
	free(from);
}

/* Files that match, below the states' directory. Return: how many; @path: the
 * first. */
static inline size_t states(const char *pattern, char *path, size_t max)
{
	glob_t g;
	size_t n = 0;

	if (!glob(vm_fmt("%s/%s", vm_at("xdg/bootlet/warm"), pattern), 0, NULL,
		  &g)) {
		n = g.gl_pathc;
		if (path)
			snprintf(path, max, "%s", g.gl_pathv[0]);
		globfree(&g);
	}
	return n;
}

/* The states of the tests before are gone. */
static inline void fresh(void)
{
	cache();
	vm_exec(&r, NULL, 0, VM_ARGV("rm", "-rf", vm_at("xdg/bootlet/warm")));
	ck_code(&r, 0);
	ran_free(&r);
}

static inline void make_state(void)
{
	cache();
	vm_warm(&r, "--", "true");
	ck_code(&r, 0);
	ck_assert_str_eq(r.err.p, "");
	ran_free(&r);
}

#endif
