// SPDX-License-Identifier: MIT
#include "run_report.h"

#include "msg.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FAILED	  125
#define NOT_FOUND 127

static int write_file(struct outfile *of, const char *text)
{
	int err = outfile_write(of, text, strlen(text));

	if (!err)
		return outfile_close(of);
	outfile_abort(of);
	return err;
}

static void describe(const struct run_report *r, struct report *to)
{
	*to = (struct report){
		.version = VERSION,
		.command = r->command,
		.image = r->image,
		.release = r->release,
		.accel = r->accel,
		.why = r->why,
		.machine = r->machine,
		.channel = "none",
		.qemu = r->qemu.n ? &r->qemu : NULL,
		.began = r->began,
		.ended = session_now(),
	};
}

static void make_json(struct run_report *r, const struct verdict *v,
		      const struct session_result *out)
{
	struct report report;

	describe(r, &report);
	report.verdict = v;
	report.out = out;
	if (out)
		report.channel = out->channel;
	free(r->json);
	r->json = report_json(&report);
}

/* Where there is no outcome yet, this is what a reader finds. */
static int write_unfinished(struct run_report *r)
{
	struct verdict v = verdict_make(
		OUTCOME_UNFINISHED, 0,
		xstrdup("the run has not ended, or bootlet was killed"));
	int err;

	make_json(r, &v, NULL);
	err = write_file(r->of, r->json);
	r->of = NULL;
	free(r->json);
	r->json = NULL;
	verdict_free(&v);
	return err;
}

int run_report_begin(struct run_report *r, const struct run_spec *spec)
{
	const char *path = spec->verdict.report;
	struct stat st;
	bool there = path && !stat(path, &st);
	int err;

	*r = (struct run_report){
		.path = path,
		.command = spec->command,
		.began = session_now(),
	};
	if (!path)
		return 0;
	if (!strcmp(path, "-")) {
		msg_error("--report %s: bootlet's own output goes there; name "
			  "another file",
			  path);
		r->path = NULL;
		return -EBUSY;
	}
	err = outfile_open(path, &r->of);
	if (!err && (!there || S_ISREG(st.st_mode)))
		err = write_unfinished(r);
	if (err) {
		msg_error("--report %s: cannot be written: %s", path,
			  strerror(-err));
		r->path = NULL;
	}
	return err;
}

void run_report_kernel(struct run_report *r, const struct kernel *k)
{
	if (!r->path)
		return;
	r->image = xstrdup(k->image);
	r->release = k->release ? xstrdup(k->release) : NULL;
}

/* "pc" of "-machine pc,accel=tcg". */
static char *machine_word(const struct strv *argv)
{
	for (size_t i = 0; i + 1 < argv->n; i++) {
		const char *value = argv->v[i + 1];

		if (!strcmp(argv->v[i], "-machine"))
			return xasprintf("%.*s", (int)strcspn(value, ","),
					 value);
	}
	return NULL;
}

void run_report_qemu(struct run_report *r, const char *accel, const char *why,
		     const struct strv *argv)
{
	if (!r->path)
		return;
	free(r->accel);
	free(r->why);
	free(r->machine);
	strv_free(&r->qemu);
	r->accel = xstrdup(accel);
	r->why = xstrdup(why);
	r->machine = machine_word(argv);
	for (size_t i = 0; i < argv->n; i++)
		strv_push(&r->qemu, argv->v[i]);
}

void run_report_verdict(struct run_report *r, const struct verdict *v,
			const struct session_result *out)
{
	if (r->path)
		make_json(r, v, out);
}

/* Once QEMU was to be started, it is QEMU that could not be; and a command's
 * exit code says that it would not have been there. */
static void make_failed(struct run_report *r, int code)
{
	const char *why = msg_last_error();
	enum outcome outcome = r->qemu.n ? OUTCOME_QEMU_FAILED :
					   OUTCOME_NOT_STARTED;
	bool missing = code == NOT_FOUND;
	struct verdict v = verdict_make(missing ? OUTCOME_EXEC_FAILED : outcome,
					missing ? ENOENT : 0,
					xstrdup(why ? why : "bootlet failed"));

	make_json(r, &v, NULL);
	verdict_free(&v);
}

static int write_report(struct run_report *r, int code)
{
	int err;

	if (!r->json)
		make_failed(r, code);
	err = r->of ? 0 : outfile_open(r->path, &r->of);
	if (!err)
		err = write_file(r->of, r->json);
	r->of = NULL;
	if (err)
		msg_error("--report %s: cannot be written: %s", r->path,
			  strerror(-err));
	return err;
}

int run_report_end(struct run_report *r, int code)
{
	if (r->path && write_report(r, code) && !code)
		code = FAILED;
	free(r->image);
	free(r->release);
	free(r->accel);
	free(r->why);
	free(r->machine);
	free(r->json);
	strv_free(&r->qemu);
	*r = (struct run_report){ 0 };
	return code;
}
