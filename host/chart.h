/* SPDX-License-Identifier: MIT */
/*
 * The picture of a boot: one SVG file that needs nothing else.
 *
 * Two panels. Above, the whole run: its stages, the kernel's initcalls. Below,
 * what init did, drawn out of the first one and magnified, since it would be
 * too narrow to be seen there. Under both the ten longest, by the numbers that
 * they have in the panels. The file has two layouts, of which the viewer's width
 * chooses one (media queries; a viewer that knows none shows the wide one), and
 * colours for a light screen, a dark one, and paper.
 */
#ifndef BOOTLET_CHART_H
#define BOOTLET_CHART_H

#include "str.h"
#include "timeline.h"

/**
 * chart_svg() - draw
 * @t:   any timeline, also an empty one; names may hold any bytes
 * @out: appended to
 *
 * Its size is bounded by what can be seen, not by the number of spans.
 */
void chart_svg(const struct timeline *t, struct buf *out);

#endif
