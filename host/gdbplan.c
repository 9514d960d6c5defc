// SPDX-License-Identifier: MIT
#include "gdbplan.h"

#include "gdbguest.h"
#include "kernel.h"
#include "msg.h"
#include "outfile.h"
#include "quote.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* QEMU answers at once, unless the machine is very busy. */
#define PROBE_MS 5000
/* `bootlet run` packs an image and starts QEMU. */
#define GUEST_MS 15000

/* --- which guest, which kernel ---------------------------------------------- */

/* The list is taken apart: one guest is kept, the others are freed. */
static int choose_now(const struct gdbplan_wish *o, struct gdbplan *p,
		      struct buf *why)
{
	struct gdbguest_wish wish = { .name = o->name, .tree = p->tree };
	const struct guestinfo *one;
	struct guestinfo *v = NULL;
	bool many;
	size_t n = 0;
	int err = guestinfo_list(true, &v, &n);

	if (err) {
		buf_addf(why, "the guests that run cannot be listed: %s",
			 strerror(-err));
		return err;
	}
	many = n && !o->name;
	one = gdbguest_choose(v, n, &wish, why);
	for (size_t i = 0; v && i < n; i++)
		if (&v[i] == one)
			p->guest = v[i];
		else
			guestinfo_free(&v[i]);
	free(v);
	return one ? 0 : many ? -EEXIST : -ENOENT;
}

/* In a script the guest may have been started a moment ago. */
static int choose(const struct gdbplan_wish *o, struct gdbplan *p)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	struct buf why = { 0 };
	int err = choose_now(o, p, &why);

	for (int i = 0; err == -ENOENT && o->batch && i < GUEST_MS / 100; i++) {
		nanosleep(&pause, NULL);
		buf_free(&why);
		err = choose_now(o, p, &why);
	}
	if (err)
		msg_error("%s", why.p);
	buf_free(&why);
	return err;
}

static int by_dir(const char *dir, struct gdbplan *p)
{
	int err = guestinfo_find(dir, &p->guest);

	if (!err && !p->guest.address)
		err = -ENOENT;
	if (err == -EPERM)
		msg_error("%s: is another user's; gdb would run what stands "
			  "in that one's tree",
			  dir);
	else if (err)
		msg_error("%s: no run that waits for gdb has this directory; "
			  "start one with: bootlet run --gdb",
			  dir);
	return err;
}

static int find_guest(const struct gdbplan_wish *o, struct gdbplan *p)
{
	const char *wrong;
	int err;

	if (o->address) {
		/* The command has read it once, so that it is right. */
		wrong = parse_gdbport(o->address, &p->port);
		p->spec.port = &p->port;
		return wrong ? -EINVAL : 0;
	}
	err = o->guest ? by_dir(o->guest, p) : choose(o, p);
	if (err)
		return err;
	wrong = parse_gdbport(p->guest.address, &p->port);
	p->spec.port = &p->port;
	if (!wrong)
		return 0;
	msg_error("%s: %s: %s", p->guest.dir, p->guest.address, wrong);
	return -EINVAL;
}

/* -k, what the guest says, or where one stands: of these only the second
 * need not be a tree. */
static int find_tree(const struct gdbplan_wish *o, struct gdbplan *p)
{
	if (o->tree)
		p->tree = realpath(o->tree, NULL);
	if (!o->tree || p->tree)
		return 0;
	msg_error("%s: %s", o->tree, strerror(errno));
	return -errno;
}

static int find_vmlinux(const struct gdbplan_wish *o, struct gdbplan *p)
{
	char *path;

	if (!p->tree && p->guest.tree)
		p->tree = xstrdup(p->guest.tree);
	if (!p->tree && !o->vmlinux)
		p->tree = kernel_tree_above(".");
	if (!p->tree && !o->vmlinux) {
		msg_error("of which kernel is it? name the tree that it was "
			  "built in with -k TREE, or its vmlinux");
		return -ENOENT;
	}
	path = o->vmlinux ? xstrdup(o->vmlinux) :
			    xasprintf("%s/vmlinux", p->tree);
	p->vmlinux = realpath(path, NULL);
	/* What is wrong with it is gdbguest_check()'s to say. */
	if (!p->vmlinux)
		p->vmlinux = xstrdup(path);
	free(path);
	return 0;
}

/* gdb cannot be told of such a name: then it goes without. */
static const char *whole(const char *path, const char *special,
			 const char *without)
{
	if (!path || !strpbrk(path, special))
		return path;
	msg_warn("%s: gdb does not take %c in this name, so that %s; "
		 "give the directory another name",
		 path, *strpbrk(path, special), without);
	return NULL;
}

static void find_rest(const struct gdbplan_wish *o, struct gdbplan *p)
{
	struct gdb_spec *s = &p->spec;

	s->program = o->program ? o->program : "gdb";
	s->vmlinux = p->vmlinux;
	s->dir = p->vm.dir;
	s->batch = o->batch;
	p->loader = gdbguest_loader(p->vmlinux);
	/* A list of patterns: gdb's manual, "Auto-loading safe path". */
	s->loader = whole(p->loader, ":*?[",
			  "the kernel's lx- commands are not there");
	if (p->tree)
		p->source = gdbguest_source(p->tree);
	/* A list as $PATH is. */
	s->source = whole(p->source, ":", "it may not find the source");
	s->moddir = p->tree ? p->tree : p->guest.moddir;
	for (size_t i = 0; i < p->guest.breaks.n; i++)
		if (!strv_has(&o->breaks, p->guest.breaks.v[i]))
			strv_push(&s->breaks, p->guest.breaks.v[i]);
	for (size_t i = 0; i < o->breaks.n; i++)
		strv_push(&s->breaks, o->breaks.v[i]);
	for (size_t i = 0; i < o->files.n; i++)
		strv_push(&s->files, o->files.v[i]);
}

int gdbplan_make(const struct gdbplan_wish *o, struct gdbplan *p)
{
	const char *what = NULL, *wrong;
	int err;

	*p = (struct gdbplan){ .vm = VM_INIT };
	err = vm_paths(&p->vm, NULL);
	if (!err)
		err = find_tree(o, p);
	if (!err)
		err = find_guest(o, p);
	if (!err)
		err = find_vmlinux(o, p);
	if (err)
		return err;
	find_rest(o, p);
	wrong = gdb_plan_check(&p->spec, &what);
	if (wrong)
		msg_error("%s: %s", what, wrong);
	return wrong ? -EINVAL : 0;
}

/* --- doing it --------------------------------------------------------------- */

static int write_file(const struct gdbplan *p, const char *name,
		      const char *text, size_t n)
{
	char *path = xasprintf("%s/%s", p->vm.dir, name);
	struct outfile *of;
	int err = outfile_open(path, &of);

	if (!err) {
		err = outfile_write(of, text, n);
		if (err)
			outfile_abort(of);
		else
			err = outfile_close(of);
	}
	if (err)
		msg_error("%s: %s", path, strerror(-err));
	free(path);
	return err;
}

static int write_files(const struct gdbplan *p)
{
	struct buf script = { 0 };
	char *link;
	int err;

	gdb_script(&p->spec, &script);
	err = write_file(p, GDB_SCRIPT, script.p, script.n);
	buf_free(&script);
	if (!err)
		err = write_file(p, GDB_PY, gdb_py,
				 (size_t)(gdb_py_end - gdb_py));
	if (err || !gdb_socket_link(&p->spec))
		return err;
	link = xasprintf("%s/" GDB_SOCKET, p->vm.dir);
	if (symlink(p->spec.port->path, link) < 0) {
		err = -errno;
		msg_error("%s: %s", link, strerror(errno));
	}
	free(link);
	return err;
}

static int probe(const struct gdbplan_wish *o, const struct gdbplan *p)
{
	const char *address = o->address ? o->address : p->guest.address;
	struct buf word = { 0 };
	int err = gdbport_probe(p->spec.port, PROBE_MS);

	quote_sh(&word, address);
	switch (err) {
	case 0:
		break;
	case -EBUSY:
	case -ETIMEDOUT:
		msg_error("%s: no answer: another gdb is connected; leave "
			  "that one first, a guest has room for one",
			  address);
		break;
	case -ECONNREFUSED:
	case -ENOENT:
		msg_error("%s: nobody listens there; start a guest with: "
			  "bootlet run --gdb=%s",
			  address, word.p);
		break;
	case -EPROTO:
		msg_error("%s: is no gdbstub of QEMU's", address);
		break;
	default:
		msg_error("%s: %s", address, strerror(-err));
	}
	buf_free(&word);
	return err;
}

static int become_gdb(const struct gdbplan *p)
{
	struct strv argv = { 0 };
	int err;

	gdb_argv(&p->spec, &argv);
	fflush(NULL);
	signal(SIGXFSZ, SIG_DFL);
	execvp(argv.v[0], argv.v);
	err = -errno;
	msg_error("%s: cannot be started: %s", argv.v[0], strerror(errno));
	strv_free(&argv);
	return err;
}

int gdbplan_start(const struct gdbplan_wish *o, struct gdbplan *p)
{
	struct buf tree = { 0 };
	int err = gdbguest_check(p->vmlinux, p->tree, p->guest.build_id);

	if (!err)
		err = gdbguest_program(p->spec.program, o->program);
	if (err)
		return err;
	quote_sh(&tree, p->tree ? p->tree : "TREE");
	if (!p->loader)
		msg_info("%s-gdb.py: is not there, so that gdb lacks the "
			 "kernel's lx- commands; with them: bootlet build -k "
			 "%s base debug",
			 p->vmlinux, tree.p);
	buf_free(&tree);
	err = vm_make(&p->vm);
	if (err) {
		msg_error("%s: %s", p->vm.dir, strerror(-err));
		return err;
	}
	err = write_files(p);
	/* Last: from now on the guest stands still. */
	if (!err)
		err = probe(o, p);
	if (!err) {
		vm_leave(&p->vm);
		err = become_gdb(p);
	}
	return err;
}

void gdbplan_free(struct gdbplan *p)
{
	vm_free(&p->vm);
	guestinfo_free(&p->guest);
	gdbport_free(&p->port);
	strv_free(&p->spec.breaks);
	strv_free(&p->spec.files);
	free(p->tree);
	free(p->vmlinux);
	free(p->loader);
	free(p->source);
}
