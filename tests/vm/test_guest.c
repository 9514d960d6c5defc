// SPDX-License-Identifier: MIT
/* What a guest looks like from inside: one boot, whose answers many tests
 * read. The same again with a kernel that mounts no
 * devtmpfs by itself. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ran r;

static const char script[] =
	"while read dev dir type opts rest; do\n"
	"  echo \"mount $dir=$type,$opts\"; done </proc/mounts\n"
	"for f in ttyS0 console null zero full random urandom tty kmsg ptmx; do\n"
	"  echo \"node $f=$(stat -c '%F %t:%T %a' /dev/$f)\"; done\n"
	"for f in fd stdin stdout stderr; do\n"
	"  echo \"link $f=$(readlink /dev/$f)\"; done\n"
	"for d in /tmp /dev/shm /run /root; do\n"
	"  echo \"dir $d=$(stat -c %a $d)\"; done\n"
	"echo \"works=$(echo through </dev/null | cat /dev/stdin)\"\n"
	"echo \"HOME=$HOME\"; echo \"PWD=$PWD\"; echo \"PATH=$PATH\"\n"
	"echo \"TERM=$TERM\"\n"
	"echo \"umask=$(umask)\"; echo \"hostname=$(hostname)\"\n"
	"echo \"session=$(awk '{print $5 == $6 ? \"leader\" : \"\"}' "
	"/proc/$$/stat)\"\n"
	"echo \"signals=$(awk '/^Sig(Blk|Ign)/ {printf \"%s\", $2}' "
	"/proc/self/status)\"\n"
	"ls /proc/$$/fd >/tmp/fds; echo \"fds=$(tr '\\n' ' ' </tmp/fds)\"\n"
	"echo \"init=$(readlink /proc/1/exe)\"\n"
	"echo \"init fds=$(for i in 0 1 2; do readlink /proc/1/fd/$i; done | "
	"tr '\\n' ' ')\"\n"
	"echo \"timing=$(sed -n 1p /run/bootlet/timing)\"\n"
	"echo \"phases=$(sed -n 2p /run/bootlet/timing)\"\n"
	"echo \"uptime=$(cut -d' ' -f1 /proc/uptime)\"\n"
	"echo \"pid1=$(/init 2>&1; echo $?)\"\n"
	"echo \"pid1 code=$(/init 2>/dev/null; echo $?)\"\n"
	"echo \"after=$(grep -c . /proc/mounts)\"\n"
	"echo \"before=$(cat /proc/mounts | wc -l)\"\n";

static void boot_with(const char *append)
{
	vm_boot(&r, "--append", append, "--log", vm_at("console"), "--timeout",
		"150", "--", "sh", "-c", script);
	ck_code(&r, 0);
}

static void boot(void)
{
	boot_with("hostname=little-one MY_VAR=seen");
}

static void boot_without_mount(void)
{
	boot_with("devtmpfs.mount=0");
}

/* --- mounts --------------------------------------------------------------- */

static const struct {
	const char *dir, *is;
} mounts[] = {
	{ "/proc", "proc,rw,nosuid,nodev,noexec" },
	{ "/sys", "sysfs,rw,nosuid,nodev,noexec" },
	{ "/dev", "devtmpfs,rw,nosuid" },
	{ "/dev/pts", "devpts,rw,nosuid,noexec" },
	{ "/dev/shm", "tmpfs,rw,nosuid,nodev" },
	{ "/run", "tmpfs,rw,nosuid,nodev" },
	{ "/tmp", "tmpfs,rw,nosuid,nodev" },
	{ "/sys/kernel/debug", "debugfs,rw,nosuid,nodev,noexec" },
	{ "/sys/kernel/tracing", "tracefs,rw,nosuid,nodev,noexec" },
	{ "/sys/kernel/security", "securityfs,rw,nosuid,nodev,noexec" },
	{ "/sys/fs/cgroup", "cgroup2,rw,nosuid,nodev,noexec" },
	{ "/sys/fs/bpf", "bpf,rw,nosuid,nodev,noexec" },
};

START_TEST(mounted)
{
	const char *is = vm_answer(&r, vm_fmt("mount %s", mounts[_i].dir));

	ck_assert_msg(!strncmp(is, mounts[_i].is, strlen(mounts[_i].is)),
		      "%s is %s", mounts[_i].dir, is);
}
END_TEST

static const struct {
	const char *dir, *mode;
} dirs[] = {
	{ "/tmp", "1777" },
	{ "/dev/shm", "1777" },
	{ "/run", "755" },
	{ "/root", "700" },
};

START_TEST(dir_mode)
{
	ck_answer(&r, vm_fmt("dir %s", dirs[_i].dir), dirs[_i].mode);
}
END_TEST

START_TEST(devpts_options)
{
	ck_assert_ptr_nonnull(strstr(vm_answer(&r, "mount /dev/pts"),
				     "gid=5,mode=620,ptmxmode=666"));
}
END_TEST

/* --- nodes ---------------------------------------------------------------- */

static const struct {
	const char *name, *is;
} nodes[] = {
	{ "ttyS0", "4:40 666" },  { "console", "5:1 600" },
	{ "null", "1:3 666" },	  { "zero", "1:5 666" },
	{ "full", "1:7 666" },	  { "random", "1:8 666" },
	{ "urandom", "1:9 666" }, { "tty", "5:0 666" },
	{ "kmsg", "1:b 644" },	  { "ptmx", "5:2 666" },
};

START_TEST(node)
{
	ck_answer(&r, vm_fmt("node %s", nodes[_i].name),
		  vm_fmt("character special file %s", nodes[_i].is));
}
END_TEST

static const struct {
	const char *name, *target;
} links[] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

START_TEST(symlink_there)
{
	ck_answer(&r, vm_fmt("link %s", links[_i].name), links[_i].target);
}
END_TEST

START_TEST(nodes_work)
{
	ck_answer(&r, "works", "through");
}
END_TEST

/* --- what the command finds ----------------------------------------------- */

static const struct {
	const char *key, *is;
} command[] = {
	{ "HOME", "/root" },
	{ "PWD", "/root" },
	{ "PATH",
	  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
	{ "TERM", "linux" },
	{ "umask", "0022" },
	{ "signals", "00000000000000000000000000000000" },
	{ "hostname", "little-one" },
	{ "init", "/init" },
	{ "init fds", "/dev/console /dev/console /dev/console " },
};

START_TEST(found_by_command)
{
	ck_answer(&r, command[_i].key, command[_i].is);
}
END_TEST

/* Nothing of PID 1's is the command's inheritance: the script has 0, 1, 2. */
START_TEST(no_fd_leaks)
{
	const char *fds = vm_answer(&r, "fds");

	/* 10 is where sh keeps its own stdout meanwhile. */
	ck_assert_msg(!strcmp(fds, "0 1 2 ") || !strcmp(fds, "0 1 10 2 "), "%s",
		      fds);
}
END_TEST

START_TEST(init_refuses_another_pid)
{
	ck_answer(&r, "pid1",
		  "init: runs as PID 1 of an initramfs only; see "
		  "bootlet-init(8)");
	ck_answer(&r, "pid1 code", "100");
	ck_answer(&r, "after", vm_answer(&r, "before"));
}
END_TEST

/* --- timing --------------------------------------------------------------- */

START_TEST(boot_took)
{
	double took = 0, up = strtod(vm_answer(&r, "uptime"), NULL);
	const char *line = vm_answer(&r, "timing");
	char rest[16] = "";

	ck_assert_msg(sscanf(line, "This boot took %lf %15s", &took, rest) == 2,
		      "%s", line);
	ck_assert_str_eq(rest, "seconds");
	ck_assert_msg(took > 0.2 && took <= up, "%s, up %.2f", line, up);
	/* Two digits, as the shell script printed them. */
	ck_assert_msg(strstr(line, " seconds") - strchr(line, '.') == 3, "%s",
		      line);
}
END_TEST

START_TEST(boot_took_on_console)
{
	struct text log = vm_slurp(vm_at("console"));

	ck_has(log, vm_answer(&r, "timing"));
	ck_has(log, vm_answer(&r, "phases"));
	free(log.p);
}
END_TEST

static const char *const phases[] = {
	"console", "mounts", "cmdline", "nodes", "channel", "modules", "net",
};

START_TEST(phase_is_timed)
{
	const char *line = vm_answer(&r, "phases");
	const char *at = strstr(line, vm_fmt(" %s ", phases[_i]));
	unsigned long us = 0;

	ck_assert_msg(!strncmp(line, "kernel ", 7) && strstr(line, "s, init "),
		      "%s", line);
	ck_assert_msg(at && sscanf(at, " %*s %lu us", &us) == 1 &&
			      us < 60000000,
		      "%s", line);
}
END_TEST

/* --- PID 1 on the host ---------------------------------------------------- */

START_TEST(init_on_the_host)
{
	struct ran h;

	vm_exec(&h, NULL, 0, VM_ARGV(vm_init()));
	ck_code(&h, 100);
	ck_assert_str_eq(h.out.p, "");
	ck_one_line(&h, "init: runs as PID 1 of an initramfs only");
}
END_TEST

/* --- all ------------------------------------------------------------------ */

#define ADD_LOOP(t, test, table) \
	tcase_add_loop_test(t, test, 0, sizeof(table) / sizeof((table)[0]))

static TCase *add(Suite *s, const char *name, void (*setup)(void))
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_unchecked_fixture(t, setup, NULL);
	ADD_LOOP(t, mounted, mounts);
	tcase_add_test(t, devpts_options);
	ADD_LOOP(t, node, nodes);
	ADD_LOOP(t, symlink_there, links);
	tcase_add_test(t, nodes_work);
	suite_add_tcase(s, t);
	return t;
}

Suite *suite(void)
{
	Suite *s = suite_create("guest");
	TCase *t = add(s, "guest", boot);

	ADD_LOOP(t, dir_mode, dirs);
	ADD_LOOP(t, found_by_command, command);
	tcase_add_test(t, no_fd_leaks);
	tcase_add_test(t, init_refuses_another_pid);
	tcase_add_test(t, boot_took);
	tcase_add_test(t, boot_took_on_console);
	ADD_LOOP(t, phase_is_timed, phases);
	tcase_add_test(t, init_on_the_host);

	add(s, "devtmpfs.mount=0", boot_without_mount);
	return s;
}
