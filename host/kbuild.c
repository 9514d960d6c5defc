// SPDX-License-Identifier: MIT
#include "kbuild.h"

#include "spawn.h"

#include "msg.h"
#include "quote.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20 };

static const struct kbuild_image images[] = {
	{ "x86", "bzImage", "arch/x86/boot/bzImage" },
	{ "arm64", "Image", "arch/arm64/boot/Image" },
};

/* Its words are read, so they shall be in English; and what a make or a shell
 * around us has set is not about this build. */
const char *const kbuild_env[] = { "MAKEFLAGS",
				   "GNUMAKEFLAGS",
				   "MAKEFILES",
				   "MFLAGS",
				   "MAKELEVEL",
				   "MAKEOVERRIDES",
				   "KBUILD_OUTPUT",
				   "KCONFIG_CONFIG",
				   "KCONFIG_ALLCONFIG",
				   "KBUILD_EXTMOD",
				   "M",
				   "KBUILD_VERBOSE",
				   "ARCH",
				   "LANGUAGE",
				   "LC_ALL",
				   "LC_MESSAGES=C",
				   NULL };

const struct kbuild_image *kbuild_image(const struct karch *arch)
{
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
		if (!strcmp(images[i].srcdir, arch->srcdir))
			return &images[i];
	return NULL;
}

/* A language changes no file, and nearly everybody has set one. */
void kbuild_unset(struct strv *out)
{
	for (size_t i = 0; kbuild_env[i]; i++) {
		const char *name = kbuild_env[i];

		if (!strncmp(name, "L", 1) || !getenv(name))
			continue;
		if (!out->n)
			strv_push(out, "env");
		strv_pushl(out, "-u", name, NULL);
	}
}

void kbuild_argv(const struct kbuild_spec *spec, struct strv *out)
{
	const struct kbuild_image *image = kbuild_image(spec->arch);

	strv_pushl(out, "make", "-C", spec->src, NULL);
	if (spec->out)
		strv_pushf(out, "O=%s", spec->out);
	/* Each step's words together, so that one can tell whose they are. */
	strv_push(out, "--output-sync");
	if (spec->keep_going)
		strv_push(out, "-k");
	strv_pushf(out, "-j%u", spec->jobs);
	/* The kernel's make knows this machine's own by itself. */
	if (spec->name_arch || spec->arch != karch_find(NULL))
		strv_pushf(out, "ARCH=%s", spec->arch->srcdir);
	if (spec->cc)
		strv_pushf(out, "CC=%s", spec->cc);
	for (size_t i = 0; i < spec->vars->n; i++)
		strv_push(out, spec->vars->v[i]);
	strv_push(out, image->goal);
	if (spec->modules)
		strv_push(out, "modules");
	if (spec->gdb)
		strv_push(out, "scripts_gdb");
}

bool kbuild_is_ccache(const char *name)
{
	char *path = spawn_which(name), *real, *slash;
	bool is;

	real = path ? realpath(path, NULL) : NULL;
	slash = real ? strrchr(real, '/') : NULL;
	is = slash && !strcmp(slash + 1, "ccache");
	free(path);
	free(real);
	return is;
}

char *kbuild_cc(const char *cc, const char *llvm, const char *cross,
		bool ccache)
{
	if (!ccache || cc || (llvm && *llvm && strcmp(llvm, "0") != 0))
		return NULL;
	return xasprintf("ccache %sgcc", cross ? cross : "");
}

unsigned int kbuild_jobs(void)
{
	cpu_set_t set;
	int n;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		n = (int)sysconf(_SC_NPROCESSORS_ONLN);
	else
		n = CPU_COUNT(&set);
	return n > 0 ? (unsigned int)n : 1;
}

/* --- the end ------------------------------------------------------------------ */

static void add_file(struct buf *out, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct stat st;

	if (!stat(path, &st))
		buf_addf(out, "%s%s %.1f MiB", out->n ? ", " : "", path,
			 (double)st.st_size / (1 << 20));
	free(path);
}

static size_t count_modules(const char *dir)
{
	char *path = xasprintf("%s/modules.order", dir);
	struct buf text = { 0 };
	size_t n = 0;

	if (!read_file(path, &text, FILE_MAX))
		for (size_t i = 0; i < text.n; i++)
			n += text.p[i] == '\n';
	buf_free(&text);
	free(path);
	return n;
}

static void tell_objects(const struct kbuild_sum *s)
{
	struct buf list = { 0 };

	if (!s->keep || !s->keep->n)
		return;
	for (size_t i = 0; i < s->keep->n; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", s->keep->v[i]);
	msg_info("built at -O2, as they cannot be at -O%c: %s", s->level,
		 list.p);
	buf_free(&list);
}

void kbuild_tell(const struct kbuild_sum *s)
{
	unsigned int t = (unsigned int)(s->seconds + 0.5);
	struct buf what = { 0 }, next = { 0 };
	struct strv run = { 0 };

	add_file(&what, s->out, s->image->path);
	add_file(&what, s->out, "vmlinux");
	if (s->modules)
		buf_addf(&what, ", modules: %zu", count_modules(s->out));
	if (s->changed)
		msg_info("%s, in %u:%02u min", what.p, t / 60, t % 60);
	else
		msg_info("%s: nothing had changed, nothing was built", what.p);
	tell_objects(s);
	if (s->warnings)
		msg_info("%zu warnings are in %s/" KBUILD_LOG, s->warnings,
			 s->out);
	strv_pushl(&run, "bootlet", "run", "-k", s->out, NULL);
	quote_line(&next, &run);
	next.p[next.n - 1] = '\0';
	msg_info("now: %s", next.p);
	strv_free(&run);
	buf_free(&what);
	buf_free(&next);
}
