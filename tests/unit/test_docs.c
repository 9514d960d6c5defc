// SPDX-License-Identifier: MIT
/* The documents against the tables: what the one has the other has, too. */
#include "host/cmds.h"
#include "host/recipe.h"
#include "host/str.h"
#include "unit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAN_HOST  TOPDIR "/host/bootlet.1"
#define MAN_GUEST TOPDIR "/init/bootlet-init.8"
#define README	  TOPDIR "/README.md"
#define MAX_TEXT  (1 << 20)
#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))

/* Sections of the manual, and what their lists describe. */
static const struct {
	const char *heading;
	const struct cmd *cmd; /* NULL: the recipe's options */
} sections[] = {
	{ ".Ss bootlet run\n", &cmd_run },
	{ ".Ss bootlet initramfs\n", &cmd_initramfs },
	{ ".Ss Image options\n", NULL },
	{ ".Ss bootlet config\n", &cmd_config },
	{ ".Ss bootlet build\n", &cmd_build },
	{ ".Ss bootlet net\n", &cmd_net },
	{ ".Ss bootlet gdb\n", &cmd_gdb },
	{ ".Ss bootlet scan\n", &cmd_scan },
	{ ".Ss bootlet dump\n", &cmd_dump },
	{ ".Ss bootlet inject\n", &cmd_inject },
	{ ".Ss bootlet bench\n", &cmd_bench },
	{ ".Ss bootlet doctor\n", &cmd_doctor },
};

/* Tables whose every string a section of the guest's manual has, behind
 * @prefix where it is no whole path. A table ends at an empty line. */
static const struct {
	const char *file, *begin, *heading, *prefix;
} tables[] = {
	{ TOPDIR "/init/mounts.c", "#define MOUNTS(X)", "\n.Ss Mounts\n", "" },
	{ TOPDIR "/init/nodes.c", "node_row nodes[] = {", "\n.Ss Nodes\n",
	  "/dev/" },
	{ TOPDIR "/init/nodes.c", "link_row links[] = {", "\n.Ss Nodes\n",
	  "/dev/" },
	{ TOPDIR "/init/cmdline.c", "#define KEYS(X)", "\n.Sh KEYS\n", "" },
};

/* The strings of protocol.h behind #defines that begin so. */
static const char *const defines[] = {
	"#define BOOTLET_KEY_",
	"#define BOOTLET_CONF",
	"#define BOOTLET_COMMAND",
	"#define BOOTLET_RUN_DIR",
};

static struct buf text_of(const char *path)
{
	struct buf b = { 0 };

	ck_assert_msg(read_file(path, &b, MAX_TEXT) == 0, "%s", path);
	ck_assert_uint_gt(b.n, 0);
	return b;
}

/* From @begin to the next @end, which the caller frees. */
static char *part(const char *text, const char *begin, const char *end)
{
	const char *from = strstr(text, begin), *to;

	ck_assert_msg(from != NULL, "nowhere: %s", begin);
	from += strlen(begin);
	to = strstr(from, end);
	return xasprintf("%.*s", to ? (int)(to - from) : (int)strlen(from),
			 from);
}

/* A section or subsection of a manual, which the caller frees. */
static char *section_of(const char *man, const char *heading)
{
	char *text = part(man, heading, "\n.Sh "), *sub;

	sub = strstr(text, "\n.Ss ");
	if (sub)
		*sub = '\0';
	return text;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || strchr("_./-", c) != NULL;
}

/* Whether @text has @word, no letter of another word beside it. */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	const char *p;

	for (p = text; (p = strstr(p, word)); p++)
		if ((p == text || !is_name(p[-1])) &&
		    (!p[n] || p[n] == '.' || !is_name(p[n])))
			return true;
	return false;
}

/* --- options -------------------------------------------------------------- */

/* The line of a list that describes an option, as mdoc(7) has it. */
static char *it_line(const struct cli_opt *o)
{
	char *key = o->key ? xasprintf("%c , ", o->key) : xstrdup("");
	/* "[=ADDRESS]" is a name in brackets. */
	char *line = o->arg && !strncmp(o->arg, "[=", 2) ?
			     xasprintf("\n.It Fl %s-%s Ns Op = Ns Ar %.*s\n",
				       key, o->name, (int)strlen(o->arg) - 3,
				       o->arg + 2) :
			     xasprintf("\n.It Fl %s-%s%s%s\n", key, o->name,
				       o->arg ? " Ar " : "",
				       o->arg ? o->arg : "");

	free(key);
	return line;
}

static size_t check_option(const char *section, const struct cli_opt *o)
{
	char *line = it_line(o);

	ck_assert_msg(strstr(section, line) != NULL, "bootlet.1 lacks:%s",
		      line);
	free(line);
	return 1;
}

static size_t check_cmd(const char *section, const struct cmd *cmd)
{
	size_t n = 0;

	/* bench takes run's as well, which stand there. */
	for (size_t g = 0; g < (cmd == &cmd_bench ? 1 : cmd->n_groups); g++)
		for (size_t i = 0; i < cmd->groups[g].n; i++)
			if (cmd->groups[g].opts != recipe_opts)
				n += check_option(section,
						  &cmd->groups[g].opts[i]);
	return n;
}

static size_t lines_with(const char *text, const char *start)
{
	size_t n = 0;

	while ((text = strstr(text, start))) {
		text += strlen(start);
		n++;
	}
	return n;
}

START_TEST(manual_has_every_option_and_no_other)
{
	struct buf man = text_of(MAN_HOST);
	char *section = section_of(man.p, sections[_i].heading);
	size_t n = 0;

	if (sections[_i].cmd)
		n = check_cmd(section, sections[_i].cmd);
	for (size_t i = 0; !sections[_i].cmd && i < N_RECIPE_OPTS; i++)
		n += check_option(section, &recipe_opts[i]);
	ck_assert_uint_gt(n, 0);
	ck_assert_uint_eq(lines_with(section, "\n.It Fl "), n);
	free(section);
	buf_free(&man);
}
END_TEST

static bool is_option(const char *name)
{
	static const struct cmd *const cmds[] = {
		&cmd_run, &cmd_initramfs, &cmd_config, &cmd_build,  &cmd_gdb,
		&cmd_net, &cmd_scan,	  &cmd_bench,  &cmd_doctor,
	};

	if (!strcmp(name, "help") || !strcmp(name, "version"))
		return true;
	for (size_t c = 0; c < COUNT(cmds); c++)
		for (size_t g = 0; g < cmds[c]->n_groups; g++)
			for (size_t i = 0; i < cmds[c]->groups[g].n; i++)
				if (!strcmp(cmds[c]->groups[g].opts[i].name,
					    name))
					return true;
	return false;
}

static size_t name_len(const char *p)
{
	return strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

START_TEST(options_of_the_readme_exist)
{
	struct buf readme = text_of(README);
	size_t n = 0;

	for (const char *p = readme.p; (p = strstr(p, "--"));) {
		size_t len = name_len(p + 2);
		char *name = xasprintf("%.*s", (int)len, p + 2);

		/* A line under a heading and the end of options are none. */
		if (len && name[0] != '-' && strchr(" `(\n", p[-1])) {
			ck_assert_msg(is_option(name),
				      "README.md: --%s: no such option", name);
			n++;
		}
		p += 2 + len;
		free(name);
	}
	ck_assert_uint_ge(n, 10);
	buf_free(&readme);
}
END_TEST

/* What is typed: in quotes, in code, or at a prompt. */
static const char *const typed[] = { "`make ", "\n    make ", "$ make " };

START_TEST(targets_of_the_readme_exist)
{
	struct buf readme = text_of(README);
	static const char *const parts[] = {
		"/Makefile",
		"/tests/bench/bench.mk",
		"/tests/fuzz/fuzz.mk",
		"/tests/coverage/coverage.mk",
	};
	struct buf makefile = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *path = xasprintf("%s%s", TOPDIR, parts[i]);
		struct buf part = text_of(path);

		buf_addc(&makefile, '\n');
		buf_add(&makefile, part.p, part.n);
		buf_free(&part);
		free(path);
	}
	for (const char *p = readme.p; (p = strstr(p, typed[_i]));) {
		size_t len;
		char *target;

		p += strlen(typed[_i]);
		len = name_len(p);
		/* A variable, or a file of build/. */
		if (!len || p[len] == '/')
			continue;
		target = xasprintf("\n%.*s:", (int)len, p);
		ck_assert_msg(strstr(makefile.p, target) != NULL,
			      "README.md: make: no such target:%s", target);
		free(target);
		n++;
	}
	ck_assert_uint_gt(n, 0);
	buf_free(&makefile);
	buf_free(&readme);
}
END_TEST

/* --- the guest ------------------------------------------------------------ */

/* What follows a literal. */
static char *literal_end(char *p)
{
	p += strcspn(p, "\"\n");
	ck_assert_int_eq(*p++, '"');
	return p;
}

START_TEST(manual_has_every_row)
{
	struct buf man = text_of(MAN_GUEST), code = text_of(tables[_i].file);
	char *section = section_of(man.p, tables[_i].heading);
	char *rows = part(code.p, tables[_i].begin, "\n\n"), *p = rows;
	size_t n = 0;

	while ((p = strchr(p, '"'))) {
		size_t len = strcspn(++p, "\"\\\n");
		char *word = xasprintf("%s%.*s",
				       *p == '/' ? "" : tables[_i].prefix,
				       (int)len, p);

		/* With a space in it, it is what a message says. */
		ck_assert_msg(!len || strchr(word, ' ') ||
				      has_word(section, word),
			      "bootlet-init.8 lacks: %s", word);
		free(word);
		p = literal_end(p + len);
		n++;
	}
	ck_assert_uint_gt(n, 0);
	free(rows);
	free(section);
	buf_free(&code);
	buf_free(&man);
}
END_TEST

/* The line of the manual's list for one row of the phases. */
static char *phase_line(const char *row)
{
	char *all = part(row, "X(\"", ")");
	char *line = xasprintf("\n.It Cm %.*s%s\n", (int)strcspn(all, "\""),
			       all,
			       strstr(all, "MUST") ? " Pq must succeed" : "");

	free(all);
	return line;
}

START_TEST(manual_has_phases_in_their_order)
{
	struct buf man = text_of(MAN_GUEST);
	struct buf code = text_of(TOPDIR "/init/main.c");
	char *rows = part(code.p, "#define PHASES(X)", "\n\n"), *p = rows;
	char *section = section_of(man.p, "\n.Ss Phases\n"), *at = section;
	size_t n = 0;

	for (; (p = strstr(p, "X(\"")); p++, n++) {
		char *line = phase_line(p);

		at = strstr(at, line);
		ck_assert_msg(at != NULL, "not there, or not in order:%s",
			      line);
		free(line);
	}
	ck_assert_uint_gt(n, 0);
	ck_assert_uint_eq(lines_with(section, "\n.It "), n);
	free(section);
	free(rows);
	buf_free(&code);
	buf_free(&man);
}
END_TEST

START_TEST(manual_has_the_protocol)
{
	struct buf man = text_of(MAN_GUEST);
	struct buf code = text_of(TOPDIR "/init/protocol.h");
	size_t n = 0;

	for (const char *p = code.p; (p = strstr(p, defines[_i]));) {
		size_t len = strlen(defines[_i]);
		char *word;

		/* BOOTLET_COMMAND is not BOOTLET_COMMAND_MAX. */
		if (p[len - 1] != '_' && !isblank((unsigned char)p[len])) {
			p += len;
			continue;
		}
		p += strcspn(p, "\"\n");
		ck_assert_int_eq(*p, '"');
		len = strcspn(++p, "\"");
		word = xasprintf("%.*s", (int)len, p);
		ck_assert_msg(strstr(man.p, word) != NULL,
			      "bootlet-init.8 lacks: %s", word);
		free(word);
		n++;
	}
	ck_assert_uint_gt(n, 0);
	buf_free(&code);
	buf_free(&man);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("docs");
	TCase *t = tcase_create("options");

	tcase_add_loop_test(t, manual_has_every_option_and_no_other, 0,
			    COUNT(sections));
	tcase_add_test(t, options_of_the_readme_exist);
	tcase_add_loop_test(t, targets_of_the_readme_exist, 0, COUNT(typed));
	suite_add_tcase(s, t);
	t = tcase_create("guest");
	tcase_add_loop_test(t, manual_has_every_row, 0, COUNT(tables));
	tcase_add_test(t, manual_has_phases_in_their_order);
	tcase_add_loop_test(t, manual_has_the_protocol, 0, COUNT(defines));
	suite_add_tcase(s, t);
	return s;
}
