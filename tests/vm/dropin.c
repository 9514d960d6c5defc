// SPDX-License-Identifier: MIT
#include "dropin.h"

#include "pty.h"

#include <stdio.h>
#include <string.h>

#define CMDLINE                                           \
	"nokaslr root=/dev/ram init=/init console=ttyS0 " \
	"ip=192.168.100.224:::255.255.255.0::eth0:off"

/* $1 directory, $2 init, $3 module, whatever its suffix, $4 BusyBox. */
static const char pack[] =
	"set -e; rm -rf \"$1\"; mkdir -p \"$1/bin\" \"$1/lib/modules\"\n"
	"cd \"$1\"; cp \"$2\" init; cp \"$4\" bin/busybox\n"
	"for a in $(bin/busybox --list); do\n"
	"  [ $a = busybox ] || ln -s busybox bin/$a; done\n"
	"cp \"$3\" lib/modules/\n"
	"find . | cpio -o -H newc --quiet | gzip -1 >\"$1.gz\"\n";

static const char *packed(const char *suite_name)
{
	const char *dir = vm_at("dropin");
	struct ran r;

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", pack, "sh", dir, vm_init(),
			vm_module(suite_name, "e1000"), vm_busybox()));
	ck_code(&r, 0);
	ran_free(&r);
	return vm_fmt("%s.gz", dir);
}

void dropin_check(const char *suite_name)
{
	static char image[1024];
	struct pty p;
	double took = 0;
	size_t number;

	snprintf(image, sizeof(image), "%s", vm_kernel_image(suite_name));
	pty_start(&p, 24, 80,
		  VM_ARGV("qemu-system-x86_64", "-accel", "tcg", "-m", "512",
			  "-kernel", image, "-initrd", packed(suite_name),
			  "-append", CMDLINE, "-netdev", "user,id=n", "-device",
			  "e1000,netdev=n", "-nographic", "-no-reboot"));
	pty_expect(&p, "This boot took ", 150);
	number = p.seen;
	pty_expect(&p, " seconds", 30);
	ck_assert_int_eq(sscanf(p.said.p + number, "%lf", &took), 1);
	ck_assert_msg(took > 0.2 && took < 150, "%f", took);
	pty_expect(&p, "# ", 60);
	pty_ask(&p, "dmesg -n 1");
	ck_hasnt(p.said, "Initramfs unpacking failed");
	ck_hasnt(p.said, "job control");

	pty_type(&p, "ifconfig\r");
	pty_expect(&p, "eth0 ", 60);
	pty_expect(&p, "inet addr:192.168.100.224", 30);
	pty_expect(&p, "Mask:255.255.255.0", 30);
	pty_expect(&p, "UP BROADCAST", 30);
	pty_expect(&p, "lo ", 30);
	pty_expect(&p, "inet addr:127.0.0.1", 30);
	pty_expect(&p, "UP LOOPBACK RUNNING", 30);
	pty_expect(&p, "# ", 30);
	ck_assert_str_eq(pty_ask(&p, "tty"), "/dev/ttyS0");
	ck_assert_str_eq(pty_ask(&p, "grep -c ^e1000 /proc/modules"), "1");
	pty_type(&p, "exit\r");
	ck_assert_int_eq(pty_end(&p, 60), 0);
	ck_hasnt(p.said, "Kernel panic");
}
