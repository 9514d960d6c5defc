// SPDX-License-Identifier: MIT
/* The fragments of kconfig/, part of the binary so that one file is enough. */
#include "kconfig_frag.h"

#include <string.h>

/* .incbin is the assembler's; C11 has no #embed yet. Paths count from the
 * top, where make runs. */
#define EMBED(id, file)                                         \
	__asm__(".section .rodata\n"                            \
		"kconfig_" #id ":\n"                            \
		".incbin \"kconfig/" file ".config\"\n"         \
		"kconfig_" #id "_end:\n"                        \
		".byte 0\n"                                     \
		".globl kconfig_" #id ", kconfig_" #id "_end\n" \
		".text\n");                                     \
	extern const char kconfig_##id[], kconfig_##id##_end[]

/* In the order of `config list`. */
#define FRAGMENTS(X)             \
	X(base, "base")          \
	X(debug, "debug")        \
	X(noinline, "noinline")  \
	X(unsigned, "unsigned")  \
	X(net, "net")            \
	X(virtio, "virtio")      \
	X(share, "share")        \
	X(kvm, "kvm")            \
	X(sanitize, "sanitize")  \
	X(fast, "fast")          \
	X(x86_64, "arch/x86_64") \
	X(arm64, "arch/arm64")

#define X(id, file) EMBED(id, file);
FRAGMENTS(X)
#undef X

#define X(id, file) { file, kconfig_##id, kconfig_##id##_end },
const struct kbuiltin kbuiltin[] = { FRAGMENTS(X) };
#undef X

const size_t n_kbuiltin = sizeof(kbuiltin) / sizeof(kbuiltin[0]);

char *kbuiltin_text(const char *name)
{
	for (size_t i = 0; i < n_kbuiltin; i++)
		if (!strcmp(kbuiltin[i].name, name))
			return xasprintf(
				"%.*s",
				(int)(kbuiltin[i].end - kbuiltin[i].text),
				kbuiltin[i].text);
	return NULL;
}
