// SPDX-License-Identifier: MIT
/* What is drawn of runs that went well, and of those that did not. */
#include "host/timeline_run.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define MS 1000000LL

static const char *const lanes[N_LANES] = {
	[LANE_BOOTLET] = "bootlet",   [LANE_QEMU] = "qemu",
	[LANE_FIRMWARE] = "firmware", [LANE_KERNEL] = "kernel",
	[LANE_BOOT] = "boot",	      [LANE_COMMAND] = "command",
	[LANE_OFF] = "off",	      [LANE_LEVEL] = "level",
	[LANE_INITCALL] = "initcall", [LANE_PROBE] = "probe",
	[LANE_INIT] = "init",	      [LANE_MODULE] = "module",
};

static bool guest_time;

/* One line each, in milliseconds. */
static void same(const struct session_result *out, struct initcalls *calls,
		 const char *want)
{
	struct timeline t = { 0 };
	struct buf got = { 0 };

	if (calls)
		initcalls_end(calls);
	timeline_of_run(out, calls, 1000 * MS, 4000 * MS, guest_time, &t);
	for (size_t i = 0; i < t.n; i++) {
		const struct timeline_span *s = &t.span[i];

		ck_assert_int_ge(s->begin, 0);
		ck_assert_int_ge(s->end, s->begin);
		buf_addf(&got, "%s %s %g-%g%s\n", lanes[s->lane], s->name,
			 (double)s->begin / MS, (double)s->end / MS,
			 s->open ? " open" : "");
	}
	ck_assert_str_eq(got.p, want);
	timeline_free(&t);
	buf_free(&got);
	initcalls_free(calls);
}

static struct session_result whole(void)
{
	return (struct session_result){
		.moments = { .ns = { [MOMENT_BEGIN] = 1000 * MS,
				     [MOMENT_QEMU] = 1010 * MS,
				     [MOMENT_LISTEN] = 1030 * MS,
				     [MOMENT_READY] = 2110 * MS,
				     [MOMENT_COMMAND] = 2200 * MS,
				     [MOMENT_STATUS] = 2300 * MS,
				     [MOMENT_GONE] = 2400 * MS },
			     .kernel = 1100 * MS },
		.kernel_ns = 1000 * MS,
		.command_ns = 150 * MS,
		.phases = { { "mounts", 20 * MS }, { "net", 30 * MS } },
		.n_phases = 2,
		.phase = "command",
	};
}

/* printk's clock was 0 at 1090 ms, so 90 in the picture. */
static struct initcalls *console(const char *text)
{
	struct initcalls *x = initcalls_new();
	const char *end;
	int s, us;

	for (; *text; text = end + 1) {
		end = strchr(text, '\n');
		if (sscanf(text, "[ %d.%d]", &s, &us) != 2)
			s = us = 0;
		initcalls_feed(x, text, (size_t)(end - text) + 1,
			       1090 * MS + (s * 1000000LL + us) * 1000);
	}
	return x;
}

static const char calls[] =
	"[    0.000000] Linux version 6.1.0\n"
	"[    0.100000] calling  con_init+0x0/0x1 @ 0\n"
	"[    0.110000] initcall con_init+0x0/0x1 returned 0 after 0 usecs\n"
	"[    0.120000] initcall whose_begin_is_lost+0x0/0x1 returned 0 after 0 usecs\n"
	"[    0.300000] calling  early_init+0x0/0x1 @ 1\n"
	"[    0.400000] initcall early_init+0x0/0x1 returned 0 after 99999 usecs\n"
	"[    0.450000] probe of 0000:00:03.0 returned 0 after 20000 usecs\n"
	"[    0.500000] calling  late_init+0x0/0x1 @ 1\n"
	"[    0.900000] initcall late_init+0x0/0x1 returned -19 after 400000 usecs\n"
	"[    1.020000] calling  e1000_init_module+0x0/0x1 [e1000] @ 1\n"
	"[    1.040000] initcall e1000_init_module+0x0/0x1 [e1000] returned 0 after 20000 usecs\n";

START_TEST(test_whole)
{
	struct session_result out = whole();

	same(&out, console(calls),
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-90\n"
	     "kernel kernel 90-1100\nboot init 1100-1150\n"
	     "command command 1150-1300\noff power-off 1300-1400\n"
	     "bootlet bootlet, afterwards 1400-3000\n"
	     "init mounts 1100-1120\ninit net 1120-1150\n"
	     "level setup 90-390.001\nlevel initcalls 390.001-990\n"
	     "level to init 990-1100\n"
	     "initcall con_init 190-200\n"
	     "initcall whose_begin_is_lost 210-210\ninitcall early_init 390.001-490\n"
	     "probe 0000:00:03.0 520-540\ninitcall late_init 590-990\n"
	     "module e1000_init_module [e1000] 1110-1130\n");
}
END_TEST

START_TEST(test_levels)
{
	struct session_result out = whole();

	same(&out,
	     console("[    0.050000] entering initcall level: console\n"
		     "[    0.100000] calling  con_init+0x0/0x1 @ 0\n"
		     "[    0.110000] initcall con_init+0x0/0x1 returned 0 after 9 usecs\n"
		     "[    0.300000] entering initcall level: early\n"
		     "[    0.310000] calling  a+0x0/0x1 @ 1\n"
		     "[    0.320000] initcall a+0x0/0x1 returned 0 after 10000 usecs\n"
		     "[    0.400000] entering initcall level: late\n"
		     "[    0.410000] calling  b+0x0/0x1 @ 1\n"
		     "[    0.500000] initcall b+0x0/0x1 returned 0 after 90000 usecs\n"),
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-90\n"
	     "kernel kernel 90-1100\nboot init 1100-1150\n"
	     "command command 1150-1300\noff power-off 1300-1400\n"
	     "bootlet bootlet, afterwards 1400-3000\n"
	     "init mounts 1100-1120\ninit net 1120-1150\n"
	     "level setup 90-390\nlevel to init 590-1100\n"
	     "initcall con_init 199.991-200\nlevel early 390-490\n"
	     "initcall a 400-410\nlevel late 490-590\ninitcall b 500-590\n");
}
END_TEST

/* Of init's clock nobody has said where it begins. */
START_TEST(test_no_clock)
{
	struct session_result out = whole();

	out.moments.kernel = 0;
	same(&out, NULL,
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-150\n"
	     "kernel kernel 150-1150\nboot init 1150-1200\n"
	     "command command 1200-1300\noff power-off 1300-1400\n"
	     "bootlet bootlet, afterwards 1400-3000\n"
	     "init mounts 1150-1170\ninit net 1170-1200\n");
	/* An init that says nothing of the kernel. */
	out.kernel_ns = 0;
	same(&out, NULL,
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-1110\n"
	     "boot init 1110-1160\ncommand command 1160-1300\n"
	     "off power-off 1300-1400\nbootlet bootlet, afterwards 1400-3000\n"
	     "init mounts 1110-1130\ninit net 1130-1160\n");
}
END_TEST

/* The kernel was faster than we were to see that QEMU runs. */
START_TEST(test_early_kernel)
{
	struct session_result out = whole();

	out.moments.kernel = 1020 * MS;
	out.kernel_ns = 1080 * MS;
	same(&out, NULL,
	     "bootlet bootlet 0-10\nqemu QEMU 10-20\n"
	     "firmware firmware, and the kernel until its clock runs 20-20\n"
	     "kernel kernel 20-1100\nboot init 1100-1150\n"
	     "command command 1150-1300\noff power-off 1300-1400\n"
	     "bootlet bootlet, afterwards 1400-3000\n"
	     "init mounts 1100-1120\ninit net 1120-1150\n");
	/* Before QEMU was there it cannot have been. */
	out.moments.kernel = 500 * MS;
	out.n_phases = 0;
	out.kernel_ns = 1600 * MS;
	out.command_ns = 200 * MS;
	same(&out, NULL,
	     "bootlet bootlet 0-10\nqemu QEMU 10-10\n"
	     "firmware firmware, and the kernel until its clock runs 10-10\n"
	     "kernel kernel 10-1100\nboot init 1100-1100\n"
	     "command command 1100-1300\noff power-off 1300-1400\n"
	     "bootlet bootlet, afterwards 1400-3000\n");
}
END_TEST

START_TEST(test_panic)
{
	struct session_result out = whole();

	out.moments.ns[MOMENT_READY] = out.moments.ns[MOMENT_COMMAND] = 0;
	out.moments.ns[MOMENT_STATUS] = out.moments.kernel = 0;
	out.kernel_ns = 0;
	out.n_phases = 0;
	*out.phase = '\0';
	same(&out,
	     console("[    0.300000] calling  a+0x0/0x1 @ 1\n"
		     "[    0.310000] initcall a+0x0/0x1 returned 0 after 9999 usecs\n"
		     "[    0.400000] calling  hangs+0x0/0x1 @ 1\n"
		     "[    0.700000] Kernel panic - not syncing: x\n"),
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-90\n"
	     "kernel kernel 90-1400 open\nbootlet bootlet, afterwards 1400-3000\n"
	     "level setup 90-390.001\nlevel initcalls 390.001-790\n"
	     "initcall a 390.001-400\ninitcall hangs 490-790 open\n");
	/* Silent. */
	same(&out, console(""),
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-1400 open\n"
	     "bootlet bootlet, afterwards 1400-3000\n");
	/* QEMU ended before it had a socket. */
	out.moments.ns[MOMENT_LISTEN] = 0;
	same(&out, console(""),
	     "bootlet bootlet 0-10\nqemu QEMU 10-1400 open\n"
	     "bootlet bootlet, afterwards 1400-3000\n");
}
END_TEST

/* The deadline passed in a phase of init, or in the command. */
START_TEST(test_stuck)
{
	struct session_result out = whole();

	out.moments.ns[MOMENT_STATUS] = 0;
	same(&out, NULL,
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-100\n"
	     "kernel kernel 100-1100\nboot init 1100-1150\n"
	     "command command 1150-1400 open\n"
	     "bootlet bootlet, afterwards 1400-3000\n"
	     "init mounts 1100-1120\ninit net 1120-1150\n");
	out.moments.ns[MOMENT_COMMAND] = 0;
	out.n_phases = 1;
	strcpy(out.phase, "net");
	same(&out, NULL,
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-100\n"
	     "kernel kernel 100-1100\nboot init 1100-1400 open\n"
	     "bootlet bootlet, afterwards 1400-3000\n"
	     "init mounts 1100-1120\ninit net 1120-1400 open\n");
}
END_TEST

/* The guest counts instructions: its second took two of the host's. */
START_TEST(test_guest_time)
{
	struct session_result out = whole();

	guest_time = true;
	for (int i = MOMENT_READY; i < N_MOMENTS; i++)
		out.moments.ns[i] += 1000 * MS;
	same(&out, console(calls),
	     "bootlet bootlet 0-10\nqemu QEMU 10-30\n"
	     "firmware firmware, and the kernel until its clock runs 30-30\n"
	     "kernel kernel 30-1030\nboot init 1030-1080\n"
	     "command command 1080-1230\noff power-off 1230-1330\n"
	     "bootlet bootlet, afterwards 1330-1930\n"
	     "init mounts 1030-1050\ninit net 1050-1080\n"
	     "level setup 30-330.001\nlevel initcalls 330.001-930\n"
	     "level to init 930-1030\n"
	     "initcall con_init 130-140\n"
	     "initcall whose_begin_is_lost 150-150\ninitcall early_init 330.001-430\n"
	     "probe 0000:00:03.0 460-480\ninitcall late_init 530-930\n"
	     "module e1000_init_module [e1000] 1050-1070\n");
	same(NULL, NULL, "bootlet bootlet 0-3000\n");
}
END_TEST

START_TEST(test_nothing)
{
	struct session_result out = { 0 };

	same(NULL, NULL, "bootlet bootlet 0-3000\n");
	same(&out, NULL, "bootlet bootlet 0-3000\n");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("timeline_run");
	TCase *t = tcase_create("timeline_run");

	tcase_add_test(t, test_whole);
	tcase_add_test(t, test_levels);
	tcase_add_test(t, test_no_clock);
	tcase_add_test(t, test_early_kernel);
	tcase_add_test(t, test_panic);
	tcase_add_test(t, test_stuck);
	tcase_add_test(t, test_guest_time);
	tcase_add_test(t, test_nothing);
	suite_add_tcase(s, t);
	return s;
}
