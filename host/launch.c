// SPDX-License-Identifier: MIT
#include "launch.h"

#include "accel.h"
#include "msg.h"
#include "qemu.h"
#include "quote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What tells a guest from the others on its network: the tap, which has one
 * guest at a time; or the run. */
static char *mac_key(const struct run_spec *spec)
{
	const char *ifname = spec->net.ifname;

	if (spec->net.type == QEMU_NET_TAP)
		return xstrdup(ifname);
	if (spec->name)
		return xasprintf("%s/%s", ifname, spec->name);
	return xasprintf("%s/%d", ifname, getpid());
}

/* @fd: as struct qemu_gdb's. */
static void make_argv(const struct launch *r, const char *accel, int fd,
		      struct strv *argv)
{
	const struct run_spec *spec = r->spec;
	struct strv forwards = { 0 }, devices = { 0 };
	char mac[NETSPEC_MAC_SIZE], *key;
	struct qemu_spec q = {
		.binary = r->spec->qemu,
		.accel = accel,
		.machine = spec->machine,
		.kernel = r->boot,
		.initrd = r->initrd,
		.append = r->cmdline,
		.qmp = r->vm.qmp,
		.events = spec->dump.panic ? r->vm.events : NULL,
		.channel = { r->vm.channel[PORT_UART],
			     r->vm.channel[PORT_VIRTIO] },
		.mem = r->mem,
		.cpus = r->spec->cpus,
		.icount = spec->icount.on,
		/* What is piped in is the guest's, Ctrl-A included. */
		.monitor = !r->spec->command && isatty(STDIN_FILENO),
		.nic = spec->net.nic,
		.net = { .type = spec->net.type, .ifname = spec->net.ifname },
		.gdb = {
			.path = spec->gdb.stub.path,
			.port = spec->gdb.stub.port,
			.fd = fd,
			.wait = gdbspec_waits(&spec->gdb),
		},
	};

	q.warm = r->warm.qemu;
	for (size_t i = 0; i < spec->net.n_forwards; i++)
		strv_take(&forwards, netspec_hostfwd(&spec->net.forwards[i]));
	q.net.forwards = &forwards;
	if (spec->net.ifname) {
		key = mac_key(spec);
		netspec_mac(key, mac);
		free(key);
		q.net.mac = mac;
	}
	sharespec_argv(&spec->files, machine_of(spec->machine), r->mem,
		       &devices);
	diskspec_argv(&spec->disks, machine_of(spec->machine), &devices);
	q.devices = &devices;
	qemu_argv(&q, argv);
	strv_free(&forwards);
	strv_free(&devices);
}

/* For a person, who has no descriptor to hand on. */
void launch_argv(const struct launch *r, const char *accel, struct strv *argv)
{
	make_argv(r, accel, 0, argv);
}

static int start_qemu(struct launch *r, const char *accel)
{
	int fd = r->spec->gdb.stub.fd, err;
	struct strv argv = { 0 };

	make_argv(r, accel, fd, &argv);
	if (fd)
		fcntl(fd, F_SETFD, 0);
	err = vm_start(&r->vm, &argv);
	launch_warm_started(&r->warm);
	if (fd)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	strv_free(&argv);
	return err;
}

static int start(struct launch *r, const char *accel, const char *why)
{
	struct strv argv = { 0 };
	struct buf line = { 0 };
	int err;

	launch_argv(r, accel, &argv);
	run_report_qemu(r->report, accel, why, &argv);
	run_chart_qemu(r->chart, accel, &argv);
	quote_line(&line, &argv);
	if (msg_verbosity)
		fputs(line.p, stderr);
	buf_free(&line);
	strv_free(&argv);
	err = start_qemu(r, accel);
	if (err == -ENOENT)
		msg_error("%s: not found; install QEMU (Debian, Ubuntu: "
			  "apt-get install qemu-system-x86), or name it with "
			  "--qemu",
			  r->spec->qemu);
	else if (err)
		msg_error("%s: cannot be started: %s", r->spec->qemu,
			  strerror(-err));
	return err;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* QEMU listens: let the guest be found, and its end be heard of. */
static void listening(void *ctx)
{
	struct launch *r = ctx;
	const struct kernel *k = r->kernel;
	struct guestinfo info = {
		.dir = r->vm.dir,
		.name = (char *)(void *)r->spec->name,
		.pid = getpid(),
		.image = k->image,
		.release = k->release,
		.tree = k->tree,
		.moddir = k->moddir,
	};
	int err = 0;

	if (r->spec->gdb.on)
		gdbrun_listening(&r->gdb);
	else
		err = guestinfo_write(&info);
	if (err)
		msg_warn("%s/" GUESTINFO_FILE ": cannot be written: %s; "
			 "`bootlet dump` and `inject` will not find the guest",
			 info.dir, strerror(-err));
	/* Without it there is a warning, and the run goes on. */
	if (r->spec->dump.panic)
		dumpon_open(&r->dump, r->vm.events);
}

static int boot(struct launch *r, const struct launch_boot *b,
		const struct session_spec *s, struct session_result *out)
{
	int err = start(r, b->accel, b->why);

	if (!err)
		session_run(&r->vm, s, out);
	return err;
}

/* @why: this accelerator, in a few words. */
static int attend(struct launch *r, const char *accel, const char *why,
		  double probe, double used, struct session_result *out)
{
	const struct run_spec *spec = r->spec;
	const struct deadline_run kind = {
		.shell = !spec->command,
		.terminal = !spec->command && isatty(STDIN_FILENO),
		.debugger = spec->gdb.on,
	};
	struct session_spec s = {
		.interactive = !spec->command,
		.deadlines = spec->verdict.deadlines,
		.probe = probe,
		.used = used,
		.log = r->log,
		.echo = msg_verbosity > 0,
		.patient = spec->gdb.on,
		.results = results_ktap(&spec->results),
		.initcalls = r->chart->calls,
		.listening = listening,
		.ctx = r,
		.dump = spec->dump.panic ? &r->dump : NULL,
		.nonce = spec->icount.on ? spec->icount.nonce : NULL,
	};
	const struct launch_boot b = { accel, boot, why };
	int err;

	deadlines_settle(&s.deadlines, &kind);
	if (spec->gdb.on) {
		gdbrun_restart(&r->gdb, !strcmp(accel, "kvm"));
		s.terminal = r->gdb.term.client;
	}
	err = virtiofsd_start(&r->fs, &spec->files);
	if (!err && spec->warm.on)
		err = launch_warm(r, &b, probe > 0, &s, out);
	else if (!err)
		err = boot(r, &b, &s, out);
	virtiofsd_stop(&r->fs);
	return err;
}

/* Whether KVM is to blame for a guest that never came to init: it was silent,
 * or QEMU itself failed. A kernel that speaks and then panics is not. */
static bool kvm_failed(const struct session_result *out)
{
	const struct facts *f = &out->facts;

	if (f->timeout > 0 || f->signal || f->panic)
		return false;
	/* Even where its first sign of life came just then: it was killed. */
	if (out->probe_failed)
		return true;
	if (f->paused)
		return !f->ready;
	return !f->ready && !f->killed &&
	       !(WIFEXITED(f->qemu) && !WEXITSTATUS(f->qemu));
}

/* What is said when TCG is taken in place of a KVM that was tried. */
static void say_failed(const struct session_result *out)
{
	const char *words = out->words.n ? out->words.p : NULL;

	if (out->probe_failed)
		msg_info("KVM: no sign of life from the guest for %g seconds; "
			 "using TCG, which emulates and is slower",
			 ACCEL_PROBE_S);
	else
		msg_info("KVM: QEMU failed%s%.*s; using TCG, which emulates "
			 "and is slower",
			 words ? ": " : "",
			 words ? (int)strcspn(words, "\n") : 0,
			 words ? words : "");
}

/* The second start gets what the first has left of the time. */
static int fall_back(struct launch *r, double used, bool tried,
		     struct session_result *out)
{
	const char *why = out->probe_failed ?
				  "the guest showed no sign of life under KVM" :
				  "QEMU failed with KVM";
	bool silent = !out->tail.n;
	int err;

	say_failed(out);
	session_free(out);
	err = attend(r, "tcg", why, 0, used, out);
	/* TCG booted what KVM did not: it was not the kernel's fault. */
	if (!err && tried && silent && out->facts.ready)
		accel_remember(false);
	return err;
}

/* With a short deadline there is no time to find out; and a guest that a
 * debugger has stopped shows no sign of life. Return: NULL, or why not. */
static const char *no_try(const struct run_spec *spec)
{
	const double *seconds_of = spec->verdict.deadlines.seconds;
	double timeout = seconds_of[DEADLINE_ALL];
	double boot = seconds_of[DEADLINE_BOOT];

	if (spec->gdb.on) {
		msg_debug("KVM is untried here, and with a debugger there is "
			  "no telling; using TCG, unless --accel kvm");
		return "KVM is untried, and a debugger is there";
	}
	if (boot > 0 && (timeout <= 0 || boot < timeout))
		timeout = boot;
	if (timeout <= 0 || timeout >= 4 * ACCEL_PROBE_S)
		return NULL;
	msg_debug("KVM is untried here and %g s are too short to find out; "
		  "using TCG",
		  timeout);
	return "KVM is untried, and the deadline too short to find out";
}

static int run_auto(struct launch *r, struct session_result *out)
{
	const char *why, *no;
	enum accel_kvm known = accel_kvm(&why);
	bool untried = known == ACCEL_KVM_UNKNOWN;
	double begin = seconds();
	int err;

	if (known == ACCEL_KVM_NONE || known == ACCEL_KVM_BAD) {
		msg_debug("%s; using TCG, which emulates and is slower", why);
		return attend(r, "tcg", why, 0, 0, out);
	}
	no = untried ? no_try(r->spec) : NULL;
	if (no)
		return attend(r, "tcg", no, 0, 0, out);
	err = attend(r, "kvm", why, untried ? ACCEL_PROBE_S : 0, 0, out);
	if (err)
		return err;
	if (kvm_failed(out))
		return fall_back(r, seconds() - begin, untried, out);
	if (untried && out->facts.ready)
		accel_remember(true);
	return 0;
}

int launch_run(struct launch *r, struct session_result *out)
{
	int err = session_signals();

	if (err) {
		msg_error("signals: cannot be taken: %s", strerror(-err));
		return err;
	}
	switch (r->spec->accel) {
	case RUN_KVM:
		err = attend(r, "kvm", "--accel", 0, 0, out);
		out->facts.kvm = true;
		return err;
	case RUN_TCG:
		return attend(r, "tcg", "--accel", 0, 0, out);
	default:
		return run_auto(r, out);
	}
}
