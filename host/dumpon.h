/* SPDX-License-Identifier: MIT */
/*
 * --dump-on: QEMU stops where it would end, so that the memory of a guest that
 * has panicked is still there; then it is written, and QEMU is told to end.
 */
#ifndef BOOTLET_DUMPON_H
#define BOOTLET_DUMPON_H

#include "dump.h"
#include "qmp.h"

#include <stdbool.h>

/** struct dumpon_spec - what was asked for */
struct dumpon_spec {
	/** @panic: --dump-on panic */
	bool panic;
	/** @path: of the core, or NULL for dumpon_path() */
	const char *path;
};

/** struct dumpon - one run's; dumpon_begin() fills it in */
struct dumpon {
	/** @path: of the core; owned */
	char *path;
	/** @q: connection to QEMU for its events */
	struct qmp q;
	/** @stopped: QEMU has, and waits; @reset: the guest did not power off
	 * but was about to begin anew, as after a panic */
	bool stopped, reset;
	/** @tried: a core was to be written, @err is what became of it, and
	 * @why in words */
	bool tried;
	int err;
	struct buf why;
	struct dump_done done;
};

#define DUMPON_INIT        \
	{                  \
		.q.fd = -1 \
	}

/** dumpon_path() - "bootlet-NAME.vmcore", in the directory one stands in; of
 * the process number where @name is NULL; the caller frees */
char *dumpon_path(const char *name);

/**
 * dumpon_check() - whether a core could be written, before hours are lost
 *
 * Return: 0; -errno after a message.
 */
int dumpon_check(const char *path);

/**
 * dumpon_open() - QEMU listens: hear of its end
 * @d:      DUMPON_INIT, or of an earlier QEMU
 * @socket: second monitor, which nobody else uses
 *
 * Return: 0; -errno after a warning.
 */
int dumpon_open(struct dumpon *d, const char *socket);

/** dumpon_read() - take what has come; @d->stopped is set when it was that */
void dumpon_read(struct dumpon *d);

/**
 * parse_shutdown() - read an event
 * @reset: set where the guest was about to begin anew
 *
 * Source: QEMU's QMP reference, SHUTDOWN. Return: whether it is one of a guest
 * that ends by itself.
 */
bool parse_shutdown(const json_t *event, bool *reset);

/**
 * dumpon_take() - write the core
 * @stop, @ctx: as struct dump_spec's
 */
void dumpon_take(struct dumpon *d, bool (*stop)(void *ctx), void *ctx);

/** dumpon_quit() - let QEMU end; harmless where it has */
void dumpon_quit(struct dumpon *d);

/**
 * dumpon_say() - tell the user, after the verdict
 * @panic: there was one
 * @tree:  where the kernel was built, or NULL
 */
void dumpon_say(const struct dumpon *d, bool panic, const char *tree);

/** dumpon_free() - free all */
void dumpon_free(struct dumpon *d);

#endif
