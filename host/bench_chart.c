// SPDX-License-Identifier: MIT
#include "bench_chart.h"

#include "msg.h"
#include "outputs.h"

#include <errno.h>
#include <string.h>

static int open_chart(struct bench_chart *c)
{
	int err;

	if (outfile_is_stdout(c->path)) {
		msg_error("--chart %s: bootlet's own output goes there; name "
			  "another file",
			  c->path);
		return -EBUSY;
	}
	err = outfile_open(c->path, &c->of);
	if (err)
		msg_error("--chart %s: cannot be written: %s", c->path,
			  strerror(-err));
	return err;
}

int bench_chart_begin(struct bench_chart *c, const char *path, const char *json,
		      const char *baseline)
{
	const struct output with_json[] = {
		{ "--json", json },
		{ "--chart", path },
	};
	/* A baseline that is made anew is --json's own matter. */
	const struct output with_baseline[] = {
		{ "--baseline", baseline },
		{ "--chart", path },
	};
	int err;

	*c = (struct bench_chart){ .path = path };
	if (!path)
		return 0;
	err = outputs_check(with_json, 2);
	if (!err)
		err = outputs_check(with_baseline, 2);
	return err ? err : open_chart(c);
}

int bench_chart_end(struct bench_chart *c, const char *svg)
{
	struct outfile *of = c->of;
	int err;

	c->of = NULL;
	if (!of || !svg) {
		outfile_abort(of);
		return 0;
	}
	err = outfile_write(of, svg, strlen(svg));
	if (!err)
		err = outfile_close(of);
	else
		outfile_abort(of);
	if (err)
		msg_error("--chart %s: cannot be written: %s", c->path,
			  strerror(-err));
	return err;
}
