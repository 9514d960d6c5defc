// SPDX-License-Identifier: MIT
#include "run.h"

#include "../init/protocol.h"
#include "accel.h"
#include "msg.h"
#include "quote.h"
#include "session.h"
#include "tty.h"
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAILED		125
#define BOOT_TIMEOUT_S	120
#define MEM_MIN		512
#define TAIL_LINES	20

/* --- the plan ------------------------------------------------------------- */

/* Whether the image given with -i is booted as it is. */
static bool image_as_is(const struct run_spec *spec,
			const struct recipe *recipe)
{
	return spec->initrd && !spec->command && !recipe->n_items &&
	       !recipe->modules.n && !recipe->init && !recipe->conf.n;
}

static void settle_recipe(const struct run_spec *spec, struct recipe *recipe)
{
	for (size_t i = 0; spec->nic && spec->nic->modules[i]; i++)
		strv_push(&recipe->drivers, spec->nic->modules[i]);
	recipe->command = spec->command;
	if (!spec->initrd)
		return;
	recipe->append_to = spec->initrd;
	recipe->no_busybox = true;
}

static int build_image(const struct recipe *recipe, const struct kernel *k,
		       const char *path)
{
	struct image img = { 0 };
	int err = recipe_apply(recipe, k, &img);

	if (!err)
		err = image_write(&img, path, &recipe->codec,
				  recipe->append_to);
	image_free(&img);
	return err;
}

/* A compressed image unpacks to several times its size, beside itself. */
static unsigned int default_mem(const char *initrd, bool compressed)
{
	struct stat st;
	unsigned long long mib;

	if (stat(initrd, &st) < 0)
		return MEM_MIN;
	mib = (unsigned long long)st.st_size >> 20;
	mib = MEM_MIN / 2 + mib * (compressed ? 8 : 3);
	if (mib > 1U << 20)
		mib = 1U << 20;
	return mib > MEM_MIN ? (unsigned int)mib : MEM_MIN;
}

static char *kernel_cmdline(const struct run_spec *spec)
{
	struct qemu_cmdline c = {
		.ip = spec->ip,
		.append = &spec->append,
	};

	if (!spec->command && tty_size(&c.rows, &c.cols))
		c.term = getenv("TERM");
	/* Not a word that the kernel would read as it stands. */
	if (c.term && c.term[strcspn(c.term, " \t\"\n")])
		c.term = NULL;
	return qemu_cmdline(&c);
}

static void print_line(const struct strv *argv)
{
	struct buf line = { 0 };

	quote_line(&line, argv);
	fputs(line.p, stdout);
	buf_free(&line);
}

/* What sh would have to do to get the same guest. */
static void print_plan(const struct run_spec *spec,
		       const struct recipe *recipe, const struct kernel *k,
		       const struct vm *vm, bool as_is,
		       const struct strv *qemu)
{
	struct strv argv = { 0 };

	strv_pushl(&argv, "mkdir", "-p", "-m", "700", vm->dir, NULL);
	print_line(&argv);
	strv_free(&argv);
	if (!as_is) {
		strv_pushl(&argv, "bootlet", "initramfs", "-o", vm->initrd,
			   "-k", k->image, NULL);
		for (size_t i = 0; i < spec->recipe_words.n; i++)
			strv_push(&argv, spec->recipe_words.v[i]);
		for (size_t i = 0; i < recipe->drivers.n; i++)
			strv_pushl(&argv, "--driver", recipe->drivers.v[i],
				   NULL);
		if (spec->initrd)
			strv_pushl(&argv, "--append-to", spec->initrd,
				   "--no-busybox", NULL);
		if (spec->command)
			strv_push(&argv, "--");
		for (char **w = spec->command; w && *w; w++)
			strv_push(&argv, *w);
		print_line(&argv);
		strv_free(&argv);
	}
	print_line(qemu);
}

/* --- one start of QEMU ---------------------------------------------------- */

struct run {
	const struct run_spec *spec;
	const struct kernel *kernel;
	const char *initrd, *cmdline;
	unsigned int mem;
	struct vm vm;
	int log;
};

static void argv_for(const struct run *r, const char *accel, struct strv *argv)
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

static int start(struct run *r, const char *accel)
{
	struct strv argv = { 0 };
	struct buf line = { 0 };
	int err;

	argv_for(r, accel, &argv);
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

static int attend(struct run *r, const char *accel, double probe,
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

static int run_auto(struct run *r, struct session_result *out)
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

static int run_once(struct run *r, struct session_result *out)
{
	switch (r->spec->accel) {
	case RUN_KVM:
		return attend(r, "kvm", 0, out);
	case RUN_TCG:
		return attend(r, "tcg", 0, out);
	default:
		return run_auto(r, out);
	}
}

/* --- the end -------------------------------------------------------------- */

static void show_tail(const struct buf *tail)
{
	size_t at = tail->n, lines = 0;

	while (at && (lines < TAIL_LINES || tail->p[at - 1] != '\n')) {
		lines += tail->p[at - 1] == '\n';
		at--;
	}
	if (!tail->n)
		return;
	msg_info("the console's last lines:");
	for (char *p = tail->p + at, *end; *p; p = end) {
		end = p + strcspn(p, "\n");
		fprintf(stderr, "  %.*s\n", (int)strcspn(p, "\r\n"), p);
		end += *end == '\n';
	}
}

static int conclude(const struct run_spec *spec,
		    const struct session_result *out)
{
	struct verdict v = verdict_decide(&out->facts);
	int code = v.exit_code;

	if (out->signal && !out->facts.status) {
		msg_error("ended by signal %d (%s)", out->signal,
			  strsignal(out->signal));
		code = 128 + out->signal;
	} else if (v.text) {
		msg_error("%s", v.text);
		if (!out->facts.status && spec->command && !msg_verbosity)
			show_tail(&out->tail);
	}
	free(v.text);
	return code;
}

static int open_log(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		msg_error("%s: cannot be written: %s", path, strerror(errno));
	return fd;
}

static int make_dir(struct run *r)
{
	const char *name = r->spec->name;
	int err = vm_make(&r->vm);

	if (err == -EBUSY)
		msg_error("%s: a run of this name is alive; choose another "
			  "--name",
			  name ? name : r->vm.dir);
	else if (err)
		msg_error("%s: cannot be made: %s", r->vm.dir, strerror(-err));
	return err;
}

static int execute(struct run *r, const struct recipe *recipe, bool as_is)
{
	struct session_result out = { 0 };
	int code = FAILED;

	if (make_dir(r))
		return FAILED;
	if (r->spec->log && (r->log = open_log(r->spec->log)) < 0)
		goto out;
	if (!as_is && build_image(recipe, r->kernel, r->initrd))
		goto out;
	if (!r->mem)
		r->mem = default_mem(r->initrd, as_is ||
						recipe->codec.type ||
						recipe->append_to);
	if (!r->spec->command && isatty(STDIN_FILENO))
		msg_info("booting %s; Ctrl-A X ends the guest at once",
			 r->kernel->release ? r->kernel->release :
					      r->kernel->image);
	if (run_once(r, &out) == 0)
		code = conclude(r->spec, &out);
	session_free(&out);
out:
	if (r->log >= 0)
		close(r->log);
	vm_free(&r->vm);
	return code;
}

static void print_run(struct run *r, const struct recipe *recipe, bool as_is)
{
	struct strv argv = { 0 };
	const char *why, *accel = "tcg";

	if (r->spec->accel == RUN_KVM ||
	    (r->spec->accel == RUN_AUTO && accel_kvm(&why) == ACCEL_KVM_GOOD))
		accel = "kvm";
	if (!r->mem)
		r->mem = MEM_MIN;
	argv_for(r, accel, &argv);
	print_plan(r->spec, recipe, r->kernel, &r->vm, as_is, &argv);
	strv_free(&argv);
}

static int check_name(struct vm *vm, const char *name)
{
	int err = vm_paths(vm, name);

	if (err == -EINVAL)
		msg_error("--name %s: must not be empty or contain \"/\"",
			  name);
	else if (err)
		msg_error("--name %s: too long for the name of a socket; "
			  "take a shorter one",
			  name);
	return err;
}

int run_guest(struct run_spec *spec, struct recipe *recipe)
{
	struct run r = { .spec = spec, .vm = VM_INIT, .log = -1 };
	struct kernel kernel = { 0 };
	bool as_is = image_as_is(spec, recipe);
	char *cmdline = NULL;
	int code = FAILED;

	if (session_setup() || check_name(&r.vm, spec->name) ||
	    kernel_find(spec->kernel, &kernel))
		return FAILED;
	settle_recipe(spec, recipe);
	cmdline = kernel_cmdline(spec);
	if (strlen(cmdline) > QEMU_CMDLINE_MAX) {
		msg_error("--append: the kernel command line is %zu bytes, "
			  "%d is the most; put keys into /etc/bootlet.conf",
			  strlen(cmdline), QEMU_CMDLINE_MAX);
		goto out;
	}
	r.kernel = &kernel;
	r.cmdline = cmdline;
	r.mem = spec->mem;
	r.initrd = as_is ? spec->initrd : r.vm.initrd;
	if (spec->print) {
		print_run(&r, recipe, as_is);
		code = fflush(stdout) ? FAILED : 0;
	} else {
		code = execute(&r, recipe, as_is);
	}
out:
	free(cmdline);
	kernel_free(&kernel);
	vm_free(&r.vm);
	return code;
}
