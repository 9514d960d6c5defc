// SPDX-License-Identifier: MIT
#include "cli.h"

#include "msg.h"
#include "str.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* getopt_long() values of options: above any character. */
#define LONG_BASE 1000

/* Whether the argument may be left out, and has to stand behind "=". */
static bool is_optional(const struct cli_opt *o)
{
	return o->arg && !strncmp(o->arg, "[=", 2);
}

/* One row found by number, counted over all groups. */
static const struct cli_opt *row(const struct cmd *cmd, size_t i,
				 const struct cli_group **group)
{
	for (size_t g = 0; g < cmd->n_groups; g++) {
		*group = &cmd->groups[g];
		if (i < (*group)->n)
			return &(*group)->opts[i];
		i -= (*group)->n;
	}
	return NULL;
}

static size_t n_rows(const struct cmd *cmd)
{
	size_t n = 0;

	for (size_t g = 0; g < cmd->n_groups; g++)
		n += cmd->groups[g].n;
	return n;
}

static size_t row_of_key(const struct cmd *cmd, int key)
{
	const struct cli_group *group;
	const struct cli_opt *o;

	for (size_t i = 0; (o = row(cmd, i, &group)); i++)
		if (o->key == key)
			return i;
	return 0;
}

/* getopt_long() reports a wrong option by number or by position only. */
static _Noreturn void wrong_option(const struct cmd *cmd, int kind, char **argv)
{
	const struct cli_group *group;
	const struct cli_opt *o;
	struct strv names = { 0 };
	const char *word = argv[optind - 1], *near;
	size_t len;

	if (kind == ':' && optopt >= LONG_BASE) {
		o = row(cmd, (size_t)(optopt - LONG_BASE), &group);
		die(cmd->usage_error, "--%s: needs an argument (%s)", o->name,
		    o->arg);
	}
	if (kind == ':') {
		o = row(cmd, row_of_key(cmd, optopt), &group);
		die(cmd->usage_error, "-%c: needs an argument (%s)", optopt,
		    o->arg);
	}
	if (optopt >= LONG_BASE) {
		o = row(cmd, (size_t)(optopt - LONG_BASE), &group);
		die(cmd->usage_error, "--%s: takes no argument", o->name);
	}
	if (optopt)
		die(cmd->usage_error,
		    "-%c: unknown option; see bootlet %s --help", optopt,
		    cmd->name);
	len = strcspn(word, "=");
	for (size_t i = 0; (o = row(cmd, i, &group)); i++)
		strv_pushf(&names, "--%s", o->name);
	word = xasprintf("%.*s", (int)len, word);
	near = str_nearest(word, names.v, names.n);
	if (near)
		die(cmd->usage_error, "%s: unknown option; did you mean %s?",
		    word, near);
	die(cmd->usage_error, "%s: unknown option; see bootlet %s --help", word,
	    cmd->name);
}

/* Calls take() for each option. Return: as cli_parse(). */
static int walk(const struct cmd *cmd, int argc, char **argv,
		void (*take)(const struct cmd *cmd, size_t i, const char *arg,
			     void *ctx),
		void *ctx)
{
	size_t n = n_rows(cmd);
	struct option *longs = xrealloc(NULL, (n + 2) * sizeof(*longs));
	struct buf shorts = { 0 };
	const struct cli_group *group;
	const struct cli_opt *o;
	int c;

	/* '+': what follows the first word is the guest's, not ours. */
	buf_adds(&shorts, "+:h");
	for (size_t i = 0; (o = row(cmd, i, &group)); i++) {
		longs[i] = (struct option){
			.name = o->name,
			.has_arg = is_optional(o) ? optional_argument :
				   o->arg	  ? required_argument :
						    no_argument,
			.val = LONG_BASE + (int)i,
		};
		if (o->key)
			buf_addf(&shorts, "%c%s", o->key, o->arg ? ":" : "");
	}
	longs[n] = (struct option){ .name = "help", .val = 'h' };
	longs[n + 1] = (struct option){ 0 };
	/* 0: getopt(3) forgets where an earlier walk had come to. */
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts.p, longs, NULL)) != -1) {
		if (c == 'h') {
			cli_help(cmd);
			exit(EXIT_SUCCESS);
		}
		if (c == '?' || c == ':')
			wrong_option(cmd, c, argv);
		take(cmd,
		     c >= LONG_BASE ? (size_t)(c - LONG_BASE) :
				      row_of_key(cmd, c),
		     optarg, ctx);
	}
	free(longs);
	buf_free(&shorts);
	return optind;
}

static void take_option(const struct cmd *cmd, size_t i, const char *arg,
			void *opts)
{
	const struct cli_group *group;
	const struct cli_opt *o = row(cmd, i, &group);
	const char *wrong = o->set((char *)opts + group->offset, arg);

	if (wrong && arg)
		die(cmd->usage_error, "--%s%c%s: %s", o->name,
		    is_optional(o) ? '=' : ' ', arg, wrong);
	if (wrong)
		die(cmd->usage_error, "--%s: %s", o->name, wrong);
}

int cli_parse(const struct cmd *cmd, void *opts, int argc, char **argv)
{
	return walk(cmd, argc, argv, take_option, opts);
}

struct echo {
	const struct cli_group *group;
	struct strv *out;
};

static void echo_option(const struct cmd *cmd, size_t i, const char *arg,
			void *ctx)
{
	struct echo *echo = ctx;
	const struct cli_group *group = NULL;
	const struct cli_opt *o = row(cmd, i, &group);

	if (group != echo->group)
		return;
	if (arg && is_optional(o)) {
		strv_pushf(echo->out, "--%s=%s", o->name, arg);
		return;
	}
	strv_pushf(echo->out, "--%s", o->name);
	if (arg)
		strv_push(echo->out, arg);
}

void cli_echo(const struct cmd *cmd, size_t group, int argc, char **argv,
	      struct strv *out)
{
	struct echo echo = { .group = &cmd->groups[group], .out = out };

	walk(cmd, argc, argv, echo_option, &echo);
}

#define HELP_COLUMN 33
#define HELP_WIDTH  80

/* From HELP_COLUMN on, in lines that a narrow terminal takes. */
static void help_text(const char *text)
{
	const size_t room = HELP_WIDTH - 1 - HELP_COLUMN;

	while (strlen(text) > room) {
		size_t n = room;

		while (n && text[n] != ' ')
			n--;
		if (!n)
			n = strcspn(text, " ");
		if (!text[n])
			break;
		printf("%.*s\n%*s", (int)n, text, HELP_COLUMN, "");
		text += n + 1;
	}
	printf("%s\n", text);
}

static void help_row(const struct cli_opt *o)
{
	char *left = xasprintf("%c%c%s --%s%s%s", o->key ? '-' : ' ',
			       o->key ? o->key : ' ', o->key ? "," : " ",
			       o->name, o->arg && !is_optional(o) ? " " : "",
			       o->arg ? o->arg : "");

	if (strlen(left) <= 30)
		printf("  %-30s ", left);
	else
		printf("  %s\n%*s", left, HELP_COLUMN, "");
	help_text(o->help);
	free(left);
}

void cli_help(const struct cmd *cmd)
{
	printf("Usage: bootlet %s %s\n\n%s.\n", cmd->name, cmd->usage,
	       cmd->summary);
	if (cmd->detail)
		printf("\n%s\n", cmd->detail);
	for (size_t g = 0; g < cmd->n_groups; g++) {
		printf("\n%s:\n", cmd->groups[g].title);
		for (size_t i = 0; i < cmd->groups[g].n; i++)
			help_row(&cmd->groups[g].opts[i]);
	}
	printf("\n  -h, --help                     print this\n");
}

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789_|"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* "a|b=NAME|c", maybe with "[:MORE]" behind; "PATH:c|b:..." is none. Return:
 * the words to choose from, "a b= c", which the caller frees; NULL. */
static char *choice_words(const char *arg)
{
	struct buf words = { 0 };
	bool two = false;

	while (strspn(arg, LOWER)) {
		for (; *arg && strchr(LOWER, *arg); arg++) {
			two |= *arg == '|';
			buf_addc(&words, *arg == '|' ? ' ' : *arg);
		}
		if (*arg != '=')
			break;
		buf_addc(&words, *arg++);
		arg += strspn(arg, UPPER);
	}
	if (two && (!*arg || *arg == '['))
		return words.p;
	buf_free(&words);
	return NULL;
}

/* What a shell should offer for an argument, from how help names it. */
static void complete_arg(const struct cli_opt *o)
{
	char *words = choice_words(o->arg);

	printf("\t\t--%s%s%c) ", o->name, o->key ? "|-" : "",
	       o->key ? o->key : ' ');
	if (words) {
		printf("COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", words);
		free(words);
	} else if (!strcmp(o->arg, "KERNEL")) {
		printf("COMPREPLY=($(compgen -W distro -f -- \"$cur\"))");
	} else if (!strncmp(o->arg, "DIR", 3)) {
		printf("COMPREPLY=($(compgen -d -- \"$cur\"))");
	} else if (strstr(o->arg, "FILE") || strstr(o->arg, "SRC") ||
		   strstr(o->arg, "IMAGE")) {
		printf("COMPREPLY=($(compgen -f -- \"$cur\"))");
	} else {
		printf("COMPREPLY=()");
	}
	printf("; return ;;\n");
}

static void complete_cmd(const struct cmd *cmd)
{
	const struct cli_group *group;
	const struct cli_opt *o;

	printf("\t%s)\n\t\tcase $prev in\n", cmd->name);
	for (size_t i = 0; (o = row(cmd, i, &group)); i++)
		if (o->arg && !is_optional(o))
			complete_arg(o);
	printf("\t\tesac\n\t\topts='--help");
	for (size_t i = 0; (o = row(cmd, i, &group)); i++)
		printf(" --%s", o->name);
	printf("' ;;\n");
}

void cli_completion(const struct cmd *const *cmds, size_t n)
{
	printf("# bash completion for bootlet, made from its option tables\n"
	       "_bootlet()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	       "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]} opts w\n"
	       "\tcompopt -o filenames 2>/dev/null\n"
	       "\tfor w in \"${COMP_WORDS[@]:2:COMP_CWORD-2}\"; do\n"
	       "\t\tif [ \"$w\" = -- ]; then\n"
	       "\t\t\tCOMPREPLY=($(compgen -f -- \"$cur\")); return\n"
	       "\t\tfi\n\tdone\n"
	       "\tif [ \"$COMP_CWORD\" = 1 ]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W '--help --version");
	for (size_t i = 0; i < n; i++)
		printf(" %s", cmds[i]->name);
	printf(" completion' -- \"$cur\")); return\n\tfi\n"
	       "\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < n; i++)
		complete_cmd(cmds[i]);
	printf("\t*) return ;;\n\tesac\n"
	       "\tif [[ $cur == -* ]]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W \"$opts\" -- \"$cur\"))\n"
	       "\telse\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\tfi\n}\n"
	       "complete -F _bootlet bootlet\n");
}

int cli_number(const char *text, long long min, long long max, long long *out)
{
	long long n;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno || n < min || n > max)
		return -ERANGE;
	*out = n;
	return 0;
}
