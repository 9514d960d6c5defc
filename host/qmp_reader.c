// SPDX-License-Identifier: MIT
#include "qmp.h"

#include <errno.h>
#include <string.h>

void qmp_reader_add(struct qmp_reader *r, const void *p, size_t n)
{
	buf_add(&r->in, p, n);
}

int qmp_reader_next(struct qmp_reader *r, json_t **out)
{
	const char *end = r->in.n > r->seen ? memchr(r->in.p + r->seen, '\n',
						     r->in.n - r->seen) :
					      NULL;
	size_t n;

	if (!end) {
		r->seen = r->in.n;
		return r->in.n > QMP_LINE_MAX ? -EPROTO : 0;
	}
	n = (size_t)(end - r->in.p);
	if (n > QMP_LINE_MAX)
		return -EPROTO;
	*out = json_loadb(r->in.p, n, 0, NULL);
	if (!json_is_object(*out)) {
		json_decref(*out);
		*out = NULL;
		return -EPROTO;
	}
	r->in.n -= n + 1;
	memmove(r->in.p, end + 1, r->in.n);
	r->seen = 0;
	return 1;
}

void qmp_reader_free(struct qmp_reader *r)
{
	buf_free(&r->in);
	r->seen = 0;
}

enum qmp_kind parse_qmp_kind(const json_t *m)
{
	if (json_is_object(json_object_get(m, "QMP")))
		return QMP_GREETING;
	if (json_is_string(json_object_get(m, "event")))
		return QMP_EVENT;
	if (json_is_object(json_object_get(m, "error")))
		return QMP_REFUSAL;
	return json_object_get(m, "return") ? QMP_REPLY : QMP_NONSENSE;
}
