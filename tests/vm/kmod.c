// SPDX-License-Identifier: MIT
#include "kmod.h"

#include "vm.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *kmod_built(const char *tree, const char *name)
{
	char *ko = strdup(vm_at(vm_fmt("kmod/%s.ko", name)));
	struct ran r;

	if (access(ko, F_OK) == 0)
		return ko;
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-ec",
			"cp -R \"$1\" \"$2\"\n"
			"make -s -C \"$3\" M=\"$2\" modules",
			"sh", TOPDIR "/tests/vm/kmod", vm_at("kmod"), tree));
	ck_code(&r, 0);
	ran_free(&r);
	ck_assert_msg(access(ko, F_OK) == 0, "%s was not built", ko);
	return ko;
}
