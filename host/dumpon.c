// SPDX-License-Identifier: MIT
#include "dumpon.h"

#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* It has sockets before it has a loop that attends to them. */
#define OPEN_MS 30000
#define QUIT_MS 2000

char *dumpon_path(const char *name)
{
	return name ? xasprintf("bootlet-%s.vmcore", name) :
		      xasprintf("bootlet-%d.vmcore", getpid());
}

int dumpon_check(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? xasprintf("%.*s", (int)(slash - path + 1), path) :
			    xstrdup(".");
	struct stat st;
	int err = 0;

	if (stat(dir, &st) < 0 || access(dir, W_OK | X_OK) < 0)
		err = -errno;
	else if ((slash && !slash[1]) ||
		 (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		err = -EISDIR;
	if (err)
		msg_error("--dump-on: %s: cannot be written: %s", path,
			  strerror(-err));
	free(dir);
	return err;
}

int dumpon_open(struct dumpon *d, const char *socket)
{
	int err;

	qmp_close(&d->q);
	d->stopped = d->reset = false;
	err = qmp_open(&d->q, socket, OPEN_MS);
	if (err)
		msg_warn("--dump-on: there will be no core: %s",
			 qmp_error(&d->q, err));
	return err;
}

bool parse_shutdown(const json_t *event, bool *reset)
{
	const char *name = json_string_value(json_object_get(event, "event"));
	const json_t *data = json_object_get(event, "data");
	const char *why = json_string_value(json_object_get(data, "reason"));

	if (!name || strcmp(name, "SHUTDOWN") != 0 ||
	    !json_is_true(json_object_get(data, "guest")))
		return false;
	/* Any other word but this one may be a panic. */
	*reset = !why || strcmp(why, "guest-shutdown") != 0;
	return true;
}

void dumpon_read(struct dumpon *d)
{
	json_t *e;
	int err;

	while (d->q.fd >= 0 && (err = qmp_event(&d->q, 0, &e)) != -ETIMEDOUT) {
		if (err) {
			qmp_close(&d->q);
			return;
		}
		d->stopped |= parse_shutdown(e, &d->reset);
		json_decref(e);
	}
}

void dumpon_take(struct dumpon *d, bool (*stop)(void *ctx), void *ctx)
{
	struct dump_spec spec = {
		.path = d->path,
		.format = DUMP_FORMAT,
		.progress = true,
		.stop = stop,
		.ctx = ctx,
	};

	if (d->tried || d->q.fd < 0)
		return;
	d->tried = true;
	d->err = dump_guest(&d->q, &spec, &d->done, &d->why);
}

void dumpon_quit(struct dumpon *d)
{
	if (d->q.fd < 0)
		return;
	/* Not a problem if it fails: then QEMU has ended, or is killed. */
	qmp_execute(&d->q, "quit", NULL, QUIT_MS, NULL);
	qmp_close(&d->q);
}

void dumpon_say(const struct dumpon *d, bool panic, const char *tree)
{
	char *vmlinux, *with;

	if (!d->path || !panic)
		return;
	if (!d->tried) {
		msg_warn("%s: no core was written: QEMU had ended before",
			 d->path);
		return;
	}
	if (d->err) {
		msg_error("%s; there is no core", d->why.p);
		return;
	}
	vmlinux = tree ? xasprintf("%s/vmlinux", tree) : NULL;
	with = dump_read_with(d->path, vmlinux, &d->done.said);
	msg_info("%s: the core, %llu MiB; read it with: %s", d->path,
		 d->done.bytes >> 20, with);
	free(vmlinux);
	free(with);
}

void dumpon_free(struct dumpon *d)
{
	qmp_close(&d->q);
	buf_free(&d->why);
	free(d->path);
	*d = (struct dumpon)DUMPON_INIT;
}
