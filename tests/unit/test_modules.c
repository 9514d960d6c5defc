// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "host_io.h"
#include "init/cmdline.h"
#include "init/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REL "9.9.9-test"

static char top[] = "/tmp/bootlet-modules-XXXXXX";
static char dir[64];
static struct boot_config cfg;
static char said[16384];
static char at_once[4096]; /* what was loaded before the background's turn */

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Made and removed by the process that outlives a test that fails. */
static void top_make(void)
{
	ck_assert_ptr_nonnull(mkdtemp(top));
}

static void top_remove(void)
{
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void setup(void)
{
	snprintf(dir, sizeof(dir), "%s/XXXXXX", top);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	memset(&cfg, 0, sizeof(cfg));
	fake_reset();
}

static void put_bytes(const char *name, const void *data, size_t len)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	for (char *p = path + strlen(dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(path, 0755);
		*p = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

static void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static void put_modules(const char *first, ...)
{
	va_list ap;

	va_start(ap, first);
	for (const char *s = first; s; s = va_arg(ap, const char *))
		put(s, "module");
	va_end(ap);
}

/* modules_load() of that tree, under that command line. */
static int load(const char *line)
{
	int old = dup(STDERR_FILENO), fds[2], r;
	ssize_t n;

	ck_assert_int_eq(cmdline_parse(&cfg, line, strlen(line), false), 0);
	ck_assert_int_eq(pipe2(fds, O_NONBLOCK), 0);
	dup2(fds[1], STDERR_FILENO);
	host_io_release = REL;
	modules_reset();
	r = modules_load(&cfg, dir);
	if (cfg.background) {
		snprintf(at_once, sizeof(at_once), "%s", fake_text());
		fake_clear();
		r = modules_background();
	}
	dup2(old, STDERR_FILENO);
	close(old);
	n = read(fds[0], said, sizeof(said) - 1);
	said[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	close(fds[1]);
	return r;
}

static void has_said(const char *part)
{
	ck_assert_msg(strstr(said, part) != NULL, "\"%s\" not in: %s", part,
		      said);
}

/* --- Flat --------------------------------------------------------------- */

START_TEST(nothing_there_is_success_and_silence)
{
	ck_assert_int_eq(load(""), 0);
	ck_assert_str_eq(fake_text(), "");
	ck_assert_str_eq(said, "");
	strcat(dir, "/none");
	ck_assert_int_eq(load(""), 0);
	ck_assert_str_eq(fake_text(), "");
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(flat_files_in_order_of_names)
{
	put_modules("b.ko", "a-x.ko.xz", "c.ko.gz", "d.ko.zst", "e.ko.bak",
		    ".ko", "ko", "f.txt", "dir.ko/x", REL "/deep.ko", NULL);
	ck_assert_int_eq(load("a_x.p=1 c.q=\"x y\""), 0);
	ck_assert_str_eq(fake_text(), "finit_module a-x.ko.xz 'p=1' 0x4\n"
				      "finit_module b.ko '' 0x0\n"
				      "finit_module c.ko.gz 'q=\"x y\"' 0x4\n"
				      "finit_module d.ko.zst '' 0x4\n");
	ck_assert_str_eq(said, "init: modules: 4 loaded\n");
}
END_TEST

START_TEST(dots_in_names_are_part_of_them)
{
	put_modules("foo.bar.ko", "foo-1.2.ko.xz", "foo.ko", "g.ko.ko",
		    "h.ko.gz.bak", "i.k", REL "/n.1.ko", REL "/n.2.ko", NULL);
	ck_assert_int_eq(load("foo.p=1 foo-1.2.q=2 modprobe.blacklist=g.ko "
			      "bootlet.modules=n.1,n.2.ko,foo.ko"),
			 0);
	ck_assert_str_eq(fake_text(), "finit_module n.1.ko '' 0x0\n"
				      "finit_module n.2.ko '' 0x0\n"
				      "finit_module foo.ko 'p=1' 0x0\n"
				      "finit_module foo-1.2.ko.xz 'q=2' 0x4\n"
				      "finit_module foo.bar.ko '' 0x0\n");
}
END_TEST

/* The kernel refuses them; the open before it must not wait for a writer. */
START_TEST(fifos_are_refused_in_one_line)
{
	char path[128];

	put_modules("b.ko", NULL);
	snprintf(path, sizeof(path), "%s/a.ko", dir);
	ck_assert_int_eq(mkfifo(path, 0644), 0);
	fake_fail("finit_module a.ko", EINVAL, -1);
	ck_assert_int_eq(load(""), -EINVAL);
	ck_assert_int_eq(fake_count("finit_module a.ko"), 1);
	ck_assert_str_eq(said, "init: a.ko: a bad parameter, or damaged\n"
			       "init: modules: 1 loaded\n");
}
END_TEST

START_TEST(indexed_fifos_are_refused_too)
{
	char path[128];

	put(REL "/modules.dep", "a.ko:\nb.ko:\n");
	put(REL "/b.ko", "module");
	snprintf(path, sizeof(path), "%s/" REL "/a.ko", dir);
	ck_assert_int_eq(mkfifo(path, 0644), 0);
	fake_fail("finit_module a.ko", EINVAL, -1);
	ck_assert_int_eq(load("bootlet.modules=a,b"), -EINVAL);
	ck_assert_str_eq(said, "init: a.ko: a bad parameter, or damaged\n"
			       "init: modules: 1 loaded\n");
}
END_TEST

START_TEST(flat_ones_wait_for_their_symbols)
{
	put_modules("a.ko", "b.ko", "c.ko", NULL);
	fake_fail("finit_module a.ko", ENOENT, 2);
	fake_fail("finit_module b.ko", ENOENT, 1);
	ck_assert_int_eq(load(""), 0);
	ck_assert_str_eq(fake_text(), "finit_module a.ko '' 0x0\n"
				      "finit_module b.ko '' 0x0\n"
				      "finit_module c.ko '' 0x0\n"
				      "finit_module a.ko '' 0x0\n"
				      "finit_module b.ko '' 0x0\n"
				      "finit_module a.ko '' 0x0\n");
	ck_assert_str_eq(said, "init: modules: 3 loaded\n");
}
END_TEST

START_TEST(flat_rounds_end)
{
	static const char info[] = "\0license=GPL\0depends=x,y\0name=a";

	put_bytes("a.ko", info, sizeof(info));
	put_modules("b.ko", NULL);
	fake_fail("finit_module", ENOENT, -1);
	ck_assert_int_eq(load(""), -ENOENT);
	ck_assert_uint_eq(fake_count(""), 2);
	ck_assert_str_eq(
		said, "init: a.ko: unknown symbol: what dmesg names has to be "
		      "loaded first\n"
		      "init: b.ko: unknown symbol: what dmesg names has to be "
		      "loaded first\n");
}
END_TEST

START_TEST(one_of_two_files_of_a_module_is_enough)
{
	put_modules("a-b.ko", "a-b.ko.xz", "a_b.ko", NULL);
	ck_assert_int_eq(load(""), 0);
	ck_assert_str_eq(fake_text(), "finit_module a-b.ko '' 0x0\n");
}
END_TEST

START_TEST(loaded_already_is_success)
{
	put_modules("a.ko", NULL);
	fake_fail("finit_module", EEXIST, -1);
	ck_assert_int_eq(load(""), 0);
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(the_blacklist_keeps_flat_ones_out)
{
	put_modules("a-b.ko", "c.ko", NULL);
	ck_assert_int_eq(load("modprobe.blacklist=a_b"), 0);
	ck_assert_str_eq(fake_text(), "finit_module c.ko '' 0x0\n");
}
END_TEST

START_TEST(more_files_than_the_table_holds)
{
	char name[32];

	for (int i = 0; i < 515; i++) {
		snprintf(name, sizeof(name), "m%03d.ko", i);
		put(name, "x");
	}
	ck_assert_int_eq(load(""), -ENOSPC);
	ck_assert_uint_eq(fake_count("finit_module"), 512);
	has_said("not all modules are loaded");
}
END_TEST

/* --- By name ------------------------------------------------------------ */

START_TEST(dependencies_first_and_none_twice)
{
	put_modules(REL "/k/a.ko", REL "/k/b-b.ko", REL "/k/c.ko.xz", NULL);
	put(REL "/modules.dep", "k/a.ko: k/b-b.ko k/c.ko.xz\n"
				"k/b-b.ko: k/c.ko.xz\n"
				"k/c.ko.xz:\n");
	ck_assert_int_eq(load("bootlet.modules=a,b_b,a,c b-b.x=1"), 0);
	ck_assert_str_eq(fake_text(), "finit_module c.ko.xz '' 0x4\n"
				      "finit_module b-b.ko 'x=1' 0x0\n"
				      "finit_module a.ko '' 0x0\n");
	ck_assert_str_eq(said, "init: modules: 3 loaded\n");
}
END_TEST

START_TEST(cycles_end)
{
	put_modules(REL "/a.ko", REL "/b.ko", NULL);
	put(REL "/modules.dep", "a.ko: b.ko a.ko\nb.ko: a.ko\n");
	put(REL "/modules.softdep", "softdep a pre: b a post: a b\n");
	ck_assert_int_eq(load("bootlet.modules=a"), 0);
	ck_assert_str_eq(fake_text(), "finit_module b.ko '' 0x0\n"
				      "finit_module a.ko '' 0x0\n");
}
END_TEST

START_TEST(soft_dependencies_and_aliases)
{
	put_modules(REL "/a.ko", REL "/p.ko", REL "/q.ko", REL "/r.ko",
		    REL "/s.ko", NULL);
	put(REL "/modules.dep",
	    "a.ko:\np.ko:\nq.ko:\nr.ko:\ns.ko:\ngone.ko:\n");
	put(REL "/modules.softdep",
	    "softdep a pre: p algo none gone post: q s\n");
	put(REL "/modules.alias", "alias algo r\nalias r s\n");
	fake_fail("finit_module r.ko", ENODEV, -1);
	ck_assert_int_eq(load("bootlet.modules=a modprobe.blacklist=s"), 0);
	ck_assert_str_eq(fake_text(), "finit_module p.ko '' 0x0\n"
				      "finit_module r.ko '' 0x0\n"
				      "finit_module a.ko '' 0x0\n"
				      "finit_module q.ko '' 0x0\n");
	ck_assert_str_eq(said, "init: modules: 3 loaded\n");
}
END_TEST

START_TEST(an_alias_can_be_named)
{
	put_modules(REL "/a.ko", NULL);
	put(REL "/modules.dep", "a.ko:");
	put(REL "/modules.alias", "alias fs-a a");
	ck_assert_int_eq(load("bootlet.modules=fs-a"), 0);
	ck_assert_str_eq(fake_text(), "finit_module a.ko '' 0x0\n");
}
END_TEST

START_TEST(builtins_need_nothing)
{
	put(REL "/modules.builtin", "kernel/drivers/a-b.ko\n");
	put_modules("a-b.ko", NULL);
	fake_fail("finit_module", EINVAL, -1);
	ck_assert_int_eq(load("bootlet.modules=a_b"), 0);
	ck_assert_uint_eq(fake_count(""), 1);
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(named_ones_may_lie_flat)
{
	put_modules("z.ko", "a.ko", REL "/m-n.ko.xz", REL "/other.ko", NULL);
	fake_fail("finit_module m-n.ko", ENOENT, 1);
	ck_assert_int_eq(load("bootlet.modules=m_n,z"), 0);
	ck_assert_str_eq(fake_text(), "finit_module m-n.ko.xz '' 0x4\n"
				      "finit_module z.ko '' 0x0\n"
				      "finit_module a.ko '' 0x0\n"
				      "finit_module m-n.ko.xz '' 0x4\n");
	ck_assert_str_eq(said, "init: modules: 3 loaded\n");
}
END_TEST

START_TEST(indexed_ones_are_not_loaded_flat_again)
{
	put_modules("a.ko", REL "/k/a.ko", NULL);
	put(REL "/modules.dep", "k/a.ko:\n");
	ck_assert_int_eq(load("bootlet.modules=a"), 0);
	ck_assert_uint_eq(fake_count(""), 1);
}
END_TEST

START_TEST(blacklisted_ones_come_only_as_dependencies)
{
	put_modules(REL "/a.ko", REL "/b.ko", REL "/c.ko", NULL);
	put(REL "/modules.dep", "a.ko: b.ko\nb.ko:\nc.ko:\n");
	ck_assert_int_eq(load("bootlet.modules=c,a modprobe.blacklist=b,c"), 0);
	ck_assert_str_eq(fake_text(), "finit_module b.ko '' 0x0\n"
				      "finit_module a.ko '' 0x0\n");
	has_said("init: c: not loaded: modprobe.blacklist= has it\n");
}
END_TEST

START_TEST(one_failure_does_not_stop_the_next)
{
	put_modules(REL "/a.ko", REL "/b.ko", REL "/c.ko", "d.ko", NULL);
	put(REL "/modules.dep", "a.ko: b.ko gone.ko\nb.ko: gone.ko\nc.ko:\n");
	ck_assert_int_eq(load("bootlet.modules=nosuch,a,b,c"), -ENOENT);
	ck_assert_str_eq(fake_text(), "finit_module c.ko '' 0x0\n"
				      "finit_module d.ko '' 0x0\n");
	has_said("init: nosuch: no such module for kernel " REL);
	has_said("init: gone.ko: modules.dep names it: No such file");
	has_said("init: b: not loaded: a module that it needs failed\n");
	has_said("init: a: not loaded: a module that it needs failed\n");
	has_said("init: modules: 2 loaded\n");
}
END_TEST

START_TEST(one_is_wanted_afterwards)
{
	put(REL "/modules.dep", "a.ko: b.ko\nb.ko:\nc.ko:\nd.ko:\n");
	put(REL "/modules.alias", "alias fs-a a\nalias fs-d d\n");
	put(REL "/modules.builtin", "kernel/x.ko\n");
	put_modules(REL "/a.ko", REL "/b.ko", REL "/c.ko", "flat.ko", NULL);
	ck_assert_int_eq(load("modprobe.blacklist=c"), 0);
	ck_assert_str_eq(fake_text(), "finit_module flat.ko '' 0x0\n");
	fake_clear();
	ck_assert_int_eq(modules_want("fs-a"), 0);
	ck_assert_int_eq(modules_want("a"), 0);
	ck_assert_int_eq(modules_want("x"), 0);
	ck_assert_int_eq(modules_want("c"), -EPERM);
	ck_assert_int_eq(modules_want("d"), -ENOENT);
	ck_assert_int_eq(modules_want("fs-d"), -ENOENT);
	ck_assert_int_eq(modules_want("fs-none"), -ENOENT);
	ck_assert_str_eq(fake_text(), "finit_module b.ko '' 0x0\n"
				      "finit_module a.ko '' 0x0\n");
}
END_TEST

START_TEST(odd_names_are_no_fault)
{
	char line[600] = "bootlet.modules=../../etc/x,/,..";
	char longest[400];

	put(REL "/modules.dep", "\n:\n\n");
	ck_assert_int_eq(load(line), -ENOENT);
	memset(longest, 'n', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	snprintf(line, sizeof(line), "bootlet.modules=%s", longest);
	ck_assert_int_eq(load(line), -ENOENT);
	ck_assert_uint_eq(fake_count(""), 0);
}
END_TEST

/* --- Causes ------------------------------------------------------------- */

static const char same[] = "\x7f"
			   "ELF\0vermagic=" REL " SMP mod_unload ";
static const char other[] = "\x7f"
			    "ELF\0vermagic=1.2.3-x SMP mod_unload ";

static const struct {
	const char *file;
	const char *data;
	size_t len;
	int err;
	const char *message;
} causes[] = {
	{ "a.ko", other, sizeof(other), ENOEXEC,
	  "init: a.ko: built for kernel 1.2.3-x, this one is " REL "\n" },
	{ "a.ko", other, sizeof(other), EINVAL,
	  "init: a.ko: built for kernel 1.2.3-x, this one is " REL "\n" },
	{ "a.ko", same, sizeof(same), ENOEXEC,
	  "init: a.ko: damaged, or its vermagic is another's\n" },
	/* Cut off in the middle of vermagic. */
	{ "a.ko", other, 16, ENOEXEC,
	  "init: a.ko: damaged, or its vermagic is another's\n" },
	{ "a.ko", "", 0, EINVAL, "init: a.ko: a bad parameter, or damaged\n" },
	{ "a.ko", same, sizeof(same), EKEYREJECTED,
	  "init: a.ko: its signature is missing or wrong" },
	{ "a.ko", same, sizeof(same), ENOKEY,
	  "init: a.ko: its signature is missing or wrong" },
	{ "a.ko", same, sizeof(same), EBADMSG,
	  "init: a.ko: its signature is missing or wrong" },
	{ "a.ko", same, sizeof(same), EPERM, "init: a.ko: not allowed: " },
	{ "a.ko", same, sizeof(same), ENOMEM,
	  "init: a.ko: its start failed: Cannot allocate memory\n" },
	{ "a.ko", same, sizeof(same), ENOSYS,
	  "init: a.ko: this kernel loads no modules: set CONFIG_MODULES\n" },
	{ "a.ko", same, sizeof(same), ENODEV,
	  "init: a.ko: its start failed: No such device\n" },
	{ "a.ko.zst", same, sizeof(same), ENOEXEC,
	  "init: a.ko.zst: damaged, or its vermagic is another's\n" },
};

START_TEST(the_cause_is_named)
{
	size_t len = causes[_i].len;

	put_bytes(causes[_i].file, causes[_i].data, len);
	fake_fail("finit_module", causes[_i].err, -1);
	ck_assert_int_eq(load(""), -causes[_i].err);
	has_said(causes[_i].message);
	ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}
END_TEST

START_TEST(a_kernel_that_cannot_decompress)
{
	static const char *const packed[] = { "a.ko.gz", "a.ko.xz",
					      "a.ko.zst" };

	put(packed[_i % 3], "packed");
	fake_fail("finit_module", _i < 3 ? EINVAL : EOPNOTSUPP, -1);
	ck_assert_int_lt(load(""), 0);
	has_said(packed[_i % 3]);
	has_said("damaged, a bad parameter, or CONFIG_MODULE_DECOMPRESS is not "
		 "for it\n");
}
END_TEST

START_TEST(without_module_support_it_is_said_once)
{
	put_modules("a.ko", "b.ko", "c.ko", NULL);
	fake_fail("finit_module", ENOSYS, -1);
	ck_assert_int_eq(load("bootlet.modules=b,c,nosuch"), -ENOSYS);
	ck_assert_uint_eq(fake_count(""), 1);
	has_said("init: b.ko: this kernel loads no modules");
}
END_TEST

/* --- In the background ---------------------------------------------------- */

#define NET_DEP                                                                  \
	"kernel/drivers/net/e.ko: kernel/lib/crc.ko kernel/drivers/net/mii.ko\n" \
	"kernel/drivers/net/mii.ko:\n"                                           \
	"kernel/lib/crc.ko:\n"                                                   \
	"kernel/drivers/usb/u.ko: kernel/drivers/net/mii.ko\n"                   \
	"kernel/net/x.ko:\n"

START_TEST(drivers_of_networks_can_wait)
{
	put(REL "/modules.dep", NET_DEP);
	put_modules(REL "/kernel/drivers/net/e.ko",
		    REL "/kernel/drivers/net/mii.ko", REL "/kernel/lib/crc.ko",
		    REL "/kernel/net/x.ko", NULL);
	ck_assert_int_eq(load("bootlet.net=background bootlet.modules=e,x"), 0);
	ck_assert_str_eq(at_once, "finit_module x.ko '' 0x0\n");
	ck_assert_str_eq(fake_text(), "finit_module mii.ko '' 0x0\n"
				      "finit_module crc.ko '' 0x0\n"
				      "finit_module e.ko '' 0x0\n");
	ck_assert_str_eq(said, "init: modules: 1 loaded\n"
			       "init: modules: 3 loaded\n");
}
END_TEST

/* Somebody needs it now; then it is there, and is not loaded again. */
START_TEST(what_others_need_does_not_wait)
{
	put(REL "/modules.dep", NET_DEP);
	put_modules(REL "/kernel/drivers/net/e.ko",
		    REL "/kernel/drivers/net/mii.ko", REL "/kernel/lib/crc.ko",
		    REL "/kernel/drivers/usb/u.ko", NULL);
	ck_assert_int_eq(load("bootlet.net=background bootlet.modules=e,u"), 0);
	ck_assert_str_eq(at_once, "finit_module mii.ko '' 0x0\n"
				  "finit_module u.ko '' 0x0\n");
	ck_assert_str_eq(fake_text(), "finit_module crc.ko '' 0x0\n"
				      "finit_module e.ko '' 0x0\n");
}
END_TEST

START_TEST(flat_ones_wait_too)
{
	put_modules("a.ko", "b.ko", REL "/c.ko", NULL);
	ck_assert_int_eq(load("bootlet.net=background bootlet.modules=c,b"), 0);
	ck_assert_str_eq(at_once, "");
	ck_assert_str_eq(fake_text(), "finit_module c.ko '' 0x0\n"
				      "finit_module b.ko '' 0x0\n"
				      "finit_module a.ko '' 0x0\n");
}
END_TEST

START_TEST(failures_in_the_background_are_said_once)
{
	put(REL "/modules.dep", NET_DEP);
	put_modules(REL "/kernel/drivers/net/mii.ko", "bad.ko", NULL);
	fake_fail("finit_module bad.ko", ENODEV, -1);
	ck_assert_int_eq(load("bootlet.net=background "
			      "bootlet.modules=nosuch,mii"),
			 -ENOENT);
	has_said("init: nosuch: no such module");
	has_said("init: bad.ko: its start failed: No such device\n");
	has_said("init: modules: 1 loaded\n");
	ck_assert_ptr_null(strstr(strstr(said, "nosuch") + 1, "nosuch"));
	ck_assert_uint_eq(fake_count("finit_module"), 2);
}
END_TEST

/* Each file once, each by one call, whoever asks for it how often. */
START_TEST(none_is_loaded_twice)
{
	for (int i = 0; i < 2; i++) {
		fake_reset();
		memset(&cfg, 0, sizeof(cfg));
		put(REL "/modules.dep", NET_DEP);
		put_modules(REL "/kernel/drivers/net/e.ko", "e.ko", "y.ko",
			    REL "/kernel/drivers/net/mii.ko",
			    REL "/kernel/lib/crc.ko",
			    REL "/kernel/drivers/usb/u.ko",
			    REL "/kernel/net/x.ko", NULL);
		ck_assert_int_eq(load(i ? "bootlet.modules=u,e,x,u,y,e,mii "
					  "bootlet.net=background" :
					  "bootlet.modules=u,e,x,u,y,e,mii"),
				 0);
		ck_assert_uint_eq(fake_count(""), i ? 3 : 6);
		ck_assert_uint_eq(fake_count("finit_module e.ko"), 1);
		ck_assert_uint_eq(fake_count("finit_module y.ko"), 1);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("modules");
	TCase *t = tcase_create("modules");

	tcase_add_unchecked_fixture(t, top_make, top_remove);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, nothing_there_is_success_and_silence);
	tcase_add_test(t, flat_files_in_order_of_names);
	tcase_add_test(t, dots_in_names_are_part_of_them);
	tcase_add_test(t, fifos_are_refused_in_one_line);
	tcase_add_test(t, indexed_fifos_are_refused_too);
	tcase_add_test(t, flat_ones_wait_for_their_symbols);
	tcase_add_test(t, flat_rounds_end);
	tcase_add_test(t, one_of_two_files_of_a_module_is_enough);
	tcase_add_test(t, loaded_already_is_success);
	tcase_add_test(t, the_blacklist_keeps_flat_ones_out);
	tcase_add_test(t, more_files_than_the_table_holds);
	tcase_add_test(t, dependencies_first_and_none_twice);
	tcase_add_test(t, cycles_end);
	tcase_add_test(t, soft_dependencies_and_aliases);
	tcase_add_test(t, an_alias_can_be_named);
	tcase_add_test(t, builtins_need_nothing);
	tcase_add_test(t, named_ones_may_lie_flat);
	tcase_add_test(t, indexed_ones_are_not_loaded_flat_again);
	tcase_add_test(t, blacklisted_ones_come_only_as_dependencies);
	tcase_add_test(t, one_failure_does_not_stop_the_next);
	tcase_add_test(t, one_is_wanted_afterwards);
	tcase_add_test(t, odd_names_are_no_fault);
	tcase_add_loop_test(t, the_cause_is_named, 0,
			    sizeof(causes) / sizeof(causes[0]));
	tcase_add_loop_test(t, a_kernel_that_cannot_decompress, 0, 6);
	tcase_add_test(t, without_module_support_it_is_said_once);
	tcase_add_test(t, drivers_of_networks_can_wait);
	tcase_add_test(t, what_others_need_does_not_wait);
	tcase_add_test(t, flat_ones_wait_too);
	tcase_add_test(t, failures_in_the_background_are_said_once);
	tcase_add_test(t, none_is_loaded_twice);
	suite_add_tcase(s, t);
	return s;
}
