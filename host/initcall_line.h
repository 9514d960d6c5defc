/* SPDX-License-Identifier: MIT */
/*
 * One line of a kernel under initcall_debug. Sources: do_one_initcall() of
 * init/main.c, really_probe_debug() of drivers/base/dd.c, print_time() and
 * print_caller() of kernel/printk/printk.c, kernels 5.10 to 7.2.
 */
#ifndef BOOTLET_INITCALL_LINE_H
#define BOOTLET_INITCALL_LINE_H

#include <stdbool.h>

/** INITCALL_NAME_MAX - bytes of a name that are kept, its NUL included */
#define INITCALL_NAME_MAX 128

/** enum initcall_line_kind - what a line says */
enum initcall_line_kind {
	/** INITCALL_LINE_OTHER - another line of the kernel; with its time */
	INITCALL_LINE_OTHER,
	/** INITCALL_LINE_CALLING - "calling  F+0x0/0x20 [MODULE] @ PID" */
	INITCALL_LINE_CALLING,
	/** INITCALL_LINE_RETURNED - "initcall F+0x0/0x20 [MODULE] returned 0
	 * after 12 usecs" */
	INITCALL_LINE_RETURNED,
	/** INITCALL_LINE_PROBE - "probe of DEVICE returned 0 after 12 usecs" */
	INITCALL_LINE_PROBE,
	/** INITCALL_LINE_LEVEL - "entering initcall level: NAME" */
	INITCALL_LINE_LEVEL,
};

/** struct initcall_line - a line, read */
struct initcall_line {
	enum initcall_line_kind kind;
	/** @at: nanoseconds of printk's clock, -1: cannot be read */
	long long at;
	/** @name: function without its offset, device or level; @module: "" of
	 * what is built in */
	char name[INITCALL_NAME_MAX], module[INITCALL_NAME_MAX];
	/** @pid: of CALLING, or -1; @result: of RETURNED and PROBE, where
	 * @has_result; @us: how long it says it took */
	long pid;
	int result;
	bool has_result;
	long long us;
};

/**
 * parse_initcall_line() - read a line
 * @line: NUL-ended, without its newline
 * @out:  filled in
 *
 * A UART under load loses a byte now and then, which is forgiven in the words
 * that are known. What is printed for a device ("pci 0000:00:00.0: calling
 * quirk...") is part of an initcall, and is INITCALL_LINE_OTHER.
 *
 * Return: whether it is a line of the kernel.
 */
bool parse_initcall_line(const char *line, struct initcall_line *out);

#endif
