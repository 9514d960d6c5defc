/* SPDX-License-Identifier: MIT */
/*
 * Option tables: getopt_long(3), --help and the shell completion are made from
 * the same rows.
 */
#ifndef BOOTLET_CLI_H
#define BOOTLET_CLI_H

#include "str.h"

#include <stddef.h>

/** struct cli_opt - one option of a group */
struct cli_opt {
	/** @name: long name without dashes */
	const char *name;
	/** @key: short name, or 0 */
	char key;
	/** @arg: how help names the argument ("FILE", "DIR", "a|b|c": these
	 * three also steer the completion), or NULL for a flag; "[=ADDRESS]"
	 * may be left out, and stands behind a "=" where it is not */
	const char *arg;
	/** @help: one line, lower case, no full stop */
	const char *help;
	/**
	 * @set: take the value
	 *
	 * @ctx is the group's part of the command's options, @arg NULL for a
	 * flag and for what was left out. Return: NULL, or what is wrong with the value in a few words
	 * that read well after "--name VALUE: " (static or leaked text).
	 */
	const char *(*set)(void *ctx, const char *arg);
};

/** struct cli_group - rows that share a heading and a context */
struct cli_group {
	const char *title;
	const struct cli_opt *opts;
	size_t n;
	/** @offset: of the group's context in the command's options struct */
	size_t offset;
};

/** struct cmd - a subcommand */
struct cmd {
	const char *name;
	/** @usage: what follows the name, e.g. "-o FILE [options]" */
	const char *usage;
	/** @summary: one line; @detail: paragraphs for --help, or NULL */
	const char *summary, *detail;
	const struct cli_group *groups;
	size_t n_groups;
	/** @usage_error: exit code for wrong usage */
	int usage_error;
	/** @run: argv[0] is the subcommand's name. Return: the exit code */
	int (*run)(const struct cmd *cmd, int argc, char **argv);
};

/**
 * cli_parse() - read the options of a subcommand
 * @cmd:  its row
 * @opts: its options struct, which the groups' offsets count from
 *
 * Options end at "--" or at the first word that is none. --help prints and
 * exits 0; a wrong option prints one line and exits with @cmd->usage_error.
 *
 * Return: index in @argv of the first word that is not an option.
 */
int cli_parse(const struct cmd *cmd, void *opts, int argc, char **argv);

/**
 * cli_echo() - write the options of one group as they were given
 * @cmd:   its row; @argv was taken by cli_parse() already
 * @group: index of the group in @cmd
 * @out:   "--name" and argument are appended, in their order
 */
void cli_echo(const struct cmd *cmd, size_t group, int argc, char **argv,
	      struct strv *out);

/** cli_help() - print a subcommand's help on stdout */
void cli_help(const struct cmd *cmd);

/**
 * cli_completion() - print bash completion for all subcommands on stdout
 */
void cli_completion(const struct cmd *const *cmds, size_t n);

/**
 * cli_number() - read a whole decimal number
 * @text: digits only
 * @min, @max: the range allowed
 * @out: where to put it
 *
 * Return: 0; -EINVAL for anything else; -ERANGE outside of the range.
 */
int cli_number(const char *text, long long min, long long max, long long *out);

#endif
