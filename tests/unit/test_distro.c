// SPDX-License-Identifier: MIT
/*
 * The ladder of downloads, with programs in PATH that play apt: they log what
 * they are asked and answer by files in $D. Needs Debian or Ubuntu, as the
 * module does.
 */
#include "unit.h"

#include "host/cache.h"
#include "host/distro.h"
#include "scratch.h"

#include <errno.h>

#define IMAGE "linux-image-9.9-unit"

static const char apt_config[] =
	"#!/bin/sh\n"
	"case $3 in\n"
	"*sourcelist*) echo \"X='$D/sources.list'\" ;;\n"
	"*) echo \"X='$D/none'\" ;;\n"
	"esac\n";

/* Knows the package once the lists are there: $D/machine for the machine's,
 * the file "updated" for private ones. */
static const char apt_cache[] =
	"#!/bin/sh\n"
	"echo \"cache $*\" >>$D/log\n"
	"case \"$*\" in\n"
	"*Dir::State=*) test -e $D/updated || exit 100 ;;\n"
	"*) test -e $D/machine || exit 100\n"
	"	test -e $D/installed && { printf 'Package: %s\\nVersion: 1\\n'"
	" linux-image-amd64; exit; } ;;\n"
	"esac\n"
	"for p; do case $p in\n"
	"linux-image-amd64|linux-image-arm64|linux-image-generic)\n"
	"	printf 'Package: %s\\nVersion: 2\\nSize: 10\\n' $p\n"
	"	printf 'Depends: " IMAGE " (= 2), other\\n\\n' ;;\n" IMAGE ")\n"
	"	printf 'Package: %s\\nVersion: 2\\nSize: 10\\n' $p\n"
	"	printf 'Installed-Size: %s\\n\\n' $(cat $D/size) ;;\n"
	"busybox-static)\n"
	"	printf 'Package: %s\\nVersion: 1\\nSize: 5\\n' $p\n"
	"	printf 'Depends: libc\\n\\n' ;;\n"
	"esac; done\n";

static const char apt_get[] =
	"#!/bin/sh\n"
	"echo \"get $*\" >>$D/log\n"
	"case \"$*\" in\n"
	"*update*) test -e $D/offline && { echo 'E: cannot resolve' >&2;"
	" exit 100; }\n"
	"	touch $D/updated ;;\n"
	"*Dir::State=*) test -e $D/broken && { echo 'W: a' >&2;"
	" echo 'E: no route' >&2; exit 100; }\n"
	"	touch some.deb ;;\n"
	"*) test -e $D/stale && exit 100; touch some.deb ;;\n"
	"esac\n";

static const char dpkg_deb[] = "#!/bin/sh\n"
			       "test -e $D/fulldisk && { echo 'dpkg-deb: error:"
			       " disk full' >&2; exit 2; }\n"
			       "cp -r $D/pkg/. \"$3\"\n";

static void image(const char *name)
{
	unsigned char img[4096] = { 0 };

	img[0x1f1] = 1;
	img[0x1fe] = 0x55;
	img[0x1ff] = 0xaa;
	memcpy(img + 0x202, "HdrS", 4);
	img[0x206] = 0x0f;
	img[0x207] = 0x02;
	img[0x20f] = 0x02;
	img[0x236] = 1;
	strcpy((char *)img + 0x400, "9.9-unit");
	put(name, img, sizeof(img), 0644);
}

static void setup(void)
{
	char path[256];

	scratch_make();
	said_begin();
	setenv("XDG_CACHE_HOME", at("a cache"), 1);
	setenv("D", scratch, 1);
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", at("bin"));
	setenv("PATH", path, 1);
	put_script("bin/apt-config", apt_config);
	/* Without it the usual places are taken, and nobody is asked. */
	setenv("APT_CONFIG", "/dev/null", 1);
	put_script("bin/apt-cache", apt_cache);
	put_script("bin/apt-get", apt_get);
	put_script("bin/dpkg-deb", dpkg_deb);
	put_text("sources.list", "deb http://example.org/d stable main\n");
	put_text("size", "100");
	image("pkg/boot/vmlinuz-9.9-unit");
	put_text("pkg/lib/modules/9.9-unit/modules.order", "");
	put_text("pkg/bin/busybox", "");
	put_text("log", "");
}

/* How often the log has a text. */
static int logged(const char *text)
{
	static char log[65536];
	int fd = open(at("log"), O_RDONLY), n = 0;
	ssize_t len = read(fd, log, sizeof(log) - 1);

	close(fd);
	ck_assert_int_ge(len, 0);
	log[len] = '\0';
	if (!*text)
		return len;
	for (const char *p = log; (p = strstr(p, text)); p++)
		n++;
	return n;
}

static void fetch(const char *suite)
{
	struct kernel k;

	ck_assert_msg(!distro_kernel(suite, &k), "%s", said());
	ck_assert_str_eq(k.release, "9.9-unit");
	ck_assert_ptr_nonnull(strstr(k.moddir, "/lib/modules/9.9-unit"));
	kernel_free(&k);
}

static void refused(const char *suite, int err, const char *words)
{
	struct kernel k;

	ck_assert_int_eq(distro_kernel(suite, &k), err);
	ck_assert_said(words);
	ck_assert_ptr_null(k.image);
	ck_assert_int_eq(access(at("a cache/bootlet/kernels"), F_OK), -1);
	ck_assert_int_eq(
		access(at("a cache/bootlet/.stage-kernels+stable"), F_OK), -1);
}

START_TEST(machine_lists)
{
	char *dir;

	put_text("machine", "");
	fetch(NULL);
	ck_assert_int_eq(logged("update"), 0);
	ck_assert_int_eq(logged("Dir::State"), 0);
	ck_assert_int_eq(logged("download"), 2);
	ck_assert_int_eq(logged(IMAGE "=2"), 1);
	ck_assert_int_eq(logged("download busybox-static"), 1);
	ck_assert_said("downloading " IMAGE " (20 B)");
	dir = cache_lookup("kernels/stable");
	ck_assert_str_eq(dir, at("a cache/bootlet/kernels/stable-" IMAGE));
	free(dir);
}
END_TEST

START_TEST(second_time_asks_nobody)
{
	struct strv dirs = { 0 };

	put_text("machine", "");
	fetch(NULL);
	put_text("log", "");
	said_begin();
	fetch(NULL);
	fetch("stable");
	ck_assert_str_eq(said(), "");
	ck_assert_int_eq(logged(""), 0);
	distro_cached(&dirs);
	ck_assert_uint_eq(dirs.n, 1);
	strv_free(&dirs);
}
END_TEST

START_TEST(no_machine_lists)
{
	fetch(NULL);
	ck_assert_int_eq(logged("update"), 1);
	ck_assert_said("fetching the package lists of stable");
}
END_TEST

START_TEST(stale_machine_lists)
{
	put_text("machine", "");
	put_text("stale", "");
	fetch(NULL);
	ck_assert_int_eq(logged("update"), 1);
}
END_TEST

START_TEST(other_suite)
{
	char text[512] = "";
	int fd;

	put_text("machine", "");
	fetch("sid");
	ck_assert_int_eq(logged("update"), 1);
	fd = open(at("a cache/bootlet/apt/sid/sources.d/bootlet.sources"),
		  O_RDONLY);
	ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	ck_assert_ptr_nonnull(strstr(text, "URIs: http://example.org/d\n"
					   "Suites: sid\n"));
}
END_TEST

START_TEST(private_lists_again)
{
	char *dir;

	put_text("updated", "");
	ck_assert_int_eq(distro_package("busybox-static", &dir), 0);
	ck_assert_str_eq(dir, at("a cache/bootlet/packages/busybox-static"));
	ck_assert_int_eq(logged("update"), 0);
	ck_assert_int_eq(logged("show --no-all-versions -- libc"), 0);
	free(dir);
	dir = distro_package_cached("busybox-static");
	ck_assert_ptr_nonnull(dir);
	free(dir);
	ck_assert_ptr_null(distro_package_cached("none"));
}
END_TEST

/* Installed, but in no list: that is nothing to download. */
START_TEST(installed_only)
{
	put_text("machine", "");
	put_text("installed", "");
	fetch(NULL);
	ck_assert_int_eq(logged("update"), 1);
}
END_TEST

START_TEST(offline)
{
	put_text("offline", "");
	refused(NULL, -ENOENT, "cannot resolve");
	ck_assert_int_eq(said_lines(), 2);
}
END_TEST

START_TEST(download_fails)
{
	put_text("broken", "");
	refused("sid", -EIO, IMAGE ": cannot download it: no route");
}
END_TEST

START_TEST(unpack_fails)
{
	put_text("machine", "");
	put_text("fulldisk", "");
	refused(NULL, -EIO, "disk full");
}
END_TEST

START_TEST(no_room)
{
	put_text("machine", "");
	put_text("size", "900000000000");
	refused(NULL, -ENOSPC, "not enough room");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_int_eq(logged("download"), 0);
}
END_TEST

START_TEST(no_kernel_in_it)
{
	put_text("machine", "");
	ck_assert_int_eq(unlink(at("pkg/boot/vmlinuz-9.9-unit")), 0);
	refused(NULL, -ENOENT, "no kernel");
}
END_TEST

START_TEST(damaged_cache)
{
	put_text("machine", "");
	fetch(NULL);
	ck_assert_int_eq(truncate(at("a cache/bootlet/kernels/stable/boot/"
				     "vmlinuz-9.9-unit"),
				  1000),
			 0);
	fetch(NULL);
	/* The kernel twice, BusyBox once. */
	ck_assert_int_eq(logged("download"), 3);
}
END_TEST

START_TEST(bad_suite)
{
	refused("a b", -EINVAL, "distro:a b: not the name of a release");
	refused("", -EINVAL, "not the name");
	refused(".", -EINVAL, "not the name");
	refused("..", -EINVAL, "not the name");
	ck_assert_int_eq(logged(""), 0);
}
END_TEST

START_TEST(no_sources)
{
	put_text("sources.list", "# nothing\n");
	refused("sid", -ENODATA, "no source with its own archive");
	ck_assert(!distro_available());
}
END_TEST

START_TEST(no_apt)
{
	ck_assert(distro_available());
	ck_assert_int_eq(unlink(at("bin/apt-get")), 0);
	setenv("PATH", at("bin"), 1);
	refused(NULL, -EOPNOTSUPP, "apt-get: not found");
	ck_assert(!distro_available());
	setenv("PATH", "/usr/bin:/bin", 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("distro");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, machine_lists);
	tcase_add_test(t, second_time_asks_nobody);
	tcase_add_test(t, no_machine_lists);
	tcase_add_test(t, stale_machine_lists);
	tcase_add_test(t, other_suite);
	tcase_add_test(t, private_lists_again);
	tcase_add_test(t, installed_only);
	tcase_add_test(t, offline);
	tcase_add_test(t, download_fails);
	tcase_add_test(t, unpack_fails);
	tcase_add_test(t, no_room);
	tcase_add_test(t, no_kernel_in_it);
	tcase_add_test(t, damaged_cache);
	tcase_add_test(t, bad_suite);
	tcase_add_test(t, no_sources);
	tcase_add_test(t, no_apt);
	suite_add_tcase(s, t);
	return s;
}
