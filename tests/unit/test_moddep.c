// SPDX-License-Identifier: MIT
#include "unit.h"

#include "init/moddep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char dep[] =
	"kernel/net/core/failover.ko.xz:\n"
	"kernel/drivers/net/net_failover.ko.xz: kernel/net/core/failover.ko.xz"
	"\n"
	"kernel/drivers/net/virtio_net.ko.xz: "
	"kernel/drivers/net/net_failover.ko.xz kernel/net/core/failover.ko.xz\n"
	"kernel/sound/snd-hda-intel.ko.zst:\n"
	"flat.ko: flat.ko";

static const char softdep[] = "# Soft dependencies\n"
			      "softdep ext4 pre: crypto-crc32c\n"
			      "softdep a-b pre: p1 p2 post: q1  pre: p3\n"
			      "softdep a_b post: q2\n"
			      "softdep bad\n"
			      "softdep\n"
			      "softdep none pre: post:";

/* No longer than it is, and what ends it, for the address sanitizer to watch. */
static struct span text_of(const char *s)
{
	size_t len = strlen(s);
	char *p = malloc(len + 1);

	memcpy(p, s, len + 1);
	return (struct span){ p, len };
}

static const char *str(struct span s)
{
	static char buf[256];

	if (!s.p)
		return "NULL";
	snprintf(buf, sizeof(buf), "%.*s", (int)s.len, s.p);
	return buf;
}

START_TEST(names_are_found_in_paths)
{
	ck_assert_str_eq(str(modname_of(span_of("kernel/a/b-c.ko.xz"))), "b-c");
	ck_assert_str_eq(str(modname_of(span_of("b.ko"))), "b");
	ck_assert_str_eq(str(modname_of(span_of("b"))), "b");
	ck_assert_str_eq(str(modname_of(span_of("a.d/b"))), "b");
	ck_assert_str_eq(str(modname_of(span_of("a/b.ko: c/d.ko"))), "b");
	ck_assert_str_eq(str(modname_of(span_of("b:"))), "b");
	ck_assert_str_eq(str(modname_of(span_of("a/"))), "");
	ck_assert_str_eq(str(modname_of(span_of(""))), "");
}
END_TEST

START_TEST(dash_and_underscore_are_the_same)
{
	ck_assert(modname_same(span_of("a-b_c"), span_of("a_b-c")));
	ck_assert(!modname_same(span_of("ab"), span_of("a")));
	ck_assert(!modname_same(span_of("ab"), span_of("ac")));
	ck_assert(modname_same(span_of(""), span_of("")));
}
END_TEST

START_TEST(lines_are_found_by_name)
{
	struct span t = text_of(dep), line;

	line = moddep_find(t, span_of("virtio-net"));
	ck_assert_str_eq(str(moddep_path(line)),
			 "kernel/drivers/net/virtio_net.ko.xz");
	ck_assert_ptr_eq(line.p, moddep_find(t, span_of("virtio_net")).p);
	ck_assert_ptr_ne(line.p, moddep_find(t, span_of("failover")).p);
	ck_assert_str_eq(str(moddep_path(moddep_find(t, span_of("flat")))),
			 "flat.ko");
	ck_assert_str_eq(
		str(moddep_path(moddep_find(t, span_of("snd_hda_intel")))),
		"kernel/sound/snd-hda-intel.ko.zst");
	ck_assert_ptr_null(moddep_find(t, span_of("virtio")).p);
	ck_assert_ptr_null(moddep_find(t, span_of("ko")).p);
	ck_assert_ptr_null(moddep_find((struct span){ 0 }, span_of("a")).p);
	free((void *)t.p);
}
END_TEST

START_TEST(dependencies_come_last_first)
{
	struct span t = text_of(dep), line;

	line = moddep_find(t, span_of("virtio_net"));
	ck_assert_str_eq(str(moddep_pop(&line)),
			 "kernel/net/core/failover.ko.xz");
	ck_assert_str_eq(str(moddep_pop(&line)),
			 "kernel/drivers/net/net_failover.ko.xz");
	ck_assert_ptr_null(moddep_pop(&line).p);
	ck_assert_ptr_null(moddep_pop(&line).p);

	line = moddep_find(t, span_of("failover"));
	ck_assert_ptr_null(moddep_pop(&line).p);
	free((void *)t.p);
}
END_TEST

START_TEST(a_path_alone_is_a_line_without_dependencies)
{
	struct span line = span_of("kernel/x.ko");

	ck_assert_str_eq(str(moddep_path(line)), "kernel/x.ko");
	ck_assert_ptr_null(moddep_pop(&line).p);
	line = span_of("x.ko:  a.ko   b.ko  ");
	ck_assert_str_eq(str(moddep_pop(&line)), "b.ko");
	ck_assert_str_eq(str(moddep_pop(&line)), "a.ko");
	ck_assert_ptr_null(moddep_pop(&line).p);
}
END_TEST

START_TEST(builtins_are_known)
{
	struct span t = text_of("kernel/fs/a.ko\nkernel/b/c-d.ko");

	ck_assert_ptr_nonnull(moddep_find(t, span_of("a")).p);
	ck_assert_ptr_nonnull(moddep_find(t, span_of("c_d")).p);
	ck_assert_ptr_null(moddep_find(t, span_of("b")).p);
	free((void *)t.p);
}
END_TEST

static char joined[256];

static void join(struct span name)
{
	strcat(joined, str(name));
	strcat(joined, " ");
}

static const char *softdeps(const char *name, enum softdep_kind kind)
{
	struct span t = text_of(softdep);

	joined[0] = '\0';
	softdep_each(t, span_of(name), kind, join);
	free((void *)t.p);
	return joined;
}

START_TEST(soft_dependencies_of_all_lines)
{
	ck_assert_str_eq(softdeps("a_b", SOFTDEP_PRE), "p1 p2 p3 ");
	ck_assert_str_eq(softdeps("a-b", SOFTDEP_POST), "q1 q2 ");
	ck_assert_str_eq(softdeps("ext4", SOFTDEP_PRE), "crypto-crc32c ");
	ck_assert_str_eq(softdeps("ext4", SOFTDEP_POST), "");
	ck_assert_str_eq(softdeps("bad", SOFTDEP_PRE), "");
	ck_assert_str_eq(softdeps("none", SOFTDEP_PRE), "");
	ck_assert_str_eq(softdeps("pre:", SOFTDEP_PRE), "");
}
END_TEST

START_TEST(what_a_module_drives)
{
	static const struct {
		const char *line;
		bool drives;
	} lines[] = {
		{ "kernel/drivers/net/e.ko: kernel/x.ko", true },
		{ "a/drivers/net/e.ko:", true },
		{ "drivers/net/e.ko:", false },
		{ "updates/drivers/ata/a/b.ko", true },
		{ "kernel/drivers/net/", true },
		{ "kernel/x.ko: kernel/drivers/net/e.ko", false },
		{ "kernel/drivers/network/e.ko:", false },
		{ "kernel/drivers/ne:", false },
		{ "kernel/net/e.ko", false },
		{ "kernel/drivers/usb/ata/e.ko", false },
		{ "drivers", false },
		{ "x/drivers/", false },
		{ "x/drivers/net", false },
		{ "/", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		/* Nothing behind it: a reader that goes too far is caught. */
		struct span line = text_of(lines[i].line);

		ck_assert_msg(moddep_drives(line.p, "ata\0net\0") ==
				      lines[i].drives,
			      "%s", lines[i].line);
		free((void *)line.p);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("moddep");
	TCase *t = tcase_create("moddep");

	tcase_add_test(t, names_are_found_in_paths);
	tcase_add_test(t, dash_and_underscore_are_the_same);
	tcase_add_test(t, lines_are_found_by_name);
	tcase_add_test(t, dependencies_come_last_first);
	tcase_add_test(t, a_path_alone_is_a_line_without_dependencies);
	tcase_add_test(t, builtins_are_known);
	tcase_add_test(t, soft_dependencies_of_all_lines);
	tcase_add_test(t, what_a_module_drives);
	suite_add_tcase(s, t);
	return s;
}
