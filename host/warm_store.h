/* SPDX-License-Identifier: MIT */
/*
 * States of guests, in the cache: warm/DIGEST/, each with the files "ram",
 * which is sparse, "device" and "note". All are the user's alone, directories
 * 0700 and files 0600: a state holds whatever the guest has had in memory.
 *
 * A state is there whole or not at all: it is made under another name, locked
 * meanwhile, and renamed. Who has it open keeps it, whoever removes it.
 */
#ifndef BOOTLET_WARM_STORE_H
#define BOOTLET_WARM_STORE_H

#include "warm.h"

/** WARM_STORE_KEEP - states that stay: those that were used last */
#define WARM_STORE_KEEP 4

/** struct warm_state - one that is kept, open; zero but for WARM_STATE_INIT */
struct warm_state {
	int ram, device;
};
#define WARM_STATE_INIT                 \
	{                               \
		.ram = -1, .device = -1 \
	}

/** struct warm_stage - one that is being made */
struct warm_stage {
	/** @dir: absolute; NULL: none; @ram: path of the guest's memory in it */
	char *dir, *ram;
	/** @lock, @device: descriptors */
	int lock, device;
};
#define WARM_STAGE_INIT                  \
	{                                \
		.lock = -1, .device = -1 \
	}

/**
 * warm_store_open() - look for a state
 * @digest: of its key
 * @key:    its text
 * @out:    open on 0; the caller calls warm_store_close()
 * @why:    set on failure to a few words
 *
 * Return: 0; -ENOENT; -ESTALE for one that is damaged, has been copied, is
 * another user's or open to others, or is from before this machine was booted:
 * a crash keeps stamps and loses bytes.
 */
int warm_store_open(const char *digest, const struct buf *key,
		    struct warm_state *out, const char **why);

/** warm_store_close() - close it; harmless where it is not open */
void warm_store_close(struct warm_state *s);

/**
 * warm_store_begin() - make room for a new one
 * @bytes: of the guest's memory; the disk must have as much, though mostly a
 *         fifth of it is written
 * @out:   filled in on 0
 *
 * What the dead have left is removed. Return: 0; -ENOSPC; -errno.
 */
int warm_store_begin(unsigned long long bytes, struct warm_stage *out);

/**
 * warm_store_end() - keep what was made, in place of what has its name
 * @st:     no guest writes there any more; freed
 *
 * Of more than WARM_STORE_KEEP the one that was used longest ago is removed.
 *
 * Return: 0; -errno, and nothing is left.
 */
int warm_store_end(struct warm_stage *st, const char *digest,
		   const struct buf *key);

/** warm_store_drop() - remove it, free @st; harmless where there is none */
void warm_store_drop(struct warm_stage *st);

/** warm_store_remove() - this one is no good */
void warm_store_remove(const char *digest);

#endif
