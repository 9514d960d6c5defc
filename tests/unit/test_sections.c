// SPDX-License-Identifier: MIT
#include "init/protocol.h"
#include "init/sections.h"
#include "modules.h"
#include "unit.h"

#include <errno.h>

#define A1 "0xffffffffc0000000"
#define A2 "0xffffffffc0123456"

static char told[FRAME_MAX + 1];

/* The next text, or "" where nothing is left to say. */
static const char *next(void)
{
	for (;;) {
		ssize_t n = sections_next(told, FRAME_MAX);

		told[n > 0 ? n : 0] = '\0';
		if (n)
			return told;
	}
}

#define ck_next(want) ck_assert_str_eq(next(), want)

/* --- What is loaded at first ---------------------------------------------- */

static const char two[] = "snd 16384 0 - Live 0xffffffffc0123000\n"
			  "e1000 163840 1 snd,x, Live 0xffffffffc0000000 (E)\n";

START_TEST(loaded_modules_oldest_first)
{
	put_text("proc/modules", two);
	put_state("e1000", "live\n");
	put_section("e1000", ".text", A1 "\n");
	put_state("snd", "live\n");
	put_section("snd", ".text", A2 "\n");
	ck_assert_int_eq(sections_fd(), -1);
	ck_next("e1000 .text=" A1);
	ck_next("snd .text=" A2);
	ck_next("");
	ck_assert_int_eq(sections_fd(), host_io_uevents);
	ck_assert_int_eq((int)sections_next(told, FRAME_MAX), -EAGAIN);
}
END_TEST

static const struct {
	const char *name, *address;
	bool told;
} sections[] = {
	{ ".text.unlikely", A2 "\n", true },
	{ ".noinstr.text", A2 "\n", true },
	{ ".exit.text", A2 "\n", true },
	{ ".data", A2 "\n", true },
	{ ".data..ro_after_init", A2 "\n", true },
	{ ".bss", A2 "\n", true },
	{ ".rodata.str1.1", A2 "\n", true },
	{ ".gnu.linkonce.this_module", A2 "\n", true },
	{ ".altinstr_replacement", A2 "\n", true },
	{ ".x-86+64~", "0x0000000000000001\n", true },
	{ ".init.text", A2 "\n", false },
	{ ".init.data", A2 "\n", false },
	{ ".note.gnu.build-id", A2 "\n", false },
	{ ".note.Linux", A2 "\n", false },
	{ ".orc_unwind_ip", A2 "\n", false },
	{ ".symtab", A2 "\n", false },
	{ ".strtab", A2 "\n", false },
	{ "__ksymtab_strings", A2 "\n", false },
	{ "text", A2 "\n", false },
	{ ".a b", A2 "\n", false },
	{ ".a=0x1", A2 "\n", false },
	{ ".a\n.b", A2 "\n", false },
	{ ".\xff\xfe", A2 "\n", false },
	{ ".hidden", "0x0000000000000000\n", false },
	{ ".short", "0x0\n", false },
	{ ".empty", "", false },
	{ ".newline", "\n", false },
	{ ".decimal", "12345\n", false },
	{ ".spaces", "0x1 .text=0x2\n", false },
	{ ".noise", "0x\x01\xff\x80zz\n", false },
	{ ".long", "0x11111111111111111111111111111111111111111\n", true },
};

START_TEST(sections_of_use_to_a_debugger)
{
	size_t count = sizeof(sections) / sizeof(sections[0]);
	char want[128];
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		put_section("m", sections[i].name, sections[i].address);
	module_load("m", A1 "\n");
	mkdir(at("sys/module/m/sections/.directory"), 0755);
	ck_assert_ptr_eq(strstr(next(), "m .text=" A1), told);
	for (size_t i = 0; i < count; i++) {
		const char *p;

		snprintf(want, sizeof(want), " %s=", sections[i].name);
		p = strstr(told, want);
		ck_assert_msg(!!p == sections[i].told, "%s: %s",
			      sections[i].name, told);
		n += sections[i].told;
	}
	for (const char *p = told; *p; p++) {
		ck_assert(*p >= ' ' && *p < 0x7f);
		n -= *p == '=';
	}
	ck_assert_uint_eq(n + 1, 0);
}
END_TEST

START_TEST(hostile_lines)
{
	static const char lines[] =
		"a/../b 1 0 - Live 0x0\n"
		"../proc 1 0 - Live 0x0\n"
		" 1 0 - Live 0x0\n"
		"\n"
		"\xff\xfe\x01 1 0 - Live 0x0\n"
		"a=b 1 0 - Live 0x0\n"
		"\0\0\0\n"
		"0123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789 1 0 - Live 0x0\n"
		"good 1 0 - Live 0x0\n"
		"cut";

	put("proc/modules", lines, sizeof(lines) - 1, 0644);
	put_state("cut", "live\n");
	put_state("good", "live\n");
	put_section("good", ".text", A1 "\n");
	ck_next("good .text=" A1);
	ck_next("");
}
END_TEST

/* More than one piece of the file, so that lines are cut anywhere. */
START_TEST(many_modules)
{
	static char text[65536];
	char name[16], want[64];
	size_t len = 0;

	for (int i = 300; i--;) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"m%d 16384 0 - Live " A1 " (OE)\n", i);
		snprintf(name, sizeof(name), "m%d", i);
		put_state(name, "live\n");
		put_section(name, ".text", A1 "\n");
	}
	put("proc/modules", text, len, 0644);
	for (int i = 0; i < 300; i++) {
		snprintf(want, sizeof(want), "m%d .text=" A1, i);
		ck_next(want);
	}
	ck_next("");
}
END_TEST

/* What does not fit is left out, and nothing is cut. */
START_TEST(more_sections_than_fit)
{
	char name[128];
	size_t n = 0;

	for (int i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), ".text.%0*d", 20 + i % 60, i);
		put_section("m", name, A2 "\n");
	}
	module_load("m", A1 "\n");
	ck_assert_ptr_eq(strstr(next(), "m .text=" A1 " "), told);
	ck_assert_uint_gt(strlen(told), FRAME_MAX - 128);
	strtok(told, " ");
	for (char *p; (p = strtok(NULL, " ")); n++) {
		ck_assert_int_eq(p[0], '.');
		ck_assert_ptr_nonnull(strchr(p, '='));
		ck_assert_uint_eq(strlen(strchr(p, '=') + 1), strlen(A1));
	}
	ck_assert_uint_gt(n, 30);
}
END_TEST

START_TEST(no_files_at_all)
{
	unlink(at("proc/modules"));
	close(host_io_uevents);
	host_io_uevents = -EAFNOSUPPORT;
	ck_next("");
	ck_next("");
	ck_assert_int_lt(sections_fd(), 0);
}
END_TEST

/* --- What comes and goes -------------------------------------------------- */

START_TEST(load_unload_and_load_again)
{
	ck_next("");
	module_load("m", A1 "\n");
	ck_next("m .text=" A1);
	module_unload("m");
	ck_next("m");
	module_load("m", A2 "\n");
	ck_next("m .text=" A2);
	ck_next("");
	/* So fast that only the end is seen. */
	module_unload("m");
	module_load("m", A1 "\n");
	ck_next("m .text=" A1);
	ck_next("m .text=" A1);
	ck_next("");
}
END_TEST

/* It may fail yet, or is about to go: a uevent will say. */
START_TEST(neither_here_nor_gone)
{
	static const char *const states[] = { "coming\n", "going\n", "", "x" };

	put_text("proc/modules", "m 1 0 - Loading " A1 "\n");
	put_section("m", ".text", A1 "\n");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		put_state("m", states[i]);
		uevent_of("add", "m");
		ck_next("");
	}
	module_load("m", A1 "\n");
	ck_next("m .text=" A1);
}
END_TEST

static const struct {
	const char *bytes;
	size_t n;
	bool told;
} messages[] = {
#define MESSAGE(s) s, sizeof(s) - 1
	{ MESSAGE("add@/module/m\0"), true },
	{ MESSAGE("remove@/module/m\0DEVPATH=x"), true },
	{ MESSAGE("change@/module/m\0"), true },
	{ MESSAGE("add@/module/m"), false },
	{ MESSAGE("add@/module/m/holders\0"), false },
	{ MESSAGE("add@/module/\0m\0"), false },
	{ MESSAGE("add@/module/../module/m\0"), false },
	{ MESSAGE("add@/module/m \0"), false },
	{ MESSAGE("add@/module/m=\0"), false },
	{ MESSAGE("add@/module/m\n\0"), false },
	{ MESSAGE("add@/module/\xff\x80\0"), false },
	{ MESSAGE("add@/bus/pci/drivers/m\0"), false },
	{ MESSAGE("add@/devices/module/m\0"), false },
	{ MESSAGE("add\0@/module/m\0"), false },
	{ MESSAGE("\0add@/module/m"), false },
	{ MESSAGE("@\0"), false },
	{ MESSAGE("\0"), false },
	{ MESSAGE(""), false },
	{ MESSAGE("libudev\0\xfe\xed\xca\xfe\0\0\0\x28"), false },
};

START_TEST(messages_of_all_sorts)
{
	ck_next("");
	put_state("m", "live\n");
	put_section("m", ".text", A1 "\n");
	uevent(messages[_i].bytes, messages[_i].n);
	ck_next(messages[_i].told ? "m .text=" A1 : "");
	ck_next("");
}
END_TEST

/* Every length, so that a read beyond the end is seen wherever it is. */
START_TEST(messages_of_all_lengths)
{
	char text[256] = "add@/module/";

	memset(text + 12, 'm', sizeof(text) - 12);
	ck_next("");
	for (size_t n = 0; n <= sizeof(text); n++) {
		uevent(text, n);
		ck_next("");
		if (n >= 13 && n < 64) {
			text[n] = '\0';
			uevent(text, n + 1);
			ck_next(text + 12);
			text[n] = 'm';
		}
	}
}
END_TEST

START_TEST(lost_messages_tell_all_again)
{
	put_text("proc/modules", "a 1 0 - Live " A1 "\n");
	put_state("a", "live\n");
	put_section("a", ".text", A1 "\n");
	ck_next("a .text=" A1);
	ck_next("");
	module_load("b", A2 "\n");
	ck_next("b .text=" A2);

	/* Of all this no message has come. */
	module_unload("a");
	while (recv(host_io_uevents, told, sizeof(told), 0) > 0)
		;
	put_text("proc/modules", "c 1 0 - Live " A1 "\nb 1 0 - Live " A2 "\n");
	put_state("c", "live\n");
	put_section("c", ".text", A1 "\n");
	host_io_lost = true;
	ck_next("c .text=" A1);
	ck_next("b .text=" A2);
	ck_next("a");
	ck_next("");
}
END_TEST

/* Names that find no room are told of all the same when they come. */
START_TEST(more_names_than_are_kept)
{
	char name[64], want[128];

	ck_next("");
	for (int i = 0; i < 1200; i++) {
		snprintf(name, sizeof(name), "m%055d", i);
		uevent_of("remove", name);
		ck_next(name);
	}
	module_load("new", A1 "\n");
	snprintf(want, sizeof(want), "new .text=%s", A1);
	ck_next(want);
	host_io_lost = true;
	ck_assert_str_ne(next(), "");
}
END_TEST

/* --- What the kernel hides ------------------------------------------------ */

#define ZERO "0x0000000000000000\n"

START_TEST(hidden_addresses_are_no_report)
{
	said_begin();
	put_section("a", ".data", ZERO);
	module_load("a", ZERO);
	module_load("b", ZERO);
	put_state("c", "live\n");
	uevent_of("add", "c");
	ck_next("");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_said("a: no addresses");
	ck_assert_said("kptr_restrict");
	/* The kernel's other half of the story is true. */
	module_unload("a");
	ck_next("a");
	module_load("a", A1 "\n");
	ck_next("a .text=" A1);
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sections");
	TCase *t = tcase_create("sections");

	tcase_add_checked_fixture(t, modules_make, modules_remove);
	tcase_add_test(t, loaded_modules_oldest_first);
	tcase_add_test(t, sections_of_use_to_a_debugger);
	tcase_add_test(t, hostile_lines);
	tcase_add_test(t, many_modules);
	tcase_add_test(t, more_sections_than_fit);
	tcase_add_test(t, no_files_at_all);
	tcase_add_test(t, load_unload_and_load_again);
	tcase_add_test(t, neither_here_nor_gone);
	tcase_add_loop_test(t, messages_of_all_sorts, 0,
			    sizeof(messages) / sizeof(messages[0]));
	tcase_add_test(t, messages_of_all_lengths);
	tcase_add_test(t, lost_messages_tell_all_again);
	tcase_add_test(t, more_names_than_are_kept);
	tcase_add_test(t, hidden_addresses_are_no_report);
	suite_add_tcase(s, t);
	return s;
}
