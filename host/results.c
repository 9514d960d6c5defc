// SPDX-License-Identifier: MIT
#include "results.h"

#include "junit.h"
#include "msg.h"
#include "outfile.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct results_run {
	struct ktap *ktap;
	struct outfile *file;
	char *name;
	double begin;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

const char *results_wrong(const struct results *r, bool command,
			  const char *log)
{
	if (!r->junit && !r->tap)
		return NULL;
	if (!command)
		return "--junit, --tap: need a command whose results are read, "
		       "as in: bootlet run --tap -- ./test";
	if (r->junit && outfile_is_stdout(r->junit))
		return "--junit: stdout is the command's own; name a file";
	if (r->junit && log && !strcmp(r->junit, log))
		return "--junit, --log: name the same file";
	return NULL;
}

int results_open(struct results *r, const char *name)
{
	struct outfile *file = NULL;
	int err = r->junit ? outfile_open(r->junit, &file) : 0;

	if (err)
		msg_error("%s: cannot be written: %s", r->junit,
			  strerror(-err));
	if (err || (!r->junit && !r->tap))
		return err;
	r->run = xrealloc(NULL, sizeof(*r->run));
	*r->run = (struct results_run){
		.ktap = ktap_new(),
		.file = file,
		.name = xstrdup(name),
		.begin = seconds(),
	};
	return 0;
}

struct ktap *results_ktap(const struct results *r)
{
	return r->run ? r->run->ktap : NULL;
}

/* Whether the run is a failure that its results do not tell of. */
static bool is_failure(const struct verdict *v, const struct results_end *end,
		       bool failed)
{
	if (end->signal)
		return true;
	if (v->outcome == OUTCOME_EXIT)
		return v->number && !failed;
	return v->outcome != OUTCOME_TESTS_FAILED;
}

/* Return: the kernel's failures in one line, the caller frees; NULL: none. */
static char *kernel_text(const struct verdict *v, const struct strv *oops)
{
	/* That names the panic, and what came before it. */
	if (!oops || !oops->n || v->outcome == OUTCOME_PANIC)
		return NULL;
	if (oops->n == 1)
		return xstrdup(oops->v[0]);
	return xasprintf("%s; and %zu more", oops->v[0], oops->n - 1);
}

static struct junit_run describe(const struct results_run *run,
				 const struct verdict *v,
				 const struct results_end *end, bool failed,
				 char *kernel, char **text)
{
	struct junit_run j = {
		.name = run->name,
		.seconds = seconds() - run->begin,
		.kernel = kernel,
		.console = end->console,
	};

	if (!is_failure(v, end, failed) ||
	    (kernel && v->outcome == OUTCOME_OOPS))
		return j;
	j.outcome = verdict_name(v->outcome);
	if (end->signal) {
		j.outcome = "interrupted";
		*text = xasprintf("bootlet was ended by signal %d (%s)",
				  end->signal, strsignal(end->signal));
	} else if (v->text) {
		*text = xstrdup(v->text);
	} else {
		*text = xasprintf("the command exited with %d", v->number);
	}
	j.text = *text;
	return j;
}

static int write_file(struct results_run *run, const struct junit_run *j)
{
	struct outfile *file = run->file;
	struct buf xml = { 0 };
	int err;

	if (!file)
		return 0;
	run->file = NULL;
	junit_write(run->ktap, j, &xml);
	err = outfile_write(file, xml.p, xml.n);
	buf_free(&xml);
	if (!err)
		return outfile_close(file);
	outfile_abort(file);
	return err;
}

static char *write_text(const struct results *r, int err)
{
	return xasprintf("%s: cannot be written: %s", r->junit, strerror(-err));
}

static void become(struct verdict *v, enum outcome outcome, int number,
		   const char *text)
{
	struct verdict made = verdict_make(outcome, number, NULL);

	free(v->text);
	v->outcome = made.outcome;
	v->number = made.number;
	v->exit_code = made.exit_code;
	v->text = xstrdup(text);
}

void results_conclude(const struct results *r, struct verdict *v,
		      const struct results_end *end)
{
	struct buf summary = { 0 };
	struct junit_run j;
	char *reason, *kernel, *text = NULL;
	int err;

	if (!r->run)
		return;
	ktap_end(r->run->ktap);
	ktap_summary(r->run->ktap, &summary);
	msg_info("%s", summary.p);
	reason = ktap_reason(r->run->ktap);
	if (reason && v->outcome == OUTCOME_EXIT && !v->number)
		become(v, OUTCOME_TESTS_FAILED, 0, reason);
	else if (reason && v->outcome == OUTCOME_EXIT)
		msg_info("%s", reason);
	kernel = kernel_text(v, end->oops);
	j = describe(r->run, v, end, reason != NULL, kernel, &text);
	err = write_file(r->run, &j);
	free(text);
	text = err ? write_text(r, err) : NULL;
	/* Of a verdict the text is said by who says the others'. */
	if (err && !v->exit_code)
		become(v, OUTCOME_LOST_OUTPUT, -err, text);
	else if (err)
		msg_error("%s", text);
	buf_free(&summary);
	free(reason);
	free(kernel);
	free(text);
}

void results_close(struct results *r)
{
	struct results_run *run = r->run;
	struct junit_run j = {
		.outcome = "not-run",
		.text = "no guest was run; bootlet's messages say why",
	};
	char *text;
	int err = 0;

	if (!run)
		return;
	j.name = run->name;
	j.seconds = seconds() - run->begin;
	if (run->file) {
		ktap_end(run->ktap);
		err = write_file(run, &j);
	}
	if (err) {
		text = write_text(r, err);
		msg_error("%s", text);
		free(text);
	}
	ktap_free(run->ktap);
	free(run->name);
	free(run);
	r->run = NULL;
}
