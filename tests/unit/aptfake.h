/* SPDX-License-Identifier: MIT */
/*
 * Programs in PATH that play apt: they log what they are asked and answer by
 * files in $D. Needs Debian or Ubuntu, as host/distro.c does.
 */
#ifndef BOOTLET_APTFAKE_H
#define BOOTLET_APTFAKE_H

#include "host/cache.h"
#include "host/distro.h"
#include "scratch.h"

#define STABLE "a cache/bootlet/kernels/stable"
#define KERNEL STABLE "/boot/vmlinuz-9.9-unit"

#define IMAGE "linux-image-9.9-unit"

static const char apt_config[] =
	"#!/bin/sh\n"
	"case $3 in\n"
	"*sourcelist*) echo \"X='$D/sources.list'\" ;;\n"
	"*) echo \"X='$D/none'\" ;;\n"
	"esac\n";

/* Knows the package once the lists are there: $D/machine for the machine's,
 * the file "updated" for private ones. */
static const char apt_cache[] =
	"#!/bin/sh\n"
	"echo \"cache $*\" >>$D/log\n"
	"case \"$*\" in\n"
	"*Dir::State=*) test -e $D/updated || exit 100 ;;\n"
	"*) test -e $D/machine || exit 100\n"
	"	test -e $D/installed && { printf 'Package: %s\\nVersion: 1\\n'"
	" linux-image-amd64; exit; } ;;\n"
	"esac\n"
	"for p; do case $p in\n"
	"linux-image-amd64|linux-image-arm64|linux-image-generic)\n"
	"	printf 'Package: %s\\nVersion: 2\\nSize: 10\\n' $p\n"
	"	printf 'Depends: " IMAGE " (= 2), other\\n\\n' ;;\n" IMAGE ")\n"
	"	printf 'Package: %s\\nVersion: 2\\nSize: 10\\n' $p\n"
	"	printf 'Installed-Size: %s\\n\\n' $(cat $D/size) ;;\n"
	"busybox-static)\n"
	"	printf 'Package: %s\\nVersion: 1\\nSize: 5\\n' $p\n"
	"	printf 'Depends: libc\\n\\n' ;;\n"
	"esac; done\n";

/* Whoever has called it gets the signal in $D/NAME, in the middle of it. */
#define KILLS(name)                                                 \
	"test -e $D/" name " && { rm $D/" name " && touch half && " \
	"kill -$(cat $D/signal) $PPID; sleep 1; touch more; sleep 1; }\n"

static const char apt_get[] =
	"#!/bin/sh\n"
	"case \"$*\" in *download*)\n" KILLS(
		"while-it-downloads") ";; esac\n"
				      "echo \"get $*\" >>$D/log\n"
				      "case \"$*\" in\n"
				      "*update*) test -e $D/offline && { echo 'E: cannot resolve' >&2;"
				      " exit 100; }\n"
				      "	touch $D/updated ;;\n"
				      "*Dir::State=*) test -e $D/broken && { echo 'W: a' >&2;"
				      " echo 'E: no route' >&2; exit 100; }\n"
				      "	touch some.deb ;;\n"
				      "*) test -e $D/stale && exit 100; touch some.deb ;;\n"
				      "esac\n";

static const char dpkg_deb[] = "#!/bin/sh\n" KILLS(
	"while-it-unpacks") "test -e $D/fulldisk && { echo 'dpkg-deb: error:"
			    " disk full' >&2; exit 2; }\n"
			    "cp -r $D/pkg/. \"$3\"\n";

static inline void image(const char *name)
{
	unsigned char img[4096] = { 0 };

	img[0x1f1] = 1;
	img[0x1fe] = 0x55;
	img[0x1ff] = 0xaa;
	memcpy(img + 0x202, "HdrS", 4);
	img[0x206] = 0x0f;
	img[0x207] = 0x02;
	img[0x20f] = 0x02;
	img[0x236] = 1;
	strcpy((char *)img + 0x400, "9.9-unit");
	put(name, img, sizeof(img), 0644);
}

static inline void setup(void)
{
	char path[256];

	scratch_make();
	said_begin();
	setenv("XDG_CACHE_HOME", at("a cache"), 1);
	setenv("D", scratch, 1);
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", at("bin"));
	setenv("PATH", path, 1);
	put_script("bin/apt-config", apt_config);
	/* Without it the usual places are taken, and nobody is asked. */
	setenv("APT_CONFIG", "/dev/null", 1);
	put_script("bin/apt-cache", apt_cache);
	put_script("bin/apt-get", apt_get);
	put_script("bin/dpkg-deb", dpkg_deb);
	put_text("sources.list", "deb http://example.org/d stable main\n");
	put_text("size", "100");
	image("pkg/boot/vmlinuz-9.9-unit");
	put_text("pkg/lib/modules/9.9-unit/modules.order", "");
	put_text("pkg/bin/busybox", "");
	put_text("log", "");
}

/* How often the log has a text. */
static inline int logged(const char *text)
{
	static char log[65536];
	int fd = open(at("log"), O_RDONLY), n = 0;
	ssize_t len = read(fd, log, sizeof(log) - 1);

	close(fd);
	ck_assert_int_ge(len, 0);
	log[len] = '\0';
	if (!*text)
		return len;
	for (const char *p = log; (p = strstr(p, text)); p++)
		n++;
	return n;
}

static inline void fetch(const char *suite)
{
	struct kernel k;

	ck_assert_msg(!distro_kernel(suite, &k), "%s", said());
	ck_assert_str_eq(k.release, "9.9-unit");
	ck_assert_ptr_nonnull(strstr(k.moddir, "/lib/modules/9.9-unit"));
	kernel_free(&k);
}

static inline void refused(const char *suite, int err, const char *words)
{
	struct kernel k;

	ck_assert_int_eq(distro_kernel(suite, &k), err);
	ck_assert_said(words);
	ck_assert_ptr_null(k.image);
	ck_assert_int_eq(access(at("a cache/bootlet/kernels"), F_OK), -1);
	ck_assert_int_eq(
		access(at("a cache/bootlet/.stage-kernels+stable"), F_OK), -1);
}

#endif
