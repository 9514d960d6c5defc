/* SPDX-License-Identifier: MIT */
/*
 * Where a boot has spent its time: spans on lanes, from bootlet's start to its
 * end. Made by timeline_run.h from what one run has seen; drawn by chart.h.
 */
#ifndef BOOTLET_TIMELINE_H
#define BOOTLET_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>

/** enum timeline_lane - in the order of a boot; the first ones, up to
 * LANE_COMMAND, are the stages of the run, which follow one another */
enum timeline_lane {
	LANE_BOOTLET, /* bootlet itself, before and behind QEMU */
	LANE_QEMU, /* QEMU's own start */
	LANE_FIRMWARE, /* from then until the kernel's clock starts */
	LANE_KERNEL, /* the kernel, from its clock's zero to init */
	LANE_BOOT, /* init, until the command is started */
	LANE_COMMAND, /* the command */
	LANE_OFF, /* the guest switches off */
	N_STAGES,
	LANE_LEVEL = N_STAGES, /* parts of the kernel's boot, initcall levels */
	LANE_INITCALL, /* what the kernel's initcalls took */
	LANE_PROBE, /* probes of devices, which are part of the others */
	LANE_INIT, /* init's phases */
	LANE_MODULE, /* each module's init */
	N_LANES,
};

/** struct timeline_span - something that took time */
struct timeline_span {
	enum timeline_lane lane;
	/** @name: owned; any bytes */
	char *name;
	/** @begin, @end: nanoseconds since bootlet's start */
	long long begin, end;
	/** @result: what it has returned, 0 where nobody said */
	int result;
	/** @open: it had not ended when the run did */
	bool open;
};

/** struct timeline - zero it to begin with */
struct timeline {
	struct timeline_span *span;
	size_t n, cap;
	/** @title: e.g. the kernel's release and the machine; owned, or NULL */
	char *title;
	/** @trouble: why the boot is incomplete, in a line; owned, or NULL */
	char *trouble;
	/** @note: what a reader has to know of the figures; owned, or NULL */
	char *note;
};

/**
 * timeline_add() - append a span
 * @name: copied
 *
 * Return: it, valid until the next one is added; NULL where it ends before it
 * begins, and is dropped.
 */
struct timeline_span *timeline_add(struct timeline *t, enum timeline_lane lane,
				   const char *name, long long begin,
				   long long end);

/** timeline_free() - free what is owned */
void timeline_free(struct timeline *t);

#endif
