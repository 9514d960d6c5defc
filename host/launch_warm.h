/* SPDX-License-Identifier: MIT */
/*
 * Warm start: a guest goes on from the state that an earlier one of the same
 * make has left before its command; where there is none it is made first, and
 * where that cannot be the guest boots as any other.
 */
#ifndef BOOTLET_LAUNCH_WARM_H
#define BOOTLET_LAUNCH_WARM_H

#include "qemu.h"
#include "session.h"
#include "warm.h"
#include "warm_store.h"

struct launch;
struct recipe;

/** struct launch_warm - what it takes; starts as LAUNCH_WARM_INIT */
struct launch_warm {
	/** @recipe: of the image, which tells what that is appended to; @img:
	 * its plan */
	const struct recipe *recipe;
	const struct image *img;
	/** @image: writes the image, which a guest that is resumed does not
	 * need; Return: 0; -errno after a message */
	int (*image)(void *ctx);
	void *ctx;
	/** The rest is owned, and settled here */
	struct warm_resume resume;
	struct buf key;
	char digest[WARM_DIGEST];
	struct warm_state state;
	struct warm_stage stage;
	struct qemu_warm qemu;
	char *ram;
	/** @theirs: QEMU's ends of the channel and of the monitor; @monitor:
	 * our end of that; @imaged: @image was called */
	int theirs[N_PORTS + 1], monitor;
	bool imaged;
};
#define LAUNCH_WARM_INIT                                            \
	{                                                           \
		.state = WARM_STATE_INIT, .stage = WARM_STAGE_INIT, \
		.theirs = { -1, -1, -1 }, .monitor = -1             \
	}

/** struct launch_boot - one boot, as launch.c does it */
struct launch_boot {
	const char *accel;
	/** @run: start QEMU and attend to it; Return: 0; -errno after a
	 * message */
	int (*run)(struct launch *r, const struct launch_boot *b,
		   const struct session_spec *s, struct session_result *out);
	const char *why;
};

/**
 * launch_warm_settle() - whether it can be
 * @r:      @r->spec is settled
 * @recipe: of the image
 *
 * Return: 0; -EINVAL after a message.
 */
int launch_warm_settle(struct launch *r, const struct recipe *recipe);

/**
 * launch_warm_plan() - what the guest is told when it goes on
 * @r: settled; its image is planned, which may add to the shares and say where
 *     the command starts
 *
 * Return: 0; -E2BIG after a message.
 */
int launch_warm_plan(struct launch *r);

/**
 * launch_warm() - run the guest
 * @try: it is not known whether the accelerator works: the guest boots
 * @s:   of a boot; @out: filled on 0
 *
 * Return: 0; -errno after a message.
 */
int launch_warm(struct launch *r, const struct launch_boot *b, bool try,
		const struct session_spec *s, struct session_result *out);

/** launch_warm_key() - @key and @digest of @r->warm, for an accelerator */
void launch_warm_key(struct launch *r, const char *accel);

/** launch_warm_started() - QEMU has inherited what it shall have */
void launch_warm_started(struct launch_warm *w);

/** launch_warm_free() - free what is owned */
void launch_warm_free(struct launch_warm *w);

#endif
