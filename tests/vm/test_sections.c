// SPDX-License-Identifier: MIT
/*
 * Where modules lie, as init reports it: read from the channel itself, by a
 * host that is none of ours.
 */
#include "init/protocol.h"
#include "vm.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NONCE "0123456789abcdef0123456789abcdef"

static int channel = -1;
static pid_t qemu;
static struct text in, out, reports; /* reports: a line each */
static size_t used; /* of @in */

/* --- the guest ------------------------------------------------------------ */

/* After each step the guest waits for a line, so that none is missed. */
static const char script[] =
	"at() { echo \"$1=$2 .text=$(cat /sys/module/$2/sections/.text)\"; }\n"
	"at first e1000; read x\n"
	"insmod /later/dummy.ko; at loaded dummy; read x\n"
	"rmmod dummy; echo removed; read x\n"
	"insmod /later/dummy.ko; at again dummy; read x\n"
	"rmmod dummy; echo 2 >/proc/sys/kernel/kptr_restrict\n"
	"insmod /later/dummy.ko; sleep 1; rmmod dummy; echo hidden; read x\n";

static const char *image(void)
{
	char path[1024], dummy[1024];
	struct ran r;

	snprintf(dummy, sizeof(dummy), "%s", vm_module(NULL, "dummy"));
	snprintf(path, sizeof(path), "%s", vm_at("image"));

	vm_host(&r, "initramfs", "-o", path, "-k", "distro", "--module",
		"e1000", "--file", vm_fmt("%s:/later/dummy.ko", dummy), "--",
		"sh", "-c", script);
	ck_code(&r, 0);
	ran_free(&r);
	return vm_at("image");
}

static int listen_at(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_uint_lt(strlen(path), sizeof(sa.sun_path));
	strcpy(sa.sun_path, path);
	unlink(path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

static void boot(const char *append)
{
	char kernel[1024], initrd[1024];
	struct pollfd p = { .events = POLLIN };
	const char *path;

	snprintf(initrd, sizeof(initrd), "%s", image());
	snprintf(kernel, sizeof(kernel), "%s", vm_kernel_image(NULL));
	path = vm_at("port");
	p.fd = listen_at(path);
	qemu = vm_spawn(
		VM_ARGV("qemu-system-x86_64", "-accel", "tcg", "-m", "512",
			"-nodefaults", "-display", "none", "-no-reboot",
			"-kernel", kernel, "-initrd", initrd, "-append",
			vm_fmt("console=ttyS0 panic=-1 bootlet.port=ttyS1 %s",
			       append),
			"-serial", vm_fmt("file:%s", vm_at("console")),
			"-chardev", vm_fmt("socket,id=c,path=%s", path),
			"-serial", "chardev:c"),
		-1, -1, 2);
	ck_assert_int_eq(poll(&p, 1, 30000), 1);
	channel = accept(p.fd, NULL, NULL);
	ck_assert_int_ge(channel, 0);
	close(p.fd);
}

/* --- the channel ---------------------------------------------------------- */

static void say(enum bootlet_frame type, const char *data, size_t n)
{
	char frame[FRAME_HEADER + 64] = { (char)type, 0, (char)n, 0 };

	memcpy(frame + FRAME_HEADER, data, n);
	ck_assert_int_eq(write(channel, frame, FRAME_HEADER + n),
			 (ssize_t)(FRAME_HEADER + n));
}

static void take(char type, const char *data, size_t n)
{
	if (type == FRAME_READY)
		say(FRAME_HELLO, NONCE, BOOTLET_NONCE_LEN);
	if (type == FRAME_STDOUT || type == FRAME_STATUS)
		text_add(&out, data, n);
	/* It switches off when it knows that all has arrived. */
	if (type == FRAME_STATUS)
		say(FRAME_BYE, "", 0);
	if (type == FRAME_MODULE) {
		ck_assert_ptr_null(memchr(data, '\n', n));
		text_add(&reports, data, n);
		text_add(&reports, "\n", 1);
	}
}

/* READY is said again, SYNC before it, to a host that is slow. */
static void frames(void)
{
	for (;;) {
		const char *p = in.p + used;
		size_t left = in.n - used, n;

		if (left >= BOOTLET_SYNC_LEN &&
		    !memcmp(p, BOOTLET_SYNC, BOOTLET_SYNC_LEN)) {
			used += BOOTLET_SYNC_LEN;
			continue;
		}
		if (left < BOOTLET_SYNC_LEN && (!left || !p[0]))
			return;
		if (left < FRAME_HEADER)
			return;
		n = (unsigned char)p[2] | (size_t)(unsigned char)p[3] << 8;
		ck_assert_int_eq(p[1], 0);
		ck_assert_uint_le(n, FRAME_MAX);
		if (left < FRAME_HEADER + n)
			return;
		used += FRAME_HEADER + n;
		take(p[0], p + FRAME_HEADER, n);
	}
}

/* Until @t holds @want. */
static void until(const struct text *t, const char *want)
{
	double end = vm_now() + VM_DEADLINE_S;
	struct pollfd p = { .fd = channel, .events = POLLIN };
	char piece[4096];
	ssize_t n;

	while (!t->p || !strstr(t->p, want)) {
		ck_assert_msg(vm_now() < end, "no \"%s\": %s%s", want,
			      out.p ? out.p : "", reports.p ? reports.p : "");
		if (poll(&p, 1, 1000) <= 0)
			continue;
		n = read(channel, piece, sizeof(piece));
		ck_assert_msg(n > 0, "no \"%s\": %s%s", want,
			      out.p ? out.p : "", reports.p ? reports.p : "");
		text_add(&in, piece, (size_t)n);
		frames();
	}
}

/* What the guest itself has read behind @key, as init must report it. */
static const char *read_by_guest(const char *key)
{
	const char *p;

	until(&out, vm_fmt("%s=", key));
	until(&out, "\n");
	p = strstr(out.p, vm_fmt("%s=", key)) + strlen(key) + 1;
	return vm_fmt("%.*s", (int)strcspn(p, "\n"), p);
}

static void step(void)
{
	say(FRAME_STDIN, "\n", 1);
}

static void forget(void)
{
	out.n = reports.n = 0;
	text_add(&out, "", 0);
	text_add(&reports, "", 0);
}

static void ends_well(void)
{
	until(&out, NONCE " exit 0");
	ck_assert_int_eq(vm_wait(qemu, 60), 0);
	close(channel);
}

START_TEST(reported)
{
	struct text console;
	const char *want;

	boot("bootlet.gdb=1");
	want = read_by_guest("first");
	ck_assert_msg(!strncmp(want, "e1000 .text=0xffffffff", 22), "%s", want);
	/* Before the command was started, so it stands there already. */
	ck_has(reports, vm_fmt("%s .", want));
	ck_has(reports, " .data=0x");
	ck_has(reports, " .bss=0x");
	ck_hasnt(reports, " .init");
	ck_assert_int_eq(text_lines(&reports), 1);

	forget();
	step();
	want = read_by_guest("loaded");
	until(&reports, vm_fmt("%s .", want));
	forget();
	step();
	until(&reports, "dummy\n");
	until(&out, "removed\n");
	ck_assert_str_eq(reports.p, "dummy\n");
	forget();
	step();
	want = read_by_guest("again");
	until(&reports, vm_fmt("%s .", want));
	forget();
	step();
	until(&out, "hidden\n");
	ck_hasnt(reports, "=");
	step();
	ends_well();
	console = vm_slurp(vm_at("console"));
	ck_has(console, "dummy: no addresses for a debugger");
}
END_TEST

START_TEST(not_asked_for)
{
	boot("");
	read_by_guest("first");
	for (int i = 0; i < 5; i++)
		step();
	ends_well();
	ck_has(out, "removed\n");
	ck_assert_uint_eq(reports.n, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sections");
	TCase *t = tcase_create("channel");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, reported);
	tcase_add_test(t, not_asked_for);
	suite_add_tcase(s, t);
	return s;
}
