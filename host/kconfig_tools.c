// SPDX-License-Identifier: MIT
#include "kconfig_tools.h"

#include "msg.h"
#include "spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A row is needed for @use, where @config has one of @symbols (NULL: always).
 * @header: looked for instead of a program. */
static const struct ktool {
	const char *name, *header, *package, *symbols;
	enum ktool_use use;
} tools[] = {
	{ "make", NULL, "make", NULL, KTOOL_CONFIG },
	{ "gcc", NULL, "gcc", NULL, KTOOL_CONFIG },
	{ "ld", NULL, "binutils", NULL, KTOOL_CONFIG },
	{ "flex", NULL, "flex", NULL, KTOOL_CONFIG },
	{ "bison", NULL, "bison", NULL, KTOOL_CONFIG },
	{ "libc's headers", "stdio.h", "libc6-dev", NULL, KTOOL_CONFIG },
	{ "bc", NULL, "bc", NULL, KTOOL_BUILD },
	{ "perl", NULL, "perl", NULL, KTOOL_BUILD },
	{ "libelf's headers", "gelf.h", "libelf-dev",
	  "OBJTOOL STACK_VALIDATION UNWINDER_ORC DEBUG_INFO_BTF", KTOOL_BUILD },
	{ "OpenSSL's headers", "openssl/bio.h", "libssl-dev",
	  "MODULE_SIG SYSTEM_TRUSTED_KEYRING", KTOOL_BUILD },
	{ "gzip", NULL, "gzip", "KERNEL_GZIP", KTOOL_BUILD },
	{ "xz", NULL, "xz-utils", "KERNEL_XZ", KTOOL_BUILD },
	{ "bzip2", NULL, "bzip2", "KERNEL_BZIP2", KTOOL_BUILD },
	{ "lzop", NULL, "lzop", "KERNEL_LZO", KTOOL_BUILD },
	{ "lz4", NULL, "lz4", "KERNEL_LZ4", KTOOL_BUILD },
	{ "zstd", NULL, "zstd", "KERNEL_ZSTD", KTOOL_BUILD },
	{ "pahole", NULL, "pahole", "DEBUG_INFO_BTF", KTOOL_BUILD },
};

/* The compiler that kbuild would run, from what the user has exported. */
static const char *program(const struct ktool *t)
{
	const char *llvm = getenv("LLVM"), *host = getenv("HOSTCC");
	bool clang = llvm && *llvm && strcmp(llvm, "0") != 0;

	if (!strcmp(t->name, "gcc"))
		return clang ? "clang" : host && *host ? host : t->name;
	if (!strcmp(t->name, "ld"))
		return clang ? "ld.lld" : t->name;
	return t->name;
}

static bool has_program(const char *name)
{
	/* "ccache gcc": the first word is what is run. */
	char *word = xasprintf("%.*s", (int)strcspn(name, " "), name);
	char *path = strchr(word, '/') ? xstrdup(word) : spawn_which(word);
	bool has = path && !access(path, X_OK);

	free(path);
	free(word);
	return has;
}

/* Where a compiler looks depends on itself, so it is asked. */
static bool has_header(const char *cc, const char *header)
{
	struct strv argv = { 0 };
	struct buf out = { 0 };
	bool has;

	strv_pushl(&argv, cc, "-E", "-x", "c", "-include", header, "/dev/null",
		   NULL);
	has = spawn_run(&(struct spawn){ .out = &out, .err = &out }, &argv) ==
	      0;
	buf_free(&out);
	strv_free(&argv);
	return has;
}

static bool has_tool(const struct ktool *t)
{
	const char *cc = program(&tools[1]);

	if (!t->header)
		return has_program(program(t));
	/* Without a compiler nobody knows; that is a row of its own. */
	return strchr(cc, ' ') || !has_program(cc) || has_header(cc, t->header);
}

static bool is_needed(const struct ktool *t, enum ktool_use use,
		      const struct kconfig *config)
{
	char *words, *save = NULL;
	bool needed = false;

	if (t->use > use)
		return false;
	if (!t->symbols)
		return true;
	words = xstrdup(t->symbols);
	for (char *w = strtok_r(words, " ", &save); w && config;
	     w = strtok_r(NULL, " ", &save))
		needed |= kconfig_tri(config, w) == 2;
	free(words);
	return needed;
}

void ktools_missing(enum ktool_use use, const struct kconfig *config,
		    struct strv *what, struct strv *packages)
{
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		const struct ktool *t = &tools[i];

		if (!is_needed(t, use, config) || has_tool(t))
			continue;
		strv_push(what, t->header ? t->name : program(t));
		if (!strv_has(packages, t->package))
			strv_push(packages, t->package);
	}
}

static char *words_of(const struct strv *v, const char *between)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < v->n; i++)
		buf_addf(&b, "%s%s", i ? between : "", v->v[i]);
	return b.p;
}

int ktools_require(enum ktool_use use, const struct kconfig *config)
{
	struct strv what = { 0 }, packages = { 0 };
	char *names, *list;

	ktools_missing(use, config, &what, &packages);
	if (!what.n)
		return 0;
	names = words_of(&what, ", ");
	list = words_of(&packages, " ");
	msg_error("%s: not installed, and the kernel's make needs %s; on "
		  "Debian: apt-get install %s",
		  names, what.n > 1 ? "them" : "it", list);
	free(names);
	free(list);
	strv_free(&what);
	strv_free(&packages);
	return -ENOENT;
}
