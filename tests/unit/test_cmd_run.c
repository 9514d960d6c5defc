// SPDX-License-Identifier: MIT
#include "host/cmds.h"
#include "host/msg.h"
#include "host/recipe.h"
#include "host/run_opts.h"
#include "unit.h"

#include <string.h>

/* Groups point into it. */
static struct run_options opts;

/* NULL, or what the option says against the value. */
static const char *set(const char *name, const char *value)
{
	for (size_t g = 0; g < cmd_run.n_groups; g++) {
		const struct cli_group *group = &cmd_run.groups[g];

		for (size_t i = 0; i < group->n; i++)
			if (!strcmp(group->opts[i].name, name))
				return group->opts[i].set(
					(char *)&opts + group->offset, value);
	}
	ck_abort_msg("no option --%s", name);
	return NULL;
}

static const struct {
	const char *name, *good, *bad[6];
} rows[] = {
	{ "kernel", "6.1.0", { "" } },
	{ "initrd", "x y", { "" } },
	{ "append", "nokaslr a=\"b c\"", { "a\nb" } },
	{ "memory", "512", { "", "0", "31", "M", "1T", "-1" } },
	{ "cpus", "255", { "0", "256", "", "x", "1.5", "-1" } },
	{ "accel", "kvm", { "", "KVM", "xen" } },
	{ "machine", "microvm", { "", "PC", "isapc", "microvm,acpi=on" } },
	{ "entry", "pvh", { "", "PVH", "efi" } },
	{ "net", "none", { "", "tap", "users", "tap=", "bridge=a b" } },
	{ "forward", "2222:22", { "", "22", "0:22", "1:65536", "a:1:2" } },
	{ "break", "ep_poll_callback", { "", "a\nshell rm", "a\x7f" } },
	{ "nic", "virtio", { "", "e1001", "virtio-net" } },
	{ "ip", "dhcp", { "", "a b", "a\nb", "\"a\"" } },
	{ "root", "/", { "" } },
	{ "share", "d:/m:rw", { "" } },
	{ "share-type", "virtiofs", { "", "9P", "nfs", "auto" } },
	{ "cwd", "/tmp", { "" } },
	{ "env", "A=b", { "", "=b" } },
	{ "qemu", "q", { "" } },
	{ "timeout", "0.5", { "", "-1", "1x", "x", "1e99", "nan" } },
	{ "boot-timeout", "0", { "", "-1", "inf", "0x" } },
	{ "init-timeout", "7.25", { "", "1e3", ".5", "1.2.3" } },
	{ "command-timeout", "86400", { "", "1d", "0x10", "." } },
	{ "shutdown-timeout", "1000000", { "", "1000001", " 1" } },
	{ "oops", "ignore", { "", "no", "ignore " } },
	{ "allow", "^warning: .*foo", { "", "(", "a[" } },
	{ "report", "x y", { "" } },
	{ "log", "x", { "" } },
	{ "junit", "r.xml", { "" } },
	{ "icount", NULL, { NULL } },
	{ "disk", "no such.img:rw", { "", ":rw", ":ro" } },
	{ "disk-type", "ahci", { "", "AHCI", "ide" } },
	{ "driver", "a,b", { "", "a,", "./a.ko" } },
	{ "carry", "a,b", { "", "a,", "./a.ko" } },
};

START_TEST(values)
{
	memset(&opts, 0, sizeof(opts));
	ck_assert_pstr_eq(set(rows[_i].name, rows[_i].good), NULL);
	for (int i = 0; i < 6 && rows[_i].bad[i]; i++)
		ck_assert_msg(set(rows[_i].name, rows[_i].bad[i]),
			      "--%s %s was taken", rows[_i].name,
			      rows[_i].bad[i]);
	run_options_free(&opts);
}
END_TEST

static const struct {
	const char *text;
	unsigned int mib;
} sizes[] = {
	{ "32", 32 },	{ "512", 512 }, { "512M", 512 },      { "512m", 512 },
	{ "2G", 2048 }, { "1g", 1024 }, { "100000", 100000 },
};

START_TEST(six_disks)
{
	char name[16];

	memset(&opts, 0, sizeof(opts));
	for (int i = 0; i < DISK_MAX; i++) {
		snprintf(name, sizeof(name), "%d%s", i, i & 1 ? ":rw" : "");
		ck_assert_pstr_eq(set("disk", name), NULL);
	}
	ck_assert_str_eq(set("disk", "more"), "there are six already");
	ck_assert_uint_eq(opts.run.disks.n, 6);
	for (int i = 0; i < DISK_MAX; i++) {
		ck_assert_int_eq(opts.run.disks.disk[i].path[0], '0' + i);
		ck_assert(opts.run.disks.disk[i].rw == (i & 1));
	}
	run_options_free(&opts);
}
END_TEST

START_TEST(memory)
{
	ck_assert_pstr_eq(set("memory", sizes[_i].text), NULL);
	ck_assert_uint_eq(opts.run.mem, sizes[_i].mib);
}
END_TEST

START_TEST(they_land_where_they_should)
{
	memset(&opts, 0, sizeof(opts));
	set("timeout", "2.5");
	ck_assert_double_eq(opts.run.verdict.deadlines.seconds[DEADLINE_ALL],
			    2.5);
	ck_assert(opts.run.verdict.deadlines.given[DEADLINE_ALL]);
	ck_assert(!opts.run.verdict.deadlines.given[DEADLINE_BOOT]);
	set("boot-timeout", "7");
	set("init-timeout", "0");
	set("command-timeout", "0.0000001");
	ck_assert_double_eq(opts.run.verdict.deadlines.seconds[DEADLINE_BOOT],
			    7);
	ck_assert(opts.run.verdict.deadlines.given[DEADLINE_INIT]);
	ck_assert_double_gt(
		opts.run.verdict.deadlines.seconds[DEADLINE_COMMAND], 0);
	set("shutdown-timeout", "3");
	ck_assert_double_eq(
		opts.run.verdict.deadlines.seconds[DEADLINE_SHUTDOWN], 3);
	set("oops", "ignore");
	ck_assert(opts.run.verdict.ignore);
	set("oops", "fail");
	ck_assert(!opts.run.verdict.ignore);
	set("allow", "a");
	set("allow", "b");
	ck_assert_uint_eq(opts.run.verdict.allow.n, 2);
	oops_allow_free(&opts.run.verdict.allow);
	set("cpus", "4");
	ck_assert_uint_eq(opts.run.cpus, 4);
	set("accel", "tcg");
	ck_assert_int_eq(opts.run.accel, RUN_TCG);
	set("accel", "auto");
	ck_assert_int_eq(opts.run.accel, RUN_AUTO);
	set("machine", "q35");
	ck_assert_str_eq(opts.run.machine->name, "q35");
	set("machine", "auto");
	ck_assert_ptr_null(opts.run.machine);
	set("entry", "bzimage");
	ck_assert_int_eq(opts.run.entry, KENTRY_BZIMAGE);
	set("net", "user");
	ck_assert(opts.run.net.given);
	ck_assert_int_eq(opts.run.net.type, QEMU_NET_USER);
	set("net", "tap=t0");
	ck_assert_int_eq(opts.run.net.type, QEMU_NET_TAP);
	ck_assert_str_eq(opts.run.net.ifname, "t0");
	set("net", "none");
	ck_assert_int_eq(opts.run.net.type, QEMU_NET_NONE);
	ck_assert_ptr_null(opts.run.net.ifname);
	set("nic", "e1000");
	ck_assert_str_eq(opts.run.net.nic->device, "e1000");
	set("forward", "2222:22");
	set("forward", "udp:0.0.0.0:53:5353");
	ck_assert_uint_eq(opts.run.net.n_forwards, 2);
	ck_assert_uint_eq(opts.run.net.forwards[1].guest, 5353);
	netspec_free(&opts.run.net);
	set("append", "a");
	set("append", "b");
	ck_assert_uint_eq(opts.run.append.n, 2);
	strv_free(&opts.run.append);
	set("root", "/r");
	ck_assert_str_eq(opts.run.files.root_arg, "/r");
	set("share", "a");
	set("share", "b");
	ck_assert_uint_eq(opts.run.files.args.n, 2);
	set("share-type", "virtiofs");
	ck_assert_int_eq(opts.run.files.type, SHARE_VIRTIOFS);
	set("share-type", "9p");
	ck_assert_int_eq(opts.run.files.type, SHARE_9P);
	set("env", "A=1");
	set("env", "A=2");
	ck_assert_uint_eq(opts.run.files.env.n, 1);
	sharespec_free(&opts.run.files);
	set("print", NULL);
	ck_assert(opts.run.print);
	set("module", "a,b");
	ck_assert_uint_eq(opts.recipe.modules.n, 2);
	recipe_free(&opts.recipe);
	set("verbose", NULL);
	ck_assert_int_eq(msg_verbosity, 1);
}
END_TEST

START_TEST(each_implies_the_one_before)
{
	memset(&opts, 0, sizeof(opts));
	ck_assert_pstr_eq(set("gdb", NULL), NULL);
	ck_assert(opts.run.gdb.on && !gdbspec_waits(&opts.run.gdb));
	ck_assert_ptr_null(opts.run.gdb.stub.path);
	ck_assert_uint_eq(opts.run.gdb.stub.port, 0);
	ck_assert_pstr_eq(set("gdb", "tcp:1234"), NULL);
	ck_assert_uint_eq(opts.run.gdb.stub.port, 1234);
	ck_assert_ptr_nonnull(set("gdb", ""));
	ck_assert_ptr_nonnull(set("gdb", "tcp:0.0.0.0:1234"));
	memset(&opts, 0, sizeof(opts));
	set("wait", NULL);
	ck_assert(opts.run.gdb.on && gdbspec_waits(&opts.run.gdb));
	ck_assert(!opts.run.gdb.no_tmux);
	set("no-tmux", NULL);
	ck_assert(opts.run.gdb.no_tmux);
	memset(&opts, 0, sizeof(opts));
	set("break", "a");
	set("break", "fs/eventpoll.c:1200");
	ck_assert(opts.run.gdb.on && gdbspec_waits(&opts.run.gdb));
	ck_assert_str_eq(opts.run.gdb.breaks.v[1], "fs/eventpoll.c:1200");
	strv_free(&opts.run.gdb.breaks);
}
END_TEST

/* A short name must mean one thing; a long one too. */
START_TEST(names_are_unique)
{
	static const struct cmd *const cmds[] = { &cmd_run, &cmd_initramfs,
						  &cmd_config, &cmd_doctor };

	for (size_t c = 0; c < 4; c++) {
		char keys[256] = "h";
		struct strv names = { 0 };

		strv_push(&names, "help");
		for (size_t g = 0; g < cmds[c]->n_groups; g++) {
			const struct cli_group *group = &cmds[c]->groups[g];

			for (size_t i = 0; i < group->n; i++) {
				const struct cli_opt *o = &group->opts[i];

				ck_assert_msg(!strv_has(&names, o->name),
					      "--%s twice", o->name);
				strv_push(&names, o->name);
				if (!o->key)
					continue;
				ck_assert_msg(!strchr(keys, o->key),
					      "-%c twice", o->key);
				keys[strlen(keys)] = o->key;
			}
		}
		strv_free(&names);
	}
}
END_TEST

/* Of what boots guests there is one list: bench has all that run begins with,
 * at another place of its options. */
START_TEST(bench_has_the_same)
{
	const struct cli_group *run = cmd_run.groups;
	const struct cli_group *bench = cmd_bench.groups + 1;

	ck_assert_uint_eq(cmd_bench.n_groups, N_RUN_GROUPS + 1);
	ck_assert_ptr_eq(run[RUN_GROUP_IMAGE].opts, recipe_opts);
	for (int i = 0; i < N_RUN_GROUPS; i++) {
		ck_assert_str_eq(bench[i].title, run[i].title);
		ck_assert_ptr_eq(bench[i].opts, run[i].opts);
		ck_assert_uint_eq(bench[i].n, run[i].n);
		ck_assert_uint_eq(bench[i].offset - bench[0].offset,
				  run[i].offset - run[0].offset);
	}
}
END_TEST

START_TEST(what_goes_together)
{
	struct run_options o = RUN_OPTIONS_INIT;
	char *command[] = { (char *)"true", NULL };

	ck_assert_pstr_eq(run_options_settle(&o), NULL);
	ck_assert(!o.run.start.nic_chosen);
	o.run.net.nic = qemu_nic_find("e1000");
	ck_assert_pstr_eq(run_options_settle(&o), NULL);
	ck_assert(o.run.start.nic_chosen);
	o.run.machine = machine_find("microvm");
	ck_assert(strstr(run_options_settle(&o), "--nic e1000: "));
	o.run.machine = NULL;
	o.run.initrd = o.recipe.append_to = "x";
	ck_assert(strstr(run_options_settle(&o), "--append-to: "));
	o.run.initrd = NULL;
	o.run.icount.on = true;
	ck_assert(strstr(run_options_settle(&o), "--icount: "));
	o.run.command = command;
	ck_assert_pstr_eq(run_options_settle(&o), NULL);
	ck_assert_int_eq(o.run.accel, RUN_TCG);
	o.run.results.junit = "f";
	o.run.command = NULL;
	ck_assert(strstr(run_options_settle(&o), "--junit"));
	run_options_free(&o);
}
END_TEST

/* The longest help of all; the usage line is as it is. */
START_TEST(help_fits_a_terminal)
{
	char *text = NULL, *line, *save = NULL;
	FILE *old = stdout;
	size_t n;

	stdout = open_memstream(&text, &n);
	cli_help(&cmd_run);
	fclose(stdout);
	stdout = old;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		n = strlen(line);
		ck_assert_msg(n <= 80, "%s", line);
		ck_assert_msg(line[n - 1] != ' ', "%s", line);
	}
	free(text);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("cmd_run");
	TCase *t = tcase_create("cmd_run");

	tcase_add_loop_test(t, values, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, six_disks);
	tcase_add_loop_test(t, memory, 0, sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(t, they_land_where_they_should);
	tcase_add_test(t, each_implies_the_one_before);
	tcase_add_test(t, names_are_unique);
	tcase_add_test(t, bench_has_the_same);
	tcase_add_test(t, what_goes_together);
	tcase_add_test(t, help_fits_a_terminal);
	suite_add_tcase(s, t);
	return s;
}
