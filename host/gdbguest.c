// SPDX-License-Identifier: MIT
#include "gdbguest.h"

#include "gdbelf.h"
#include "msg.h"
#include "quote.h"
#include "spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- which guest ------------------------------------------------------------ */

/* "bootlet gdb --guest DIR" for each, which also tells them apart. */
static void list(const struct guestinfo *v, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, i ? ", " : "");
		buf_adds(out, v[i].name ? "--name " : "--guest ");
		quote_sh(out, v[i].name ? v[i].name : v[i].dir);
		if (v[i].release)
			buf_addf(out, " (%s)", v[i].release);
	}
}

static const struct guestinfo *by_name(const struct guestinfo *v, size_t n,
				       const char *name, struct buf *why)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].name && !strcmp(v[i].name, name))
			return &v[i];
	buf_addf(why, "%s: no guest of that name waits for gdb", name);
	if (n) {
		buf_adds(why, "; there are: ");
		list(v, n, why);
	} else {
		buf_adds(why, "; start it with: bootlet run --gdb --name ");
		quote_sh(why, name);
	}
	return NULL;
}

const struct guestinfo *gdbguest_choose(const struct guestinfo *v, size_t n,
					const struct gdbguest_wish *w,
					struct buf *why)
{
	const struct guestinfo *one = NULL;
	size_t match = 0;

	if (w->name)
		return by_name(v, n, w->name, why);
	if (n == 1)
		return v;
	for (size_t i = 0; i < n && w->tree; i++)
		if (v[i].tree && !strcmp(v[i].tree, w->tree)) {
			one = &v[i];
			match++;
		}
	if (match == 1)
		return one;
	if (!n) {
		buf_adds(why, "no guest waits for gdb; start one first, in "
			      "another terminal: bootlet run --gdb -k ");
		quote_sh(why, w->tree ? w->tree : "TREE");
	} else {
		buf_addf(why, "%zu guests wait for gdb, choose one: ", n);
		list(v, n, why);
	}
	return NULL;
}

/* --- what stands where ------------------------------------------------------ */

char *gdbguest_source(const char *tree)
{
	char *link = xasprintf("%s/source", tree), *real;

	/* A source tree may well have a directory of its own of that name. */
	if (readlink(link, (char[1]){ 0 }, 1) < 0)
		real = realpath(tree, NULL);
	else
		real = realpath(link, NULL);
	free(link);
	return real;
}

char *gdbguest_loader(const char *vmlinux)
{
	char *path = xasprintf("%s-gdb.py", vmlinux);

	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

/* --- whether it can work ---------------------------------------------------- */

#define REMEDY "bootlet build -k %s base debug"

static int check_id(const char *vmlinux, const struct gdbelf *e,
		    const char *running)
{
	char *id = NULL;
	int err = gdbelf_build_id(e, &id);

	if (err) {
		msg_error("%s: has no build id, and the kernel that runs has; "
			  "name the vmlinux that was linked",
			  vmlinux);
		return -ESTALE;
	}
	if (strcmp(id, running) != 0) {
		msg_error("%s: is not the kernel that runs: its build id is "
			  "%.12s, the guest's %.12s; start the guest again "
			  "with what is built now, or name its vmlinux",
			  vmlinux, id, running);
		err = -ESTALE;
	}
	free(id);
	return err;
}

int gdbguest_check(const char *vmlinux, const char *tree, const char *running)
{
	struct buf where = { 0 };
	struct gdbelf e;
	int err = gdbelf_open(vmlinux, &e);

	quote_sh(&where, tree ? tree : "TREE");

	if (err == -ENOENT)
		msg_error("%s: is not there: the kernel is not built; build "
			  "it: " REMEDY,
			  vmlinux, where.p);
	else if (err == -ENOEXEC)
		msg_error("%s: no 64-bit ELF file, or a damaged one; gdb "
			  "needs vmlinux, not bzImage",
			  vmlinux);
	else if (err)
		msg_error("%s: cannot be read: %s", vmlinux, strerror(-err));
	if (err)
		goto out;
	if (!gdbelf_has_debug(&e)) {
		msg_error("%s: has no debug info, so that gdb knows neither "
			  "lines nor arguments; build it with: " REMEDY,
			  vmlinux, where.p);
		err = -ENODATA;
	} else if (running) {
		err = check_id(vmlinux, &e, running);
	}
	gdbelf_close(&e);
out:
	buf_free(&where);
	return err;
}

#define INSTALL "(Debian, Ubuntu: apt-get install gdb)"

int gdbguest_program(const char *program, bool named)
{
	struct buf out = { 0 };
	struct strv argv = { 0 };
	struct spawn how = { .out = &out, .err = &out, .timeout_ms = 30000 };
	int code;

	strv_pushl(&argv, program, "-nx", "-batch", "-ex",
		   "python print('python', 6 * 7)", NULL);
	code = spawn_run(&how, &argv);
	strv_free(&argv);
	if (code == -ENOENT && !named)
		msg_error("%s: not found; install it " INSTALL
			  ", or name it with --gdb-program",
			  program);
	else if (code < 0)
		msg_error("%s: cannot be started: %s", program,
			  strerror(-code));
	else if (out.p && strstr(out.p, "not supported"))
		msg_error("%s: is a gdb without Python; install the full "
			  "one " INSTALL ", or name it with --gdb-program",
			  program);
	else if (!out.p || !strstr(out.p, "python 42"))
		msg_error("%s: does not work as gdb%s%.*s", program,
			  out.p ? ": " : "",
			  out.p ? (int)strcspn(out.p, "\n") : 0,
			  out.p ? out.p : "");
	else
		code = INT32_MAX;
	buf_free(&out);
	if (code == INT32_MAX)
		return 0;
	return code < 0 ? code : -ENOEXEC;
}
