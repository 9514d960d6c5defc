// SPDX-License-Identifier: MIT
/*
 * config apply, with a make that is a script of ours: what is written where,
 * and that nothing else is. Real kernels are tests/vm/full_kconfig.c's.
 */
#include "host/kconfig_apply.h"
#include "host/kconfig_shadow.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define OLD "# Linux/x86 6.1.7 Kernel Configuration\nCONFIG_OLD=y\n"

/* Writes where the kernel's own make does; MODE says how it ends. */
static const char make_script[] =
	"#!/bin/sh\n"
	"for t; do :; done\n"
	"echo \"$* / $MAKEFLAGS\" >>\"$LOG\"\n"
	"[ -z \"$KCONFIG_ALLCONFIG\" ] || exit 9\n"
	"mkdir -p include/config scripts/kconfig && : >scripts/kconfig/conf &&\n"
	"	: >include/config/auto.conf && : >scripts/basic/fixdep || exit 8\n"
	"case $t in\n"
	"tinyconfig) printf 'CONFIG_TINY=y\\n' >.config;;\n"
	"olddefconfig)\n"
	"	case $MODE in\n"
	"	fail) echo 'first words'; echo '*** broken Kconfig' >&2\n"
	"		echo 'make: *** Error 2' >&2; exit 2;;\n"
	"	hang) sleep 60;;\n"
	"	drop) grep -v CONFIG_WANT .config >x; mv x .config;;\n"
	"	esac\n"
	"	echo CONFIG_COMPLETE=y >>.config;;\n"
	"*) exit 7;;\n"
	"esac\n";

static struct kfrags wants, known;
static struct strv vars;
static struct kapply_spec spec;
static struct kapply a;
static char *old_path;

static void tool(const char *name, const char *script)
{
	char *path = xasprintf("bin/%s", name);

	put_script(path, script);
	free(path);
}

static void begin(void)
{
	char *path;

	scratch_make();
	put_text("k/Makefile", "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 7\n");
	put_text("k/Kconfig", "config WANT\n\tbool \"want\"\n"
			      "config TINY\n\tbool \"tiny\"\n");
	put_text("k/scripts/basic/fixdep.c", "");
	put_text("k/scripts/kconfig/conf.c", "");
	put_text("k/scripts/kconfig/conf.o", "stale");
	put_text("k/include/linux/a.h", "");
	put_text("want.config", "CONFIG_WANT=y\n");
	tool("make", make_script);
	tool("gcc", "#!/bin/sh\nexit 0\n");
	tool("ld", "#!/bin/sh\n");
	tool("flex", "#!/bin/sh\n");
	tool("bison", "#!/bin/sh\n");
	ck_assert_int_eq(mkdir(at("tmp"), 0700), 0);
	old_path = xstrdup(getenv("PATH"));
	path = xasprintf("%s/bin:%s", scratch, old_path);
	setenv("PATH", path, 1);
	setenv("LOG", at("log"), 1);
	setenv("TMPDIR", at("tmp"), 1);
	setenv("MAKEFLAGS", "-j9 --jobserver-auth=8,9", 1);
	setenv("KCONFIG_ALLCONFIG", "1", 1);
	unsetenv("KBUILD_OUTPUT");
	unsetenv("LLVM");
	unsetenv("HOSTCC");
	free(path);
	ck_assert_int_eq(kbuiltin_load(&known), 0);
	ck_assert_int_eq(kfrags_add(&wants, at("want.config"), NULL), 0);
	ck_assert_int_eq(kfrags_merge(&wants), 0);
	spec = (struct kapply_spec){
		.arch = karch_find("x86_64"),
		.wants = &wants,
		.known = &known,
		.vars = &vars,
	};
}

static void end(void)
{
	kapply_free(&a);
	ktree_at_free(&spec.at);
	kfrags_free(&wants);
	kfrags_free(&known);
	strv_free(&vars);
	setenv("PATH", old_path, 1);
	free(old_path);
	scratch_remove();
}

static char *output(const char *cmd)
{
	char *line = xasprintf("cd %s && { %s; } 2>&1", scratch, cmd);
	FILE *p = popen(line, "r");
	struct buf b = { 0 };
	int c;

	ck_assert_ptr_nonnull(p);
	while ((c = getc(p)) != EOF)
		buf_addc(&b, (char)c);
	pclose(p);
	free(line);
	return b.p ? b.p : xstrdup("");
}

static void ck_output(const char *cmd, const char *want)
{
	char *got = output(cmd);

	ck_assert_str_eq(got, want);
	free(got);
}

/* Names, sizes, bytes and times of all that lies in the tree. */
#define STATE \
	"find k -printf '%p %y %s %T@ %C@\\n' | sort; cat $(find k -type f | sort)"

static int apply(const char *out)
{
	ck_assert_int_eq(ktree_locate(at("k"), out, &spec.at), 0);
	return kapply_run(&spec, &a);
}

static bool tmp_is_empty(void)
{
	char *names = output("ls tmp");
	bool empty = !*names;

	free(names);
	return empty;
}

START_TEST(fresh_tree)
{
	ck_assert_int_eq(apply(NULL), 0);
	ck_assert(a.written);
	ck_assert_ptr_null(a.kept);
	ck_assert_str_eq(a.from, "tinyconfig");
	ck_output("cat k/.config",
		  "CONFIG_TINY=y\nCONFIG_WANT=y\nCONFIG_COMPLETE=y\n");
	/* Nothing but that: no program, no include/config. */
	ck_output("cd k; find . -type f | sort",
		  "./.config\n./Kconfig\n./Makefile\n./include/linux/a.h\n"
		  "./scripts/basic/fixdep.c\n./scripts/kconfig/conf.c\n"
		  "./scripts/kconfig/conf.o\n");
	ck_assert(tmp_is_empty());
	/* A make around us does not reach the kernel's. */
	ck_output("grep -c -e --jobserver log", "0\n");
}
END_TEST

START_TEST(current_is_kept)
{
	put_text("k/.config", OLD);
	put_text("k/.config.old-1", "mine");
	ck_assert_int_eq(apply(NULL), 0);
	ck_assert_str_eq(a.from, "current");
	ck_assert_str_eq(a.kept, at("k/.config.old-2"));
	ck_output("cat k/.config", OLD "CONFIG_WANT=y\nCONFIG_COMPLETE=y\n");
	ck_output("cat k/.config.old-2", OLD);
	ck_output("cat k/.config.old-1", "mine");
}
END_TEST

/* What is right already is not touched: nothing is built anew. */
START_TEST(twice_is_once)
{
	char *before, *after;

	put_text("k/.config", "CONFIG_COMPLETE=y\nCONFIG_WANT=y\n");
	tool("make", "#!/bin/sh\n");
	before = output(STATE);
	ck_assert_int_eq(apply(NULL), 0);
	ck_assert(!a.written);
	ck_assert_ptr_null(a.kept);
	after = output(STATE);
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

static const struct {
	const char *mode, *says;
	int err;
} failures[] = {
	{ "fail", "make olddefconfig failed: broken Kconfig", -EIO },
	{ "drop", "", -ENODATA },
};

START_TEST(failure_leaves_all_as_it_was)
{
	char *before, *after;

	put_text("k/.config", OLD);
	setenv("MODE", failures[_i].mode, 1);
	before = output(STATE);
	said_begin();
	ck_assert_int_eq(apply(NULL), failures[_i].err);
	ck_assert_said(failures[_i].says);
	ck_assert_int_eq(said_lines(), *failures[_i].says ? 1 : 0);
	after = output(STATE);
	ck_assert_str_eq(before, after);
	ck_assert(tmp_is_empty());
	free(before);
	free(after);
}
END_TEST

START_TEST(missing_symbol_is_told)
{
	setenv("MODE", "drop", 1);
	ck_assert_int_eq(apply(NULL), -ENODATA);
	ck_assert_uint_eq(a.check.count[KSTATE_MISSING], 1);
	ck_assert_ptr_null(a.path);
	ck_assert_int_eq(access(at("k/.config"), F_OK), -1);
	kapply_free(&a);
	ktree_at_free(&spec.at);
	spec.force = true;
	ck_assert_int_eq(apply(NULL), -ENODATA);
	ck_assert(a.written);
	ck_output("cat k/.config", "CONFIG_TINY=y\nCONFIG_COMPLETE=y\n");
}
END_TEST

START_TEST(output_directory)
{
	char *before = output(STATE), *after;

	spec.from = "tinyconfig";
	ck_assert_int_eq(apply(at("o'ut dir")), 0);
	ck_output("cat \"o'ut dir/.config\"",
		  "CONFIG_TINY=y\nCONFIG_WANT=y\nCONFIG_COMPLETE=y\n");
	after = output(STATE);
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

/* A build directory knows its source; KBUILD_OUTPUT names one. */
START_TEST(located)
{
	struct ktree_at l;

	ck_assert_int_eq(mkdir(at("o"), 0700), 0);
	ck_assert_int_eq(symlink(at("k"), at("o/source")), 0);
	ck_assert_int_eq(ktree_locate(at("o"), NULL, &l), 0);
	ck_assert_str_eq(l.src, at("k"));
	ck_assert_str_eq(l.out, at("o"));
	ktree_at_free(&l);
	setenv("KBUILD_OUTPUT", "../b", 1);
	ck_assert_int_eq(ktree_locate(at("k"), NULL, &l), 0);
	ck_assert_str_eq(l.out, at("k/../b"));
	ktree_at_free(&l);
	ck_assert_int_eq(ktree_locate(at("k"), "x", &l), 0);
	ck_assert_str_eq(l.out, "x");
	ktree_at_free(&l);
	said_begin();
	ck_assert_int_eq(ktree_locate(at("bin"), NULL, &l), -ENOEXEC);
	ck_assert_said("not a kernel's source");
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

START_TEST(no_current)
{
	spec.from = "current";
	said_begin();
	ck_assert_int_eq(apply(NULL), -ENOENT);
	ck_assert_said("choose another with --from");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert(tmp_is_empty());
}
END_TEST

START_TEST(variables_reach_make)
{
	strv_push(&vars, "CC=my cc");
	ck_assert_int_eq(apply(NULL), 0);
	ck_output("grep -c 'CC=my cc' log", "2\n");
}
END_TEST

/* A disk that is full, as far as a limit can play one. */
START_TEST(no_room)
{
	struct rlimit small = { 20, RLIM_INFINITY }, was;
	struct buf text = { 0 };

	put_text("k/.config", OLD);
	buf_adds(&text, "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\n");
	signal(SIGXFSZ, SIG_IGN);
	said_begin();
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	/* The message itself would be too much for the file it goes to. */
	ck_assert_int_eq(dup2(open("/dev/null", O_WRONLY), 2), 2);
	ck_assert_int_eq(kapply_install(at("k"), &text, &a), -EFBIG);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
	ck_assert(!a.written);
	ck_assert_ptr_null(a.kept);
	ck_output("ls -A k; cat k/.config",
		  ".config\nKconfig\nMakefile\ninclude\nscripts\n" OLD);
	buf_free(&text);
}
END_TEST

static const struct {
	const char *make_dir, *out;
} unwritable[] = {
	{ "k/.config", "k" }, /* a directory by that name */
	{ NULL, "no/such/parent" },
};

START_TEST(cannot_be_written)
{
	struct buf text = { 0 };

	if (unwritable[_i].make_dir)
		ck_assert_int_eq(mkdir(at(unwritable[_i].make_dir), 0700), 0);
	buf_adds(&text, "CONFIG_A=y\n");
	said_begin();
	ck_assert_int_lt(kapply_install(at(unwritable[_i].out), &text, &a), 0);
	ck_assert_int_eq(said_lines(), 1);
	buf_free(&text);
}
END_TEST

/* However it ends, nothing of it stays. */
START_TEST(killed)
{
	char *before, *after;
	pid_t pid;

	put_text("k/.config", OLD);
	setenv("MODE", "hang", 1);
	before = output(STATE);
	pid = fork();
	if (!pid) {
		/* libcheck's own handler would end the test. */
		signal(SIGTERM, SIG_DFL);
		apply(NULL);
		_exit(0);
	}
	for (int i = 0; i < 200 && access(at("log"), F_OK); i++)
		poll(NULL, 0, 50);
	ck_assert(!tmp_is_empty());
	ck_assert_int_eq(kill(pid, _i ? SIGTERM : SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	for (int i = 0; i < 100 && !tmp_is_empty(); i++)
		poll(NULL, 0, 50);
	ck_assert(tmp_is_empty());
	after = output(STATE);
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kapply");
	TCase *t = tcase_create("apply");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, fresh_tree);
	tcase_add_test(t, current_is_kept);
	tcase_add_test(t, twice_is_once);
	tcase_add_loop_test(t, failure_leaves_all_as_it_was, 0,
			    sizeof(failures) / sizeof(*failures));
	tcase_add_test(t, missing_symbol_is_told);
	tcase_add_test(t, output_directory);
	tcase_add_test(t, located);
	tcase_add_test(t, no_current);
	tcase_add_test(t, variables_reach_make);
	tcase_add_test(t, no_room);
	tcase_add_loop_test(t, cannot_be_written, 0,
			    sizeof(unwritable) / sizeof(*unwritable));
	tcase_add_loop_test(t, killed, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
