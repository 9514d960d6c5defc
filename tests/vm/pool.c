// SPDX-License-Identifier: MIT
/* Linked with the host's libraries: a report is JSON. */
#include "pool.h"

#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of what is wrong, so much is told. */
#define TOLD 12

struct wrong {
	size_t runs;
	struct text text;
};

unsigned int pool_times(void)
{
	const char *times = getenv("BOOTLET_TIMES");
	int n = times ? atoi(times) : 20;

	ck_assert_msg(n > 0, "BOOTLET_TIMES=%s: not a number", times);
	return (unsigned int)n;
}

struct job *pool_add(struct pool *p, const char *label,
		     const char *const argv[])
{
	struct job *j;
	size_t n = 0;

	p->jobs = realloc(p->jobs, (p->n + 1) * sizeof(*p->jobs));
	ck_assert_ptr_nonnull(p->jobs);
	j = &p->jobs[p->n++];
	*j = (struct job){ .label = label };
	for (; argv[n]; n++) {
		ck_assert_uint_lt(n + 1, sizeof(j->argv) / sizeof(*j->argv));
		j->argv[n] = strdup(argv[n]);
	}
	return j;
}

static char *slot_path(size_t slot, const char *what)
{
	return strdup(vm_at(vm_fmt("run%zu.%s", slot, what)));
}

static void start(struct job *j, size_t slot)
{
	const char *argv[48] = { vm_bootlet(), "run", "--report" };
	size_t n = 3;
	int out, err;

	j->out = slot_path(slot, "out");
	j->err = slot_path(slot, "err");
	j->report = slot_path(slot, "json");
	/* An old one must not pass for this run's. */
	unlink(j->report);
	argv[n++] = j->report;
	for (size_t i = 0; j->argv[i]; i++)
		argv[n++] = j->argv[i];
	out = open(j->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	err = open(j->err, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	ck_assert(out >= 0 && err >= 0);
	j->since = vm_now();
	j->pid = vm_spawn(argv, -1, out, err);
	close(out);
	close(err);
}

__attribute__((format(printf, 3, 4))) static void
complain(const struct job *j, struct text *t, const char *fmt, ...)
{
	char line[1200];
	va_list ap;
	int n;

	(void)j;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(line))
		n = (int)sizeof(line) - 1;
	text_add(t, line, (size_t)n);
}

static const char *text_of(json_t *report, const char *key)
{
	const char *s = json_string_value(json_object_get(report, key));

	return s ? s : "(none)";
}

static void check_report(const struct job *j, struct text *t)
{
	json_error_t e;
	json_t *report = json_load_file(j->report, 0, &e), *number;

	if (!report) {
		complain(j, t, " report: %s;", e.text);
		return;
	}
	if (strcmp(text_of(report, "outcome"), j->outcome))
		complain(j, t, " report: outcome %s, not %s;",
			 text_of(report, "outcome"), j->outcome);
	if (j->phase && strcmp(text_of(report, "phase"), j->phase))
		complain(j, t, " report: phase %s, not %s;",
			 text_of(report, "phase"), j->phase);
	number = j->key ? json_object_get(report, j->key) : NULL;
	if (j->key && (!json_is_integer(number) ||
		       json_integer_value(number) != j->number))
		complain(j, t, " report: %s %lld, not %d;", j->key,
			 json_integer_value(number), j->number);
	json_decref(report);
}

/* It is right to think worse of a run, if the report says so too. */
static void think_worse(struct job *j, int code)
{
	if (code == 122 || code == 123) {
		j->code = code;
		j->outcome = code == 122 ? "oops" : "panic";
		j->key = NULL;
	}
}

/* What of a run is not as it must be, in words; "" if nothing. */
static struct text check(const struct job *j, int code)
{
	struct text t = { 0 }, err = vm_slurp(j->err), out = vm_slurp(j->out);
	size_t n = j->prints_n;

	if (j->prints && !n)
		n = strlen(j->prints);
	text_add(&t, "", 0);
	if (code != j->code)
		complain(j, &t, " exit code %d, not %d;", code, j->code);
	check_report(j, &t);
	if (j->says && !strstr(err.p, j->says))
		complain(j, &t, " it does not say \"%s\";", j->says);
	if (j->prints && (out.n != n || memcmp(out.p, j->prints, n)))
		complain(j, &t, " %zu bytes on stdout: %.60s;", out.n, out.p);
	if (t.n)
		complain(j, &t, " stderr: %.500s",
			 err.p + (err.n > 500 ? err.n - 500 : 0));
	free(err.p);
	free(out.p);
	return t;
}

static void end(struct job *j, int code, struct wrong *w)
{
	struct text t;

	if (j->or_worse)
		think_worse(j, code);
	t = check(j, code);
	if (t.n) {
		w->runs++;
		if (w->runs <= TOLD)
			complain(j, &w->text, "%s:%s\n", j->label, t.p);
	}
	free(t.p);
	unlink(j->out);
	unlink(j->err);
	unlink(j->report);
	free(j->out);
	free(j->err);
	free(j->report);
	j->pid = 0;
}

static void kill_its_qemu(struct job *j)
{
	struct stat st;

	if (stat(j->out, &st) < 0 || !st.st_size)
		return;
	kill(vm_qemu_of(j->pid, 20), SIGKILL);
	j->kill_qemu = false;
}

/* Return: whether it has ended. */
static bool look(struct job *j, struct wrong *w)
{
	int status;

	if (waitpid(j->pid, &status, WNOHANG) == j->pid) {
		end(j,
		    WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
					  WEXITSTATUS(status),
		    w);
		return true;
	}
	if (vm_now() > j->since + VM_DEADLINE_S) {
		complain(j, &w->text, "%s: no end after %d seconds;", j->label,
			 VM_DEADLINE_S);
		kill(j->pid, SIGKILL);
	} else if (j->kill_qemu) {
		kill_its_qemu(j);
	}
	return false;
}

static void turns(struct pool *p, struct job *running, size_t slots,
		  unsigned int times, struct wrong *w)
{
	size_t total = p->n * times, next = 0, ended = 0;

	while (ended < total) {
		for (size_t i = 0; i < slots; i++) {
			if (!running[i].pid && next < total) {
				running[i] = p->jobs[next++ % p->n];
				start(&running[i], i);
			} else if (running[i].pid) {
				ended += look(&running[i], w);
			}
		}
		vm_sleep_ms(10);
	}
}

void pool_run(struct pool *p, unsigned int times, size_t at_once)
{
	size_t slots = at_once ? at_once :
				 (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	struct job *running = calloc(slots, sizeof(*running));
	struct wrong w = { 0 };
	size_t total = p->n * times;

	ck_assert_ptr_nonnull(running);
	text_add(&w.text, "", 0);
	turns(p, running, slots, times, &w);
	free(running);
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; p->jobs[i].argv[k]; k++)
			free(p->jobs[i].argv[k]);
	free(p->jobs);
	*p = (struct pool){ 0 };
	ck_assert_msg(!w.text.n, "%zu of %zu runs ended otherwise:\n%.6000s",
		      w.runs, total, w.text.p);
	free(w.text.p);
	ck_assert_uint_gt(total, 0);
}
