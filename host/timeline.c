// SPDX-License-Identifier: MIT
#include "timeline.h"

#include "str.h"

#include <stdlib.h>

struct timeline_span *timeline_add(struct timeline *t, enum timeline_lane lane,
				   const char *name, long long begin,
				   long long end)
{
	if (end < begin)
		return NULL;
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->span = xrealloc(t->span, t->cap * sizeof(*t->span));
	}
	t->span[t->n] = (struct timeline_span){
		.lane = lane,
		.name = xstrdup(name),
		.begin = begin,
		.end = end,
	};
	return &t->span[t->n++];
}

void timeline_free(struct timeline *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->span[i].name);
	free(t->span);
	free(t->title);
	free(t->trouble);
	free(t->note);
	*t = (struct timeline){ 0 };
}
