// SPDX-License-Identifier: MIT
#include "timeline.h"

#include "str.h"

#include <stdlib.h>

void timeline_add(struct timeline *t, enum timeline_lane lane, const char *name,
		  long long begin, long long end)
{
	if (end < begin)
		return;
	t->span = xrealloc(t->span, (t->n + 1) * sizeof(*t->span));
	t->span[t->n++] = (struct timeline_span){
		.lane = lane,
		.name = xstrdup(name),
		.begin = begin,
		.end = end,
	};
}

void timeline_free(struct timeline *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->span[i].name);
	free(t->span);
	free(t->title);
	*t = (struct timeline){ 0 };
}
