// SPDX-License-Identifier: MIT
#include "host/koptim.h"
#include "scratch.h"
#include "unit.h"

#include <elf.h>
#include <errno.h>

static struct koptim o;
static struct strv user, out, list;

static void begin(void)
{
	scratch_make();
	put_text("s/Makefile", "");
	put_text("s/mm/Makefile", "obj-y += shmem.o\n");
	put_text("s/mm/shmem.c", "");
	put_text("s/fs/eventpoll.c", "");
	put_text("s/fs/Makefile", "CFLAGS_REMOVE_shmem.o = -pg\n");
	put_text("s/fs/xfs/Makefile", "");
	put_text("s/fs/xfs/libxfs/xfs_ag.c", "");
	put_text("s/arch/x86/fpu/Makefile", "");
	put_text("s/arch/x86/trace/Kbuild",
		 "CFLAGS_own.o := -I $(src)\nCFLAGS_dir/part.o += -Wno\n");
	put_text("s/arch/arm/Makefile", "CFLAGS_shmem.o = -O0\n");
	put_text("s/tools/Makefile", "CFLAGS_shmem.o = -O0\n");
	put_text("s/net/README", "");
}

static void end(void)
{
	koptim_free(&o);
	strv_free(&user);
	strv_free(&out);
	strv_free(&list);
	scratch_remove();
}

static void keep(const char *object)
{
	struct strv one = { 0 };

	strv_push(&one, object);
	koptim_keep(&o, &one, &user, at("s"), "x86");
	strv_free(&one);
}

static void ck_vars(const char *const *want)
{
	strv_free(&out);
	koptim_vars(&o, &user, NULL, &out);
	for (size_t i = 0; i < out.n && want[i]; i++)
		ck_assert_str_eq(out.v[i], want[i]);
	for (size_t i = 0; i < out.n; i++)
		ck_assert_msg(want[i] != NULL, "too much: %s", out.v[i]);
	ck_assert_ptr_null(want[out.n]);
}

#define VARS(...) ck_vars((const char *const[]){ __VA_ARGS__, NULL })

START_TEST(levels)
{
	static const char *const wrong[] = { "",     "0",      "4",	"12",
					     "1:",   "1=",     "1=a,",	"1=,a",
					     "g",    "1=$(x)", "1=a b", "1=/a",
					     "1=-a", "x" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(parse_koptim(wrong[i], &o) != NULL, "%s",
			      wrong[i]);
	ck_assert_ptr_null(parse_koptim("s", &o));
	ck_assert_int_eq(o.level, 's');
	ck_assert_uint_eq(o.names.n, 0);
	ck_assert_ptr_null(parse_koptim("1=net,fs/eventpoll.o", &o));
	ck_assert_int_eq(o.level, '1');
	ck_assert_uint_eq(o.names.n, 2);
	ck_assert_str_eq(o.names.v[1], "fs/eventpoll.o");
}
END_TEST

START_TEST(names)
{
	static const char *const wrong[] = { "1=.", "1=./", "1=..",
					     "1=net/ipv4/../core", "1=../net" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(parse_koptim(wrong[i], &o) != NULL, "%s",
			      wrong[i]);
	ck_assert_ptr_null(parse_koptim("1=./fs,net//,fs/./eventpoll.o", &o));
	ck_assert_int_eq(koptim_locate(&o, at("s")), 0);
	ck_assert_str_eq(o.only.v[0], "fs/%");
	ck_assert_str_eq(o.only.v[1], "net/%");
	ck_assert_str_eq(o.only.v[2], "fs/eventpoll.o");
	ck_assert_ptr_null(
		parse_koptim("1=net/,fs/eventpoll.c,mm/shmem.o", &o));
	ck_assert_int_eq(koptim_locate(&o, at("s")), 0);
	ck_assert_str_eq(o.only.v[0], "net/%");
	ck_assert_str_eq(o.only.v[1], "fs/eventpoll.o");
	ck_assert_str_eq(o.only.v[2], "mm/shmem.o");
	said_begin();
	ck_assert_ptr_null(parse_koptim("1=fs/eventpol.c", &o));
	ck_assert_int_eq(koptim_locate(&o, at("s")), -ENOENT);
	ck_assert_said("did you mean fs/eventpoll.c?");
	ck_assert_int_eq(said_lines(), 1);
	said_begin();
	ck_assert_ptr_null(parse_koptim("1=zzzzzz", &o));
	ck_assert_int_eq(koptim_locate(&o, at("s")), -ENOENT);
	ck_assert(!strstr(said(), "did you mean"));
}
END_TEST

START_TEST(whole)
{
	VARS(NULL);
	parse_koptim("1", &o);
	VARS("KCFLAGS=-O1");
	koptim_vars(&o, &user, "-DENV", &list);
	ck_assert_str_eq(list.v[0], "KCFLAGS=-DENV -O1");
	/* A word is stronger than the environment, and none is lost. */
	strv_pushl(&user, "V=1", "KCFLAGS=-DX -O3", NULL);
	strv_free(&list);
	koptim_vars(&o, &user, "-DENV", &list);
	ck_assert_str_eq(list.v[0], "V=1");
	ck_assert_str_eq(list.v[1], "KCFLAGS=-DX -O3 -O1");
	ck_assert_uint_eq(list.n, 2);
}
END_TEST

START_TEST(objects)
{
	parse_koptim("1", &o);
	keep("mm/shmem.o");
	keep("mm/shmem.o");
	keep("fs/shmem.o");
	keep("arch/x86/fpu/signal.o");
	keep("fs/xfs/libxfs/xfs_ag.o");
	keep("$(evil).o");
	ck_assert_uint_eq(o.keep.n, 4);
	VARS("KCFLAGS=-O1",
	     "CFLAGS_shmem.o=$(if $(filter mm/shmem.o fs/shmem.o,$@),-O2)",
	     "CFLAGS_signal.o=$(if $(filter arch/x86/fpu/signal.o,$@),-O2)",
	     /* No Makefile there: it is of the directory above. */
	     "CFLAGS_libxfs/xfs_ag.o="
	     "$(if $(filter fs/xfs/libxfs/xfs_ag.o,$@),-O2)");
}
END_TEST

/* What a Makefile says about an object of that name is not covered. */
START_TEST(owned)
{
	parse_koptim("1", &o);
	strv_pushl(&user, "CFLAGS_KERNEL=-DK", "CFLAGS_mine.o=-DM", NULL);
	keep("mm/own.o");
	keep("mm/part.o");
	keep("mm/mine.o");
	VARS("CFLAGS_mine.o=-DM", "KCFLAGS=-O1",
	     "CFLAGS_KERNEL=-DK "
	     "$(if $(filter mm/own.o mm/part.o mm/mine.o,$@),-O2)",
	     "CFLAGS_MODULE="
	     "$(if $(filter mm/own.o mm/part.o mm/mine.o,$@),-O2)");
}
END_TEST

START_TEST(limited)
{
	parse_koptim("1=net,fs/eventpoll.o", &o);
	ck_assert_int_eq(koptim_locate(&o, at("s")), 0);
	strv_pushl(&user, "KCFLAGS=-DX", "CFLAGS_MODULE=-DM", NULL);
	VARS("KCFLAGS=-DX",
	     "CFLAGS_KERNEL=$(if $(filter net/% fs/eventpoll.o,$@),-O1)",
	     "CFLAGS_MODULE=-DM $(if $(filter net/% fs/eventpoll.o,$@),-O1)");
	keep("net/core/sock.o");
	strv_free(&user);
	VARS("CFLAGS_KERNEL=$(if $(filter-out net/core/sock.o,"
	     "$(filter net/% fs/eventpoll.o,$@)),-O1)",
	     "CFLAGS_MODULE=$(if $(filter-out net/core/sock.o,"
	     "$(filter net/% fs/eventpoll.o,$@)),-O1)");
}
END_TEST

/* make itself says what each object gets. */
START_TEST(make_reads_them)
{
	char *cmd, *got;
	FILE *p;

	put_text("m", "all: mm/shmem.o kernel/shmem.o mm/own.o net/a.o\n"
		      ".PHONY: all\n%.o:; @echo $@ $(KCFLAGS) "
		      "$(CFLAGS_$(basename $(notdir $@)).o) "
		      "$(CFLAGS_KERNEL)\n");
	parse_koptim("1", &o);
	keep("mm/shmem.o");
	keep("mm/own.o");
	koptim_vars(&o, &user, NULL, &out);
	ck_assert_uint_eq(out.n, 4);
	cmd = xasprintf(
		"cd %s && env -i \"PATH=$PATH\" make -rR -f m '%s' '%s' '%s' "
		"'%s'",
		scratch, out.v[0], out.v[1], out.v[2], out.v[3]);
	p = popen(cmd, "r");
	got = xrealloc(NULL, 4096);
	got[fread(got, 1, 4095, p)] = '\0';
	ck_assert_int_eq(pclose(p), 0);
	ck_assert_str_eq(got, "mm/shmem.o -O1 -O2\nkernel/shmem.o -O1\n"
			      "mm/own.o -O1 -O2\nnet/a.o -O1\n");
	free(got);
	free(cmd);
}
END_TEST

START_TEST(memory)
{
	strv_pushl(&list, "mm/shmem.o", "a/b.o", NULL);
	koptim_save(scratch, "-O1 6.1 gcc", &list);
	koptim_load(scratch, "-O1 6.1 clang", &out);
	ck_assert_uint_eq(out.n, 0);
	koptim_load(scratch, "-O1 6.1 gcc", &out);
	ck_assert_uint_eq(out.n, 2);
	ck_assert_str_eq(out.v[1], "a/b.o");
	/* It comes to make's command line: only what is an object's name. */
	put_text(KOPTIM_FILE, "k\n$(shell id).o\n-f.o\n/etc/x.o\nx\na b.o\n"
			      "good.o\n");
	strv_free(&out);
	koptim_load(scratch, "k", &out);
	ck_assert_uint_eq(out.n, 1);
	ck_assert_str_eq(out.v[0], "good.o");
	strv_free(&list);
	koptim_save(scratch, "k", &list);
	ck_assert_int_ne(access(at(KOPTIM_FILE), F_OK), 0);
	said_begin();
	strv_push(&list, "a.o");
	koptim_save(at("nowhere"), "k", &list);
	ck_assert_said("cannot be written");
}
END_TEST

static void compile(const char *name, const char *text)
{
	char *cmd = xasprintf("cd %s && mkdir -p \"$(dirname o/%s)\" && "
			      "printf '%%s' '%s' | cc -c -x c -o o/%s -",
			      scratch, name, text, name);

	ck_assert_int_eq(system(cmd), 0);
	free(cmd);
}

START_TEST(references)
{
	compile("mm/a.o", "void __bad(void); void f(void) { __bad(); }");
	put_text("o/mm/.a.o.cmd",
		 "cmd_mm/a.o := gcc\n\nsource_mm/a.o := a.c\n");
	compile("mm/b.o", "void __badly(void); void g(void) { __badly(); }");
	put_text("o/mm/.b.o.cmd",
		 "cmd_mm/b.o := gcc\n\nsource_mm/b.o := b.c\n");
	compile("mm/c.o", "void __bad(void) { }");
	put_text("o/mm/.c.o.cmd",
		 "cmd_mm/c.o := gcc\n\nsource_mm/c.o := c.c\n");
	/* Put together of others: it has no source of its own. */
	compile("mm/all.o", "void __bad(void); void f(void) { __bad(); }");
	put_text("o/mm/.all.o.cmd", "cmd_mm/all.o := ld -r\n");
	compile("tools/d.o", "void __bad(void); void f(void) { __bad(); }");
	put_text("o/tools/.d.o.cmd", "source_d.o := d.c\n");
	put_text("o/mm/e.o", "\177ELF");
	put_text("o/mm/.e.o.cmd", "source_e.o := e.c\n");
	strv_push(&list, "__bad");
	ck_assert_int_eq(koptim_find(at("o"), &list, &out), 0);
	ck_assert_uint_eq(out.n, 1);
	ck_assert_str_eq(out.v[0], "mm/a.o");
	ck_assert_int_eq(koptim_find(at("nowhere"), &list, &out), -ENOENT);
}
END_TEST

/* Each byte of an object may be wrong. */
START_TEST(broken_object)
{
	struct buf b = { 0 };

	compile("a.o", "void __bad(void); void f(void) { __bad(); }");
	put_text("o/.a.o.cmd", "source_a.o := a.c\n");
	ck_assert_int_eq(read_file(at("o/a.o"), &b, 1 << 20), 0);
	strv_push(&list, "__bad");
	for (size_t i = 0; i < sizeof(Elf64_Ehdr); i++) {
		char was = b.p[i];

		b.p[i] = (char)0xff;
		put("o/a.o", b.p, b.n, 0644);
		koptim_find(at("o"), &list, &out);
		b.p[i] = was;
	}
	for (size_t n = 0; n < b.n; n += 7) {
		put("o/a.o", b.p, n, 0644);
		strv_free(&out);
		ck_assert_int_eq(koptim_find(at("o"), &list, &out), 0);
		ck_assert_uint_eq(out.n, 0);
	}
	buf_free(&b);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kbuild_optim");
	TCase *t = tcase_create("kbuild_optim");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, levels);
	tcase_add_test(t, names);
	tcase_add_test(t, whole);
	tcase_add_test(t, objects);
	tcase_add_test(t, owned);
	tcase_add_test(t, limited);
	tcase_add_test(t, make_reads_them);
	tcase_add_test(t, memory);
	tcase_add_test(t, references);
	tcase_add_test(t, broken_object);
	suite_add_tcase(s, t);
	return s;
}
