// SPDX-License-Identifier: MIT
#include "host/icount.h"
#include "host/ports.h"
#include "host/run.h"
#include "host/run_opts.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *command[] = { "true", NULL };

static const struct {
	bool on, command;
	enum run_accel accel;
	const char *channel;
	unsigned int cpus;
	const char *wrong; /* its beginning; NULL: it is settled */
} settled[] = {
	{ false, false, RUN_KVM, "virtio", 4, NULL },
	{ true, true, RUN_AUTO, NULL, 1, NULL },
	{ true, true, RUN_TCG, "uart", 1, NULL },
	{ true, true, RUN_AUTO, "auto", 1, NULL },
	{ true, false, RUN_AUTO, NULL, 1, "--icount: nobody could type" },
	{ true, true, RUN_KVM, NULL, 1, "--icount: KVM" },
	{ true, true, RUN_AUTO, "virtio", 1, "--icount: virtio-console" },
	{ true, true, RUN_AUTO, NULL, 2, "--icount: one CPU" },
};

START_TEST(what_goes_together)
{
	struct run_spec spec = {
		.icount.on = settled[_i].on,
		.command = settled[_i].command ? command : NULL,
		.accel = settled[_i].accel,
		.cpus = settled[_i].cpus,
	};
	const char *wrong;

	if (settled[_i].channel)
		spec.channel = channel_find(settled[_i].channel);
	wrong = run_icount_settle(&spec);
	if (!settled[_i].wrong) {
		ck_assert_pstr_eq(wrong, NULL);
		ck_assert_int_eq(spec.accel,
				 settled[_i].on ? RUN_TCG : RUN_KVM);
		return;
	}
	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(!strncmp(wrong, settled[_i].wrong,
			       strlen(settled[_i].wrong)),
		      "%s", wrong);
}
END_TEST

START_TEST(the_nonce)
{
	struct icount off = { 0 }, a = { .on = true }, b = { .on = true };
	struct image img = { 0 };

	icount_begin(&off);
	ck_assert_str_eq(off.nonce, "");
	ck_assert_int_eq(icount_image(&off, &img), 0);
	ck_assert_uint_eq(img.n, 0);
	icount_begin(&a);
	icount_begin(&b);
	ck_assert_uint_eq(strspn(a.nonce, "0123456789abcdef"),
			  BOOTLET_NONCE_LEN);
	ck_assert_uint_eq(strlen(a.nonce), BOOTLET_NONCE_LEN);
	ck_assert_str_ne(a.nonce, b.nonce);
	ck_assert_int_eq(icount_image(&a, &img), 0);
	ck_assert_uint_eq(img.e[img.n - 1].size, BOOTLET_NONCE_LEN);
	image_free(&img);
}
END_TEST

/* sh reads back the name, whatever is in it. */
START_TEST(printed)
{
	struct icount off = { 0 }, on = { .on = true, .nonce = "00ff" };
	struct buf lines = { 0 };
	struct strv argv = { 0 };

	icount_print(&off, "/tmp/d", &lines, &argv);
	ck_assert_uint_eq(lines.n, 0);
	ck_assert_uint_eq(argv.n, 0);
	icount_print(&on, "/tmp/a 'b", &lines, &argv);
	ck_assert_str_eq(lines.p, "printf 00ff >'/tmp/a '\\''b/nonce'\n");
	ck_assert_uint_eq(argv.n, 2);
	ck_assert_str_eq(argv.v[0], "--file");
	ck_assert_str_eq(argv.v[1], "/tmp/a 'b/nonce:/etc/bootlet/nonce");
	buf_free(&lines);
	strv_free(&argv);
}
END_TEST

/* A verdict with the nonce of the image counts on whatever port. */
START_TEST(ports_know_it)
{
	static struct ports p;
	static const unsigned char random[N_PORTS * BOOTLET_NONCE_LEN / 2];

	ports_init(&p, random);
	ports_known(&p, "0123456789abcdef0123456789abcdef");
	ck_assert_str_eq(ports_nonce(&p), "0123456789abcdef0123456789abcdef");
}
END_TEST

/* What the guest will never see is not lost without a word. */
START_TEST(unread)
{
	FILE *f = tmpfile();
	int p[2];

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(pipe(p), 0);
	ck_assert(!icount_unread(fileno(f)));
	ck_assert(!icount_unread(p[0]));
	ck_assert_int_eq(write(fileno(f), "ab", 2), 2);
	ck_assert_int_eq(write(p[1], "ab", 2), 2);
	ck_assert(!icount_unread(fileno(f)));
	ck_assert_int_eq(lseek(fileno(f), 1, SEEK_SET), 1);
	ck_assert(icount_unread(fileno(f)));
	ck_assert(icount_unread(p[0]));
	fclose(f);
	close(p[0]);
	close(p[1]);
	ck_assert(!icount_unread(p[0]));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("icount");
	TCase *t = tcase_create("icount");

	tcase_add_loop_test(t, what_goes_together, 0,
			    (int)(sizeof(settled) / sizeof(settled[0])));
	tcase_add_test(t, the_nonce);
	tcase_add_test(t, printed);
	tcase_add_test(t, ports_know_it);
	tcase_add_test(t, unread);
	suite_add_tcase(s, t);
	return s;
}
