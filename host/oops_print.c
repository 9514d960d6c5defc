// SPDX-License-Identifier: MIT
/* Findings in the user's words, and those that the user expects. */
#include "oops.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const names[] = {
	[OOPS_PANIC] = "panic",
	[OOPS_OOPS] = "oops",
	[OOPS_BUG] = "bug",
	[OOPS_WARNING] = "warning",
	[OOPS_KASAN] = "kasan",
	[OOPS_KFENCE] = "kfence",
	[OOPS_KMSAN] = "kmsan",
	[OOPS_KCSAN] = "kcsan",
	[OOPS_UBSAN] = "ubsan",
	[OOPS_LOCKDEP] = "lockdep",
	[OOPS_SPINLOCK] = "spinlock",
	[OOPS_ATOMIC] = "atomic",
	[OOPS_RCU_STALL] = "rcu-stall",
	[OOPS_HUNG_TASK] = "hung-task",
	[OOPS_SOFT_LOCKUP] = "soft-lockup",
	[OOPS_HARD_LOCKUP] = "hard-lockup",
	[OOPS_WORKQUEUE] = "workqueue",
	[OOPS_REFCOUNT] = "refcount",
	[OOPS_LIST] = "list",
	[OOPS_SLAB] = "slab",
	[OOPS_BAD_PAGE] = "bad-page",
	[OOPS_LEAK] = "leak",
	[OOPS_STACK] = "stack",
	[OOPS_VFS] = "vfs",
	[OOPS_NETDEV] = "netdev",
	[OOPS_FIRMWARE] = "firmware",
	[OOPS_BOOT] = "boot",
	[OOPS_REBOOT] = "reboot",
	[OOPS_PROGRAM] = "program",
	[OOPS_CUT_OFF] = "cut-off",
};
static_assert(COUNT(names) == OOPS_N, "every class has a name");

const char *oops_class_name(enum oops_class class)
{
	return names[class];
}

bool oops_is_kernel(enum oops_class class)
{
	return class != OOPS_PROGRAM;
}

void oops_print(const struct oops_finding *f, struct buf *out)
{
	buf_addf(out, "%s: %s", names[f->class], f->title);
	if (*f->function && !strstr(f->title, f->function))
		buf_addf(out, " in %s", f->function);
}

const char *oops_allow_add(struct oops_allow *a, const char *pattern)
{
	static char error[128];
	regex_t *re;
	int err;

	if (!*pattern)
		return "is empty: it would allow everything";
	a->v = xrealloc(a->v, (a->n + 1) * sizeof(*a->v));
	re = &a->v[a->n];
	err = regcomp(re, pattern, REG_EXTENDED | REG_NOSUB);
	if (err) {
		regerror(err, re, error, sizeof(error));
		return error;
	}
	a->n++;
	return NULL;
}

bool oops_allow_match(const struct oops_allow *a, const struct oops_finding *f)
{
	struct buf line = { 0 };
	bool hit = false;

	oops_print(f, &line);
	for (size_t i = 0; i < a->n && !hit; i++)
		hit = !regexec(&a->v[i], line.p, 0, NULL, 0);
	buf_free(&line);
	return hit;
}

void oops_allow_free(struct oops_allow *a)
{
	for (size_t i = 0; i < a->n; i++)
		regfree(&a->v[i]);
	free(a->v);
	*a = (struct oops_allow){ 0 };
}
