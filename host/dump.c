// SPDX-License-Identifier: MIT
#include "dump.h"

#include "msg.h"
#include "outfile.h"
#include "quote.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* An answer; QEMU has nothing else to do, but the machine may. */
#define ANSWER_MS 10000
#define LOOK_MS	  100
/* Without a byte more: what is written to has died. */
#define STUCK_S 120
#define FD_NAME "bootlet-core"

/* --- what QEMU offers ------------------------------------------------------- */

static int check_format(struct qmp *q, const struct dump_spec *spec,
			struct buf *why)
{
	json_t *reply = NULL;
	const json_t *formats, *f;
	bool found = false;
	size_t i;
	int err = qmp_execute(q, "query-dump-guest-memory-capability", NULL,
			      ANSWER_MS, &reply);

	if (err) {
		buf_addf(why, "QEMU: %s", qmp_error(q, err));
		return err;
	}
	formats = json_object_get(reply, "formats");
	json_array_foreach((json_t *)(void *)formats, i, f)
		found |= json_is_string(f) &&
			 !strcmp(json_string_value(f), spec->format);
	if (!found) {
		buf_addf(why, "--format %s: this QEMU offers", spec->format);
		json_array_foreach((json_t *)(void *)formats, i, f) buf_addf(
			why, "%s %s", i ? "," : "",
			json_is_string(f) ? json_string_value(f) : "?");
		err = -EINVAL;
	}
	json_decref(reply);
	return err;
}

int parse_dump_status(const json_t *s, unsigned long long *done,
		      unsigned long long *total)
{
	const json_t *word = json_object_get(s, "status");
	const json_t *d = json_object_get(s, "completed");
	const json_t *t = json_object_get(s, "total");

	if (!json_is_string(word) || !json_is_integer(d) ||
	    !json_is_integer(t) || json_integer_value(d) < 0 ||
	    json_integer_value(t) < 0)
		return -EPROTO;
	*done = (unsigned long long)json_integer_value(d);
	*total = (unsigned long long)json_integer_value(t);
	if (!strcmp(json_string_value(word), "active"))
		return 1;
	if (!strcmp(json_string_value(word), "completed"))
		return 0;
	return -EIO;
}

/* --- writing ---------------------------------------------------------------- */

/* Its reason comes with the event that ends a dump; what else had come before
 * was of interest to nobody. */
static void add_reason(struct qmp *q, struct buf *why)
{
	json_t *e, *data;
	const char *text = NULL;

	while (!text && qmp_event(q, 1000, &e) == 0) {
		data = json_object_get(e, "data");
		if (!strcmp(json_string_value(json_object_get(e, "event")),
			    "DUMP_COMPLETED")) {
			text = json_string_value(
				json_object_get(data, "error"));
			buf_addf(why, ": %s", text ? text : "no reason given");
			text = "";
		}
		json_decref(e);
	}
}

static int await_end(struct qmp *q, const struct dump_spec *spec,
		     struct buf *why)
{
	unsigned long long done, total, before = 0;
	int err = 1, still = 0;

	while (err > 0) {
		json_t *status = NULL;

		err = qmp_execute(q, "query-dump", NULL, ANSWER_MS, &status);
		if (!err)
			err = parse_dump_status(status, &done, &total);
		json_decref(status);
		if (err > 0 && spec->progress)
			msg_progress(spec->path, done, total);
		if (err <= 0)
			break;
		still = done == before ? still + 1 : 0;
		before = done;
		if (spec->stop && spec->stop(spec->ctx))
			err = -EINTR;
		else if (still > STUCK_S * 1000 / LOOK_MS)
			err = -ETIMEDOUT;
		else
			poll(NULL, 0, LOOK_MS);
	}
	if (spec->progress)
		msg_progress(spec->path, 1, 1);
	if (err == -EIO) {
		buf_addf(why, "%s: QEMU cannot write it", spec->path);
		add_reason(q, why);
	} else if (err == -EINTR) {
		buf_addf(why, "%s: given up by a signal", spec->path);
	} else if (err) {
		buf_addf(why, "%s: QEMU: %s", spec->path, qmp_error(q, err));
	}
	return err;
}

/* QEMU writes where the descriptor stands, which it shares with us. */
static int write_at(struct qmp *q, const struct dump_spec *spec, int fd,
		    off_t room, struct buf *why)
{
	int err = qmp_give_fd(q, fd, FD_NAME, ANSWER_MS);

	if (!err && (ftruncate(fd, 0) < 0 || lseek(fd, room, SEEK_SET) < 0))
		err = -errno;
	if (!err)
		err = qmp_execute(q, "dump-guest-memory",
				  json_pack("{s:b, s:s, s:b, s:s}", "paging",
					    false, "protocol", "fd:" FD_NAME,
					    "detach", true, "format",
					    spec->format),
				  ANSWER_MS, NULL);
	if (err) {
		buf_addf(why, "%s: QEMU: %s", spec->path, qmp_error(q, err));
		return err;
	}
	return await_end(q, spec, why);
}

static int write_core(struct qmp *q, const struct dump_spec *spec, int fd,
		      struct dump_done *done, struct buf *why)
{
	bool elf = !strcmp(spec->format, DUMP_FORMAT);
	int err = write_at(q, spec, fd, elf ? VMCORE_ROOM : 0, why);

	if (err || !elf)
		return err;
	err = vmcore_finish(fd, &done->said);
	/* A guest that has not come to 64 bits: as QEMU has it. */
	if (err == -ENOEXEC)
		err = write_at(q, spec, fd, 0, why);
	else if (err)
		buf_addf(why, "%s: %s", spec->path, strerror(-err));
	return err;
}

/* Before it is opened: a FIFO that nobody reads would hold us up for good. */
static int check_regular(const char *path, struct buf *why)
{
	struct stat st;

	if (stat(path, &st) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return 0;
	buf_addf(why, "%s: is no regular file, as a core must be", path);
	return -ESPIPE;
}

int dump_guest(struct qmp *q, const struct dump_spec *spec,
	       struct dump_done *done, struct buf *why)
{
	struct outfile *of = NULL;
	struct stat st;
	int err = check_format(q, spec, why), fd;

	*done = (struct dump_done){ 0 };
	if (!err)
		err = check_regular(spec->path, why);
	if (err)
		return err;
	err = outfile_open(spec->path, &of);
	if (err) {
		buf_addf(why, "%s: %s", spec->path, strerror(-err));
		return err;
	}
	fd = outfile_fd(of);
	/* As core(5): keys and other users' files may be in a guest's memory.
	 * Not a problem if it fails: this file system has no modes. */
	fchmod(fd, 0600);
	if (fd < 0) {
		buf_addf(why, "%s: is no regular file, as a core must be",
			 spec->path);
		err = fd;
	} else {
		err = write_core(q, spec, fd, done, why);
	}
	if (!err && fstat(fd, &st) == 0)
		done->bytes = (unsigned long long)st.st_size;
	if (err) {
		outfile_abort(of);
		return err;
	}
	err = outfile_close(of);
	if (err)
		buf_addf(why, "%s: %s", spec->path, strerror(-err));
	return err;
}

char *dump_read_with(const char *path, const char *vmlinux,
		     const struct vmcore_said *said)
{
	char *file = xasprintf("%s%s", path[0] == '-' ? "./" : "", path);
	struct buf out = { 0 };

	vmlinux = vmlinux ? vmlinux : "VMLINUX";
	buf_adds(&out, "crash ");
	quote_sh(&out, vmlinux);
	buf_addc(&out, ' ');
	quote_sh(&out, file);
	buf_adds(&out, ", gdb ");
	if (said->kaslr && said->moved) {
		char *load = xasprintf("symbol-file -o %#llx %s",
				       (unsigned long long)said->moved,
				       vmlinux);

		buf_adds(&out, "-c ");
		quote_sh(&out, file);
		buf_adds(&out, " -ex ");
		quote_sh(&out, load);
		free(load);
	} else {
		quote_sh(&out, vmlinux);
		buf_addc(&out, ' ');
		quote_sh(&out, file);
	}
	free(file);
	return out.p;
}
