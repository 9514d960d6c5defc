// SPDX-License-Identifier: MIT
#include "lazylib.h"

#include "msg.h"

#include <dlfcn.h>
#include <stdlib.h>

#define FAILED 125

static _Noreturn void missing(const struct lazylib *lib)
{
	const char *why = dlerror();

	msg_error("%s: cannot be loaded: %s; install it, or build bootlet "
		  "again",
		  lib->name, why ? why : "unknown error");
	exit(FAILED);
}

void *lazylib_symbol(struct lazylib *lib, const char *name)
{
	void *fn;

	if (!lib->handle)
		lib->handle = dlopen(lib->name, RTLD_LAZY | RTLD_LOCAL);
	fn = lib->handle ? dlsym(lib->handle, name) : NULL;
	if (!fn)
		missing(lib);
	return fn;
}
