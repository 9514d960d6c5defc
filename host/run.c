// SPDX-License-Identifier: MIT
#include "run.h"

#include "imgcache.h"
#include "launch.h"
#include "machpick.h"
#include "msg.h"
#include "outputs.h"
#include "run_chart.h"
#include "run_cmdline.h"
#include "run_end.h"
#include "run_image.h"
#include "run_print.h"
#include "session.h"
#include "share.h"
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAILED	  125
#define NOT_FOUND 127

/* --- the run -------------------------------------------------------------- */

static int open_log(const char *path)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK,
		      0666);

	if (fd < 0)
		msg_error("%s: cannot be written: %s", path, strerror(errno));
	return fd;
}

/* Before QEMU is asked, whose words for it are QEMU's. */
static int check_image(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	if (fd >= 0)
		close(fd);
	if (err)
		msg_error("%s: cannot be read: %s", path, strerror(-err));
	return err;
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
		msg_error("%s: cannot be made: %s; set TMPDIR to another place",
			  r->vm.dir, strerror(-err));
	return err;
}

static int write_image(struct launch *r, const struct recipe *recipe,
		       struct image *img)
{
	if (!recipe)
		return check_image(r->initrd);
	if (*recipe->held)
		return imgcache_write(recipe, img, r->initrd);
	return image_write(img, r->initrd, &recipe->codec, recipe->append_to);
}

/* @recipe is NULL for an image that is booted as it is. */
static int execute(struct launch *r, const struct recipe *recipe,
		   struct image *img)
{
	struct session_result out = { 0 };
	int code = FAILED, err;

	if (make_dir(r))
		return FAILED;
	if (r->spec->log && (r->log = open_log(r->spec->log)) < 0)
		goto out;
	if (!r->spec->warm.on && write_image(r, recipe, img))
		goto out;
	if (r->spec->gdb.on &&
	    gdbrun_open(&r->gdb, &r->spec->gdb, r->kernel, r->vm.dir,
			r->spec->name, r->spec->command != NULL))
		goto out;
	if (!r->spec->command && isatty(STDIN_FILENO))
		msg_info("booting %s; Ctrl-A X ends the guest at once",
			 r->kernel->release ? r->kernel->release :
					      r->kernel->image);
	err = launch_run(r, &out);
	/* The last words stand where the run was started. */
	gdbrun_close(&r->gdb);
	if (!err)
		code = run_conclude(r->spec, &out, r->report);
	if (!err)
		code = run_chart_guest(r->chart, &out, r->report, code);
	dumpon_say(&r->dump, out.facts.panic, r->kernel->tree);
	session_free(&out);
out:
	gdbrun_close(&r->gdb);
	if (r->log >= 0)
		close(r->log);
	vm_free(&r->vm);
	run_own_time(&out.moments);
	return code;
}

/* Before it boots, rather than from `bootlet gdb`. */
static int cannot_debug(const char *what, const char *path)
{
	msg_error("%s %s: gdb cannot take a newline in a name", what, path);
	return -EINVAL;
}

static int check_name(struct vm *vm, const struct run_spec *spec)
{
	const char *name = spec->name;
	char *pid = xasprintf("%d", getpid());
	/* What is printed can be printed again. */
	int err = vm_paths(vm, !name && spec->print ? pid : name);

	free(pid);
	if (err == -EINVAL)
		msg_error("--name %s: must not be empty or contain \"/\"",
			  name);
	else if (err)
		msg_error("--name %s: too long for the name of a socket; "
			  "take a shorter one",
			  name);
	else if (spec->gdb.on && strchr(vm->dir, '\n'))
		return cannot_debug("--name", vm->dir);
	return err;
}

static int check_cmdline(const char *cmdline)
{
	if (strlen(cmdline) <= QEMU_CMDLINE_MAX)
		return 0;
	msg_error("--append: the kernel command line is %zu bytes, %d is the "
		  "most; put keys into /etc/bootlet.conf",
		  strlen(cmdline), QEMU_CMDLINE_MAX);
	return -E2BIG;
}

/* The default is a socket that only this user can reach; another has one name
 * for all who are told of it, wherever they stand. */
static void settle_gdb(struct run_spec *spec, struct vm *vm, char **path)
{
	struct gdbstub *stub = &spec->gdb.stub;
	char *address;

	if (!spec->gdb.on || stub->port)
		return;
	if (stub->path) {
		address = gdbstub_address(stub);
		*path = xstrdup(address + strlen("unix:"));
		vm->outside = xstrdup(*path);
		free(address);
	} else {
		*path = xasprintf("%s/gdb", vm->dir);
	}
	stub->path = *path;
}

/* The same in every run of one command, so that CI can compare them. */
static const char *results_name(const struct run_spec *spec)
{
	const char *word = spec->name ? spec->name : "";
	const char *slash;

	if (!*word && spec->command)
		word = spec->command[0];
	slash = strrchr(word, '/');
	return slash && slash[1] ? slash + 1 : word;
}

static void settle_channel(struct run_spec *spec, struct vm *vm)
{
	/* What comes from virtio-console comes when it likes. */
	spec->channel = channel_settle(spec->channel,
				       spec->command && !spec->icount.on);
	icount_begin(&spec->icount);
	vm->deaf = spec->icount.on;
	for (int i = 0; i < N_PORTS; i++) {
		if (spec->channel->port[i])
			continue;
		free(vm->channel[i]);
		vm->channel[i] = NULL;
	}
}

static int check_outputs(const struct run_spec *spec, const char *core)
{
	const struct output v[] = {
		{ "--report", spec->verdict.report },
		{ "--junit", spec->results.junit },
		{ "--log", spec->log },
		{ "--chart", spec->chart },
		{ "--dump-on", core },
	};

	return outputs_check(v, sizeof(v) / sizeof(v[0]));
}

/* What others may have taken, asked before there is work to be lost. */
static int check_host(struct run_spec *spec, struct vm *vm, const char *path)
{
	struct stat st;
	int err = netspec_check(&spec->net);

	if (!err && spec->dump.panic)
		err = dumpon_check(path);
	if (!err)
		err = virtiofsd_check(&spec->files);

	/* The default's directory is made later, and is this run's alone. */
	if (!err && (vm->outside || (spec->gdb.on && spec->gdb.stub.port)))
		err = gdbstub_open(&spec->gdb.stub);
	if (!err && vm->outside && lstat(vm->outside, &st) == 0) {
		vm->outside_dev = st.st_dev;
		vm->outside_ino = st.st_ino;
	}
	return err;
}

/* All of a run that has to be freed. */
struct whole {
	struct run_spec *spec;
	struct recipe *recipe;
	struct run_report report;
	struct run_chart chart;
	struct launch r;
	struct kernel kernel;
	struct image img;
	char *cmdline, *ip, *stub, *boot;
};

static int warm_image(void *ctx)
{
	struct whole *w = ctx;

	return write_image(&w->r, w->recipe, &w->img);
}

/* What can be said, and refused, before there is work to be lost. */
static int settle(struct whole *w)
{
	struct run_spec *spec = w->spec;
	struct launch *r = &w->r;
	int err = session_setup();

	/* What is printed is a boot. */
	spec->warm.on &= !spec->print;
	if (err)
		msg_error("/dev/null: cannot be opened: %s", strerror(-err));
	if (err || check_name(&r->vm, spec))
		return -EINVAL;
	if (spec->dump.panic)
		r->dump.path = spec->dump.path ? xstrdup(spec->dump.path) :
						 dumpon_path(spec->name);
	if (!spec->print && (check_outputs(spec, r->dump.path) ||
			     run_report_begin(&w->report, spec) ||
			     run_chart_begin(&w->chart, spec)))
		return -EINVAL;
	if (share_settle(&spec->files, r->vm.dir) ||
	    diskspec_settle(&spec->disks))
		return -EINVAL;
	settle_channel(spec, &r->vm);
	if (!spec->print && spec->icount.on && icount_unread(STDIN_FILENO))
		msg_warn("--icount: the command's stdin is empty; what is "
			 "there to read can be put into the image with --file");
	settle_gdb(spec, &r->vm, &w->stub);
	if (!spec->print && (check_host(spec, &r->vm, r->dump.path) ||
			     results_open(&spec->results, results_name(spec))))
		return -EINVAL;
	w->ip = netspec_ip(&spec->net);
	r->warm.image = warm_image;
	r->warm.ctx = w;
	r->warm.img = &w->img;
	return spec->warm.on ? launch_warm_settle(r, w->recipe) : 0;
}

static int find_kernel(struct whole *w)
{
	struct run_spec *spec = w->spec;
	struct kernel *k = &w->kernel;

	if (kernel_find(spec->kernel, k))
		return -ENOENT;
	run_report_kernel(&w->report, k);
	run_chart_kernel(&w->chart, k);
	if (spec->gdb.on && k->tree && strchr(k->tree, '\n'))
		return cannot_debug("-k", k->tree);
	if (kentry_find(k->image, spec->entry, &spec->append, &w->boot))
		return -ENOEXEC;
	w->r.kernel = k;
	w->r.boot = w->boot;
	machpick_settle(spec, w->recipe, k, w->boot);
	return share_kernel(&spec->files, k, machine_of(spec->machine));
}

/* Return: 0; -ELIBACC where the command could not be executed; -errno. */
static int plan(struct whole *w)
{
	struct launch *r = &w->r;
	bool as_is = run_image_as_is(w->spec, w->recipe);
	int err;

	run_image_settle(w->spec, w->recipe);
	if (as_is)
		w->recipe = NULL;
	w->cmdline = run_cmdline(w->spec, w->ip);
	r->cmdline = w->cmdline;
	r->initrd = as_is ? w->spec->initrd : r->vm.initrd;
	err = check_cmdline(w->cmdline);
	if (err)
		return err;
	err = run_image_plan(w->spec, w->recipe, &w->kernel, &w->img, &r->mem);
	return !err && w->spec->warm.on ? launch_warm_plan(r) : err;
}

static int carry_out(struct whole *w)
{
	int err = settle(w);

	if (!err)
		err = find_kernel(w);
	if (!err)
		err = plan(w);
	if (err)
		/* As the guest would have said. */
		return err == -ELIBACC ? NOT_FOUND : FAILED;
	if (!w->spec->print)
		return execute(&w->r, w->recipe, &w->img);
	run_print(&w->r, w->recipe);
	if (!fflush(stdout))
		return 0;
	msg_error("stdout: cannot be written: %s", strerror(errno));
	return FAILED;
}

void run_spec_free(struct run_spec *spec)
{
	strv_free(&spec->append);
	strv_free(&spec->recipe_words);
	strv_free(&spec->autofiles);
	strv_free(&spec->gdb.breaks);
	oops_allow_free(&spec->verdict.allow);
	netspec_free(&spec->net);
	sharespec_free(&spec->files);
	diskspec_free(&spec->disks);
}

int run_guest(struct run_spec *spec, struct recipe *recipe)
{
	struct whole w = {
		.spec = spec,
		.recipe = recipe,
		.r = {
			.spec = spec,
			.vm = VM_INIT,
			.log = -1,
			.mem = spec->mem,
			.dump = DUMPON_INIT,
			.warm = LAUNCH_WARM_INIT,
			.report = &w.report,
			.chart = &w.chart,
		},
	};
	int code = carry_out(&w);

	results_close(&spec->results);
	image_free(&w.img);
	free(w.cmdline);
	free(w.ip);
	free(w.boot);
	kernel_free(&w.kernel);
	dumpon_free(&w.r.dump);
	launch_warm_free(&w.r.warm);
	vm_free(&w.r.vm);
	gdbstub_close(&spec->gdb.stub);
	free(w.stub);
	code = run_chart_end(&w.chart, code);
	return run_report_end(&w.report, code);
}
