// SPDX-License-Identifier: MIT
/*
 * init - PID 1 of an initramfs.
 *
 * Theory of operation: the boot is a table of phases, each of which reads
 * struct boot_config and makes a few privileged calls (sys.h). main() runs
 * them in order and times each one. A phase that MUST succeed and does not
 * ends the boot with a report; one that MAY fail has said so itself, and the
 * boot goes on.
 *
 * Then the main child is started: the image's command where there is one,
 * a shell on the console's tty otherwise. From there on PID 1 is a loop around
 * ppoll(2): it reaps whatever dies, moves bytes between the command's pipes
 * and the channel to the host, and obeys the conventional signals. When the
 * main child has died its fate is the verdict; it is sent, everything else is
 * ended, file systems are unmounted and the machine goes off. PID 1 never
 * executes anything in its own place and never returns.
 *
 * Two things know the outside world: report.c, where `bootlet run` listens,
 * and the console. Neither has to be there.
 */
#include "child.h"
#include "cmdline.h"
#include "console.h"
#include "log.h"
#include "modules.h"
#include "mounts.h"
#include "net.h"
#include "nodes.h"
#include "power.h"
#include "report.h"
#include "sys.h"
#include "timing.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum need { MAY, MUST };

struct phase {
	const char *name;
	int (*apply)(struct boot_config *cfg);
	enum need need;
};

static int console_phase(struct boot_config *cfg)
{
	(void)cfg;
	return console_open();
}

static int cmdline_phase(struct boot_config *cfg)
{
	int r = cmdline_load(cfg);

	log_quiet(cfg->quiet);
	return r;
}

static const struct phase phases[] = {
	{ "console", console_phase, MAY },
	{ "mounts", mounts_apply, MUST },
	{ "cmdline", cmdline_phase, MUST },
	{ "nodes", nodes_apply, MAY },
	{ "channel", report_open, MAY },
	{ "modules", modules_apply, MAY },
	{ "net", net_apply, MAY },
	{ "timing", timing_apply, MAY },
};

/* A host that is there answers while modules load; this long for one that the
 * machine it runs on holds up. */
#define HELLO_MS	10000
/* What is queued for the host gets this long without any progress: a reader
 * that pauses is no fault, the host has deadlines of its own. */
#define DRAIN_MS	3600000
/* From asking the main child to end until it is killed. */
#define TERM_MS		2000

static struct boot_config config;
static volatile sig_atomic_t got[NSIG];

static struct {
	pid_t pid;
	bool command;
	bool gone;
	int status;		/* of waitpid(2), once gone */
	enum power_action action;
	long long kill_at;	/* ms; 0: nobody asked it to end */
} child;

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void on_signal(int sig)
{
	got[sig] = 1;
}

/* Signals arrive only inside ppoll(2): handlers set flags, nothing races. */
static void signals_setup(void)
{
	struct sigaction note = { .sa_handler = on_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int sig = 1; sig < NSIG; sig++)
		if (sig == SIGCHLD || power_for_signal(sig) != POWER_NONE)
			sigaction(sig, &note, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sys_reboot(POWER_CAD_OFF);
}

static _Noreturn void finish(enum power_action action)
{
	report_drain(DRAIN_MS);
	if (action == POWER_REBOOT)
		power_reboot();
	power_off();
}

static void boot(void)
{
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		const struct phase *p = &phases[i];
		int r = p->apply(&config);

		report_phase(p->name, timing_phase(p->name));
		if (r < 0 && p->need == MUST) {
			log_warn("%s: %s; powering off", p->name, err_text(r));
			report_wait(HELLO_MS);
			report_status(STATUS_INIT_ERROR, -r, p->name);
			finish(POWER_OFF);
		}
	}
}

/* --- the main child ------------------------------------------------------- */

static int attach_tty(const struct boot_config *cfg)
{
	char tty[64];
	int r = console_tty(cfg, tty, sizeof(tty));

	return r < 0 ? r : console_prepare(tty, cfg->rows, cfg->cols);
}

static void exec_failed(const char *name, int err)
{
	const char *word = NULL;
	struct stat st;

	if (err == ENOENT && strchr(name, '/') && stat(name, &st) == 0)
		word = STATUS_INTERPRETER;
	if (word)
		log_warn("%s: its interpreter or dynamic loader is not in the "
			 "image", name);
	else if (err == ENOENT)
		log_warn("%s: not in the image", name);
	else
		log_warn("%s: cannot be executed: %s", name, err_text(err));
	report_status(STATUS_EXEC_FAILED, err, word);
}

/* Return: whether a child runs now. */
static bool start(char *const argv[], enum child_streams streams)
{
	struct child_spec spec = {
		.argv = argv,
		.streams = streams,
		.attach = attach_tty,
		.cfg = &config,
	};
	int err;

	report_phase(child.command ? "command" : "shell", 0);
	child.pid = child_start(&spec, &err);
	if (child.pid < 0) {
		log_warn("%s: cannot be started: %s", argv[0],
			 err_text(child.pid));
		report_status(STATUS_INIT_ERROR, -child.pid, "start");
		return false;
	}
	if (err)
		exec_failed(argv[0], err);
	return !err;
}

static bool start_child(void)
{
	static char shell[] = "/bin/sh";
	static char *argv[BOOTLET_COMMAND_WORDS];
	enum child_streams streams = CHILD_TTY;
	int n = child_command(argv, BOOTLET_COMMAND_WORDS);

	if (n < 0) {
		log_warn("%s: %s", BOOTLET_COMMAND, err_text(n));
		report_wait(HELLO_MS);
		report_status(STATUS_INIT_ERROR, -n, "command");
		return false;
	}
	child.command = n > 0;
	if (n == 0) {
		argv[0] = shell;
		argv[1] = NULL;
	} else if (report_fd() >= 0 && report_wait(HELLO_MS) == 0) {
		streams = CHILD_PIPES;
	} else {
		streams = CHILD_CONSOLE;
		if (config.port)
			log_warn("%s: no host answers; the command runs on the "
				 "console", config.port);
	}
	return start(argv, streams);
}

/* --- the loop ------------------------------------------------------------- */

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != child.pid)
			continue;
		child.gone = true;
		child.status = status;
	}
}

static void signal_child(int sig)
{
	if (!child.gone)
		sys_kill(-child.pid, sig);
}

/* A shell ignores TERM and obeys HUP; both may be stopped. */
static void ask_to_end(enum power_action action)
{
	child.action = action;
	if (child.kill_at)
		return;
	signal_child(SIGTERM);
	if (!child.command)
		signal_child(SIGHUP);
	signal_child(SIGCONT);
	child.kill_at = now_ms() + TERM_MS;
}

static void take_signals(void)
{
	for (int sig = 1; sig < NSIG; sig++) {
		enum power_action action = power_for_signal(sig);

		if (!got[sig])
			continue;
		got[sig] = 0;
		if (action != POWER_NONE)
			ask_to_end(action);
	}
	reap();
	if (child.kill_at && now_ms() >= child.kill_at) {
		signal_child(SIGKILL);
		child.kill_at = now_ms() + TERM_MS;
	}
}

static int frame_number(const struct report_frame *f)
{
	int n = 0;

	for (size_t i = 0; i < f->len && i < 4; i++)
		n = 10 * n + (f->data[i] - '0');
	return n;
}

static void take_size(const struct report_frame *f)
{
	unsigned short v[2] = { 0, 0 };
	char tty[64];
	int at = 0;

	for (size_t i = 0; i < f->len; i++) {
		if (f->data[i] == 'x' && !at)
			at = 1;
		else
			v[at] = (unsigned short)(10 * v[at] + f->data[i] - '0');
	}
	if (console_tty(&config, tty, sizeof(tty)) == 0)
		/* Not a problem if it fails: the size is a comfort. */
		console_resize(tty, v[0], v[1]);
}

static void credit(size_t n)
{
	static size_t owed;
	unsigned char le[4];

	owed += n;
	for (int i = 0; i < 4; i++)
		le[i] = (owed >> (8 * i)) & 0xff;
	/* A queue without room keeps the debt for the next turn. */
	if (owed && report_send(FRAME_CREDIT, le, sizeof(le)) == 0)
		owed = 0;
}

static void take_frame(const struct report_frame *f)
{
	int r;

	switch (f->type) {
	case FRAME_STDIN:
		r = child_in(f->data, f->len);
		if (r > 0)
			credit((size_t)r);
		break;
	case FRAME_CLOSE:
		if (f->len == 1 && (f->data[0] == 1 || f->data[0] == 2))
			child_out_close(f->data[0]);
		break;
	case FRAME_SIGNAL:
		r = frame_number(f);
		if (r > 0 && r < NSIG)
			signal_child(r);
		break;
	case FRAME_SIZE:
		take_size(f);
		break;
	}
}

/* One piece of output. Return: whether there may be more right now. */
static bool pump(int which)
{
	static const enum bootlet_frame type[] = {
		[1] = FRAME_STDOUT,
		[2] = FRAME_STDERR,
	};
	static char piece[FRAME_MAX];
	size_t room = report_room();
	ssize_t n;

	if (!room || child_out_fd(which) < 0)
		return false;
	n = child_out(which, piece, room);
	if (n > 0)
		report_send(type[which], piece, (size_t)n);
	report_flush();
	return n > 0;
}

static void take_port(void)
{
	struct report_frame f;

	while (report_fd() >= 0 && report_next(&f) > 0)
		take_frame(&f);
	if (report_fd() >= 0)
		report_flush();
}

static void turn(void)
{
	enum { PORT, IN, OUT, ERR, N };
	struct pollfd p[N] = {
		[PORT] = { .fd = report_fd(), .events = POLLIN },
		[IN] = { .fd = child_in_fd(), .events = POLLOUT },
		[OUT] = { .fd = -1, .events = POLLIN },
		[ERR] = { .fd = -1, .events = POLLIN },
	};
	struct timespec second = { .tv_sec = 1 };
	sigset_t none;

	if (report_pending())
		p[PORT].events |= POLLOUT;
	if (report_room() == FRAME_MAX) {
		p[OUT].fd = child_out_fd(1);
		p[ERR].fd = child_out_fd(2);
	}
	sigemptyset(&none);
	/* The second is for the KILL after TERM_MS; nothing else needs it. */
	ppoll(p, N, child.kill_at ? &second : NULL, &none);
	take_signals();
	take_port();
	credit(child_in_flush());
	pump(1);
	pump(2);
}

/* Whatever the command wrote before it died is in the pipes still. */
static void drain(void)
{
	for (int which = 1; which <= 2; which++)
		while (child_out_fd(which) >= 0) {
			if (report_fd() < 0)
				return;
			if (!report_room())
				report_drain(DRAIN_MS);
			else if (!pump(which))
				break;
		}
}

static void verdict(void)
{
	if (child.action != POWER_NONE && !child.command)
		/* The user of the shell said poweroff: that is a good end. */
		report_status(STATUS_EXIT, 0, NULL);
	else if (WIFSIGNALED(child.status))
		report_status(STATUS_SIGNAL, WTERMSIG(child.status), NULL);
	else
		report_status(STATUS_EXIT, WEXITSTATUS(child.status), NULL);
}

int main(void)
{
	static const char refusal[] = "init: runs as PID 1 of an initramfs "
				      "only; see bootlet-init(8)\n";

	timing_begin();
	if (getpid() != 1) {
		/* Not a problem if it fails: the exit code says it too. */
		if (write(STDERR_FILENO, refusal, sizeof(refusal) - 1) < 0)
			return BOOTLET_EXIT_NOT_PID1;
		return BOOTLET_EXIT_NOT_PID1;
	}
	umask(022);
	signals_setup();
	boot();
	if (start_child()) {
		while (!child.gone)
			turn();
		drain();
		verdict();
	}
	finish(child.action == POWER_NONE ? POWER_OFF : child.action);
}
