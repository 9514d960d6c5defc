// SPDX-License-Identifier: MIT
#include "fast.h"

#include <string.h>

/*
 * What they save of the boot of Debian's 6.1 on microvm to init's main(), 523
 * ms of icount (nanoseconds, one an instruction), each alone. Of others nothing
 * was left beyond the noise: nowatchdog, audit=0, security=none, lpj=,
 * rcupdate.rcu_expedited=1, 8250.nr_uarts=2, transparent_hugepage=never,
 * cgroup_disable=memory, tsc=reliable, nokaslr (there is none through PVH).
 */
const struct fast_word fast_words[] = {
	/* 335 ms */
	{ "cryptomgr.notests",
	  "the kernel does not test its cryptographic algorithms before it "
	  "offers them" },
	/* 50 ms */
	{ "rodata=off",
	  "the kernel's text and constants stay writable, so that a stray "
	  "write there does damage instead of being caught" },
	/* 2.5 ms, and part of each system call of what runs later */
	{ "mitigations=off",
	  "no mitigation of processor vulnerabilities is compiled in at boot, "
	  "whose faults then are not seen either" },
	/* 1.4 ms, and part of each page that is taken later */
	{ "init_on_alloc=0",
	  "memory is not zeroed when the kernel takes some, so that it behaves "
	  "otherwise where it uses what it has not written" },
	/* 0.3 ms, but 0.1 s of QEMU's time under TCG: a byte is a system call */
	{ FAST_LEVEL,
	  "the console, and with it --log, has warnings and what is worse, "
	  "as far as nothing in the guest lowers the level" },
	{ NULL, NULL },
};

void fast_add(bool level, struct buf *out)
{
	for (size_t i = 0; fast_words[i].word; i++)
		if (level || strcmp(fast_words[i].word, FAST_LEVEL) != 0)
			buf_addf(out, " %s", fast_words[i].word);
}
