// SPDX-License-Identifier: MIT
#include "host/fast.h"
#include "host/qemu.h"
#include "host/quote.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

/* What sh makes of a printed line is what would have been executed. */
static void reads_back(const char *line, const struct strv *argv)
{
	char path[] = "/tmp/bootlet-qemu-XXXXXX", *cmd;
	struct buf want = { 0 }, got = { 0 };
	char piece[512];
	FILE *f = fdopen(mkstemp(path), "w");
	size_t n;

	fprintf(f, "set -- %sprintf '%%s\\0' \"$@\"\n", line);
	ck_assert_int_eq(fclose(f), 0);
	for (size_t i = 0; i < argv->n; i++)
		buf_add(&want, argv->v[i], strlen(argv->v[i]) + 1);
	cmd = xasprintf("sh %s", path);
	f = popen(cmd, "r");
	while ((n = fread(piece, 1, sizeof(piece), f)))
		buf_add(&got, piece, n);
	ck_assert_int_eq(pclose(f), 0);
	ck_assert_uint_eq(got.n, want.n);
	ck_assert_mem_eq(got.p, want.p, want.n);
	unlink(path);
	free(cmd);
	buf_free(&want);
	buf_free(&got);
}

/* The printed line is the contract: README and users paste it. */
static void same_as_golden(const struct qemu_spec *spec, const char *name)
{
	char *path = xasprintf(GOLDEN "%s", name);
	struct strv argv = { 0 };
	struct buf line = { 0 }, want = { 0 };

	qemu_argv(spec, &argv);
	quote_line(&line, &argv);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(line.p, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(line.p, want.p);
	reads_back(line.p, &argv);
	strv_free(&argv);
	buf_free(&line);
	buf_free(&want);
	free(path);
}

static struct qemu_spec basic(void)
{
	return (struct qemu_spec){
		.binary = "qemu-system-x86_64",
		.accel = "tcg",
		.kernel = "/boot/vmlinuz-6.1",
		.initrd = "/tmp/bootlet-0-x/initrd",
		.append = "console=ttyS0 panic=-1 bootlet.port=ttyS1",
		.qmp = "/tmp/bootlet-0-x/qmp",
		.channel = { "/tmp/bootlet-0-x/channel" },
		.mem = 512,
		.cpus = 1,
	};
}

START_TEST(command)
{
	struct qemu_spec spec = basic();

	same_as_golden(&spec, "qemu-command.txt");
}
END_TEST

START_TEST(channel_by_virtio)
{
	struct qemu_spec spec = basic();

	spec.channel[PORT_VIRTIO] = "/tmp/bootlet-0-x/channel-virtio";
	same_as_golden(&spec, "qemu-channel-both.txt");
	spec.channel[PORT_UART] = NULL;
	spec.machine = machine_find("microvm");
	same_as_golden(&spec, "qemu-channel-virtio-microvm.txt");
}
END_TEST

START_TEST(interactive_with_network)
{
	struct qemu_spec spec = basic();

	spec.monitor = true;
	spec.nic = qemu_nic_find("e1000");
	spec.net.type = QEMU_NET_USER;
	spec.cpus = 2;
	spec.mem = 1024;
	same_as_golden(&spec, "qemu-interactive-e1000.txt");
}
END_TEST

START_TEST(kvm_and_virtio)
{
	struct qemu_spec spec = basic();

	spec.accel = "kvm";
	spec.nic = qemu_nic_find("virtio");
	spec.net.type = QEMU_NET_USER;
	same_as_golden(&spec, "qemu-kvm-virtio.txt");
}
END_TEST

/* What follows the option, or NULL; it stands there once at most. */
static const char *value_of(const struct strv *argv, const char *option)
{
	const char *found = NULL;

	for (size_t i = 0; i + 1 < argv->n; i++) {
		if (strcmp(argv->v[i], option) != 0)
			continue;
		ck_assert_ptr_null(found);
		found = argv->v[i + 1];
	}
	return found;
}

/* Whatever the machine: a model that TCG has in full, and the host's own. */
START_TEST(processor)
{
	static const char *const machines[] = { NULL, "pc", "q35", "microvm" };

	for (size_t i = 0; i < 8; i++) {
		bool kvm = i & 1;
		struct qemu_spec spec = basic();
		struct strv argv = { 0 };

		if (machines[i / 2])
			spec.machine = machine_find(machines[i / 2]);
		spec.accel = kvm ? "kvm" : "tcg";
		qemu_argv(&spec, &argv);
		ck_assert_str_eq(value_of(&argv, "-cpu"),
				 kvm ? "host" : "qemu64,+arat,+rdrand");
		ck_assert_ptr_nonnull(
			strstr(value_of(&argv, "-machine"),
			       kvm ? ",accel=kvm" : ",accel=tcg"));
		strv_free(&argv);
	}
}
END_TEST

START_TEST(q35)
{
	struct qemu_spec spec = basic();

	spec.machine = machine_find("q35");
	spec.nic = qemu_nic_find("virtio");
	spec.net.type = QEMU_NET_USER;
	same_as_golden(&spec, "qemu-q35-virtio.txt");
}
END_TEST

/* No PCI, hence no ROM; the second UART is a device of its own. */
START_TEST(microvm)
{
	struct qemu_spec spec = basic();

	spec.machine = machine_find("microvm");
	spec.nic = qemu_nic_find("virtio");
	spec.net.type = QEMU_NET_USER;
	same_as_golden(&spec, "qemu-microvm-virtio.txt");
}
END_TEST

START_TEST(hostile_names)
{
	struct qemu_spec spec = basic();

	spec.kernel = "-k,er'n \"el\n$x";
	spec.initrd = "a,b";
	spec.qmp = "/tmp/a,b c/qmp";
	spec.events = "/tmp/a,b c/events";
	spec.channel[PORT_UART] = "/tmp/a,b c/channel";
	same_as_golden(&spec, "qemu-hostile-names.txt");
}
END_TEST

START_TEST(gdb_on_a_socket_and_waiting)
{
	struct qemu_spec spec = basic();

	spec.gdb.path = "/tmp/bootlet-0-x/gdb";
	spec.gdb.wait = true;
	same_as_golden(&spec, "qemu-gdb-unix-wait.txt");
}
END_TEST

START_TEST(gdb_on_a_port)
{
	struct qemu_spec spec = basic();

	spec.gdb.port = 1234;
	same_as_golden(&spec, "qemu-gdb-tcp.txt");
}
END_TEST

START_TEST(gdb_with_a_hostile_name)
{
	struct qemu_spec spec = basic();

	spec.gdb.path = "/tmp/a,b 'c' \"d\" $HOME\n`id`;-e";
	same_as_golden(&spec, "qemu-gdb-hostile.txt");
}
END_TEST

START_TEST(stopping_where_it_would_end)
{
	struct qemu_spec spec = basic();

	spec.events = "/tmp/bootlet-0-x/events";
	same_as_golden(&spec, "qemu-dump-on.txt");
}
END_TEST

/* Who can connect to the channel knows that gdb can connect too. */
/* Its memory is a file that it shares, or has copied on write. */
START_TEST(state_that_is_kept)
{
	struct qemu_spec spec = basic();

	spec.channel[PORT_VIRTIO] = "/tmp/bootlet-0-x/channel-virtio";
	spec.warm.ram = "/home/a,b/.cache/bootlet/warm/.tmp-x/ram";
	same_as_golden(&spec, "qemu-warm-make.txt");
	spec.warm = (struct qemu_warm){
		.ram = "/proc/self/fd/7",
		.kept = true,
		.port = { 8, 9 },
		.monitor = 10,
	};
	same_as_golden(&spec, "qemu-warm-kept.txt");
}
END_TEST

START_TEST(gdb_stands_before_the_channel)
{
	struct qemu_spec spec = basic();
	struct strv argv = { 0 };
	size_t gdb = 0, qmp = 0, channel = 0;

	spec.gdb.port = 1;
	qemu_argv(&spec, &argv);
	for (size_t i = 0; i < argv.n; i++) {
		if (!strncmp(argv.v[i], "socket,id=gdb,", 14))
			gdb = i;
		if (!strncmp(argv.v[i], "socket,id=qmp,", 14))
			qmp = i;
		if (!strncmp(argv.v[i], "socket,id=channel,", 18))
			channel = i;
	}
	ck_assert_uint_gt(gdb, 0);
	ck_assert_uint_gt(qmp, 0);
	ck_assert_uint_gt(channel, gdb);
	ck_assert_uint_gt(channel, qmp);
	strv_free(&argv);
}
END_TEST

START_TEST(network_of_this_machine)
{
	struct qemu_spec spec = basic();

	spec.nic = qemu_nic_find("e1000");
	spec.net.type = QEMU_NET_TAP;
	spec.net.ifname = "tap0";
	spec.net.mac = "52:54:00:01:02:03";
	same_as_golden(&spec, "qemu-tap-e1000.txt");
	spec.net.type = QEMU_NET_BRIDGE;
	spec.net.ifname = "br0";
	same_as_golden(&spec, "qemu-bridge-e1000.txt");
}
END_TEST

START_TEST(user_network_with_forwards)
{
	struct qemu_spec spec = basic();
	struct strv forwards = { 0 };

	strv_pushl(&forwards, "tcp:127.0.0.1:2222-:22", "udp:0.0.0.0:5353-:53",
		   NULL);
	spec.nic = qemu_nic_find("e1000");
	spec.net.type = QEMU_NET_USER;
	spec.net.forwards = &forwards;
	same_as_golden(&spec, "qemu-user-forwards.txt");
	strv_free(&forwards);
}
END_TEST

/* The channel leads out only, and time is counted. */
START_TEST(counted_instructions)
{
	struct qemu_spec spec = basic();

	spec.icount = true;
	same_as_golden(&spec, "qemu-icount.txt");
}
END_TEST

START_TEST(cards)
{
	ck_assert_ptr_null(qemu_nic_find("e1001"));
	ck_assert_str_eq(qemu_nic_find("virtio")->device, "virtio-net");
	ck_assert_str_eq(qemu_nic_find("e1000")->modules[0], "e1000");
	ck_assert_ptr_null(qemu_nic_find("e1000")->modules[1]);
}
END_TEST

START_TEST(kernel_command_line)
{
	struct strv append = { 0 };
	struct qemu_cmdline c = { .port = "ttyS1", .append = &append };
	char *s = qemu_cmdline(&c);

	ck_assert_str_eq(
		s,
		"console=ttyS0 panic=-1 no_timer_check noreplace-smp bootlet.port=ttyS1");
	free(s);
	strv_pushl(&append, "nopti", "a=\"b c\"", NULL);
	c = (struct qemu_cmdline){
		.port = "virtio,ttyS1,io",
		.ip = QEMU_IP_USER,
		.net_background = true,
		.term = "xterm-256color",
		.rows = 24,
		.cols = 80,
		.loud = true,
		.machine = "reboot=a",
		.tsc_khz = 2596116,
		.gdb = true,
		.append = &append,
	};
	s = qemu_cmdline(&c);
	ck_assert_str_eq(
		s,
		"console=ttyS0 panic=-1 no_timer_check noreplace-smp bootlet.port=virtio,ttyS1,io "
		"reboot=a bootlet.size=24x80 ignore_loglevel tsc_early_khz=2596116 nokaslr TERM=xterm-256color "
		"ip=" QEMU_IP_USER " bootlet.net=background nopti a=\"b c\"");
	free(s);
	/* All lines come, also where nobody has asked for a loud console. */
	c = (struct qemu_cmdline){
		.port = "io",
		.initcalls = true,
		.append = &append,
	};
	s = qemu_cmdline(&c);
	ck_assert_str_eq(
		s,
		"console=ttyS0 panic=-1 no_timer_check noreplace-smp bootlet.port=io "
		"ignore_loglevel initcall_debug printk.time=1 log_buf_len=1M "
		"nopti a=\"b c\"");
	free(s);
	strv_free(&append);
}
END_TEST

/* All words, before the user's own, which so have the last word. */
START_TEST(fast_command_line)
{
	struct strv append = { 0 };
	struct qemu_cmdline c = {
		.port = "ttyS1", .fast = true, .loud = true, .append = &append
	};
	char *s, *at = NULL;

	strv_push(&append, "mitigations=auto");
	s = qemu_cmdline(&c);
	ck_assert_ptr_null(strstr(s, "ignore_loglevel"));
	for (size_t i = 0; fast_words[i].word; i++) {
		char *word = xasprintf(" %s ", fast_words[i].word);
		char *found = strstr(s, word);

		ck_assert_msg(found && found > at, "%s in %s", word, s);
		ck_assert_uint_gt(strlen(fast_words[i].price), 20);
		at = found;
		free(word);
	}
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_nonnull(strstr(at, " mitigations=auto"));
	free(s);
	/* Who has said how much the console gets has said so. */
	c.loud = false;
	s = qemu_cmdline(&c);
	ck_assert_ptr_null(strstr(s, "loglevel"));
	ck_assert_ptr_nonnull(strstr(s, " cryptomgr.notests "));
	free(s);
	strv_free(&append);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("qemu");
	TCase *t = tcase_create("qemu");

	tcase_add_test(t, command);
	tcase_add_test(t, channel_by_virtio);
	tcase_add_test(t, interactive_with_network);
	tcase_add_test(t, kvm_and_virtio);
	tcase_add_test(t, processor);
	tcase_add_test(t, q35);
	tcase_add_test(t, microvm);
	tcase_add_test(t, hostile_names);
	tcase_add_test(t, gdb_on_a_socket_and_waiting);
	tcase_add_test(t, gdb_on_a_port);
	tcase_add_test(t, gdb_with_a_hostile_name);
	tcase_add_test(t, stopping_where_it_would_end);
	tcase_add_test(t, state_that_is_kept);
	tcase_add_test(t, gdb_stands_before_the_channel);
	tcase_add_test(t, network_of_this_machine);
	tcase_add_test(t, user_network_with_forwards);
	tcase_add_test(t, counted_instructions);
	tcase_add_test(t, cards);
	tcase_add_test(t, kernel_command_line);
	tcase_add_test(t, fast_command_line);
	suite_add_tcase(s, t);
	return s;
}
