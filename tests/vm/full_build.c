// SPDX-License-Identifier: MIT
/* Kernels that `bootlet build` made: as they are by default, and at -O1. */
#include "source.h"
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two builds, and the wait for those of others. */
#define TCASE_S 6000

/* A few objects, and all that is linked of them. */
#define AGAIN_S 600

/* What gcc was told, from the debug info of an object. */
static bool built_with(const char *tree, const char *object, const char *level)
{
	struct ran r;
	bool is;

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-ec",
			"readelf --debug-dump=info --dwarf-depth=1 \"$1\" | "
			"grep DW_AT_producer | grep -o ' -O[0-9s]*' | tail -n 1",
			"sh", vm_fmt("%s/%s", tree, object)));
	ck_code(&r, 0);
	is = !strncmp(r.out.p + 1, level, strlen(level)) &&
	     r.out.p[1 + strlen(level)] == '\n';
	ran_free(&r);
	return is;
}

static void holds_and_boots(const char *tree)
{
	struct ran r;

	vm_host(&r, "config", "check", tree, BUILT);
	ck_code(&r, 0);
	ran_free(&r);
	vm_host(&r, "run", "-k", tree, "--accel", "tcg", "--net", "user", "--",
		"sh", "-c", "uname -r; ifconfig eth0; lsmod; exit 7");
	ck_code(&r, 7);
	ck_has(r.out, "6.1.");
	ck_has(r.out, "10.0.2.15");
	ck_has(r.out, "e1000");
	ran_free(&r);
}

/* What bootlet build says in a tree that is built; the caller frees. */
static struct text again(const char *tree, const char *optimize)
{
	const char *file = vm_at("said");
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	pid_t pid;
	int code;
	struct text said;

	ck_assert_int_ge(fd, 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), "build", "-k", tree,
			       optimize ? "--optimize" : NULL, optimize),
		       -1, fd, fd);
	code = vm_wait(pid, AGAIN_S);
	close(fd);
	said = vm_slurp(file);
	ck_assert_msg(code == 0, "exit code %d: %.3000s", code, said.p);
	return said;
}

static void nothing_to_do(const char *tree, const char *optimize,
			  const char *kept)
{
	struct text said = again(tree, optimize);

	ck_has(said, "nothing had changed, nothing was built");
	if (kept)
		ck_has(said, kept);
	free(said.p);
}

static void remove_object(const char *tree, const char *object)
{
	ck_assert_msg(!unlink(vm_fmt("%s/%s", tree, object)), "%s: %s", object,
		      strerror(errno));
}

static void remove_objects(const char *tree, const char *objects)
{
	char *list = strdup(objects), *save = NULL;

	for (char *o = strtok_r(list, ", ", &save); o;
	     o = strtok_r(NULL, ", ", &save))
		remove_object(tree, o);
	free(list);
}

static void build_the_rest(const char *tree, const char *optimize)
{
	struct text said = again(tree, optimize);

	ck_hasnt(said, "nothing had changed");
	free(said.p);
}

START_TEST(plain)
{
	char *tree = source_built(NULL);

	source_lock(true);
	holds_and_boots(tree);
	ck_assert(built_with(tree, "fs/eventpoll.o", "-O2"));
	nothing_to_do(tree, NULL, NULL);
	/* Whatever the cache had, this bootlet builds, too. */
	remove_object(tree, "fs/eventpoll.o");
	build_the_rest(tree, NULL);
	ck_assert(built_with(tree, "fs/eventpoll.o", "-O2"));
	nothing_to_do(tree, NULL, NULL);
	free(tree);
	vm_nothing_left(2);
}
END_TEST

/* The line of what was kept at -O2, and its objects; both are the caller's. */
static char *kept_line(const char *tree, char **objects)
{
	static const char begin[] = "built at -O2, as they cannot be at -O1: ";
	struct text said = vm_slurp(vm_fmt("%s/said", tree));
	char *line = strstr(said.p, begin);

	line = line ? strndup(line, strcspn(line, "\n")) : strdup("");
	ck_assert_ptr_nonnull(line);
	*objects = strdup(*line ? line + sizeof(begin) - 1 : line);
	ck_assert_ptr_nonnull(*objects);
	free(said.p);
	return line;
}

/* What compilers cannot do differs; of this one it is known. */
static void known_compiler(const char *line)
{
	struct ran r;

	vm_exec(&r, NULL, 0, VM_ARGV("gcc", "-dumpversion"));
	ck_code(&r, 0);
	if (!strcmp(r.out.p, "12\n")) {
		ck_assert_ptr_nonnull(strstr(line, "mm/shmem.o"));
		ck_assert_ptr_nonnull(
			strstr(line, "arch/x86/kernel/fpu/signal.o"));
	}
	ran_free(&r);
}

static void are_levels(const char *tree, const char *objects)
{
	char *list = strdup(objects), *save = NULL;

	ck_assert(built_with(tree, "fs/eventpoll.o", "-O1"));
	ck_assert(built_with(tree, "net/ipv4/tcp_input.o", "-O1"));
	/* Only the one that needs it, not all of that name. */
	ck_assert(built_with(tree, "kernel/signal.o", "-O1"));
	for (char *o = strtok_r(list, ", ", &save); o;
	     o = strtok_r(NULL, ", ", &save))
		ck_assert_msg(built_with(tree, o, "-O2"), "%s", o);
	free(list);
}

START_TEST(optimize_1)
{
	char *tree = source_built("1"), *objects, *line;

	source_lock(true);
	line = kept_line(tree, &objects);
	holds_and_boots(tree);
	known_compiler(line);
	are_levels(tree, objects);
	nothing_to_do(tree, "1", line);
	remove_object(tree, "fs/eventpoll.o");
	remove_object(tree, "kernel/signal.o");
	remove_objects(tree, objects);
	build_the_rest(tree, "1");
	are_levels(tree, objects);
	nothing_to_do(tree, "1", line);
	free(objects);
	free(line);
	free(tree);
	vm_nothing_left(2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("build");
	TCase *t = tcase_create("6.1");

	tcase_set_timeout(t, TCASE_S);
	tcase_add_test(t, plain);
	tcase_add_test(t, optimize_1);
	suite_add_tcase(s, t);
	return s;
}
