// SPDX-License-Identifier: MIT
/* What a test leaves behind, and what it is run with. */
#include "vm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- processes ------------------------------------------------------------ */

/* Return: the bytes of /proc/PID/NAME that are there, at most @size - 1. */
static size_t proc_read(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	size_t n = 0;
	ssize_t r = 1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && r > 0 && n < size - 1) {
		r = read(fd, buf + n, size - 1 - n);
		n += r > 0 ? (size_t)r : 0;
	}
	if (fd >= 0)
		close(fd);
	buf[n] = '\0';
	return n;
}

/* The first process after @after for which @is says yes, or 0. */
static pid_t proc_find(bool (*is)(pid_t pid, const void *arg), const void *arg)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	while (d && !found && (e = readdir(d))) {
		pid_t pid = atoi(e->d_name);

		if (pid > 0 && is(pid, arg))
			found = pid;
	}
	if (d)
		closedir(d);
	return found;
}

static bool is_ours(pid_t pid, const void *arg)
{
	static char env[262144];
	size_t n = proc_read(pid, "environ", env, sizeof(env));

	return memmem(env, n, arg, strlen(arg));
}

static bool is_qemu_of(pid_t pid, const void *arg)
{
	char stat[512], comm[64], *end;
	int parent;

	proc_read(pid, "stat", stat, sizeof(stat));
	proc_read(pid, "comm", comm, sizeof(comm));
	end = strrchr(stat, ')');
	return end && sscanf(end + 1, " %*c %d", &parent) == 1 &&
	       parent == *(const pid_t *)arg && !strncmp(comm, "qemu", 4);
}

pid_t vm_qemu_of(pid_t parent, double seconds)
{
	double end = vm_now() + seconds;
	pid_t pid;

	while (!(pid = proc_find(is_qemu_of, &parent)) && vm_now() < end)
		vm_sleep_ms(5);
	ck_assert_msg(pid > 0, "no QEMU was started");
	return pid;
}

/* --- what is left --------------------------------------------------------- */

static const char *file_left(void)
{
	static char name[300];
	DIR *d = opendir(vm_at(""));
	struct dirent *e;

	name[0] = '\0';
	while (d && (e = readdir(d)))
		if (!strncmp(e->d_name, "bootlet-", 8))
			snprintf(name, sizeof(name), "%s", e->d_name);
	if (d)
		closedir(d);
	return name[0] ? name : NULL;
}

static const char *left(void)
{
	const char *mark = vm_fmt("TMPDIR=%s", vm_at(""));
	static char text[800], cmd[256];
	const char *file = file_left();
	char *key = strdup(mark);
	pid_t pid;

	/* Without the slash that vm_at() puts before the empty name. */
	key[strlen(key) - 1] = '\0';
	pid = proc_find(is_ours, key);
	free(key);
	if (!pid)
		return file;
	proc_read(pid, "comm", cmd, sizeof(cmd));
	cmd[strcspn(cmd, "\n")] = '\0';
	snprintf(text, sizeof(text), "process %d (%s)%s%s", pid, cmd,
		 file ? ", " : "", file ? file : "");
	return text;
}

void vm_nothing_left(double seconds)
{
	double end = vm_now() + seconds;
	const char *what;

	while ((what = left()) && vm_now() < end)
		vm_sleep_ms(20);
	ck_assert_msg(!what, "left behind after %.0f s: %s", seconds, what);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

const char *vm_cleanup(void)
{
	double end = vm_now() + 10;
	const char *what;

	while ((what = left()) && vm_now() < end)
		vm_sleep_ms(20);
	/* Not ".": what ends in it cannot be removed. */
	nftw(vm_at(""), remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return what;
}

/* --- what is tested ------------------------------------------------------- */

const char *vm_bootlet(void)
{
	const char *given = getenv("BOOTLET");

	return given ? given : BUILD "/bootlet";
}

const char *vm_init(void)
{
	const char *given = getenv("BOOTLET_INIT");

	return given ? given : BUILD "/init";
}

/* The word behind @option in what --print would execute. */
static const char *printed(const char *suite, const char *option)
{
	const char *kernel = suite ? vm_fmt("distro:%s", suite) : "distro";
	static char word[1024];
	struct ran r;
	char *at;

	vm_host(&r, "run", "-k", kernel, "--accel", "tcg", "--entry", "bzimage",
		"--print");
	ck_code(&r, 0);
	at = strstr(r.out.p, vm_fmt(" %s ", option));
	ck_assert_msg(at, "%s is not in: %s", option, r.out.p);
	at += strlen(option) + 2;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, " \n"), at);
	ran_free(&r);
	return word;
}

const char *vm_kernel_image(const char *suite_name)
{
	return printed(suite_name, "-kernel");
}

const char *vm_kernel_modules(const char *suite_name)
{
	static char dir[1200];
	const char *image = vm_kernel_image(suite_name);
	const char *release = strstr(image, "/vmlinuz-");
	const char *root;

	if (!release) {
		/* usr/lib/modules/RELEASE/vmlinuz */
		snprintf(dir, sizeof(dir), "%.*s",
			 (int)(strrchr(image, '/') - image), image);
		return dir;
	}
	root = vm_fmt("%.*s", (int)(strstr(image, "/boot/") - image), image);
	snprintf(dir, sizeof(dir), "%s/lib/modules/%s", root, release + 9);
	if (access(dir, F_OK))
		snprintf(dir, sizeof(dir), "%s/usr/lib/modules/%s", root,
			 release + 9);
	return dir;
}

static char found[1024];
static const char *wanted;

static int look(const char *path, const struct stat *st, int type,
		struct FTW *at)
{
	const char *base = path + at->base;
	size_t n = strlen(wanted);

	(void)st;
	if (type != FTW_F || strncmp(base, wanted, n) ||
	    strncmp(base + n, ".ko", 3))
		return 0;
	snprintf(found, sizeof(found), "%s", path);
	return 1;
}

const char *vm_module(const char *suite_name, const char *name)
{
	const char *dir = vm_kernel_modules(suite_name);

	wanted = name;
	ck_assert_msg(nftw(dir, look, 16, FTW_PHYS) == 1, "%s: no %s.ko", dir,
		      name);
	return found;
}
