/* SPDX-License-Identifier: MIT */
/* What the files of the scanner share; see oops.h. */
#ifndef BOOTLET_OOPS_PRIV_H
#define BOOTLET_OOPS_PRIV_H

#include "oops.h"

#include <assert.h>
#include <stdint.h>

/* No line of the kernel is longer: printk() cuts them. */
#define OOPS_LINE_MAX 1024
/* Of each key, so many bytes are what the filter looks for. */
#define OOPS_KEY 4

enum oops_flag {
	/* Only where the message begins. */
	OOPS_ANCHORED = 1,
	/* Only where the kernel is known to be the one that writes. */
	OOPS_KERNEL = 2,
	/* The title is the whole message, not from the key on. */
	OOPS_MESSAGE = 4,
	/* Not a failure, whatever rows below would say. */
	OOPS_HARMLESS = 8,
	/* The message begins with one word and ": " at most: a device's. */
	OOPS_DEVICE = 16,
	/* Nothing may follow on the line. */
	OOPS_WHOLE = 32,
	/* The kernel begins anew. */
	OOPS_BEGIN = 64,
	/* The kernel ends in good order. */
	OOPS_ORDERLY = 128,
	/* Part of a report only if that began a line or two above. */
	OOPS_NEAR = 256,
	/* Also right behind a word: a program has left its line unfinished. */
	OOPS_GLUED = 512,
};

#define OOPS_BIT(class) (UINT32_C(1) << (class))
static_assert(OOPS_N <= 32, "a class is a bit of oops_row.merge");

/** struct oops_row - a line that the kernel prints */
struct oops_row {
	/** @glob: the line's text, "*" stands for anything, also at its end */
	const char *glob;
	enum oops_class class;
	unsigned flags;
	/** @merge: classes whose reports have such a line as a part */
	uint32_t merge;
};

/** struct oops_group - rows that begin with the same word */
struct oops_group {
	/** @word: e.g. "BUG: ", or "" where each row begins differently */
	const char *word;
	const struct oops_row *rows;
	size_t n;
};

extern const struct oops_group oops_groups[];
extern const size_t n_oops_groups;

/** struct oops_text - a part of a line */
struct oops_text {
	const char *p;
	size_t n;
};

/** struct oops_prefix - what stands before a message */
struct oops_prefix {
	/** @msg: offset of the message in the line */
	size_t msg;
	/** @stamped: with a time, a level or "kernel:": the kernel's own */
	bool stamped;
	/** @user: with "name[123]:": a program's */
	bool user;
	/** @seconds: of the time, 0 without */
	unsigned long seconds;
	/** @caller: "T123", "C0"; n is 0 without CONFIG_PRINTK_CALLER */
	struct oops_text caller;
};

/**
 * oops_prefix_parse() - find where a message begins
 * @line: one line, without its newline
 * @at:   the offset that is asked about; the last time before it counts
 */
void oops_prefix_parse(struct oops_text line, size_t at,
		       struct oops_prefix *out);

/** oops_glob() - whether a text begins as a row's glob says */
bool oops_glob(const char *glob, struct oops_text text);

/** oops_boundary() - whether a word may begin at an offset of a line */
bool oops_boundary(struct oops_text line, size_t at);

/**
 * oops_unfinished() - whether what stands before may be an unfinished line
 * @at: where oops_boundary() says no
 *
 * Return: false where it quotes what follows, as "..." and "\nBUG:" do.
 */
bool oops_unfinished(struct oops_text line, size_t at);

/** oops_command_line() - whether a message says what the kernel was told */
bool oops_command_line(struct oops_text msg);

/** oops_clean() - copy text, printable and without escapes */
void oops_clean(struct oops_text from, char *to, size_t size);

/**
 * oops_function() - find the function in a line of a report
 * @class: of the report
 * @msg:   the line's message
 * @out:   OOPS_FUNC_MAX bytes; written to where one is found
 *
 * Return: whether one is found that tells something: not dump_stack() and not
 * lock_acquire().
 */
bool oops_function(enum oops_class class, struct oops_text msg, char *out);

/** oops_title_function() - the same for the title itself, " in f+0x1/0x2" */
bool oops_title_function(enum oops_class class, struct oops_text msg,
			 char *out);

/* Buckets of the filter: each is a bit of a lane, each byte of a key a lane. */
#define OOPS_BUCKETS 16
#define OOPS_KEYS    16

/** struct oops_filter - where in a line one of the keys may stand */
struct oops_filter {
	/** @lanes: for each byte, the buckets that have it, by place */
	uint64_t lanes[256];
	/** @keys: by bucket, and there in the order of the tables */
	struct oops_key {
		uint8_t group, row;
		char begin[OOPS_KEY];
	} keys[OOPS_BUCKETS][OOPS_KEYS];
	uint8_t n[OOPS_BUCKETS];
};

/** oops_filter_init() - from oops_groups */
void oops_filter_init(struct oops_filter *f);

/**
 * oops_filter_next() - the next place where a key may stand
 * @at: offset to begin at
 *
 * Every place where a key stands is found, and few others.
 *
 * Return: its offset, or @line.n.
 */
size_t oops_filter_next(const struct oops_filter *f, struct oops_text line,
			size_t at);

enum oops_place {
	/* Not looked at: none of the keys is there. */
	OOPS_NO_KEY,
	/* Somebody quotes it, or a program has said it. */
	OOPS_MENTION,
	/* Where a word begins. */
	OOPS_AT_WORD,
	/* Behind somebody's unfinished line. */
	OOPS_BEHIND,
};

/** struct oops_hit - a line that a row describes */
struct oops_hit {
	const struct oops_row *row;
	/** @title: a part of the line */
	struct oops_text title;
	size_t at;
	enum oops_place place;
	struct oops_prefix prefix;
};

/** struct oops_known - what the rows' conditions ask about the stream */
struct oops_known {
	/** @stamped: its lines have times or levels */
	bool stamped;
	/** @middle: the text is not the begin of its line */
	bool middle;
};

/**
 * oops_match() - the row for one place in a line
 * @at: from oops_filter_next()
 *
 * Return: whether there is one, also of the harmless. @hit->at and @hit->place
 * are set where there is none, too.
 */
bool oops_match(const struct oops_filter *f, const struct oops_known *known,
		struct oops_text line, size_t at, struct oops_hit *hit);

#endif
