// SPDX-License-Identifier: MIT
#include "power.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
/* For a driver's shutdown that takes its time, before the next is tried. */
#define REBOOT_MS 10000
/* For disks to take what is not written yet. */
#define DISKS_MS 30000
/* For the console to send what it still holds. */
#define CONSOLE_MS 1000
#define NAP_MS	   20
/* A stack of mounts deeper than the table holds takes another pass. */
#define PASSES 4

static const unsigned char actions[] = {
	[SIGINT] = POWER_REBOOT, [SIGTERM] = POWER_REBOOT,
	[SIGUSR1] = POWER_OFF,	 [SIGUSR2] = POWER_OFF,
	[SIGPWR] = POWER_OFF,
};

/* By whether powering off comes first. */
static const int plans[][POWER_MAX_PLAN] = {
	[false] = { RB_AUTOBOOT, RB_POWER_OFF, RB_HALT_SYSTEM },
	[true] = { RB_POWER_OFF, RB_AUTOBOOT, RB_HALT_SYSTEM },
};

/*
 * Signs that the kernel can switch the machine off; one is enough. On a PC:
 * ACPI, Xen; User Mode Linux calls itself x86, too (proc's exitcode is
 * its own). Elsewhere firmware does it as a rule (PSCI, SBI, OPAL). This list
 * and the next are strings, each ended by a NUL: pointers would double them.
 */
static const char signs[] =
#if defined(__x86_64__) || defined(__i386__)
	"/sys/firmware/acpi\0/sys/hypervisor/type\0"
	"/proc/exitcode\0";
#else
	"/\0";
#endif

enum power_action power_for_signal(int sig)
{
	if (sig < 0 || (size_t)sig >= ARRAY_SIZE(actions))
		return POWER_NONE;
	return (enum power_action)actions[sig];
}

/* --- processes ------------------------------------------------------------ */

/* Wakes up at once when a child dies: SIGCHLD is blocked and waited for. */
static void nap(int64_t ms)
{
	io_sigwait(IO_SIGNAL(SIGCHLD), ms < NAP_MS ? (int)ms : NAP_MS);
}

/* pid, or -1 for all. Return: whether none of them is left. */
static bool reap_until(pid_t pid, uint64_t deadline)
{
	for (;;) {
		pid_t got = io_wait(pid, NULL, WNOHANG);
		int64_t left = (int64_t)(deadline - io_now_ms());

		if (got == -ECHILD)
			return true;
		if (got != 0)
			continue;
		if (left <= 0)
			return false;
		nap(left);
	}
}

void power_end_processes(int ms)
{
	int r = sys_kill(-1, SIGTERM);

	/* Not a problem if one fails: ESRCH, nobody is left. */
	if (r == 0)
		sys_kill(-1, SIGCONT);
	if (reap_until(-1, io_now_ms() + ms))
		return;
	sys_kill(-1, SIGKILL);
	/* Not a problem if one stays: it sleeps in a driver. */
	reap_until(-1, io_now_ms() + POWER_KILL_MS);
}

/* --- file systems --------------------------------------------------------- */

/* "\040" is a space; the kernel writes space, tab, newline, "\" and "#" so. */
__attribute__((noinline)) static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		char c = *s++;

		if (c == '\\') {
			c = 0;
			for (int n = 3; n && *s >= '0' && *s <= '7'; n--)
				c = (char)(c << 3 | (*s++ & 7));
		}
		*to++ = c;
	}
	*to = '\0';
}

/* Cut at the next space. Return: what follows, or NULL. */
static char *field_end(char *s)
{
	char *end = s ? strchr(s, ' ') : NULL;

	if (!end)
		return NULL;
	*end = '\0';
	return end + 1;
}

/* Return: the target of a line where it must be unmounted, else NULL: what is
 * called as its type, "proc proc", or "none", keeps nothing beyond the
 * machine's memory; but an overlay may. */
__attribute__((noinline)) static char *parse_mount(char *line)
{
	char *target = field_end(line);
	char *type = field_end(target);

	if (!field_end(type) ||
	    ((!strcmp(line, type) || !strcmp(line, "none")) && *type != 'o'))
		return NULL;
	unescape(target);
	return target;
}

size_t parse_mounts(char *text, const char *targets[], size_t max)
{
	char *end = strrchr(text, '\n');
	size_t n = 0;

	while (end && n < max) {
		char *line, *target;

		*end = '\0';
		line = strrchr(text, '\n');
		target = parse_mount(line ? line + 1 : text);
		if (target)
			targets[n++] = target;
		end = line;
	}
	return n;
}

/* Return: 0; -errno where the target is as it was. */
__attribute__((noinline)) static int unmount(const char *target)
{
	if (sys_umount(target, 0) == 0)
		return 0;
	/* Clean on the disk is what counts. */
	if (sys_mount("none", target, "none", MS_REMOUNT | MS_RDONLY, "") == 0)
		return -EBUSY;
	return sys_umount(target, MNT_DETACH);
}

void power_unmount(const char *mounts)
{
	static char text[32768];
	static const char *targets[POWER_MAX_MOUNTS];

	for (int pass = 0; pass < PASSES; pass++) {
		ssize_t len = file_read(mounts, text, sizeof(text));
		size_t n = parse_mounts(text, targets, POWER_MAX_MOUNTS);
		size_t gone = 0;

		for (size_t i = 0; i < n; i++)
			gone += unmount(targets[i]) == 0;
		if (!gone ||
		    (n < POWER_MAX_MOUNTS && len < (ssize_t)sizeof(text) - 1))
			break;
	}
}

/* --- the machine ---------------------------------------------------------- */

const int *power_plan(enum power_action action, bool can_off)
{
	return plans[action == POWER_OFF && can_off];
}

/* Without /proc and /sys nothing can be known: the usual machine can. */
static bool can_off(void)
{
	for (const char *p = signs; *p; p = text_next(p))
		if (io_access(p, F_OK) == 0)
			return true;
	return io_access("/sys/kernel", F_OK) < 0 &&
	       io_access("/proc/self", F_OK) < 0;
}

/*
 * Where reboot(2) comes back to the kernel's do_exit(), that of PID 1 would be
 * a panic; and a file system whose server is gone never comes back at all. So
 * PID 1 has a child do either, and waits for that long, no longer.
 */
static int in_child(int (*fn)(int arg), int arg, int ms)
{
	pid_t pid = io_getpid() == 1 ? io_fork() : -1;

	if (pid < 0)
		return fn(arg);
	if (pid == 0)
		io_exit(fn(arg) < 0);
	/* Not a problem if it stays: what follows does not need it. */
	reap_until(pid, io_now_ms() + ms);
	return -EIO;
}

void power_reset_type(const char *path)
{
	static const char from[] = "acpi\n", to[] = "triple\n";
	char now[sizeof(from)];

	file_read(path, now, sizeof(now));
	if (!strcmp(now, from))
		/* Not a problem if it fails: the keyboard controller is next. */
		file_write(path, 0, to, sizeof(to) - 1);
}

int power_try(enum power_action action, bool off)
{
	const int *cmds = power_plan(action, off);
	int r = -EIO;

	for (int i = 0; i < POWER_MAX_PLAN; i++) {
		r = in_child(sys_reboot, cmds[i], REBOOT_MS);
		if (r == 0)
			r = -EIO;
	}
	return r;
}

/* What a serial line has not sent yet would be lost: the last words. */
static void console_drain(void)
{
	uint64_t deadline = io_now_ms() + CONSOLE_MS;
	int held = 0;

	while (sys_ioctl(STDOUT_FILENO, TIOCOUTQ, &held) == 0 && held > 0 &&
	       io_now_ms() < deadline)
		nap(1);
}

static int disks_end(int unused)
{
	sys_sync();
	power_unmount("/proc/self/mounts");
	sys_sync();
	return unused;
}

static _Noreturn void go(enum power_action action)
{
	bool off = can_off();

	power_end_processes(POWER_TERM_MS);
	in_child(disks_end, 0, DISKS_MS);
	console_drain();
	if (!off)
		power_reset_type("/sys/kernel/reboot/type");
	log_warn("the machine stays on: %s", err_text(power_try(action, off)));
	for (;;)
		io_poll(NULL, 0, -1, false);
}

void power_off(void)
{
	go(POWER_OFF);
}

void power_reboot(void)
{
	go(POWER_REBOOT);
}
