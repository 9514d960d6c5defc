// SPDX-License-Identifier: MIT
#include "run_end.h"

#include "../init/protocol.h"
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL_LINES 20

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

int run_conclude(const struct run_spec *spec, const struct session_result *out)
{
	struct verdict v = verdict_decide(&out->facts);
	int code;

	if (v.outcome == OUTCOME_EXEC_FAILED) {
		free(v.text);
		v.text = exec_failed_text(spec, &out->facts);
	}
	results_conclude(&spec->results, &v,
			 &(struct results_end){
				 .signal = out->facts.status ? 0 : out->signal,
				 .tail = out->tail.p,
				 .n = out->tail.n,
			 });
	code = v.exit_code;
	/* A shell was told HUP, whatever it was that ended bootlet. */
	if (out->signal && (!out->facts.status || !spec->command)) {
		msg_error("ended by signal %d (%s)", out->signal,
			  strsignal(out->signal));
		code = 128 + out->signal;
	} else if (v.text) {
		msg_error("%s", v.text);
		if (spec->command && !msg_verbosity &&
		    v.outcome != OUTCOME_SIGNAL &&
		    v.outcome != OUTCOME_EXEC_FAILED &&
		    v.outcome != OUTCOME_LOST_OUTPUT &&
		    v.outcome != OUTCOME_TESTS_FAILED)
			show_tail(&out->tail);
	}
	free(v.text);
	return code;
}
