// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "init/cmdline.h"
#include "init/coldplug.h"
#include "init/modules.h"
#include "modules.h"

#include <errno.h>
#include <pthread.h>

#define REL "9.9.9-test"
#define LIB "lib/" REL "/"

static struct boot_config cfg;

static void setup(void)
{
	modules_make();
	said_begin();
	fake_reset();
	memset(&cfg, 0, sizeof(cfg));
}

static void configure(const char *line)
{
	ck_assert_int_eq(cmdline_parse(&cfg, line, strlen(line), false), 0);
}

static int load(const char *line)
{
	configure(line);
	host_io_release = REL;
	modules_reset();
	return modules_load(&cfg, at("lib"));
}

static const char dep[] =
	"kernel/drivers/virtio/virtio.ko:\n"
	"kernel/drivers/virtio/virtio_pci.ko: kernel/drivers/virtio/virtio.ko\n"
	"kernel/drivers/net/virtio_net.ko: kernel/drivers/virtio/virtio.ko\n"
	"kernel/drivers/block/virtio_blk.ko: kernel/drivers/virtio/virtio.ko\n"
	"kernel/drivers/net/ethernet/e1000.ko:\n"
	"kernel/drivers/ata/ahci.ko: kernel/drivers/ata/libata.ko\n"
	"kernel/drivers/ata/libata.ko:\n"
	"kernel/drivers/scsi/sd_mod.ko:\n"
	"kernel/drivers/input/evdev.ko:\n"
	"kernel/drivers/gpu/bochs.ko:\n"
	"kernel/sound/pci/hda.ko:\n"
	"kernel/crypto/crc.ko:\n"
	"updates/dkms/raid.ko:\n";

static const char alias[] = "alias virtio:d00000001v* virtio_net\n"
			    "alias virtio:d00000002v* virtio-blk\n"
			    "alias pci:v00001AF4d*sv* virtio_pci\n"
			    "alias pci:v00008086d0000100E* e1000\n"
			    "alias pci:v*d*sv*sd*bc01sc06i01* ahci\n"
			    "alias pci:v*bc03* bochs\n"
			    "alias pci:v*bc03* gone\n"
			    "alias pci:v*bc04* hda\n"
			    "alias pci:v*bc01sc04* raid\n"
			    "alias scsi:t-0x00* sd_mod\n"
			    "alias input:b* evdev\n";

/* A device of a bus; its modalias or, where that has a "=", its whole file. */
static void put_device(const char *path, const char *text)
{
	char name[256], buf[8192];

	snprintf(name, sizeof(name), "sys/%s/uevent", path);
	snprintf(buf, sizeof(buf),
		 strchr(text, '=') ? "%s" :
				     "DRIVER=x\nMODALIAS=%s\n"
				     "LAST=y\n",
		 text);
	put_text(name, buf);
}

static void put_tree(void)
{
	char name[128];

	put_text(LIB "modules.dep", dep);
	put_text(LIB "modules.alias", alias);
	for (const char *p = dep; *p; p = strchr(p, '\n') + 1) {
		snprintf(name, sizeof(name), LIB "%.*s", (int)strcspn(p, ":"),
			 p);
		put_text(name, "module");
	}
}

static void put_machine(void)
{
	put_tree();
	put_device("bus/pci/devices/0000:00:01.0",
		   "pci:v00008086d0000100Esv0sd0bc02sc00i00");
	put_device("bus/pci/devices/0000:00:02.0",
		   "pci:v00001234d00001111sv0sd0bc03sc00i00");
	put_device("bus/pci/devices/0000:00:03.0",
		   "pci:v00008086d00002922sv0sd0bc01sc06i01");
	put_device("bus/pci/devices/0000:00:04.0",
		   "pci:v00001AF4d00001000sv0sd0bc02sc00i00");
	put_device("bus/pci/devices/0000:00:05.0",
		   "pci:v00008086d00002668sv0sd0bc04sc03i00");
	put_device("bus/pci/devices/0000:00:06.0",
		   "pci:v00001000d00000001sv0sd0bc01sc04i00");
	put_device("bus/virtio/devices/virtio0", "virtio:d00000001v00001AF4");
	put_device("bus/virtio/devices/virtio1", "virtio:d00000002v00001AF4");
	put_device("bus/platform/devices/none", "OF_NAME=x\n");
	put_device("class/input/input0", "input:b0003v0627");
}

/* --- What the key says ---------------------------------------------------- */

static const struct {
	const char *line;
	enum coldplug which;
} keys[] = {
	{ "", COLDPLUG_NONE },
	{ "bootlet.coldplug=0", COLDPLUG_NONE },
	{ "bootlet.coldplug=0 root=/dev/sda", COLDPLUG_NONE },
	{ "bootlet.coldplug=net", COLDPLUG_NETS },
	{ "bootlet.coldplug=block", COLDPLUG_BLOCKS },
	{ "bootlet.coldplug=all", COLDPLUG_EVERY },
	{ "bootlet.coldplug=all bootlet.coldplug=net", COLDPLUG_NETS },
	{ "root=/dev/sda1", COLDPLUG_BLOCKS },
	{ "root=UUID=1-2", COLDPLUG_BLOCKS },
	{ "root=tag rootfstype=9p", COLDPLUG_BLOCKS },
	{ "root=/dev/ram0", COLDPLUG_NONE },
	{ "root=/dev/ram", COLDPLUG_NONE },
	{ "root=", COLDPLUG_NONE },
	{ "root=/dev/sda bootlet.coldplug=net", COLDPLUG_NETS },
};

START_TEST(the_key)
{
	configure(keys[_i].line);
	ck_assert_int_eq(parse_coldplug(&cfg), keys[_i].which);
	ck_assert_str_eq(said(), "");
}
END_TEST

START_TEST(another_word_is_told)
{
	static const char *const words[] = { "",     "1",	  "al",
					     "alle", "net,block", "0 " };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char line[64];

		memset(&cfg, 0, sizeof(cfg));
		snprintf(line, sizeof(line), "bootlet.coldplug=\"%s\"",
			 words[i]);
		configure(line);
		ck_assert_int_eq(parse_coldplug(&cfg), COLDPLUG_NONE);
		ck_assert_said(": want 0, net, block or all");
		ck_assert_int_eq(said_lines(), (int)i + 1);
	}
}
END_TEST

/* --- What is loaded ------------------------------------------------------- */

/* The names, sorted: which device is found first is the directory's matter. */
static const char *loaded(void)
{
	static char joined[512];
	static const char *const all[] = {
		"virtio", "virtio_pci", "virtio_net", "virtio_blk", "e1000",
		"libata", "ahci",	"sd_mod",     "evdev",	    "bochs",
		"hda",	  "raid",	"crc",
	};
	size_t n = 0;

	joined[0] = '\0';
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char line[64];

		snprintf(line, sizeof(line), "finit_module %s.ko '' 0x0",
			 all[i]);
		if (!fake_has(line))
			continue;
		ck_assert_uint_eq(fake_count(line), 1);
		strcat(strcat(joined, all[i]), " ");
		n++;
	}
	ck_assert_uint_eq(fake_count(""), n);
	return joined;
}

static const struct {
	const char *line, *loaded;
} lists[] = {
	{ "", "" },
	{ "bootlet.coldplug=0", "" },
	{ "bootlet.coldplug=net", "virtio virtio_pci virtio_net e1000 raid " },
	{ "bootlet.coldplug=block",
	  "virtio virtio_pci virtio_blk libata ahci raid " },
	{ "root=LABEL=x", "virtio virtio_pci virtio_blk libata ahci raid " },
	{ "bootlet.coldplug=all",
	  "virtio virtio_pci virtio_net virtio_blk e1000 libata ahci evdev "
	  "bochs hda raid " },
	{ "bootlet.coldplug=block modprobe.blacklist=ahci,virtio",
	  "virtio virtio_pci virtio_blk raid " },
	{ "bootlet.coldplug=net bootlet.modules=virtio_pci,e1000,crc",
	  "virtio virtio_pci virtio_net e1000 raid crc " },
};

START_TEST(modules_of_the_devices)
{
	put_machine();
	ck_assert_int_eq(load(lists[_i].line), 0);
	ck_assert_str_eq(loaded(), lists[_i].loaded);
	ck_assert_int_eq(coldplug_on(), *lists[_i].loaded != '\0');
}
END_TEST

/* Not so much as a look at /sys, and no index. */
START_TEST(nothing_is_done_unasked)
{
	put_machine();
	ck_assert_int_eq(load(""), 0);
	ck_assert(!coldplug_on());
	ck_assert(!coldplug_poll(0));
	ck_assert_str_eq(said(), "");
	ck_assert_uint_eq(fake_count(""), 0);
}
END_TEST

START_TEST(drivers_of_networks_can_wait)
{
	put_machine();
	ck_assert_int_eq(load("bootlet.coldplug=all bootlet.net=background"),
			 0);
	ck_assert_str_eq(loaded(), "virtio virtio_pci virtio_blk libata ahci "
				   "evdev bochs hda raid ");
	fake_clear();
	ck_assert_int_eq(modules_background(), 0);
	ck_assert_str_eq(loaded(), "virtio_net e1000 ");
}
END_TEST

/* Without a device of its own a driver says so, and that is no news. */
START_TEST(what_fails_is_told_once)
{
	put_machine();
	put_device("bus/pci/devices/0000:01:00.0",
		   "pci:v00008086d0000100Esv0sd0bc02sc00i00");
	fake_fail("finit_module ahci.ko", ENODEV, -1);
	fake_fail("finit_module e1000.ko", ENOMEM, -1);
	ck_assert_int_eq(load("bootlet.coldplug=all"), -ENOMEM);
	ck_assert_said("e1000.ko: its start failed: Cannot allocate memory");
	ck_assert_ptr_null(strstr(said(), "ahci"));
	ck_assert_ptr_null(strstr(said(), "gone"));
	ck_assert_uint_eq(fake_count("finit_module e1000.ko"), 1);
}
END_TEST

START_TEST(without_module_support_it_is_said_once)
{
	put_machine();
	fake_fail("finit_module", ENOSYS, -1);
	ck_assert_int_eq(load("bootlet.coldplug=all"), -ENOSYS);
	ck_assert_said("this kernel loads no modules");
	ck_assert_uint_le(fake_count(""), 2);
}
END_TEST

/* --- What comes later ----------------------------------------------------- */

static void device_comes(const char *action, const char *name)
{
	char text[512];
	int n = snprintf(text, sizeof(text),
			 "%s@/devices/x%cACTION=%s%cMODALIAS=%s%cSEQNUM=1",
			 action, 0, action, 0, name, 0);

	uevent(text, (size_t)n + 1);
}

static void module_loaded(const char *file)
{
	if (!strcmp(file, "virtio_pci.ko")) {
		device_comes("add", "virtio:d00000002v00001AF4");
		device_comes("remove", "virtio:d00000001v00001AF4");
	} else if (!strcmp(file, "ahci.ko")) {
		device_comes("add", "scsi:t-0x00");
	}
}

START_TEST(a_bus_brings_its_devices)
{
	put_tree();
	put_device("bus/pci/devices/0000:00:03.0",
		   "pci:v00008086d00002922sv0sd0bc01sc06i01");
	put_device("bus/pci/devices/0000:00:04.0",
		   "pci:v00001AF4d00001001sv0sd0bc01sc00i00");
	fake_module = module_loaded;
	ck_assert_int_eq(load("root=/dev/sda"), 0);
	ck_assert_str_eq(loaded(),
			 "virtio virtio_pci virtio_blk libata ahci sd_mod ");
}
END_TEST

START_TEST(one_that_is_plugged_in)
{
	put_tree();
	ck_assert_int_eq(load("bootlet.coldplug=block"), 0);
	ck_assert_str_eq(loaded(), "");
	ck_assert(coldplug_on());
	ck_assert(!coldplug_poll(1));
	device_comes("add", "scsi:t-0x00");
	device_comes("add", "scsi:t-0x00");
	while (coldplug_poll(1))
		;
	ck_assert_str_eq(loaded(), "sd_mod ");
}
END_TEST

START_TEST(lost_messages_are_made_up_for)
{
	put_tree();
	ck_assert_int_eq(load("bootlet.coldplug=block"), 0);
	ck_assert_str_eq(loaded(), "");
	put_device("bus/scsi/devices/0:0:0:0", "scsi:t-0x00");
	device_comes("change", "x");
	host_io_lost = true;
	while (coldplug_poll(1))
		;
	ck_assert_str_eq(loaded(), "sd_mod ");
}
END_TEST

/* Each module that is loaded brings a message: that must end. */
static void module_echoes(const char *file)
{
	(void)file;
	send(kernel, "add@/x\0MODALIAS=none", 20, MSG_DONTWAIT);
}

static void *talk(void *stop)
{
	while (!*(volatile bool *)stop)
		send(kernel, "add@/x", 7, MSG_DONTWAIT);
	return NULL;
}

START_TEST(a_kernel_that_never_stops_talking)
{
	pthread_t thread;
	bool stop = false;

	put_machine();
	fake_module = module_echoes;
	pthread_create(&thread, NULL, talk, &stop);
	ck_assert_int_eq(load("bootlet.coldplug=all"), 0);
	stop = true;
	pthread_join(thread, NULL);
	ck_assert_uint_ge(fake_count(""), 5);
}
END_TEST

/* --- Odd ones ------------------------------------------------------------- */

START_TEST(without_sys_or_index)
{
	ck_assert_int_eq(load("bootlet.coldplug=all"), 0);
	put_machine();
	unlink(at(LIB "modules.alias"));
	ck_assert_int_eq(load("bootlet.coldplug=all"), 0);
	ck_assert_str_eq(said(), "");
	ck_assert_uint_eq(fake_count(""), 0);
}
END_TEST

START_TEST(links_that_point_upwards)
{
	put_machine();
	ck_assert_int_eq(symlink("..", at("sys/bus/up")), 0);
	ck_assert_int_eq(symlink("../..", at("sys/bus/pci/devices/up")), 0);
	ck_assert_int_eq(symlink("self", at("sys/bus/pci/devices/self")), 0);
	ck_assert_int_eq(mkdir(at("sys/bus/void"), 0755), 0);
	put_text("sys/bus/file", "x");
	put_text("sys/bus/pci/devices/file", "x");
	ck_assert_int_eq(load("bootlet.coldplug=net"), 0);
	ck_assert_str_eq(loaded(), "virtio virtio_pci virtio_net e1000 raid ");
}
END_TEST

/* More, and longer ones, than fit at a time; the last counts as the first. */
START_TEST(many_devices)
{
	static char big[4000];

	put_tree();
	memset(big, 'x', sizeof(big) - 1);
	memcpy(big, "cpu:", 4);
	for (int i = 0; i < 300; i++) {
		char path[64];

		snprintf(path, sizeof(path), "bus/cpu/devices/cpu%d", i);
		put_device(path, i % 3 ? big : "pci:v00008086d0000100Esv0");
	}
	put_device("bus/zzz/devices/d", "scsi:t-0x00");
	put_device("bus/aaa/devices/d", "virtio:d00000002v0");
	ck_assert_int_eq(load("bootlet.coldplug=all"), 0);
	ck_assert_str_eq(loaded(), "virtio virtio_blk e1000 sd_mod ");
}
END_TEST

/* Behind its last page nothing may be read. */
START_TEST(an_index_that_fills_its_pages)
{
	static char text[2 * 4096 + 1];

	put_tree();
	put_device("bus/scsi/devices/0", "scsi:t-0x00");
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, alias, sizeof(alias) - 1);
	memcpy(text + sizeof(alias) - 1, "alias scsi:t-", 13);
	put_text(LIB "modules.alias", text);
	ck_assert_int_eq(load("bootlet.coldplug=all"), 0);
	ck_assert_str_eq(loaded(), "sd_mod ");
	ck_assert_int_eq(modules_want("xx"), -ENOENT);
}
END_TEST

static const struct {
	const char *text;
	size_t len;
} messages[] = {
#define MESSAGE(s)               \
	{                        \
		s, sizeof(s) - 1 \
	}
	MESSAGE(""),
	MESSAGE("\0\0\0"),
	MESSAGE("MODALIAS="),
	MESSAGE("MODALIAS"),
	MESSAGE("add@/x\0MODALIAS=\0MODALIAS=\0"),
	MESSAGE("remove@/x\0MODALIAS=scsi:t-0x00"),
	MESSAGE("add@/x\0MODALIAS-scsi:t-0x00\0ODALIAS=scsi:t-0x00"),
	MESSAGE("add@/x\0modalias=scsi:t-0x00\0\xff\xfe\n\n"),
};

START_TEST(odd_messages_load_nothing)
{
	put_tree();
	ck_assert_int_eq(load("bootlet.coldplug=all"), 0);
	uevent(messages[_i].text, messages[_i].len);
	for (int i = 0; i < 5; i++)
		coldplug_poll(0);
	ck_assert_str_eq(loaded(), "");
}
END_TEST

/* Its name is no end of the list that the others are in. */
START_TEST(an_empty_name_hides_no_other)
{
	static const char empty[] = "add@/x\0MODALIAS=\0SEQNUM=1";
	static const char disk[] = "add@/y\0MODALIAS=scsi:t-0x00";

	put_tree();
	ck_assert_int_eq(load("bootlet.coldplug=all"), 0);
	uevent(empty, sizeof(empty) - 1);
	uevent(disk, sizeof(disk) - 1);
	for (int i = 0; i < 5; i++)
		coldplug_poll(0);
	ck_assert_str_eq(loaded(), "sd_mod ");
}
END_TEST

/* Each would be the beginning of a name, and all of them do not fit. */
START_TEST(names_within_a_name)
{
	static char text[4000] = "add@/x";
	size_t n = 7;

	for (; n + 9 < sizeof(text); n += 9)
		memcpy(text + n, "MODALIAS=", 9);
	put_tree();
	ck_assert_int_eq(load("bootlet.coldplug=all"), 0);
	uevent(text, n);
	for (int i = 0; i < 5; i++)
		coldplug_poll(0);
	ck_assert_str_eq(loaded(), "");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("coldplug");
	TCase *t = tcase_create("coldplug");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, modules_remove);
	tcase_add_loop_test(t, the_key, 0, sizeof(keys) / sizeof(keys[0]));
	tcase_add_test(t, an_empty_name_hides_no_other);
	tcase_add_test(t, names_within_a_name);
	tcase_add_test(t, another_word_is_told);
	tcase_add_loop_test(t, modules_of_the_devices, 0,
			    sizeof(lists) / sizeof(lists[0]));
	tcase_add_test(t, nothing_is_done_unasked);
	tcase_add_test(t, drivers_of_networks_can_wait);
	tcase_add_test(t, what_fails_is_told_once);
	tcase_add_test(t, without_module_support_it_is_said_once);
	tcase_add_test(t, a_bus_brings_its_devices);
	tcase_add_test(t, one_that_is_plugged_in);
	tcase_add_test(t, lost_messages_are_made_up_for);
	tcase_add_test(t, a_kernel_that_never_stops_talking);
	tcase_add_test(t, without_sys_or_index);
	tcase_add_test(t, links_that_point_upwards);
	tcase_add_test(t, many_devices);
	tcase_add_test(t, an_index_that_fills_its_pages);
	tcase_add_loop_test(t, odd_messages_load_nothing, 0,
			    sizeof(messages) / sizeof(messages[0]));
	suite_add_tcase(s, t);
	return s;
}
