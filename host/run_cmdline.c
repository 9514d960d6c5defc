// SPDX-License-Identifier: MIT
#include "run_cmdline.h"

#include "accel.h"
#include "qemu.h"
#include "tsc.h"
#include "tty.h"

#include <stdlib.h>
#include <string.h>

/* "debug_pagealloc=on" is not "debug". */
static bool is_level(const char *word)
{
	static const char *const flags[] = { "quiet", "debug",
					     "ignore_loglevel" };
	size_t len = strcspn(word, " ");

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (len == strlen(flags[i]) && !strncmp(word, flags[i], len))
			return true;
	return !strncmp(word, "loglevel=", strlen("loglevel="));
}

/* Whether the user has said how much of the kernel the console gets. */
static bool has_level(const struct strv *append)
{
	for (size_t i = 0; i < append->n; i++)
		for (const char *p = append->v[i]; *p; p += strcspn(p, " ")) {
			p += strspn(p, " ");
			if (is_level(p))
				return true;
		}
	return false;
}

/* Before QEMU is asked: KVM may yet be tried where nothing is known. */
static bool is_tcg(const struct run_spec *spec)
{
	const char *why;
	enum accel_kvm known;

	if (spec->accel != RUN_AUTO)
		return spec->accel == RUN_TCG;
	known = accel_kvm(&why);
	return known == ACCEL_KVM_NONE || known == ACCEL_KVM_BAD;
}

char *run_cmdline(const struct run_spec *spec, const char *ip)
{
	struct qemu_cmdline c = {
		.port = spec->channel->list,
		.ip = ip,
		.net_background = spec->net.background,
		.gdb = spec->gdb.on,
		.warm = warm_word(&spec->warm, spec->files.root),
		/* A test that lowers it would hide what it has broken. */
		.loud = spec->command && !has_level(&spec->append),
		.initcalls = spec->chart != NULL,
		.fast = spec->start.fast,
		.append = &spec->append,
	};

	c.machine = machine_of(spec->machine)->words;
	if (spec->cpus == 1 && is_tcg(spec))
		c.fast_machine = machine_of(spec->machine)->fast;
	if (machine_of(spec->machine)->needs_tsc)
		c.tsc_khz = spec->icount.on ? ICOUNT_TSC_KHZ : tsc_khz();
	/* A state may go on at any terminal. */
	if (!spec->warm.on && !spec->command && tty_size(&c.rows, &c.cols))
		c.term = getenv("TERM");
	/* Not a word that the kernel would read as it stands. */
	if (c.term && c.term[strcspn(c.term, " \t\"\n")])
		c.term = NULL;
	return qemu_cmdline(&c);
}
