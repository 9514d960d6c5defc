// SPDX-License-Identifier: MIT
/* Images: the same bytes whoever packs them, and what the kernel unpacks. */
#include "vm.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

/* --- the same bytes ------------------------------------------------------- */

/* A tree, made in one order or in the other; $2 is the umask. */
static const char tree[] =
	"set -e; umask $2; rm -rf \"$1\"; mkdir -p \"$1/sub/deep\"; cd \"$1\"\n"
	"if [ $3 = up ]; then names='a b c d e f'; else names='f e d c b a'; "
	"fi\n"
	"for n in $names; do echo $n >$n; echo $n >sub/$n; done\n"
	"chmod 644 a b c d e f sub/?; chmod 755 . sub sub/deep\n"
	"ln a sub/deep/hard; ln -s ../a sub/link; chmod 755 b\n"
	"touch -d \"$4\" a sub/c .\n";

static struct text packed(const char *mask, const char *order, const char *time,
			  const char *codec)
{
	const char *dir = strdup(vm_at("tree"));
	const char *image = strdup(vm_at("image"));

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", tree, "sh", dir, mask, order, time));
	ck_code(&r, 0);
	vm_sh(&r, vm_fmt("umask %s; exec \"$@\"", mask), "initramfs", "-o",
	      image, "-k", "distro", "--module", "ext4", "--dir",
	      vm_fmt("%s:/data", dir), "--node", "/dev/x:b:7:9:0640",
	      "--compress", codec);
	ck_code(&r, 0);
	return vm_slurp(image);
}

static const char *const codecs[] = { "none", "gzip", "zstd", "lz4", "xz" };

START_TEST(same_bytes)
{
	struct text a = packed("022", "up", "2001-02-03 04:05", codecs[_i]);
	struct text b = packed("077", "down", "2022-01-01 12:00", codecs[_i]);

	ck_assert_uint_gt(a.n, 100000);
	ck_assert_uint_eq(a.n, b.n);
	ck_assert_msg(!memcmp(a.p, b.p, a.n), "the bytes differ");
	free(a.p);
	free(b.p);
}
END_TEST

/* --- what the kernel makes of it ------------------------------------------ */

static const char look[] =
	"cd /data; echo \"names=$(echo * sub/*)\"\n"
	"echo \"same=$(cat sub/f) $(readlink sub/link) $(cat sub/link)\"\n"
	"echo \"hard=$(stat -c %h a) $([ a -ef sub/deep/hard ] && echo one)\"\n"
	"echo \"modes=$(stat -c %a:%u:%g b sub | tr '\\n' ' ')\"\n"
	"echo \"block=$(stat -c '%F %t:%T %a' /x/block)\"\n"
	"echo \"char=$(stat -c '%F %t:%T %a' /x/char)\"\n"
	"echo \"big=$(sha256sum </big | cut -c1-64)\"\n";

static void ck_unpacked(const char *log)
{
	struct text console = vm_slurp(log);

	ck_hasnt(console, "Initramfs unpacking failed");
	ck_hasnt(console, "rootfs image is not initramfs");
	ck_answer(&r, "names",
		  "a b c d e f sub sub/a sub/b sub/c sub/d sub/deep sub/e "
		  "sub/f sub/link");
	ck_answer(&r, "same", "f ../a a");
	ck_answer(&r, "hard", "2 one");
	ck_answer(&r, "modes", "755:0:0 755:0:0 ");
	ck_answer(&r, "block", "block special file 7:9 640");
	ck_answer(&r, "char", "character special file 1:103 600");
	free(console.p);
}

START_TEST(kernel_unpacks)
{
	const char *dir = strdup(vm_at("tree")), *log = strdup(vm_at("log"));
	const char *big = strdup(vm_at("big"));
	static char sum[65];
	struct ran x;

	vm_exec(&x, NULL, 0,
		VM_ARGV("sh", "-c", tree, "sh", dir, "022", "up",
			"2001-02-03"));
	ck_code(&x, 0);
	vm_exec(&x, NULL, 0,
		VM_ARGV("sh", "-c", "seq 1 700000 >\"$1\"; sha256sum <\"$1\"",
			"sh", big));
	snprintf(sum, sizeof(sum), "%.64s", x.out.p);
	vm_host(&r, "run", VM_KERNEL, "--compress", codecs[_i], "--dir",
		vm_fmt("%s:/data", dir), "--node", "/x/block:b:7:9:0640",
		"--node", "/x/char:c:1:259:0600", "--file",
		vm_fmt("%s:/big", big), "--log", log, "--", "sh", "-c", look);
	ck_code(&r, 0);
	ck_unpacked(log);
	ck_answer(&r, "big", sum);
}
END_TEST

/* Appended to somebody's compressed image: the kernel reads both parts. */
START_TEST(appended)
{
	const char *base = strdup(vm_at("base.gz"));
	const char *both = strdup(vm_at("both"));
	const char *file = vm_put("new", "second\n", false);

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"mkdir -p \"$1.d\"; cd \"$1.d\"; echo first >first; "
			"echo old >new; find . | cpio -o -H newc --quiet | "
			"gzip >\"$1\"",
			"sh", base));
	ck_code(&r, 0);
	vm_host(&r, "initramfs", "-o", both, "--append-to", base, "--file",
		vm_fmt("%s:/new", file));
	ck_code(&r, 0);
	vm_host(&r, "initramfs", "--list", both);
	ck_code(&r, 0);
	ck_has(r.out, "first");
	ck_has(r.out, "new");
	vm_boot(&r, "-i", both, "--", "/bin/cat", "/first", "/new");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "first\nsecond\n");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("initramfs");
	TCase *t = tcase_create("bytes");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, same_bytes, 0,
			    sizeof(codecs) / sizeof(codecs[0]));
	suite_add_tcase(s, t);

	t = tcase_create("boots");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, kernel_unpacks, 0,
			    sizeof(codecs) / sizeof(codecs[0]));
	tcase_add_test(t, appended);
	suite_add_tcase(s, t);
	return s;
}
