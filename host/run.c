// SPDX-License-Identifier: MIT
#include "run.h"

#include "../init/protocol.h"
#include "accel.h"
#include "launch.h"
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

#define FAILED	   125
#define MEM_MIN	   512
#define TAIL_LINES 20

/* --- the plan ------------------------------------------------------------- */

/* Whether the image given with -i is booted as it is. */
static bool image_as_is(const struct run_spec *spec,
			const struct recipe *recipe)
{
	return spec->initrd && !spec->command && !recipe->n_items &&
	       !recipe->modules.n && !recipe->drivers.n &&
	       !recipe->init && !recipe->conf.n && !spec->nic;
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
static void print_plan(const struct run_spec *spec, const struct recipe *recipe,
		       const struct kernel *k, const struct vm *vm, bool as_is,
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

/* The user's word for what could not be executed, and why. */
static char *exec_failed_text(const struct run_spec *spec,
			      const struct facts *f)
{
	const char *name = spec->command ? spec->command[0] : "/bin/sh";

	if (f->word && !strcmp(f->word, STATUS_INTERPRETER))
		return xasprintf("%s: its interpreter or dynamic loader is not "
				 "in the image",
				 name);
	if (f->number == ENOENT)
		return xasprintf("%s: not in the image", name);
	return xasprintf("%s: cannot be executed in the guest: %s", name,
			 strerror(f->number));
}

static int conclude(const struct run_spec *spec,
		    const struct session_result *out)
{
	struct verdict v = verdict_decide(&out->facts);
	int code = v.exit_code;

	if (v.outcome == OUTCOME_EXEC_FAILED) {
		free(v.text);
		v.text = exec_failed_text(spec, &out->facts);
	}
	/* A shell was told HUP, whatever it was that ended bootlet. */
	if (out->signal && (!out->facts.status || !spec->command)) {
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

static int make_dir(struct launch *r)
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

static int execute(struct launch *r, const struct recipe *recipe, bool as_is)
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
		r->mem = default_mem(r->initrd, as_is || recipe->codec.type ||
							recipe->append_to);
	if (!r->spec->command && isatty(STDIN_FILENO))
		msg_info("booting %s; Ctrl-A X ends the guest at once",
			 r->kernel->release ? r->kernel->release :
					      r->kernel->image);
	if (launch_run(r, &out) == 0)
		code = conclude(r->spec, &out);
	session_free(&out);
out:
	if (r->log >= 0)
		close(r->log);
	vm_free(&r->vm);
	return code;
}

static void print_run(struct launch *r, const struct recipe *recipe, bool as_is)
{
	struct strv argv = { 0 };
	const char *why, *accel = "tcg";

	if (r->spec->accel == RUN_KVM ||
	    (r->spec->accel == RUN_AUTO && accel_kvm(&why) == ACCEL_KVM_GOOD))
		accel = "kvm";
	if (!r->mem)
		r->mem = MEM_MIN;
	launch_argv(r, accel, &argv);
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
	struct launch r = { .spec = spec, .vm = VM_INIT, .log = -1 };
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
