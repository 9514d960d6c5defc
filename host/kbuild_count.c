// SPDX-License-Identifier: MIT
#include "kbuild_count.h"

#include "kconfig_map.h"
#include "spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20, TIMEOUT_MS = 20000 };

/*
 * One make for the whole tree, as a process a directory would cost more than
 * what it tells is worth: variables of the directory before are undefined,
 * then the next one's Makefile is read. A name in obj-y that has parts stands
 * for those.
 */
static const char walk[] =
	"BITS := $(if $(CONFIG_64BIT),64,32)\n"
	"objtree := .\n"
	"roots :=\n"
	"define bootlet-load\n"
	"$(foreach v,$(filter-out $(bootlet-base),$(.VARIABLES)),"
	"$(eval undefine $(v)))\n"
	"$(eval obj := $(1))\n"
	"$(eval src := $(1))\n"
	"$(eval -include $(firstword $(wildcard $(srctree)/$(1)/Kbuild "
	"$(srctree)/$(1)/Makefile)))\n"
	"endef\n"
	"bootlet-parts = $($(1:.o=-objs)) $($(1:.o=-y)) "
	"$(if $(2),$($(1:.o=-m)))\n"
	"bootlet-real = $(foreach m,$(filter %.o,$(1)),"
	"$(if $(strip $(call bootlet-parts,$(m),$(2)) $($(m:.o=-))),"
	"$(call bootlet-parts,$(m),$(2)),$(m)))\n"
	"bootlet-say = $(foreach o,$(filter %.o,"
	"$(call bootlet-real,$(obj-y) $(lib-y),) "
	"$(call bootlet-real,$(obj-m) $(lib-m),m)),$(info $(obj)/$(o)))\n"
	"bootlet-walk = $(call bootlet-load,$(1))$(bootlet-say)"
	"$(foreach d,$(sort $(filter %/,$(obj-y) $(obj-m))),"
	"$(call bootlet-walk,$(1)/$(d:/=)))\n"
	"bootlet-base :=\n"
	"bootlet-base := $(.VARIABLES) obj src\n";

static const char begin[] =
	"roots := $(foreach k,obj init core drivers net libs virt,"
	"$($(k)-y) $($(k)-m))\n"
	"$(foreach d,$(filter-out ./ /%,$(filter %/,$(sort $(roots)))),"
	"$(call bootlet-walk,$(d:/=)))\n"
	"$(error end)\n";

/* "core-y += kernel/": of the top there is no more to be had without running
 * the kernel's own make. */
static bool names_dirs(const char *line, size_t len)
{
	static const char *const kinds[] = { "obj-",	"init-", "core-",
					     "net-",	"libs-", "virt-",
					     "drivers-" };
	size_t kind = 0, n = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !n; i++) {
		kind = strlen(kinds[i]);
		if (len > kind && !strncmp(line, kinds[i], kind))
			n = kind;
	}
	while (n && n < len && !strchr(" \t:+=", line[n]))
		n++;
	while (n && n < len && strchr(" \t:+", line[n]))
		n++;
	/* What is computed of the names is for make's rules. */
	return n && n < len && line[n] == '=' &&
	       memchr(line + n, '/', len - n) && line[len - 1] != '\\' &&
	       !memmem(line, len, "patsubst", 8);
}

static void add_dirs(const char *text, struct buf *out)
{
	for (; text && *text;
	     text += strcspn(text, "\n"), text += *text == '\n')
		if (names_dirs(text, strcspn(text, "\n"))) {
			buf_add(out, text, strcspn(text, "\n"));
			buf_addc(out, '\n');
		}
}

void kcount_makefile(const char *top, const char *kbuild, const char *arch,
		     struct buf *out)
{
	buf_adds(out, "$(if $(wildcard .config),,$(error none))\n"
		      "include .config\n");
	buf_adds(out, walk);
	add_dirs(top, out);
	add_dirs(kbuild, out);
	add_dirs(arch, out);
	buf_adds(out, begin);
}

static int read_part(const char *src, const char *name, const char *srcdir,
		     struct buf *text)
{
	char *path = srcdir ? xasprintf("%s/arch/%s/%s", src, srcdir, name) :
			      xasprintf("%s/%s", src, name);
	int err = read_file(path, text, FILE_MAX);

	free(path);
	if (!err)
		buf_addc(text, '\n');
	return err;
}

static void take_lines(char *text, struct strv *out)
{
	struct kmap seen = { 0 };
	struct strv all = { 0 };
	char *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save)) {
		if (kmap_get(&seen, l) != KMAP_NONE)
			continue;
		strv_push(&all, l);
		kmap_put(&seen, all.v[all.n - 1], all.n);
		strv_push(out, l);
	}
	kmap_free(&seen);
	strv_free(&all);
}

static int run(const char *src, const char *dir, const char *srcdir,
	       const char *text, struct strv *out)
{
	static const char *const env[] = { "MAKEFLAGS=", "GNUMAKEFLAGS=",
					   "MFLAGS=",	 "MAKEFILES",
					   "MAKELEVEL=", NULL };
	struct strv argv = { 0 };
	struct buf said = { 0 }, noise = { 0 };
	int status;

	/* No program is run for a $(shell). */
	strv_pushl(&argv, "make", "-rR", "-f", "/dev/null", "SHELL=/bin/true",
		   NULL);
	strv_pushf(&argv, "srctree=%s", src);
	strv_pushf(&argv, "SRCARCH=%s", srcdir);
	strv_pushf(&argv, "ARCH=%s", srcdir);
	strv_pushf(&argv, "--eval=%s", text);
	status = spawn_run(&(struct spawn){ .cwd = dir,
					    .out = &said,
					    .err = &noise,
					    .env = env,
					    .timeout_ms = TIMEOUT_MS },
			   &argv);
	/* Its end is an error of its own making. */
	if (status >= 0 && (!noise.p || !strstr(noise.p, "*** end.")))
		status = -EINVAL;
	if (status >= 0 && said.p)
		take_lines(said.p, out);
	buf_free(&said);
	buf_free(&noise);
	strv_free(&argv);
	return status < 0 ? status : 0;
}

int kcount_objects(const char *src, const char *dir, const char *srcdir,
		   struct strv *out)
{
	struct buf top = { 0 }, kbuild = { 0 }, arch = { 0 }, text = { 0 };
	int err = read_part(src, "Makefile", NULL, &top);

	if (!err)
		err = read_part(src, "Kbuild", NULL, &kbuild);
	if (!err)
		err = read_part(src, "Makefile", srcdir, &arch);
	if (!err) {
		kcount_makefile(top.p, kbuild.p, arch.p, &text);
		err = run(src, dir, srcdir, text.p, out);
	}
	buf_free(&top);
	buf_free(&kbuild);
	buf_free(&arch);
	buf_free(&text);
	return err;
}
