/* SPDX-License-Identifier: MIT */
/*
 * Where a boot has spent its time: spans on lanes, from bootlet's start to its
 * end. Made from what one run has seen, see moments.h, and from what its
 * kernel has printed under initcall_debug; drawn by chart.h.
 */
#ifndef BOOTLET_TIMELINE_H
#define BOOTLET_TIMELINE_H

#include <stddef.h>

/** enum timeline_lane - from top to bottom */
enum timeline_lane {
	LANE_BOOTLET, /* bootlet itself, before and behind QEMU */
	LANE_QEMU, /* QEMU, and firmware before the kernel's clock starts */
	LANE_KERNEL, /* the kernel, from its clock's zero to init */
	LANE_INITCALL, /* what the kernel's initcalls took */
	LANE_INIT, /* init's phases */
	LANE_MODULE, /* each module's init */
	LANE_COMMAND, /* the command */
	N_LANES,
};

/** struct timeline_span - something that took time */
struct timeline_span {
	enum timeline_lane lane;
	/** @name: owned */
	char *name;
	/** @begin, @end: nanoseconds since bootlet's start */
	long long begin, end;
};

/** struct timeline - zero it to begin with */
struct timeline {
	struct timeline_span *span;
	size_t n;
	/** @title: e.g. the kernel's release and the machine; owned, or NULL */
	char *title;
};

/** timeline_add() - append a span; one that ends before it begins is dropped */
void timeline_add(struct timeline *t, enum timeline_lane lane, const char *name,
		  long long begin, long long end);

/** timeline_free() - free what is owned */
void timeline_free(struct timeline *t);

#endif
