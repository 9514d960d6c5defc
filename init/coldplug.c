// SPDX-License-Identifier: MIT
#include "coldplug.h"

#include "cmdline.h"
#include "file.h"
#include "io.h"
#include "log.h"
#include "modalias.h"
#include "modules.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* In the order of enum coldplug. */
static const char words[] = COLDPLUG_OFF "\0" COLDPLUG_NET "\0" COLDPLUG_BLOCK
					 "\0" COLDPLUG_ALL "\0";

/* Directories of drivers/: of disks, and then of what these and networks may be
 * reached through, on a board without PCI, too; and of what a shell needs. */
#define BLOCKS "ata\0block\0firewire\0message\0mmc\0nvme\0scsi\0ufs\0"
#define BUSES                                                          \
	"clk\0gpio\0hid\0hv\0i2c\0mfd\0pci\0phy\0pinctrl\0regulator\0" \
	"reset\0soc\0usb\0virtio\0xen\0"

static const char kinds[] = BLOCKS BUSES;

#define EVENT_SIZE 4096

static int uevents = -1;
static enum coldplug plugs;
static struct {
	size_t len;
	char names[32768]; /* devices' modaliases, each ended by a NUL */
	struct modalias_starts starts;
} plug;

enum coldplug parse_coldplug(const struct boot_config *cfg)
{
	const char *value = cmdline_last(cfg, BOOTLET_KEY_COLDPLUG), *word;
	int which = 0;

	if (!value) {
		value = cmdline_last(cfg, "root");
		return value && *value && !text_after(value, "/dev/ram") ?
			       COLDPLUG_BLOCKS :
			       COLDPLUG_NONE;
	}
	for (word = words; *word; word = text_next(word), which++)
		if (!strcmp(word, value))
			return which;
	log_warn("%s: want %s", BOOTLET_KEY_COLDPLUG, "0, net, block or all");
	return COLDPLUG_NONE;
}

bool coldplug_wants(const char *line, bool net)
{
	if (moddep_drives(line, DRIVERS_NET))
		return plugs & COLDPLUG_NETS && net;
	return plugs == COLDPLUG_EVERY || *line != 'k' ||
	       moddep_drives(line, plugs & COLDPLUG_BLOCKS ?
					   kinds :
					   kinds + sizeof(BLOCKS) - 1);
}

/* Return: whether there were any. */
static bool names_load(void)
{
	if (!plug.len)
		return false;
	plug.names[plug.len] = '\0';
	plug.len = 0;
	modules_drive(plug.names, &plug.starts);
	return true;
}

static void name_add(const char *name)
{
	uint16_t hash = 0;

	for (; !text_ends(*name); name++) {
		plug.names[plug.len++] = *name;
		hash = modalias_expect(&plug.starts, hash, *name);
	}
	plug.names[plug.len++] = '\0';
}

/* A message of the kernel, or the file uevent of a device. */
static int event_read(int fd)
{
	/* Above UEVENT_BUFFER_SIZE of linux/kobject.h. */
	char text[EVENT_SIZE];
	int n = (int)io_read(fd, text, sizeof(text) - 1);

	if (plug.len > sizeof(plug.names) - sizeof(text))
		names_load();
	/* Nothing but "remove@..." starts so. */
	if (n <= 0 || *text == 'r')
		return n;
	text[n] = '\0';
	for (int i = 0; i < n; i++) {
		const char *name = text_after(text + i, "MODALIAS=");

		/* There is one, and it may be empty. */
		if (name && !text_ends(*name)) {
			name_add(name);
			break;
		}
	}
	return n;
}

static int entry_open(int dir, const char *name, const char *what)
{
	char path[280];

	fmt_format(path, sizeof(path), "%s/%s", name, what);
	return file_open(dir, path);
}

static int device_found(int dir, const struct io_dirent *e)
{
	int fd = entry_open(dir, e->name, "uevent");

	if (fd >= 0) {
		event_read(fd);
		io_close(fd);
	}
	return 0;
}

/* Not a problem if it fails: it is not there, or has just gone. */
static void dir_walk(int fd, int (*found)(int dir, const struct io_dirent *e))
{
	if (fd >= 0) {
		dir_each(fd, found);
		io_close(fd);
	}
}

/* Those of a bus, or of a class. */
static int devices_found(int dir, const struct io_dirent *e)
{
	int fd = entry_open(dir, e->name, "devices");

	dir_walk(fd < 0 ? file_open(dir, e->name) : fd, device_found);
	return 0;
}

static void devices_walk(void)
{
	dir_walk(file_open(AT_FDCWD, "/sys/bus"), devices_found);
	if (plugs == COLDPLUG_EVERY)
		dir_walk(file_open(AT_FDCWD, "/sys/class"), devices_found);
	names_load();
}

bool coldplug_poll(int ms)
{
	struct pollfd p = { .fd = uevents, .events = POLLIN };

	if (io_poll(&p, 1, plug.len ? 0 : ms, false) > 0) {
		/* What got lost is in /sys. */
		if (event_read(p.fd) == -ENOBUFS)
			devices_walk();
		return true;
	}
	return names_load();
}

void coldplug_apply(enum coldplug which)
{
	plugs = which;
	if (uevents < 0)
		uevents = io_uevents();
	devices_walk();
	for (int i = 0; i < COLDPLUG_EVENTS && coldplug_poll(0); i++)
		;
}

bool coldplug_on(void)
{
	return uevents >= 0;
}
