// SPDX-License-Identifier: MIT
#include "fake_sys.h"

#include "init/sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define MAX_FAILURES 16

struct failure {
	const char *prefix;
	int err;
	int times;
};

static char text[262144];
static size_t text_len;
static char line[4096];
static size_t n_calls;
static size_t fail_n;
static int fail_err;
static struct failure failures[MAX_FAILURES];
static size_t n_failures;
static int (*answer)(int fd, unsigned long request, void *arg);

void fake_reset(void)
{
	fake_clear();
	n_calls = 0;
	fail_err = 0;
	n_failures = 0;
	answer = NULL;
}

void fake_clear(void)
{
	text_len = 0;
	text[0] = '\0';
}

const char *fake_text(void)
{
	return text;
}

static size_t line_len(const char *p)
{
	return strcspn(p, "\n");
}

static const char *next_line(const char *p)
{
	p += line_len(p);
	return *p ? p + 1 : p;
}

size_t fake_count(const char *prefix)
{
	size_t n = 0;

	for (const char *p = text; *p; p = next_line(p))
		n += strncmp(p, prefix, strlen(prefix)) == 0;
	return n;
}

const char *fake_line(size_t n)
{
	const char *p = text;

	while (n-- && *p)
		p = next_line(p);
	snprintf(line, sizeof(line), "%.*s", (int)line_len(p), p);
	return line;
}

int fake_has(const char *want)
{
	size_t len = strlen(want);

	for (const char *p = text; *p; p = next_line(p))
		if (line_len(p) == len && memcmp(p, want, len) == 0)
			return 1;
	return 0;
}

void fake_fail_call(size_t n, int err)
{
	fail_n = n;
	fail_err = err;
}

void fake_fail(const char *prefix, int err, int times)
{
	if (n_failures == MAX_FAILURES)
		abort();
	failures[n_failures++] = (struct failure){ prefix, err, times };
}

void fake_on_ioctl(int (*fn)(int fd, unsigned long request, void *arg))
{
	answer = fn;
}

static int failure_of(const char *call, size_t n)
{
	if (fail_err && n == fail_n)
		return -fail_err;
	for (size_t i = 0; i < n_failures; i++) {
		struct failure *f = &failures[i];

		if (!f->times || strncmp(call, f->prefix, strlen(f->prefix)))
			continue;
		if (f->times > 0)
			f->times--;
		return -f->err;
	}
	return 0;
}

__attribute__((format(printf, 1, 2))) static int record(const char *fmt, ...)
{
	char *start = text + text_len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(start, sizeof(text) - text_len, fmt, ap);
	va_end(ap);
	/* A test that records more than fits would assert on half of it. */
	if (len < 0 || (size_t)len + 2 > sizeof(text) - text_len)
		abort();
	text_len += (size_t)len;
	text[text_len++] = '\n';
	text[text_len] = '\0';
	return failure_of(start, n_calls++);
}

static const char *or_dash(const char *s)
{
	return s ? s : "-";
}

int sys_mount(const char *source, const char *target, const char *type,
	      unsigned long flags, const char *data)
{
	return record("mount %s %s %s 0x%lx %s", or_dash(source),
		      or_dash(target), or_dash(type), flags, or_dash(data));
}

int sys_umount(const char *target, int flags)
{
	return record("umount %s 0x%x", target, (unsigned int)flags);
}

int sys_mkdir(const char *path, mode_t mode)
{
	return record("mkdir %s 0%o", path, mode);
}

int sys_chroot(const char *path)
{
	return record("chroot %s", path);
}

int sys_mknod(const char *path, mode_t mode, dev_t dev)
{
	return record("mknod %s 0%o %u:%u", path, mode, major(dev), minor(dev));
}

int sys_chmod(const char *path, mode_t mode)
{
	return record("chmod %s 0%o", path, mode);
}

int sys_symlink(const char *target, const char *path)
{
	return record("symlink %s %s", target, path);
}

void (*fake_module)(const char *file);

int sys_finit_module(int fd, const char *params, int flags)
{
	char link[64], path[1024] = "";
	const char *base;
	int r;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof(path) - 1) < 0)
		return record("finit_module fd%d '%s' 0x%x", fd, params,
			      (unsigned int)flags);
	base = strrchr(path, '/');
	base = base ? base + 1 : path;
	r = record("finit_module %s '%s' 0x%x", base, params,
		   (unsigned int)flags);
	if (!r && fake_module)
		fake_module(base);
	return r;
}

static const char *addr_text(const struct sockaddr *sa, char *buf, size_t size)
{
	struct sockaddr_in in;

	memcpy(&in, sa, sizeof(in));
	if (in.sin_family != AF_INET)
		return "-";
	return inet_ntop(AF_INET, &in.sin_addr, buf, (socklen_t)size);
}

static int record_route(unsigned long request, const struct rtentry *rt)
{
	char dst[INET_ADDRSTRLEN], mask[INET_ADDRSTRLEN], via[INET_ADDRSTRLEN];

	return record("ioctl 0x%lx %s %s via %s%s%s", request,
		      addr_text(&rt->rt_dst, dst, sizeof(dst)),
		      addr_text(&rt->rt_genmask, mask, sizeof(mask)),
		      addr_text(&rt->rt_gateway, via, sizeof(via)),
		      rt->rt_dev ? " " : "", rt->rt_dev ? rt->rt_dev : "");
}

static int record_ifreq(unsigned long request, const struct ifreq *ifr)
{
	char buf[INET_ADDRSTRLEN];

	switch (request) {
	case SIOCSIFADDR:
	case SIOCSIFNETMASK:
	case SIOCSIFBRDADDR:
	case SIOCSIFDSTADDR:
		return record("ioctl 0x%lx %.*s %s", request, IFNAMSIZ,
			      ifr->ifr_name,
			      addr_text(&ifr->ifr_addr, buf, sizeof(buf)));
	case SIOCSIFFLAGS:
		return record("ioctl 0x%lx %.*s 0x%x", request, IFNAMSIZ,
			      ifr->ifr_name,
			      (unsigned int)(unsigned short)ifr->ifr_flags);
	case SIOCSIFMTU:
		return record("ioctl 0x%lx %.*s %d", request, IFNAMSIZ,
			      ifr->ifr_name, ifr->ifr_mtu);
	default:
		return record("ioctl 0x%lx %.*s", request, IFNAMSIZ,
			      ifr->ifr_name);
	}
}

static int record_ioctl(unsigned long request, const void *arg)
{
	const struct winsize *ws = arg;

	if (request == SIOCADDRT || request == SIOCDELRT)
		return record_route(request, arg);
	if (request == TIOCSWINSZ)
		return record("ioctl 0x%lx %ux%u", request, ws->ws_row,
			      ws->ws_col);
	/* SIOCGIFCONF's argument is no struct ifreq. */
	if (request >> 8 == 0x89 && request != SIOCGIFCONF && arg)
		return record_ifreq(request, arg);
	return record("ioctl 0x%lx", request);
}

int sys_ioctl(int fd, unsigned long request, void *arg)
{
	int r = record_ioctl(request, arg);

	if (r || !answer)
		return r;
	return answer(fd, request, arg);
}

int sys_sethostname(const char *name, size_t len)
{
	return record("sethostname %.*s", (int)len, name);
}

int sys_kill(pid_t pid, int sig)
{
	return record("kill %d %d", (int)pid, sig);
}

int sys_reboot(int cmd)
{
	return record("reboot 0x%x", (unsigned int)cmd);
}

int sys_settime(const void *time)
{
	struct timespec t;

	memcpy(&t, time, sizeof(t));
	return record("settime %lld.%09ld", (long long)t.tv_sec, t.tv_nsec);
}

int sys_ioperm(unsigned long from, unsigned long n, int on)
{
	return record("ioperm 0x%lx %lu %d", from, n, on);
}

/* Where nothing is, all bits are set. */
unsigned char (*fake_in8)(unsigned short port);
void (*fake_out8)(unsigned short port, unsigned char value);

unsigned char sys_in8(unsigned short port)
{
	return fake_in8 ? fake_in8(port) : 0xff;
}

void sys_out8(unsigned short port, unsigned char value)
{
	if (fake_out8)
		fake_out8(port, value);
}

void sys_sync(void)
{
	record("sync");
}
