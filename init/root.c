// SPDX-License-Identifier: MIT
#include "root.h"

#include "blkid.h"
#include "cmdline.h"
#include "coldplug.h"
#include "dev.h"
#include "file.h"
#include "io.h"
#include "log.h"
#include "modules.h"
#include "protocol.h"
#include "share.h"
#include "switch.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define CLASS "/sys/class/block"
/* A device is read by a node of our own: /dev may have none. */
#define NODE   "/dev/.bootlet"
#define LOWER  "/run/lower"
#define UPPER  "/run/upper"
#define WORK   "/run/work"
#define NAP_MS 20

enum { NAME, TYPE, DATA, WAIT, DELAY, RO, RW, INIT, OVERLAY, N_KEYS };

static const char keys[] = "root\0rootfstype\0rootflags\0rootwait\0rootdelay\0"
			   "ro\0rw\0init\0" BOOTLET_KEY_OVERLAY "\0";

/* In the order of enum blkid_key, and the last is no word. */
static const char words[] = "UUID=\0LABEL=\0PARTUUID=\0PARTLABEL=\0";
#define BY_PATH BLKID_KEYS

/* What has no device: its source is a name. */
static const char no_device[] = "9p\0virtiofs\0";

static struct {
	const char *want; /* of @key; "": all are listed */
	unsigned int key;
	char path[64];
	char text[16];
	unsigned char bytes[BLKID_BYTES + 1];
} dev;

__attribute__((noinline)) static void attr_read(const char *name,
						const char *attr)
{
	char file[96];

	fmt_format(file, sizeof(file), CLASS "/%s/%s", name, attr);
	file_read(file, dev.text, sizeof(dev.text));
}

/* @attr: "dev", or "../dev" for the disk that it is a part of. */
static bool block_load(const char *name, const char *attr, const char *path)
{
	dev_t number;

	attr_read(name, attr);
	parse_dev_number(dev.text, &number);
	memset(dev.bytes, 0, sizeof(dev.bytes));
	/* Not a problem if it fails: devtmpfs has it. */
	sys_mknod(path, S_IFBLK | 0600, number);
	return file_load(path, (char *)dev.bytes, sizeof(dev.bytes)) > 0;
}

static int block_found(int dir, const struct io_dirent *e)
{
	const char *p = dev.text;
	int part = 0;
	bool loaded;

	(void)dir;
	fmt_format(dev.path, sizeof(dev.path), "/dev/%s", e->name);
	if (dev.key == BY_PATH && strcmp(dev.path, dev.want))
		return 0;
	if (dev.key & BLKID_PARTUUID) {
		attr_read(e->name, "partition");
		part = parse_number(&p, 0xffff);
		if (part < 0)
			return 0;
		loaded = block_load(e->name, "../dev", NODE);
		io_unlink(NODE);
	} else {
		loaded = block_load(e->name, "dev", dev.path);
	}
	if (!loaded)
		return 0;
	if (!*dev.want) {
		p = blkid_type(dev.bytes);
		log_warn("%s: %s", dev.path, p ? p : "?");
	}
	if (dev.key < BY_PATH &&
	    !blkid_is(dev.bytes, (unsigned int)part, dev.key, dev.want))
		return 0;
	return block_load(e->name, "dev", dev.path);
}

static int blocks_each(void)
{
	int dir = file_open(AT_FDCWD, CLASS), r = dir_each(dir, block_found);

	io_close(dir);
	return r;
}

static int device_wait(const char *const v[])
{
	const char *p = v[DELAY], *word = words;
	int s = v[WAIT] ? ROOT_LONG_S : ROOT_WAIT_S;

	if (p)
		s = parse_number(&p, ROOT_MAX_S);
	/* The empty word behind the last goes with everything. */
	for (dev.key = 0; !(dev.want = text_after(v[NAME], word)); dev.key++)
		word = text_next(word);
	for (int naps = s * (1000 / NAP_MS); blocks_each() <= 0; naps--) {
		if (naps <= 0) {
			log_warn("%s: no such device after %d s; there are:",
				 v[NAME], s);
			dev.key = BLKID_UUID;
			dev.want = "";
			blocks_each();
			return -ENODEV;
		}
		coldplug_poll(NAP_MS);
	}
	return 0;
}

static int mount_types(const char *const v[], const char *source,
		       const char *types, const char *target,
		       unsigned int flags)
{
	int made = sys_mkdir(target, 0755), r = -EINVAL;

	while (r && types && *types) {
		char type[32];
		int len = (int)text_until(types, ',');

		fmt_format(type, sizeof(type), "%.*s", len, types);
		types += len + (types[len] == ',');
		/* Not a problem if it fails: it may be built in. */
		modules_want(type);
		/* As the kernel: what cannot be written is read. */
		do
			r = sys_mount(source, target, type, flags, v[DATA]);
		while (r == -EACCES && !(flags++ & MS_RDONLY));
	}
	/* A full file system. */
	if (r == -ENOENT && made && made != -EEXIST)
		r = made;
	if (r)
		log_fail(source, "cannot be mounted", r);
	return r;
}

static char overlay[] = "0\0-\0\0" UPPER "\0\0"
			"0\0-\0\0" WORK "\0\0"
			"0\0overlay\0overlay\0" SWITCH_DIR "\0"
			"lowerdir=" LOWER ",upperdir=" UPPER ",workdir=" WORK;

int root_apply(struct boot_config *cfg, bool for_ever)
{
	const char *v[N_KEYS], *key = keys, *source, *types,
			       *target = SWITCH_DIR;
	unsigned int flags = 0;
	bool over;
	int r;

	for (int i = 0; i < N_KEYS; i++, key = text_next(key))
		v[i] = cmdline_last(cfg, key);
	source = v[NAME];
	types = v[TYPE];
	if (!source || !*source || text_after(source, "/dev/ram"))
		return 0;
	if (!switch_possible()) {
		log_warn("%s: / is no initramfs, and stays", source);
		return 0;
	}
	if (!types || !text_listed(no_device, types)) {
		r = device_wait(v);
		if (r)
			return r;
		source = dev.path;
		if (!types)
			types = blkid_type(dev.bytes);
	} else if (*types == '9') {
		types = "9pnet_virtio,9p";
	}
	over = v[OVERLAY] && *v[OVERLAY] == '1';
	/* The later word lies higher in the text. */
	if (v[RW] <= v[RO])
		flags = MS_RDONLY;
	if (over) {
		flags = MS_RDONLY;
		target = LOWER;
	}
	r = mount_types(v, source, types, target, flags);
	if (!r && over) {
		modules_want("overlay");
		r = share_rows(overlay, overlay + sizeof(overlay));
	}
	return r ? r : switch_apply(v[INIT], for_ever);
}
