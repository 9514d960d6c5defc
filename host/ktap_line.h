/* SPDX-License-Identifier: MIT */
/*
 * One line of KTAP or TAP: what it says, without what stood before it. Sources:
 * the kernel's Documentation/dev-tools/ktap.rst, and the TAP specifications 12,
 * 13 and 14 of testanything.org.
 */
#ifndef BOOTLET_KTAP_LINE_H
#define BOOTLET_KTAP_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum ktap_kind {
	/** KTAP_OTHER - a diagnostic, or no line of a test at all */
	KTAP_OTHER,
	/** KTAP_VERSION - "TAP version 13", "KTAP version 1" */
	KTAP_VERSION,
	/** KTAP_PLAN - "1..N" */
	KTAP_PLAN,
	/** KTAP_RESULT - "ok", "not ok" */
	KTAP_RESULT,
	/** KTAP_BAIL - "Bail out!" */
	KTAP_BAIL,
	/** KTAP_SUBTEST - "# Subtest: NAME" */
	KTAP_SUBTEST,
	/** KTAP_YAML - "---" */
	KTAP_YAML,
};

enum ktap_directive {
	KTAP_NONE,
	KTAP_SKIP,
	/** KTAP_EXPECTED - TODO, XFAIL: a failure that is known */
	KTAP_EXPECTED,
	/** KTAP_BROKEN - TIMEOUT, ERROR */
	KTAP_BROKEN,
};

/** struct ktap_line - what one line says; strings lie in the line itself */
struct ktap_line {
	enum ktap_kind kind;
	/** @ktap: the version line is one of KTAP */
	bool ktap;
	/** @ok: "ok", not "not ok"; @numbered: @number stood there */
	bool ok, numbered;
	/** @number: of a result, or the N of a plan; ULLONG_MAX and up is that */
	unsigned long long number;
	/** @name: description of a result, name of a subtest, reason to bail
	 * out; "" where there is none */
	const char *name;
	/** @directive: of a result; of a plan, KTAP_SKIP or none */
	enum ktap_directive directive;
	/** @todo: it was TODO, which leaves an "ok" an "ok" */
	bool todo;
	/** @why: what stood behind the "#", without SKIP, TODO or XFAIL; or
	 * "" */
	const char *why;
};

/**
 * parse_ktap_line() - read a line
 * @line: NUL-ended, without its indentation and newline; a result's
 *        description is unescaped in place
 * @out:  filled; its strings live as long as @line
 */
void parse_ktap_line(char *line, struct ktap_line *out);

/**
 * parse_ktap_version() - whether a line is a version line
 * @line: NUL-ended, without what stands before the version line
 * @ktap: whether it is one of KTAP
 */
bool parse_ktap_version(const char *line, bool *ktap);

/**
 * ktap_line_text() - step over what printk puts before a line
 * @line: NUL-ended; "<6>", "[   12.345678]", "[T1]", "[C0]" at its begin, and
 *        the one space behind them, are passed
 *
 * Return: where the text begins.
 */
char *ktap_line_text(char *line);

#endif
