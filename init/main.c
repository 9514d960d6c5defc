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
 * returns, and executes one thing only in its own place: the init of the root
 * that root= names, where there is no command.
 *
 * Two things know the outside world: report.c, where `bootlet run` listens,
 * and the console. Neither has to be there.
 */
#include "background.h"
#include "child.h"
#include "cmdline.h"
#include "console.h"
#include "fault.h"
#include "file.h"
#include "io.h"
#include "log.h"
#include "modules.h"
#include "mounts.h"
#include "near.h"
#include "net.h"
#include "nodes.h"
#include "park.h"
#include "power.h"
#include "relay.h"
#include "report.h"
#include "root.h"
#include "share.h"
#include "switch.h"
#include "sys.h"
#include "timing.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum need { MAY, MUST };

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

/* A module may have brought a better port. */
static int modules_phase(struct boot_config *cfg)
{
	int r = modules_apply(cfg), moved = report_open(cfg);

	return r ? r : moved;
}

static char *command[BOOTLET_COMMAND_WORDS];
static int n_command; /* -errno where it cannot be read */

/* The image is out of sight where a share becomes the root. What is for one
 * run only comes after the guest has been copied. */
static int files_phase(struct boot_config *cfg)
{
	int r;

	if (cfg->warm == WARM_LATE) {
		net_apply(cfg);
		timing_apply(cfg);
	}
	if (cfg->warm) {
		r = park_apply();
		timing_phase("park");
		if (r)
			return r;
	}
	n_command = child_command(command, BOOTLET_COMMAND_WORDS);
	return share_apply(cfg);
}

static int net_phase(struct boot_config *cfg)
{
	return cfg->warm == WARM_LATE ? 0 : net_apply(cfg);
}

/* Where there is a console to sit at, a shell follows what fails. */
static int root_phase(struct boot_config *cfg)
{
	int r = root_apply(cfg, !n_command);

	return n_command ? r : 0;
}

static int timing_print(struct boot_config *cfg)
{
	return cfg->warm == WARM_LATE ? 0 : timing_apply(cfg);
}

/* The names apart, one behind the other: with its flag each would take as much
 * again, for alignment. */
#define PHASES(X)                         \
	X("console", console_phase, MAY)  \
	X("mounts", mounts_apply, MUST)   \
	X("cmdline", cmdline_phase, MUST) \
	X("nodes", nodes_apply, MAY)      \
	X("channel", report_open, MAY)    \
	X("modules", modules_phase, MAY)  \
	X("files", files_phase, MUST)     \
	X("net", net_phase, MAY)          \
	X("root", root_phase, MUST)       \
	X("timing", timing_print, MAY)

#define NAME(name, apply, need)	 name "\0"
#define APPLY(name, apply, need) apply,
#define NEED(name, apply, need)	 need,

static const char names[] = PHASES(NAME) "start";
static int (*const applies[])(struct boot_config *cfg) = { PHASES(APPLY) };
static const unsigned char needs[] = { PHASES(NEED) };

#define N_PHASES (sizeof(needs) / sizeof(needs[0]))

/* A host that is there answers while modules load; this long for one that the
 * machine it runs on holds up. */
#define HELLO_MS 10000
/* For the host to take what is queued: a reader that pauses is no fault, the
 * host has deadlines of its own. */
#define DRAIN_MS 3600000
/* From asking the main child to end until it is killed. */
#define TERM_MS 2000

static struct boot_config config;

static struct child {
	pid_t pid;
	volatile unsigned char asked; /* enum power_action, by a signal */
	unsigned char action; /* the same, once it is obeyed */
	bool command;
	bool gone;
	int status; /* of waitpid(2), once gone */
	uint64_t kill_at; /* ms; 0: nobody asked it to end */
} the_child;

static void on_signal(int sig, const struct io_siginfo *info)
{
	enum power_action action = power_for_signal(sig);

	(void)info;
	if (action != POWER_NONE)
		the_child.asked = (unsigned char)action;
}

/*
 * Signals arrive only inside ppoll(2): handlers set flags, nothing races. Until
 * the main child is there they are blocked, not handled, and so wait: then it
 * has nothing to inherit that it would have to reset.
 */
static void signals_setup(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		if (sig == SIGCHLD || power_for_signal(sig) != POWER_NONE)
			io_signal(sig, on_signal);
}

static void say_bye(void)
{
	report_wait(REPORT_BYE, DRAIN_MS);
	/* No BYE says so. */
	report_drain();
}

static _Noreturn void finish(enum power_action action)
{
	say_bye();
	if (action == POWER_REBOOT)
		power_reboot();
	power_off();
}

/* Without the nonce of a host's HELLO no verdict counts. */
static void say_status(const char *outcome, int number, const char *word)
{
	report_wait(REPORT_HELLO, HELLO_MS);
	report_status(outcome, number, word);
}

/* Whatever is wrong, it ends: no wait is without a bound, and a fault in here
 * is the kernel's to deal with. */
void fault_end(int sig)
{
	log_warn("signal %d in init itself; powering off", sig);
	say_status(STATUS_INIT_ERROR, sig, STATUS_SIGNAL);
	finish(POWER_OFF);
}

static void boot(void)
{
	const char *name = names, *next;

	for (size_t i = 0; i < N_PHASES; i++, name = next) {
		int r = applies[i](&config);

		next = text_next(name);
		timing_phase(name);
		relay_phases(next);
		if (r < 0 && needs[i] == MUST) {
			log_warn("%s: %s; powering off", name, err_text(r));
			say_status(STATUS_INIT_ERROR, -r, name);
			finish(POWER_OFF);
		}
	}
}

/* --- the main child ------------------------------------------------------- */

static int attach_tty(const struct boot_config *cfg)
{
	char tty[CONSOLE_PATH_SIZE];

	console_tty(cfg, tty);
	return console_prepare(tty, cfg->rows, cfg->cols);
}

static void exec_failed(const char *name, int err)
{
	const char *word = NULL;

	if (err == ELIBACC) {
		err = ENOENT;
		word = STATUS_INTERPRETER;
	}
	if (err == ENOENT)
		log_warn("%s: %snot in the image", name,
			 word ? "its interpreter or dynamic loader is " : "");
	else
		log_fail(name, "cannot be executed", err);
	say_status(STATUS_EXEC_FAILED, err, word);
}

static const char *child_name(const struct child *c)
{
	return c->command ? PHASE_COMMAND : PHASE_SHELL;
}

/* Return: whether a child runs now. */
static bool start(struct child *c, char *const argv[],
		  enum child_streams streams)
{
	struct child_spec spec = {
		.argv = argv,
		.streams = streams,
		.attach = attach_tty,
		.cfg = &config,
	};
	int err;

	timing_phase("start");
	relay_phases(child_name(c));
	c->pid = child_start(&spec, &err);
	/* A directory that somebody is in cannot be unmounted. */
	io_chdir("/");
	if (c->pid < 0) {
		log_fail(argv[0], "cannot be started", c->pid);
		say_status(STATUS_INIT_ERROR, -c->pid, "start");
		return false;
	}
	if (err)
		exec_failed(argv[0], err);
	return !err;
}

static bool start_child(struct child *c)
{
	enum child_streams streams = CHILD_TTY;

	if (n_command < 0) {
		log_warn("%s: %s", BOOTLET_COMMAND, err_text(n_command));
		say_status(STATUS_INIT_ERROR, -n_command, "command");
		return false;
	}
	c->command = n_command > 0;
	if (switch_init()) {
		say_status(STATUS_SWITCHED, 0, NULL);
		say_bye();
		switch_exec();
	}
	if (report_deaf())
		child_in(NULL, 0);
	if (!c->command)
		command[0] = child_shell(&config);
	else if (report_up() && report_wait(REPORT_HELLO, HELLO_MS) == 0)
		streams = CHILD_PIPES;
	else {
		streams = CHILD_CONSOLE;
		if (config.port)
			log_warn("%s: no host answers; the command runs on the "
				 "console",
				 config.port);
	}
	return start(c, command, streams);
}

/* --- the loop ------------------------------------------------------------- */

static void reap(struct child *c)
{
	int status;
	pid_t pid;

	while ((pid = io_wait(-1, &status, WNOHANG)) > 0) {
		if (pid != c->pid)
			continue;
		c->gone = true;
		c->status = status;
	}
}

static void signal_child(int sig)
{
	if (!the_child.gone)
		sys_kill(-the_child.pid, sig);
}

/* A shell ignores TERM and obeys HUP; both may be stopped. */
static void ask_to_end(struct child *c, unsigned char action)
{
	c->action = action;
	if (c->kill_at)
		return;
	signal_child(SIGTERM);
	if (!c->command)
		signal_child(SIGHUP);
	signal_child(SIGCONT);
	c->kill_at = io_now_ms() + TERM_MS;
}

static void take_signals(struct child *c)
{
	if (c->asked)
		ask_to_end(c, c->asked);
	c->asked = POWER_NONE;
	reap(c);
	if (c->kill_at && io_now_ms() >= c->kill_at) {
		signal_child(SIGKILL);
		c->kill_at = io_now_ms() + TERM_MS;
	}
}

__attribute__((noinline)) static void turn(struct child *c)
{
	/* The second is for the KILL after TERM_MS; nothing else needs it. */
	relay_wait(c->kill_at ? 1000 : -1);
	take_signals(c);
	relay_move(&config, signal_child);
}

static void verdict(const struct child *c)
{
	relay_phases(NULL);
	if (c->action != POWER_NONE && !c->command)
		/* The user of the shell said poweroff: that is a good end. */
		say_status(STATUS_EXIT, 0, NULL);
	else if (WIFSIGNALED(c->status))
		say_status(STATUS_SIGNAL, WTERMSIG(c->status),
			   child_was_oom(c->status) ? STATUS_OOM : NULL);
	else
		say_status(STATUS_EXIT, WEXITSTATUS(c->status), NULL);
}

int main(void)
{
	static const char refusal[] = "init: runs as PID 1 of an initramfs "
				      "only; see bootlet-init(8)\n";
	struct child *c = &the_child;

	timing_begin();
	if (io_getpid() != 1) {
		/* Not a problem if it fails: the exit code says it too. */
		io_write(STDERR_FILENO, refusal, sizeof(refusal) - 1);
		return BOOTLET_EXIT_NOT_PID1;
	}
	fault_setup();
	io_sigmask(~FAULT_SIGNALS);
	sys_reboot(POWER_CAD_OFF);
	boot();
	NEAR(c);
	if (start_child(c)) {
		background_start(&config);
		signals_setup();
		while (!c->gone)
			turn(c);
		timing_phase(child_name(c));
		relay_drain(DRAIN_MS);
		verdict(c);
	}
	finish(c->action == POWER_NONE ? POWER_OFF : c->action);
}
