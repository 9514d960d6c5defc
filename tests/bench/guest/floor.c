// SPDX-License-Identifier: MIT
/*
 * The floor under init: a program that makes the system calls without which
 * the same would not be done, and nothing else. It reads no file, decides
 * nothing, checks nothing, and knows the machine that it runs on.
 *
 * As it is, it does what build/init does in an image without bootlet's files.
 * With -DSCRIPT it does what the shell script does, and no more; with -DMODULE
 * it also loads /lib/modules/e1000.ko and gives eth0 an address.
 */
#include "probe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static char line[] = "This boot took 00.00 seconds\n";

#ifndef SCRIPT
static void mounts(void)
{
	mount("proc", "/proc", "proc", 14, NULL);
	mount("sysfs", "/sys", "sysfs", 14, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 2, "mode=0755");
	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 10,
	      "mode=0620,gid=5,ptmxmode=666");
	mkdir("/dev/shm", 0755);
	mount("tmpfs", "/dev/shm", "tmpfs", 6, "mode=1777");
	mount("tmpfs", "/run", "tmpfs", 6, "mode=0755");
	mount("tmpfs", "/tmp", "tmpfs", 6, "mode=1777");
	mount("debugfs", "/sys/kernel/debug", "debugfs", 14, NULL);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 14, NULL);
	mount("securityfs", "/sys/kernel/security", "securityfs", 14, NULL);
	mount("configfs", "/sys/kernel/config", "configfs", 14, NULL);
	mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 14, NULL);
	mount("bpf", "/sys/fs/bpf", "bpf", 14, "mode=0700");
}

static void nodes(void)
{
	if (mknod("/dev/ttyS0", S_IFCHR | 0666, makedev(4, 64)))
		chmod("/dev/ttyS0", 0666);
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
}

static void cmdline(void)
{
	static char text[2048];
	int fd = open("/proc/cmdline", O_RDONLY);

	read(fd, text, sizeof(text));
	close(fd);
}

static void timing_file(void)
{
	int fd;

	mkdir("/run/bootlet", 0755);
	fd = open("/run/bootlet/timing", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	write(fd, line, sizeof(line) - 1);
	close(fd);
}

#ifdef MODULE
static void module(void)
{
	int fd = open("/lib/modules/e1000.ko", O_RDONLY);

	syscall(SYS_finit_module, fd, "", 0);
	close(fd);
}

static void address(int fd, unsigned long request, const char *addr)
{
	struct ifreq ifr = { .ifr_name = "eth0" };
	struct sockaddr_in in = { .sin_family = AF_INET };

	in.sin_addr.s_addr = inet_addr(addr);
	memcpy(&ifr.ifr_addr, &in, sizeof(in));
	ioctl(fd, request, &ifr);
}
#endif

static void net(void)
{
	struct ifreq ifr = { .ifr_name = "lo",
			     .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ioctl(fd, SIOCSIFFLAGS, &ifr);
#ifdef MODULE
	address(fd, SIOCSIFADDR, "10.0.2.15");
	address(fd, SIOCSIFNETMASK, "255.255.255.0");
	strcpy(ifr.ifr_name, "eth0");
	ioctl(fd, SIOCGIFFLAGS, &ifr);
	ifr.ifr_flags |= IFF_UP | IFF_RUNNING;
	ioctl(fd, SIOCSIFFLAGS, &ifr);
#endif
	close(fd);
}
#endif

static void timing_line(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	line[15] = '0' + (char)(t.tv_sec / 10 % 10);
	line[16] = '0' + (char)(t.tv_sec % 10);
	line[18] = '0' + (char)(t.tv_nsec / 100000000);
	line[19] = '0' + (char)(t.tv_nsec / 10000000 % 10);
	write(1, line, sizeof(line) - 1);
}

static void shell(char *env[])
{
	static char *argv[] = { "/bin/sh", NULL };
	struct termios tio;
	int fd, wait = 0;

	setsid();
	fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_NONBLOCK);
	ioctl(fd, TIOCSCTTY, 1);
	ioctl(fd, TCGETS, &tio);
	ioctl(fd, TCSETS, &tio);
	ioctl(fd, FIONBIO, &wait);
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	close(fd);
	chdir("/root");
	execve(argv[0], argv, env);
	_exit(127);
}

int main(int argc, char *argv[], char *env[])
{
	pid_t pid;

	(void)argc;
	(void)argv;
	probe_mark(env, probe_now());
#ifdef SCRIPT
	mount("none", "/proc", "proc", 0, NULL);
	mount("none", "/sys", "sysfs", 0, NULL);
	mount("none", "/tmp", "tmpfs", 0, NULL);
	mknod("/dev/ttyS0", S_IFCHR | 0666, makedev(4, 64));
#else
	mounts();
	cmdline();
	nodes();
#ifdef MODULE
	module();
#endif
	net();
	timing_file();
#endif
	timing_line();
	/* What init does, and for its reason: nothing is copied. shell() touches
	 * nothing that is the parent's to read.
	 * NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,
	 *	       clang-analyzer-unix.Vfork) */
	pid = vfork();
	if (!pid)
		shell(env);
	/* NOLINTEND(clang-analyzer-security.insecureAPI.vfork,
	 *	     clang-analyzer-unix.Vfork) */
	waitpid(pid, NULL, 0);
	for (;;)
		pause();
}
