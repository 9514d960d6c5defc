// SPDX-License-Identifier: MIT
/* libkmod's functions, as far as bootlet calls them: see lazylib.h. */
#include "lazylib.h"

#include <libkmod.h>

/* The name that its header belongs to, from the Makefile. */
static struct lazylib lib = { .name = LIBKMOD_SO };

#define CALL(name, args)      LAZYLIB_CALL(lib, name, args)
#define CALL_VOID(name, args) LAZYLIB_CALL_VOID(lib, name, args)

struct kmod_list *kmod_list_next(const struct kmod_list *a,
				 const struct kmod_list *b)
{
	CALL(kmod_list_next, (a, b));
}

int kmod_module_get_info(const struct kmod_module *a, struct kmod_list **b)
{
	CALL(kmod_module_get_info, (a, b));
}

void kmod_module_info_free_list(struct kmod_list *a)
{
	CALL_VOID(kmod_module_info_free_list, (a));
}

const char *kmod_module_info_get_key(const struct kmod_list *a)
{
	CALL(kmod_module_info_get_key, (a));
}

const char *kmod_module_info_get_value(const struct kmod_list *a)
{
	CALL(kmod_module_info_get_value, (a));
}

int kmod_module_new_from_path(struct kmod_ctx *a, const char *b,
			      struct kmod_module **c)
{
	CALL(kmod_module_new_from_path, (a, b, c));
}

struct kmod_module *kmod_module_unref(struct kmod_module *a)
{
	CALL(kmod_module_unref, (a));
}

struct kmod_ctx *kmod_new(const char *a, const char *const *b)
{
	CALL(kmod_new, (a, b));
}

void kmod_set_log_fn(struct kmod_ctx *a,
		     void (*b)(void *, int, const char *, int, const char *,
			       const char *, va_list),
		     const void *c)
{
	CALL_VOID(kmod_set_log_fn, (a, b, c));
}

struct kmod_ctx *kmod_unref(struct kmod_ctx *a)
{
	CALL(kmod_unref, (a));
}
