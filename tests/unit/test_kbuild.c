// SPDX-License-Identifier: MIT
/*
 * The build's command lines, and whole builds with a make that is a script of
 * ours. Real kernels are tests/vm's.
 */
#include "host/cmds.h"
#include "host/kbuild.h"
#include "host/kbuild_count.h"
#include "host/kbuild_make.h"
#include "host/kbuild_run.h"
#include "host/kconfig_opts.h"
#include "host/msg.h"
#include "host/quote.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

static struct koptim optim;
static struct strv user, vars, argv;
static struct kbuild_spec spec;
static struct kbuild_job job;
static char *old_path;

/* "$MODE" says what it cannot build. It compiles nothing, but what it prints
 * is what kbuild's make does. */
static const char make_script[] =
	"#!/bin/sh\n"
	"case \"$*\" in *--eval*) exit 3;; esac\n"
	"echo \"$*\" >>\"$LOG\"\n"
	"env | grep -E '^(ARCH|M|GNUMAKEFLAGS|MAKEFILES|KBUILD_[A-Z]*)=' "
	">\"$LOG.env\"\n"
	"echo '  CALL    scripts/checksyscalls.sh'\n"
	"fail() {\n"
	"	echo \"  CC      $1\"; [ $MODE != full ] || "
	"echo 'as: No space left on device'; echo \"${1%o}c:3: error: odd\" >&2\n"
	"	echo \"make[2]: *** [/s/Makefile.build:255: $1] Error 1\" >&2\n"
	"	echo \"make[1]: *** [/s/Makefile:1: .] Error 2\" >&2; exit 2\n"
	"}\n"
	"case $MODE in\n"
	"full) fail mm/shmem.o;;\n"
	"top) fail vmlinux.o;;\n"
	"idle) echo '  GEN     Makefile'; exit 0;;\n"
	"level) case \"$*\" in *CFLAGS_shmem.o=*) ;; *) fail mm/shmem.o;; esac;;\n"
	"user) fail mm/shmem.o;;\n"
	"link) case \"$*\" in *CFLAGS_sig.o=*) ;; *)\n"
	"	echo '  LD      vmlinux'\n"
	"	echo \"ld: sig.c:1: undefined reference to \\`__bad'\" >&2\n"
	"	echo 'make[1]: *** [/s/Makefile:9: vmlinux] Error 1' >&2\n"
	"	exit 2;; esac;;\n"
	"nasty) printf '  CC      a.o\\nodd \\033[2J\\001\\n' >&2\n"
	"	echo 'make: *** [x:1: a.o] Error 1'; exit 2;;\n"
	"hang) sleep 300 & echo $! >\"$LOG.pid\"; wait;;\n"
	"esac\n"
	"echo '  CC      init/main.o'\n";

static void begin(void)
{
	char *path;

	scratch_make();
	put_script("bin/make", make_script);
	put_text("s/Makefile", "");
	put_text("s/mm/Makefile", "");
	put_text("s/mm/shmem.c", "");
	put_text("o/arch/x86/boot/bzImage", "image");
	put_text("o/vmlinux", "kernel");
	put_text("o/modules.order", "a.ko\nb.ko\n");
	old_path = xstrdup(getenv("PATH"));
	path = xasprintf("%s/bin:%s", scratch, old_path);
	setenv("PATH", path, 1);
	setenv("LOG", at("log"), 1);
	unsetenv("KCFLAGS");
	/* make may be what runs this. */
	for (size_t i = 0; kbuild_env[i]; i++)
		unsetenv(kbuild_env[i]);
	free(path);
	spec = (struct kbuild_spec){
		.src = xstrdup(at("s")),
		.out = xstrdup(at("o")),
		.arch = karch_find("x86_64"),
		.jobs = 2,
		.keep_going = true,
		.modules = true,
		.vars = &vars,
	};
	job = (struct kbuild_job){
		.spec = &spec,
		.dir = spec.out,
		.optim = &optim,
		.key = "key",
		.user = &user,
		.vars = &vars,
	};
	said_begin();
}

static void end(void)
{
	free((void *)(uintptr_t)spec.src);
	free((void *)(uintptr_t)spec.out);
	setenv("PATH", old_path, 1);
	free(old_path);
	koptim_free(&optim);
	strv_free(&user);
	strv_free(&vars);
	strv_free(&argv);
	scratch_remove();
}

static int build(const char *mode)
{
	setenv("MODE", mode, 1);
	return kbuild_run(&job);
}

static char *slurp(const char *name)
{
	struct buf b = { 0 };

	ck_assert_int_eq(read_file(at(name), &b, 1 << 20), 0);
	return b.p ? b.p : xstrdup("");
}

static void ck_file(const char *name, const char *part, bool there)
{
	char *text = slurp(name);

	ck_assert_msg(!!strstr(text, part) == there, "%s: %s", name, text);
	free(text);
}

/* --- command lines ------------------------------------------------------------ */

/* What sh makes of a printed line, each word on a line of its own. */
static void ck_read_back(const char *line, const struct strv *want)
{
	struct buf script = { 0 }, got = { 0 };
	char *cmd;

	buf_addf(&script, "set -- %s", line);
	buf_adds(&script, "printf '%s\\0' \"$@\"\n");
	put("script", script.p, script.n, 0644);
	cmd = xasprintf("cd %s && sh script >words", scratch);
	ck_assert_int_eq(system(cmd), 0);
	ck_assert_int_eq(read_file(at("words"), &got, 65536), 0);
	for (size_t i = 0, pos = 0; i < want->n; i++) {
		ck_assert_uint_lt(pos, got.n);
		ck_assert_str_eq(got.p + pos, want->v[i]);
		pos += strlen(want->v[i]) + 1;
	}
	free(cmd);
	buf_free(&script);
	buf_free(&got);
}

static void same_as_golden(const struct kbuild_spec *s, const char *name)
{
	char *path = xasprintf(GOLDEN "%s", name);
	struct buf line = { 0 }, want = { 0 };

	kbuild_argv(s, &argv);
	quote_line(&line, &argv);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(line.p, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(line.p, want.p);
	ck_read_back(line.p, &argv);
	buf_free(&line);
	buf_free(&want);
	free(path);
}

static struct kbuild_spec plain(const char *src, const char *out)
{
	return (struct kbuild_spec){
		.src = src,
		.out = out,
		.arch = karch_find("x86_64"),
		.jobs = 2,
		.modules = true,
		.gdb = true,
		.vars = &vars,
	};
}

START_TEST(command)
{
	struct kbuild_spec s = plain("/src/linux-6.1", NULL);

	same_as_golden(&s, "build-in-tree.txt");
}
END_TEST

START_TEST(command_optimize)
{
	struct kbuild_spec s = plain("/src/linux-6.1", "/tmp/o");

	strv_pushl(&vars, "KCFLAGS=-DX -O1",
		   "CFLAGS_shmem.o=$(if $(filter mm/shmem.o,$@),-O2)", NULL);
	s.keep_going = true;
	s.cc = "ccache gcc";
	same_as_golden(&s, "build-optimize.txt");
}
END_TEST

START_TEST(command_hostile)
{
	struct kbuild_spec s = plain("/a b/it's", "/o,p\n\"$HOME\"");

	strv_pushl(&vars, "KCFLAGS=-DX=\"a $(b) `c`\"", "CC=", NULL);
	s.modules = s.gdb = false;
	same_as_golden(&s, "build-hostile-names.txt");
}
END_TEST

START_TEST(command_arm64)
{
	struct kbuild_spec s = plain("/src/linux-6.1", "/tmp/o");

	s.arch = karch_find("arm64");
	strv_push(&vars, "LLVM=1");
	same_as_golden(&s, "build-arm64.txt");
}
END_TEST

START_TEST(compiler)
{
	char *cc = kbuild_cc(NULL, NULL, NULL, true);

	ck_assert_str_eq(cc, "ccache gcc");
	free(cc);
	cc = kbuild_cc(NULL, "0", "arm-", true);
	ck_assert_str_eq(cc, "ccache arm-gcc");
	free(cc);
	ck_assert_ptr_null(kbuild_cc(NULL, NULL, NULL, false));
	ck_assert_ptr_null(kbuild_cc("gcc-11", NULL, NULL, true));
	ck_assert_ptr_null(kbuild_cc(NULL, "1", NULL, true));
	ck_assert_ptr_null(kbuild_cc(NULL, "-15", NULL, true));
}
END_TEST

/* What --print writes, run by sh with functions that say what they get. */
START_TEST(print_reads_back)
{
	static const char functions[] =
		"bootlet() { printf '<%s>' bootlet \"$@\"; }\n"
		"make() { printf '<%s>' make \"$@\"; }\n";
	char *dir = xasprintf("%s/k,x%%", scratch), *want, *cmd;
	char *words[] = {
		"build",   "-k",    dir,      "--optimize", "1",
		"--print", "-j2",   "--from", "tinyconfig", "CC=a 'b' $(c)",
		"base",	   "debug", NULL
	};
	struct buf got = { 0 };
	int saved = dup(1);

	put_text("k,x%/Kconfig", "");
	put_text("k,x%/Makefile", "VERSION = 6\nPATCHLEVEL = 1\n");
	setenv("KCFLAGS", "-DX=\"y z\"", 1);
	put_text("script", functions);
	fflush(stdout);
	ck_assert_int_eq(
		dup2(open(at("script"), O_WRONLY | O_APPEND | O_CLOEXEC), 1),
		1);
	ck_assert_int_eq(cmd_build.run(&cmd_build, 12, words), 0);
	dup2(saved, 1);
	cmd = xasprintf("cd %s && sh script >words", scratch);
	ck_assert_int_eq(system(cmd), 0);
	ck_assert_int_eq(read_file(at("words"), &got, 65536), 0);
	want = xasprintf("<bootlet><config><apply><-k><%s><--from>"
			 "<tinyconfig><--><base><debug><CC=a 'b' $(c)>"
			 "<make><-C><%s><--output-sync><-j2><CC=a 'b' $(c)>"
			 "<KCFLAGS=-DX=\"y z\" -O1><bzImage><modules>"
			 "<scripts_gdb>",
			 dir, dir);
	ck_assert_str_eq(got.p, want);
	free(want);
	free(cmd);
	free(dir);
	buf_free(&got);
}
END_TEST

/* What a command says on stdout. */
static char *printed(char **words)
{
	int n = 0, saved = dup(1);

	while (words[n])
		n++;
	fflush(stdout);
	ck_assert_int_eq(
		dup2(open(at("out"), O_RDWR | O_CREAT | O_TRUNC, 0600), 1), 1);
	ck_assert_int_eq(cmd_build.run(&cmd_build, n, words), 0);
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	return slurp("out");
}

/* An ARCH around us is not stronger than --arch. */
START_TEST(foreign_environment)
{
	char *dir = xstrdup(at("k")), *line, *want;
	char *words[] = { "build", "-k",  dir,	    "--print", "--arch",
			  "arm64", "-j1", "LLVM=1", NULL };
	static const char *const machine[] = { "x86_64", "arm64" };

	put_text("k/Kconfig", "");
	put_text("k/Makefile", "VERSION = 6\nPATCHLEVEL = 1\n");
	for (size_t i = 0; i < 2; i++) {
		setenv("ARCH", machine[!i], 1);
		words[5] = (char *)(uintptr_t)machine[i];
		line = printed(words);
		want = xasprintf("ARCH=%s ", i ? "arm64" : "x86");
		ck_assert(!strncmp(line, "env -u ARCH make -C ", 20));
		ck_assert_msg(strstr(line, want) != NULL, "%s", line);
		free(line);
		free(want);
	}
	setenv("M", "drivers/x", 1);
	line = printed(words);
	ck_assert(!strncmp(line, "env -u M -u ARCH make -C ", 25));
	free(line);
	free(dir);
}
END_TEST

START_TEST(environment_is_left_out)
{
	setenv("ARCH", "arm64", 1);
	setenv("M", "drivers/x", 1);
	setenv("GNUMAKEFLAGS", "-n", 1);
	setenv("MAKEFILES", "/nowhere", 1);
	setenv("KBUILD_EXTMOD", "drivers/x", 1);
	ck_assert_int_eq(build("good"), 0);
	ck_file("log.env", "=", false);
}
END_TEST

START_TEST(arch_said_twice)
{
	char *dir = xstrdup(at("k"));
	char *words[] = { "build",  "-k",     dir,	   "--print",
			  "--arch", "x86_64", "ARCH=arm64" };

	ck_assert_int_eq(cmd_build.run(&cmd_build, 7, words), 2);
	ck_assert_said("ARCH=arm64: not what --arch x86_64 says");
	free(dir);
}
END_TEST

START_TEST(directories_that_make_breaks)
{
	static const char *const bad[] = { "a$b",  "a\"b", "a'b", "a`b",
					   "a\\b", "a\nb", "a b", "a;b" };
	char *dir = xstrdup(at("k"));

	put_text("k/Kconfig", "");
	put_text("k/Makefile", "VERSION = 6\nPATCHLEVEL = 1\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *out = xasprintf("%s/%s", scratch, bad[i]);
		char *words[] = { "build", "-k", dir, "-O", out, "--print" };
		char *config[] = { "config", "apply", "-k",  dir,
				   "-O",     out,     "base" };

		said_begin();
		ck_assert_int_eq(cmd_build.run(&cmd_build, 6, words), 2);
		ck_assert_said("which the kernel's makefiles cannot take");
		ck_assert_int_eq(said_lines(), 1);
		ck_assert_int_eq(cmd_config.run(&cmd_config, 7, config), 2);
		ck_assert_int_eq(said_lines(), 2);
		ck_assert_int_ne(access(out, F_OK), 0);
		free(out);
	}
	free(dir);
}
END_TEST

START_TEST(tree_one_stands_in)
{
	char *words[] = { "build", "--print", "-j1", NULL }, *line;

	put_text("k/Kconfig", "");
	put_text("k/Makefile", "VERSION = 6\nPATCHLEVEL = 1\n");
	ck_assert_int_eq(chdir(at("k")), 0);
	line = printed(words);
	ck_assert_msg(strstr(line, at("k")) != NULL, "%s", line);
	free(line);
}
END_TEST

START_TEST(words_for_make)
{
	static const char *const good[] = { "CFLAGS_pipe.o=-DX",
					    "CFLAGS_REMOVE_a-b.o=",
					    "KASAN_SANITIZE_x.o=n", "_X=1" };
	static const char *const bad[] = { "a=b", "A/b.config=", "1A=",
					   "=",	  "./A=b",	 "Ab" };
	struct kopts o = { 0 };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(kopts_variable(&o, good[i]), "%s", good[i]);
	ck_assert(kopts_variable(&o, "KBUILD_OUTPUT=/x"));
	ck_assert_str_eq(o.out, "/x");
	ck_assert_uint_eq(o.vars.n, sizeof(good) / sizeof(good[0]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!kopts_variable(&o, bad[i]), "%s", bad[i]);
	ck_assert_int_eq(kopts_check(&o), 0);
	ck_assert(kopts_variable(&o, "M=drivers/x"));
	ck_assert_int_eq(kopts_check(&o), -EINVAL);
	ck_assert_said("M=: not taken");
	strv_free(&o.vars);
	ck_assert(kopts_variable(&o, "KCONFIG_CONFIG=x"));
	ck_assert_int_eq(kopts_check(&o), -EINVAL);
	strv_free(&o.vars);
}
END_TEST

/* --- builds ------------------------------------------------------------------- */

START_TEST(good)
{
	char *line = xasprintf("now: bootlet run -k %s", at("o"));

	ck_assert_int_eq(build("good"), 0);
	ck_assert_said("arch/x86/boot/bzImage 0.0 MiB");
	ck_assert_said(", modules: 2");
	ck_assert_said(line);
	ck_file("o/" KBUILD_LOG, "  CC      init/main.o\n", true);
	ck_file("o/" KBUILD_LOG, "make -C ", true);
	free(line);
}
END_TEST

START_TEST(unchanged)
{
	ck_assert_int_eq(build("idle"), 0);
	ck_assert_said("nothing had changed, nothing was built");
}
END_TEST

START_TEST(level_does_not_compile)
{
	ck_assert_ptr_null(parse_koptim("1", &optim));
	ck_assert_int_eq(build("level"), 0);
	ck_assert_said("mm/shmem.o: cannot be built at -O1");
	ck_assert_said("built at -O2, as they cannot be at -O1: mm/shmem.o");
	ck_file("log", "CFLAGS_shmem.o=$(if $(filter mm/shmem.o,$@),-O2)",
		true);
	ck_file("o/" KOPTIM_FILE, "key\nmm/shmem.o\n", true);
}
END_TEST

START_TEST(level_does_not_link)
{
	char *cmd = xasprintf(
		"cd %s/o && mkdir mm && printf 'void __bad(void); void f(void) { __bad(); "
		"}' | cc -c -x c -o mm/sig.o - && echo source_sig.o >mm/.sig.o.cmd",
		scratch);

	ck_assert_int_eq(system(cmd), 0);
	ck_assert_ptr_null(parse_koptim("1", &optim));
	ck_assert_int_eq(build("link"), 0);
	ck_assert_said("mm/sig.o: cannot be linked at -O1");
	ck_assert_said("-O1: mm/sig.o\n");
	free(cmd);
}
END_TEST

START_TEST(link_without_level)
{
	ck_assert_int_eq(build("link"), 1);
	ck_assert_said("undefined reference to `__bad'");
	ck_assert_said("vmlinux: cannot be built");
}
END_TEST

/* The second make shows that it is the source's fault. */
START_TEST(users_error)
{
	char *log;
	int lines = 0;

	ck_assert_ptr_null(parse_koptim("1", &optim));
	ck_assert_int_eq(build("user"), 1);
	ck_assert_said("mm/shmem.c:3: error: odd\n");
	ck_assert_said("mm/shmem.o: cannot be built; all that make said is in");
	ck_assert_int_ne(access(at("o/" KOPTIM_FILE), F_OK), 0);
	log = slurp("log");
	for (char *p = log; *p; p++)
		lines += *p == '\n';
	ck_assert_int_eq(lines, 2);
	free(log);
}
END_TEST

START_TEST(users_error_at_once)
{
	/* What is limited to net has nothing to do with mm. */
	put_text("s/net/x.c", "");
	ck_assert_ptr_null(parse_koptim("1=net", &optim));
	ck_assert_int_eq(koptim_locate(&optim, spec.src), 0);
	ck_assert_int_eq(build("user"), 1);
	ck_assert_said("mm/shmem.c:3: error: odd\n");
	ck_assert(!strstr(said(), "-O2"));
}
END_TEST

/* No other level helps there. */
START_TEST(machines_error)
{
	static const char *const modes[] = { "top", "full" };

	for (size_t i = 0; i < 2; i++) {
		ck_assert_ptr_null(parse_koptim("1", &optim));
		said_begin();
		ck_assert_int_eq(build(modes[i]), 1);
		ck_assert_said("cannot be built; all that make said");
		ck_assert(!strstr(said(), "-O2"));
	}
}
END_TEST

START_TEST(no_terminal_commands)
{
	ck_assert_int_eq(build("nasty"), 1);
	ck_assert_said("odd \\x1b[2J\\x01\n");
	ck_assert(!strchr(said(), '\033'));
}
END_TEST

START_TEST(verbose)
{
	msg_verbosity = 1;
	ck_assert_int_eq(build("good"), 0);
	ck_assert_said("\n  CC      init/main.o\n");
	said_begin();
	ck_assert_int_eq(build("nasty"), 1);
	ck_assert_said("\nodd \\x1b[2J\\x01\nmake: *** [x:1: a.o]");
	ck_assert(!strchr(said(), '\033'));
	msg_verbosity = 0;
	said_begin();
	ck_assert_int_eq(build("good"), 0);
	ck_assert(!strstr(said(), "CC      init/main.o"));
}
END_TEST

START_TEST(no_make)
{
	setenv("PATH", at("nowhere"), 1);
	ck_assert_int_eq(build("good"), 1);
	ck_assert_said("make: cannot be run: No such file");
}
END_TEST

START_TEST(log_cannot_be_written)
{
	ck_assert_int_eq(mkdir(at("o/" KBUILD_LOG), 0700), 0);
	ck_assert_int_eq(build("good"), 0);
	ck_assert_said("the build goes on without it");
}
END_TEST

START_TEST(log_disk_full)
{
	struct rlimit small = { 20, RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	/* Not of what is said: that is a file here. */
	ck_assert_int_eq(dup2(open("/dev/null", O_WRONLY), 2), 2);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(build("idle"), 0);
}
END_TEST

/* --- its end ------------------------------------------------------------------ */

static bool gone(pid_t pid)
{
	for (int i = 0; i < 60; i++) {
		char *path = xasprintf("/proc/%d/stat", pid);
		struct buf b = { 0 };
		int err = read_file(path, &b, 4096);
		/* A zombie that nobody has reaped yet has ended, too. */
		bool is = err || !b.p || strstr(b.p, ") Z ");

		free(path);
		buf_free(&b);
		if (is)
			return true;
		poll(NULL, 0, 100);
	}
	return false;
}

static pid_t hanging_so(pid_t *sleeper, void (*prepare)(void))
{
	pid_t pid = fork();
	struct buf b = { 0 };

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		if (prepare)
			prepare();
		_exit(build("hang"));
	}
	for (int i = 0; i < 100 && (!b.p || !strchr(b.p, '\n')); i++) {
		buf_free(&b);
		poll(NULL, 0, 50);
		read_file(at("log.pid"), &b, 100);
	}
	ck_assert_ptr_nonnull(b.p);
	*sleeper = (pid_t)strtol(b.p, NULL, 10);
	ck_assert_int_gt(*sleeper, 1);
	buf_free(&b);
	return pid;
}

static pid_t hanging(pid_t *sleeper)
{
	return hanging_so(sleeper, NULL);
}

START_TEST(interrupted)
{
	pid_t sleeper, pid = hanging(&sleeper);
	int status;

	ck_assert_int_eq(kill(sleeper, 0), 0);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 128 + SIGTERM);
	ck_assert(gone(sleeper));
	ck_assert_said("interrupted");
}
END_TEST

/* Ends what hangs, and with it the build. Return: its exit code. */
static int let_end(pid_t pid, pid_t sleeper)
{
	int status = 0;

	ck_assert_int_eq(kill(sleeper, SIGKILL), 0);
	for (int i = 0; i < 100; i++) {
		if (waitpid(pid, &status, WNOHANG | WUNTRACED) == pid) {
			ck_assert_msg(WIFEXITED(status), "status %x", status);
			return WEXITSTATUS(status);
		}
		poll(NULL, 0, 100);
	}
	kill(pid, SIGKILL);
	ck_abort_msg("it has not ended");
}

static void ignore_some(void)
{
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
}

START_TEST(ignored)
{
	pid_t sleeper, pid = hanging_so(&sleeper, ignore_some);

	ck_assert_int_eq(kill(pid, SIGHUP), 0);
	ck_assert_int_eq(kill(pid, SIGINT), 0);
	ck_assert_int_eq(kill(pid, SIGQUIT), 0);
	poll(NULL, 0, 500);
	ck_assert_int_eq(kill(sleeper, 0), 0);
	ck_assert_int_eq(let_end(pid, sleeper), 0);
	ck_assert(!strstr(said(), "interrupted"));
}
END_TEST

static void become_orphan(void)
{
	setsid();
}

START_TEST(stopped_orphan)
{
	pid_t sleeper, pid = hanging_so(&sleeper, become_orphan);

	ck_assert_int_eq(kill(pid, SIGTSTP), 0);
	poll(NULL, 0, 500);
	ck_assert_int_eq(let_end(pid, sleeper), 0);
}
END_TEST

static void become_group(void)
{
	setpgid(0, 0);
}

START_TEST(stopped)
{
	pid_t sleeper, pid = hanging_so(&sleeper, become_group);
	int status;

	ck_assert_int_eq(kill(pid, SIGTSTP), 0);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	ck_assert_int_eq(let_end(pid, sleeper), 0);
}
END_TEST

/* The child of @pid that has this name. */
static pid_t child_named(pid_t pid, const char *name)
{
	char *cmd = xasprintf("ps -o pid=,comm= --ppid %d | sed -n "
			      "'s/ *%s.*//p'",
			      pid, name);
	FILE *p = popen(cmd, "r");
	char line[64] = "";

	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), p));
	pclose(p);
	free(cmd);
	return (pid_t)strtol(line, NULL, 10);
}

START_TEST(guard_killed)
{
	pid_t sleeper, pid = hanging(&sleeper), guard;

	setenv("PATH", old_path, 1);
	guard = child_named(pid, "bootlet-guard");
	ck_assert_int_gt(guard, 1);
	ck_assert_int_eq(kill(guard, SIGKILL), 0);
	ck_assert(gone(guard));
	ck_assert_int_eq(let_end(pid, sleeper), 0);
}
END_TEST

START_TEST(killed)
{
	pid_t sleeper, pid = hanging(&sleeper);
	int status;

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(gone(sleeper));
}
END_TEST

/* --- how many ----------------------------------------------------------------- */

START_TEST(count)
{
	struct strv got = { 0 };

	setenv("PATH", old_path, 1);
	put_text("k/Makefile", "core-y := old/\nlibs-y := lib/\n"
			       "core-y := $(patsubst %/, %/x.a, $(core-y))\n");
	put_text("k/Kbuild", "obj-y += fs/\nobj-y += arch/$(SRCARCH)/\n"
			     "obj-$(CONFIG_OFF) += off/\n");
	put_text("k/arch/x86/Makefile", "drivers-$(CONFIG_PCI) += pci/\n");
	put_text("k/arch/x86/Kbuild", "obj-y += head_$(BITS).o\n");
	put_text("k/fs/Makefile", "obj-y := main.o mounts.o sub/\n"
				  "mounts-y := do.o\n"
				  "mounts-$(CONFIG_OFF) += rd.o\n"
				  "$(shell touch oops)\n"
				  "fs/main.o: ; touch oops\n");
	put_text("k/fs/sub/Makefile", "obj-m += mod.o twice.o twice.o\n"
				      "mod-m := part.o\nobj-n := no.o\n");
	put_text("k/lib/Makefile", "lib-y := str.o\n");
	put_text("k/old/Makefile", "obj-y := old.o\n");
	put_text("k/pci/Makefile", "obj-$(CONFIG_PCI) := pci.o\n");
	put_text("c/.config", "CONFIG_64BIT=y\nCONFIG_PCI=y\n"
			      "# CONFIG_OFF is not set\n");
	ck_assert_int_eq(kcount_objects(at("k"), at("c"), "x86", &got), 0);
	{
		static const char *const want[] = {
			"arch/x86/head_64.o", "fs/do.o",   "fs/sub/part.o",
			"fs/sub/twice.o",     "fs/main.o", "lib/str.o",
			"old/old.o",	      "pci/pci.o"
		};

		for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
			ck_assert_msg(strv_has(&got, want[i]), "%s", want[i]);
		ck_assert_uint_eq(got.n, sizeof(want) / sizeof(*want));
	}
	ck_assert_int_ne(access(at("c/oops"), F_OK), 0);
	strv_free(&got);
	/* Nobody knows: no configuration, a Makefile that stops. */
	ck_assert_int_ne(kcount_objects(at("k"), at("k"), "x86", &got), 0);
	put_text("k/lib/Makefile", "$(error odd)\n");
	ck_assert_int_ne(kcount_objects(at("k"), at("c"), "x86", &got), 0);
	ck_assert_uint_eq(got.n, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kbuild");
	TCase *t = tcase_create("kbuild");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, command);
	tcase_add_test(t, command_optimize);
	tcase_add_test(t, command_hostile);
	tcase_add_test(t, command_arm64);
	tcase_add_test(t, compiler);
	tcase_add_test(t, print_reads_back);
	tcase_add_test(t, foreign_environment);
	tcase_add_test(t, environment_is_left_out);
	tcase_add_test(t, arch_said_twice);
	tcase_add_test(t, directories_that_make_breaks);
	tcase_add_test(t, tree_one_stands_in);
	tcase_add_test(t, words_for_make);
	tcase_add_test(t, good);
	tcase_add_test(t, unchanged);
	tcase_add_test(t, level_does_not_compile);
	tcase_add_test(t, level_does_not_link);
	tcase_add_test(t, link_without_level);
	tcase_add_test(t, users_error);
	tcase_add_test(t, users_error_at_once);
	tcase_add_test(t, machines_error);
	tcase_add_test(t, no_terminal_commands);
	tcase_add_test(t, verbose);
	tcase_add_test(t, no_make);
	tcase_add_test(t, log_cannot_be_written);
	tcase_add_test(t, log_disk_full);
	tcase_add_test(t, interrupted);
	tcase_add_test(t, ignored);
	tcase_add_test(t, stopped_orphan);
	tcase_add_test(t, stopped);
	tcase_add_test(t, guard_killed);
	tcase_add_test(t, killed);
	tcase_add_test(t, count);
	suite_add_tcase(s, t);
	return s;
}
