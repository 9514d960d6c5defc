// SPDX-License-Identifier: MIT
/* qemu-bridge-helper's rules, and what is said of what is not there. */
#include "unit.h"

#include "host/bridge_acl.h"
#include "host/tap.h"
#include "scratch.h"
#include "tests/skip.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *text;
	bool allowed, denied;
	unsigned int bad;
} rules[] = {
	{ "allow br0\n", true, false, 0 },
	{ "allow br0", true, false, 0 },
	{ "allow all\n", true, false, 0 },
	{ "  \tallow \t br0 \t \r\n", true, false, 0 },
	{ "allow\tbr0\n", true, false, 0 },
	{ "# allow br0\n\n   \n#\n", false, false, 0 },
	{ "", false, false, 0 },
	{ "allow br01\nallow br\nallow BR0\n", false, false, 0 },
	{ "allow br0\ndeny br0\n", true, true, 0 },
	{ "deny all\nallow br0\n", true, true, 0 },
	{ "deny br1\nallow br0\n", true, false, 0 },
	{ "allow br0 # home\n", false, false, 0 },
	{ "\nallow\n", false, false, 2 },
	{ "allow br0\npermit br1\nallow br2\n", true, false, 2 },
	{ "allow\tbr0 x\n", false, false, 1 },
	{ "include /nonexistent\nallow br0\n", true, false, 0 },
};

START_TEST(acl_rules)
{
	struct bridge_acl acl;

	put_text("bridge.conf", rules[_i].text);
	ck_assert_int_eq(bridge_acl_read(at("bridge.conf"), "br0", &acl), 0);
	ck_assert(acl.allowed == rules[_i].allowed);
	ck_assert(acl.denied == rules[_i].denied);
	ck_assert_uint_eq(acl.bad, rules[_i].bad);
}
END_TEST

START_TEST(acl_include)
{
	struct bridge_acl acl;
	char text[256];

	snprintf(text, sizeof(text), "include %s\ninclude %s\n", at("a"),
		 at("b"));
	put_text("bridge.conf", text);
	put_text("a", "nonsense\nallow br0\n");
	put_text("b", "allow br0\n");
	ck_assert_int_eq(bridge_acl_read(at("bridge.conf"), "br0", &acl), 0);
	ck_assert(acl.allowed && !acl.denied && !acl.bad);
	put_text("b", "deny br0\n");
	ck_assert_int_eq(bridge_acl_read(at("bridge.conf"), "br0", &acl), 0);
	ck_assert(!acl.allowed && acl.denied);
	/* A file that includes itself comes to an end. */
	snprintf(text, sizeof(text), "include %s\nallow br0\n",
		 at("bridge.conf"));
	put_text("bridge.conf", text);
	ck_assert_int_eq(bridge_acl_read(at("bridge.conf"), "br0", &acl), 0);
	ck_assert(acl.allowed);
	ck_assert_int_eq(bridge_acl_read(at("none"), "br0", &acl), -ENOENT);
}
END_TEST

static const struct {
	const char *text; /* NULL: no file */
	int err;
	const char *want;
} checks[] = {
	{ "allow br0\n", 0, NULL },
	{ NULL, -EPERM, "the line \"allow br0\" is missing in " },
	{ "allow br1\n", -EPERM, "the line \"allow br0\" is missing in " },
	{ "allow all\ndeny br0\n", -EPERM, "br0: qemu-bridge-helper denies" },
	{ "x\n", -EINVAL, "bridge.conf: line 1: qemu-bridge-helper gives up" },
};

START_TEST(acl_in_words)
{
	if (checks[_i].text)
		put_text("etc/bridge.conf", checks[_i].text);
	said_begin();
	ck_assert_int_eq(bridge_check_acl("br0", at("etc/bridge.conf")),
			 checks[_i].err);
	ck_assert_int_eq(said_lines(), checks[_i].err != 0);
	if (checks[_i].want)
		ck_assert_said(checks[_i].want);
	if (checks[_i].err == -EPERM)
		ck_assert_said(at("etc/bridge.conf"));
}
END_TEST

START_TEST(helper)
{
	const struct bridge_helper *h;

	ck_assert_ptr_null(bridge_helper_find(scratch));
	put_script("usr/local/libexec/qemu-bridge-helper", "");
	h = bridge_helper_find(scratch);
	ck_assert_ptr_nonnull(h);
	ck_assert_str_eq(h->acl, "/usr/local/etc/qemu/bridge.conf");
	put_script("usr/libexec/qemu-bridge-helper", "");
	h = bridge_helper_find(scratch);
	ck_assert_str_eq(h->program, "/usr/libexec/qemu-bridge-helper");
	ck_assert_str_eq(h->acl, "/etc/qemu/bridge.conf");
	put_script("usr/lib/qemu/qemu-bridge-helper", "");
	h = bridge_helper_find(scratch);
	ck_assert_str_eq(h->program, "/usr/lib/qemu/qemu-bridge-helper");
}
END_TEST

static const struct {
	const char *name;
	int (*check)(const char *name);
	const char *want;
} missing[] = {
	{ "tap7nope", tap_check, "tap7nope: no such interface; make it: " },
	{ "tap7nope", tap_check, " net up --tap tap7nope --owner " },
	{ "br7nope", bridge_check, " net up --bridge br7nope --owner " },
	{ "", tap_check, "no such interface: is empty" },
	{ "a b", tap_check, "white space" },
	{ "longer than an interface", bridge_check, "15 bytes" },
	{ "br%d", tap_check, "without %" },
};

START_TEST(no_such_interface)
{
	said_begin();
	ck_assert_int_eq(missing[_i].check(missing[_i].name), -ENODEV);
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_said(missing[_i].want);
	ck_assert_ptr_null(tap_guest_ip(missing[_i].name));
}
END_TEST

/* What stands in for /dev/net/tun; NULL: nothing. "lo" is there already. */
static const struct {
	mode_t mode;
	int err;
	const char *want;
} tuns[] = {
	{ 0, -ENOENT, "/dev/net/tun: not there: modprobe tun; a container" },
	/* On a file system of no devices. */
	{ S_IFCHR | 0600, -EACCES,
	  "/dev/net/tun: cannot be opened: Permission denied; as root: chmod" },
	{ S_IFSOCK | 0600, -ENOENT, "/dev/net/tun: not there: " },
	{ S_IFDIR | 0700, -ENOENT,
	  "/dev/net/tun: cannot be opened: Is a directory" },
};

START_TEST(no_tun)
{
	if (unshare(CLONE_NEWNS)) {
		skip_test("needs a mount namespace of its own");
		return;
	}
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	/* Where there is none to mount on, there is none to be found. */
	if (mount("none", "/dev/net", "tmpfs", MS_NODEV, NULL)) {
		skip_test("needs /dev/net");
		return;
	}
	if (S_ISDIR(tuns[_i].mode))
		ck_assert_int_eq(mkdir("/dev/net/tun", 0700), 0);
	else if (tuns[_i].mode)
		ck_assert_int_eq(mknod("/dev/net/tun", tuns[_i].mode,
				       makedev(10, 200)),
				 0);
	said_begin();
	ck_assert_int_eq(tap_check("lo"), tuns[_i].err);
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_said(tuns[_i].want);
}
END_TEST

START_TEST(no_tap)
{
	if (access("/dev/net/tun", R_OK | W_OK)) {
		skip_test("needs /dev/net/tun");
		return;
	}
	said_begin();
	ck_assert_int_eq(tap_check("lo"), -EINVAL);
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_said("lo: is no tap");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("tap");
	TCase *t = tcase_create("tap");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_loop_test(t, acl_rules, 0, COUNT(rules));
	tcase_add_test(t, acl_include);
	tcase_add_loop_test(t, acl_in_words, 0, COUNT(checks));
	tcase_add_test(t, helper);
	tcase_add_loop_test(t, no_such_interface, 0, COUNT(missing));
	tcase_add_loop_test(t, no_tun, 0, COUNT(tuns));
	tcase_add_test(t, no_tap);
	suite_add_tcase(s, t);
	return s;
}
