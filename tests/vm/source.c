// SPDX-License-Identifier: MIT
/* Linked with the host's modules: it needs the packages of other releases. */
#include "source.h"

#include "vm.h"

#include "host/apt.h"
#include "host/cache.h"
#include "host/fetch.h"
#include "host/str.h"

#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two processors, and others who want them too. */
#define BUILD_S 2400

char *source_archive(const char *suite)
{
	static const char *const packages[] = { "linux-source", NULL };
	static const char *const parts[] = { "linux-source-", NULL };
	char *name = xasprintf("sources/%s", suite), *pattern;
	char *dir = cache_lookup(name);
	struct cache_stage st;
	struct apt_host h;
	glob_t found;

	if (!dir) {
		struct fetch f = { .host = &h,
				   .suite = suite,
				   .packages = packages,
				   .parts = parts };

		apt_host_read(&h);
		ck_assert_int_eq(cache_stage(name, &st), 0);
		f.dir = st.dir;
		ck_assert_int_eq(fetch_run(&f), 0);
		ck_assert_int_eq(cache_commit(&st, name), 0);
		free(f.got);
		apt_host_free(&h);
		dir = cache_lookup(name);
	}
	ck_assert_ptr_nonnull(dir);
	pattern = xasprintf("%s/usr/src/linux-source-*.tar.xz", dir);
	ck_assert_msg(!glob(pattern, 0, NULL, &found), "%s", pattern);
	free(dir);
	free(name);
	free(pattern);
	dir = xstrdup(found.gl_pathv[0]);
	globfree(&found);
	return dir;
}

/* What a build depends on, as a name. */
static char *key_of(const char *archive)
{
	struct ran fragments, key;
	char *name;

	vm_host(&fragments, "config", "print", BUILT);
	ck_code(&fragments, 0);
	vm_exec(&key, fragments.out.p, fragments.out.n,
		VM_ARGV("sh", "-ec",
			"{ cat; sha256sum <\"$1\"; gcc --version | head -n 1; "
			"} | sha256sum | cut -c 1-16 | tr -d '\\n'",
			"sh", archive));
	ck_code(&key, 0);
	ck_assert_uint_eq(key.out.n, 16);
	name = xstrdup(key.out.p);
	ran_free(&fragments);
	ran_free(&key);
	return name;
}

/* The source lies beside what is built from it; others of its kind go. */
static void unpack(const char *top, const char *key, const char *archive)
{
	struct ran r;

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-ec",
			"cd \"$1\"; [ ! -e \"$2/source/ready\" ] || exit 0\n"
			"rm -rf [0-9a-f]*; mkdir -p \"$2/source\"\n"
			"tar -C \"$2/source\" -xf \"$3\" --strip-components=1\n"
			": >\"$2/source/ready\"",
			"sh", top, key, archive));
	ck_code(&r, 0);
	ran_free(&r);
}

/* @words: fragments and options, a NULL behind them. */
static void build(const char *source, const char *out,
		  const char *const words[])
{
	char *said = xasprintf("%s.said", out), *done;
	struct strv argv = { 0 };
	int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int code;
	struct text text;
	struct ran r;

	ck_assert_int_ge(fd, 0);
	vm_exec(&r, NULL, 0, VM_ARGV("rm", "-rf", out));
	ran_free(&r);
	strv_pushl(&argv, vm_bootlet(), "build", "-k", source, "-O", out,
		   "--from", "tinyconfig", NULL);
	for (; *words; words++)
		strv_push(&argv, *words);
	code = vm_wait(vm_spawn((const char *const *)argv.v, -1, fd, fd),
		       BUILD_S);
	strv_free(&argv);
	close(fd);
	text = vm_slurp(said);
	ck_assert_msg(code == 0, "build: exit code %d: %.3000s", code, text.p);
	done = xasprintf("%s/said", out);
	ck_assert_int_eq(rename(said, done), 0);
	free(text.p);
	free(done);
	free(said);
}

/* Held until the test's process ends. */
static int lock_fd = -1;

void source_lock(bool alone)
{
	ck_assert_int_ge(lock_fd, 0);
	ck_assert_int_eq(flock(lock_fd, alone ? LOCK_EX : LOCK_SH), 0);
}

/* What is built of @words stands in the cache as @name; it is valid as long as
 * the source is. */
static char *built_as(const char *name, const char *const words[])
{
	char *archive = source_archive("bookworm"), *key = key_of(archive);
	char *top = cache_path("built"), *lock = xasprintf("%s.lock", top);
	char *source = xasprintf("%s/%s/source", top, key);
	char *out = xasprintf("%s/%s/%s", top, key, name);
	char *said = xasprintf("%s/said", out);
	char *vmlinux = xasprintf("%s/vmlinux", out);

	if (lock_fd < 0)
		lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	/* Another program may be at it. */
	source_lock(false);
	/* Without it, a test that changed the tree was killed. */
	if (access(said, F_OK) < 0 || access(vmlinux, F_OK) < 0) {
		source_lock(true);
		mkdir(top, 0777);
		/* Who waited with us may have built it. */
		if (access(said, F_OK) < 0 || access(vmlinux, F_OK) < 0) {
			unpack(top, key, archive);
			build(source, out, words);
		}
		source_lock(false);
	}
	free(archive);
	free(key);
	free(top);
	free(lock);
	free(source);
	free(said);
	free(vmlinux);
	return out;
}

char *source_built(const char *optimize)
{
	return built_as(vm_fmt("O%s", optimize ? optimize : "2"),
			VM_ARGV(BUILT, optimize ? "--optimize" : NULL,
				optimize));
}

/* Other text is another kernel. */
static uint32_t sum_of(const struct text *t)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < t->n; i++)
		sum = sum * 31 + (unsigned char)t->p[i];
	return sum;
}

char *source_noinitrd(void)
{
	const char *fragment = TOPDIR "/tests/vm/noinitrd.config";
	struct text t = vm_slurp(fragment);
	uint32_t sum = sum_of(&t);

	free(t.p);
	return built_as(vm_fmt("noinitrd-%08x", sum), VM_ARGV(fragment));
}

/* @words: fragments, a NULL behind them. */
static char *built_of(const char *name, const char *const words[])
{
	struct strv argv = { 0 };
	struct ran r;
	uint32_t sum;

	strv_pushl(&argv, vm_bootlet(), "config", "print", NULL);
	for (size_t i = 0; words[i]; i++)
		strv_push(&argv, words[i]);
	vm_exec(&r, NULL, 0, (const char *const *)argv.v);
	ck_code(&r, 0);
	strv_free(&argv);
	sum = sum_of(&r.out);
	ran_free(&r);
	return built_as(vm_fmt("%s-%08x", name, sum), words);
}

char *source_fast(void)
{
	return built_of("fast", VM_ARGV("base", "net", "fast"));
}

char *source_small(void)
{
	return built_of("small", VM_ARGV("base", "net"));
}
