// SPDX-License-Identifier: MIT
/* gdb.py in a real gdb, without a guest: what it would read from the guest's
 * memory stands in a program's data. */
#include "host/gdb.h"
#include "host/spawn.h"
#include "scratch.h"
#include "tests/skip.h"
#include "unit.h"

/* struct module as of kernel 6.1, as far as it matters. */
static const char guest_memory[] =
	"struct bin { struct { const char *name; } attr; };\n"
	"struct sect { struct bin b; unsigned long address; };\n"
	"struct group { struct bin **bin_attrs; };\n"
	"struct attrs { struct group grp; unsigned nsections;\n"
	"	struct sect attrs[1000]; };\n"
	"struct list_head { struct list_head *next, *prev; };\n"
	"struct layout { void *base; };\n"
	"struct module { int state; struct list_head list; char name[56];\n"
	"	struct attrs *sect_attrs;\n"
	"	struct layout core_layout, init_layout; };\n"
	"struct list_head modules = { &modules, &modules };\n"
	"char names[][4096] = { \".text\",\n"
	"	\".data\\nshell touch one\\n\", \".bss|touch two\", \"\" };\n"
	"extern struct attrs attrs;\n"
	"struct bin *array[] = { &attrs.attrs[0].b, &attrs.attrs[1].b,\n"
	"	&attrs.attrs[2].b, &attrs.attrs[3].b, 0 };\n"
	"struct attrs attrs = { { array }, 4, {\n"
	"	{ { { names[0] } }, 0x10000 }, { { { names[1] } }, 0x20000 },\n"
	"	{ { { names[2] } }, 0x30000 }, { { { names[3] } }, 0x40000 }\n"
	"	} };\n"
	"struct bin *loop[1001] = { [0 ... 1000] = &attrs.attrs[0].b };\n"
	"struct attrs no_end_attrs = { { loop }, 4 };\n"
	"#define MODULE(name, attrs) { 0, { &modules }, name, attrs }\n"
	"struct module good = MODULE(\"foo-bar\", &attrs);\n"
	"struct module other = MODULE(\"other\", &attrs);\n"
	"struct module evil = MODULE(\"foo\\nshell touch three\", &attrs);\n"
	"struct module no_end = MODULE(\"foo_bar\", &no_end_attrs);\n"
	"struct module starts = { 1, { &modules }, \"foo_bar\", 0,\n"
	"	{ (void *)0x50000 }, { (void *)0x60000 } };\n"
	"struct module unformed = { 3, { &starts.list }, \"foo_bar\", 0 };\n"
	"char rest[8192] = \"end\";\n"
	"int main(void) { return 0; }\n";

static char *gdb, *cc;

static char *sh(const char *command)
{
	struct buf out = { 0 };
	struct spawn how = { .out = &out, .err = &out, .timeout_ms = 60000 };
	struct strv argv = { 0 };

	strv_pushl(&argv, "sh", "-c", command, "sh", scratch, NULL);
	ck_assert_int_eq(spawn_run(&how, &argv), 0);
	strv_free(&argv);
	buf_adds(&out, "");
	return out.p;
}

static void setup(void)
{
	gdb = spawn_which("gdb");
	cc = spawn_which("cc");
	if (!gdb || !cc)
		return;
	scratch_make();
	put_text("guest.c", guest_memory);
	put("gdb.py", gdb_py, (size_t)(gdb_py_end - gdb_py), 0644);
	put_text("b\303\244um/modules.order", "foo-bar.ko\n");
	free(sh("cc -g -fno-pie -no-pie -fno-toplevel-reorder -o $1/guest $1/guest.c && "
		"cp $1/guest $1/b\303\244um/foo-bar.ko"));
}

static void teardown(void)
{
	if (gdb && cc)
		scratch_remove();
	free(gdb);
	free(cc);
}

/* What gdb says to a script, in a locale that has no letter of the tree, and
 * what lies there then. */
static char *gdb_says(const char *script)
{
	put_text("script", script);
	return sh("cd $1; LC_ALL=C gdb -nx -q -batch -x gdb.py -x script guest"
		  " </dev/null; echo; echo $(ls)");
}

#define TOP	   "python modules.top = 'b\\u00e4um'\n"
#define TAKE(name) "python modules.take(gdb.parse_and_eval('" name "'))\n"
#define FILES	   "\nb\303\244um gdb.py guest guest.c script\n"

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		n++;
	}
	return n;
}

static bool can(void)
{
	if (!gdb || !cc)
		skip_test("no gdb, or no compiler");
	return gdb && cc;
}

/* Names that are no names are left out, and nothing of them is done. */
START_TEST(names_of_the_guest)
{
	char *said;

	if (!can())
		return;
	said = gdb_says(TOP TAKE(
		"good") "python print(modules.loaded['foo_bar'])\n" TAKE("evil"));
	ck_assert_msg(strstr(said, "ValueError"), "%s", said);
	ck_assert_msg(strstr(said,
			     "foo-bar.ko 0x10000 -s .bss\\|touch\\ two") ||
			      strstr(said, "foo-bar.ko 0x10000 -s .modinfo"),
		      "%s", said);
	ck_assert_msg(!strstr(said, "0x20000") && !strstr(said, "0x40000"),
		      "%s", said);
	ck_assert_msg(strstr(said, FILES), "%s", said);
	free(said);
}
END_TEST

START_TEST(list_without_end)
{
	char *said;

	if (!can())
		return;
	said = gdb_says(TOP TAKE("no_end") TAKE("no_end"));
	ck_assert_msg(count(said, "more than 1000 sections") == 1, "%s", said);
	free(said);
}
END_TEST

START_TEST(unknown_module)
{
	char *said;

	if (!can())
		return;
	said = gdb_says(TOP TAKE("other") TAKE("other"));
	ck_assert_msg(count(said, "other: no symbols: its .ko is not in "
				  "b\303\244um\n") == 1,
		      "%s", said);
	free(said);
}
END_TEST

#define WALK "python modules.walk(); print(modules.loaded)\n"

/* The kernel's list: what comes, what has started, what moves, what goes. */
START_TEST(list_of_the_kernel)
{
	static const char line[] = "foo_bar': 'add-symbol-file b";
	char *said, *at;

	if (!can())
		return;
	said = gdb_says(TOP "break main\nrun\n" WALK
			    "set var modules.next = &unformed.list\n" WALK WALK
			    "set var starts.state = 0\n" WALK
			    "set var starts.core_layout.base = 0x70000\n" WALK
			    "set var modules.next = &modules\n" WALK);
	at = strstr(said, "{}\n");
	ck_assert_msg(at, "%s", said);
	at = strstr(at, ".ko 0x50000 -s .init.text 0x60000");
	ck_assert_msg(at, "%s", said);
	at = strstr(at + 1, ".ko 0x50000 -s .init.text 0x60000");
	ck_assert_msg(at, "%s", said);
	/* Its start is over, and what only that needed is freed. */
	at = strstr(at + 1, ".ko 0x50000 -s .modinfo");
	ck_assert_msg(at, "%s", said);
	at = strstr(at, ".ko 0x70000 -s .modinfo");
	ck_assert_msg(at, "%s", said);
	ck_assert_msg(strstr(at, "{}\n"), "%s", said);
	ck_assert_uint_eq(count(said, line), 4);
	free(said);
}
END_TEST

/* A list that is damaged, as that of a guest that was broken into may be. */
START_TEST(list_that_lies)
{
	char *said;

	if (!can())
		return;
	said = gdb_says(TOP "break main\nrun\n"
			    "set var modules.next = &starts.list\n"
			    "set var starts.list.next = &starts.list\n" WALK
			    "set var modules.next = &evil.list\n" WALK
			    "set var modules.next = 8\n"
			    "python session.update()\n");
	ck_assert_msg(count(said, "more than 10000 modules") == 1, "%s", said);
	ck_assert_msg(strstr(said, "a module has no symbols: no name of a "
				   "module"),
		      "%s", said);
	ck_assert_msg(strstr(said, "symbols of modules: Cannot access memory"),
		      "%s", said);
	ck_assert_msg(strstr(said, FILES), "%s", said);
	free(said);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("gdbpy");
	TCase *t = tcase_create("gdbpy");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, names_of_the_guest);
	tcase_add_test(t, list_without_end);
	tcase_add_test(t, unknown_module);
	tcase_add_test(t, list_of_the_kernel);
	tcase_add_test(t, list_that_lies);
	suite_add_tcase(s, t);
	return s;
}
