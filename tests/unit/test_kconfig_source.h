/* SPDX-License-Identifier: MIT */
/* A small kernel's source, for tests that read one. */
#ifndef BOOTLET_TESTS_KCONFIG_SOURCE_H
#define BOOTLET_TESTS_KCONFIG_SOURCE_H

#include "scratch.h"

static const char makefile[] = "# SPDX\nVERSION = 6\nPATCHLEVEL = 1\n"
			       "SUBLEVEL = 7\nEXTRAVERSION =\nNAME = x\n";

/* Each construct of the language once, as real kernels use it. */
static const char top[] =
	"mainmenu \"Linux/$(ARCH) $(KERNELVERSION) Kernel Configuration\"\n"
	"cc-option = $(success,$(CC) $(1) -c -x c /dev/null)\n"
	"$(error-if,$(failure,command -v $(CC)),no compiler)\n"
	"source \"arch/$(SRCARCH)/Kconfig\"\n"
	"config MODULES\n\tbool \"Modules\"\n\tmodules\n\thelp\n"
	"\t  Not an entry:\n\n\t  config NOT_ME\n\t  endmenu\n"
	"config DEBUG_KERNEL\n\tbool \"Debugging\"\n"
	"menu \"Hidden\"\n\tvisible if DEBUG_KERNEL\n"
	"config SHY\n\tbool \"Shy\"\nendmenu\n"
	"config DEBUG_INFO\n\tbool\n"
	"choice\n\tprompt \"Debug information\"\n\tdepends on DEBUG_KERNEL\n"
	"\tdefault DEBUG_INFO_NONE\n"
	"config DEBUG_INFO_NONE\n\tbool \"none\"\n"
	"config DEBUG_INFO_DWARF5\n\tbool \"5\"\n\tselect DEBUG_INFO\n"
	"config DEBUG_INFO_DWARF4\n\tbool \"4\"\n\tselect DEBUG_INFO\n"
	"endchoice\n"
	"source \"net/Kconfig\"\n"
	"config HAS_FLAG\n\tdef_bool $(cc-option,-fflag) && 64BIT\n"
	"config FLAGGED\n\tbool \"flagged\"\n\tdepends on HAS_FLAG\n"
	"config LIB\n\ttristate\n"
	"config USER\n\ttristate \"user\"\n\tselect LIB if 64BIT\n"
	"config VERSION_NO\n\tint\n\tdefault 120200\n"
	"config NEW_ONLY\n\tbool \"new\"\n"
	"\tdepends on VERSION_NO >= 130000\n"
	"config WORDS\n\tstring \"words\"\n"
	"config A_OR_B\n\tbool \"aob\"\n"
	"\tdepends on (NET && PCI && DEBUG_KERNEL) || \\\n"
	"\t\tUSER || !64BIT\n"
	"config LATE\n\tbool \"late\"\n\tselect LIB\n\tdepends on MODULES\n"
	"config OPTIONAL\n\tbool \"optional\"\n\tdepends on PCI if NET\n"
	"config LOOP_A\n\tbool \"a\"\n\tdepends on LOOP_B\n"
	"config LOOP_B\n\tbool \"b\"\n\tdepends on LOOP_A\n"
	"config ODD\n\tbool \"it's \\\"odd\\\" # here\"\n";

static const char net[] =
	"menuconfig NET\n\tbool \"Networking\"\n"
	"if NET\n"
	"config NETDEVICES\n\tbool \"devices\"\n"
	"if NETDEVICES\n"
	"config ETHERNET\n\tbool \"ethernet\"\n\tdefault y\n"
	"config E1000\n\ttristate \"E1000\"\n\tdepends on PCI && ETHERNET\n"
	"endif\n"
	"endif\n";

static const char arch[] = "config 64BIT\n\tbool \"64\" if \"$(ARCH)\" = "
			   "\"x86\"\n\tdefault \"$(ARCH)\" != \"i386\"\n"
			   "config PCI\n\tbool \"PCI\"\n";

/* In k/ of the test's directory. */
static inline void tree_make(void)
{
	put_text("k/Makefile", makefile);
	put_text("k/Kconfig", top);
	put_text("k/net/Kconfig", net);
	put_text("k/arch/x86/Kconfig", arch);
}

#endif
