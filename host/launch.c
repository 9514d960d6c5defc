// SPDX-License-Identifier: MIT
#include "launch.h"

#include "accel.h"
#include "msg.h"
#include "qemu.h"
#include "quote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BOOT_TIMEOUT_S 120

void launch_argv(const struct launch *r, const char *accel, struct strv *argv)
{
	struct qemu_spec q = {
		.binary = r->spec->qemu,
		.accel = accel,
		.kernel = r->kernel->image,
		.initrd = r->initrd,
		.append = r->cmdline,
		.channel = r->vm.channel,
		.mem = r->mem,
		.cpus = r->spec->cpus,
		.monitor = !r->spec->command,
		.nic = r->spec->nic,
	};

	qemu_argv(&q, argv);
}

static int start(struct launch *r, const char *accel)
{
	struct strv argv = { 0 };
	struct buf line = { 0 };
	int err;

	launch_argv(r, accel, &argv);
	quote_line(&line, &argv);
	if (msg_verbosity)
		fputs(line.p, stderr);
	buf_free(&line);
	err = vm_start(&r->vm, &argv);
	strv_free(&argv);
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

static int attend(struct launch *r, const char *accel, double probe,
		  struct session_result *out)
{
	const struct run_spec *spec = r->spec;
	struct session_spec s = {
		.interactive = !spec->command,
		.timeout = spec->timeout,
		.boot_timeout = spec->boot_timeout,
		.probe = probe,
		.log = r->log,
		.echo = msg_verbosity > 0,
	};
	int err;

	/* A shell for a person waits as long as the person does. */
	if (s.boot_timeout < 0)
		s.boot_timeout = s.interactive && isatty(STDIN_FILENO) ?
					 0 :
					 BOOT_TIMEOUT_S;
	err = start(r, accel);
	if (!err)
		session_run(&r->vm, &s, out);
	return err;
}

/* Whether KVM, of which nothing was known, has shown that it does not work. */
static bool kvm_failed(const struct session_result *out)
{
	const struct facts *f = &out->facts;

	if (f->ready || f->timeout > 0 || out->signal)
		return false;
	return out->probe_failed || !f->panic;
}

static int run_auto(struct launch *r, struct session_result *out)
{
	const char *why;
	enum accel_kvm known = accel_kvm(&why);
	bool tried = known == ACCEL_KVM_UNKNOWN;
	int err;

	if (known == ACCEL_KVM_GOOD || known == ACCEL_KVM_UNKNOWN) {
		err = attend(r, "kvm", tried ? ACCEL_PROBE_S : 0, out);
		if (err || !tried || !kvm_failed(out)) {
			if (!err && tried && out->facts.ready)
				accel_remember(true);
			return err;
		}
		session_free(out);
		msg_info("KVM did not bring the guest to init; using TCG, "
			 "which emulates and is slower");
	} else {
		msg_debug("%s; using TCG, which emulates and is slower", why);
	}
	err = attend(r, "tcg", 0, out);
	/* TCG booted what KVM did not: it was not the kernel's fault. */
	if (!err && tried && out->facts.ready)
		accel_remember(false);
	return err;
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
		return attend(r, "kvm", 0, out);
	case RUN_TCG:
		return attend(r, "tcg", 0, out);
	default:
		return run_auto(r, out);
	}
}
