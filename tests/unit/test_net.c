// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "host_io.h"
#include "init/net.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The machine: interface number i is devices[i - 1], where it has a name. */
static bool background;
static struct device {
	const char *name;
	short flags;
	unsigned short type;
} devices[6];

static int countdown; /* lookups until the last device appears */
static char root[64];
static char said[8192];

static struct device *find(const char *name)
{
	for (size_t i = 0; i < 6; i++)
		if (devices[i].name && !strcmp(devices[i].name, name))
			return &devices[i];
	return NULL;
}

static int answer(int fd, unsigned long request, void *arg)
{
	struct ifreq *ifr = arg;
	struct device *d;

	(void)fd;
	if (request == SIOCADDRT)
		return 0;
	if (request == SIOCGIFNAME) {
		int i = ifr->ifr_ifindex;

		if (i < 1 || i > 6 || !devices[i - 1].name)
			return -ENODEV;
		strcpy(ifr->ifr_name, devices[i - 1].name);
		return 0;
	}
	if (request == SIOCGIFINDEX && countdown && --countdown == 0)
		devices[5].name = "late0";
	d = find(ifr->ifr_name);
	if (!d)
		return -ENODEV;
	if (request == SIOCGIFFLAGS)
		ifr->ifr_flags = d->flags;
	if (request == SIOCGIFHWADDR)
		ifr->ifr_hwaddr.sa_family = d->type;
	return 0;
}

static void path_of(char *path, const char *name)
{
	snprintf(path, 128, "%s%s", root, name);
}

static void make_dir(const char *name)
{
	char path[128];

	path_of(path, name);
	ck_assert_int_eq(mkdir(path, 0755), 0);
}

static void setup(void)
{
	static const struct device usual[6] = {
		{ "lo", IFF_LOOPBACK, ARPHRD_LOOPBACK },
		{ "dummy0", IFF_BROADCAST, ARPHRD_ETHER },
		{ "ppp0", IFF_POINTOPOINT, ARPHRD_PPP },
		{ "sit0", 0, ARPHRD_SIT },
		{ "eth0", IFF_BROADCAST, ARPHRD_ETHER },
		{ NULL, IFF_BROADCAST, ARPHRD_ETHER },
	};

	memcpy(devices, usual, sizeof(devices));
	countdown = 0;
	background = false;
	fake_reset();
	fake_on_ioctl(answer);
	strcpy(root, "/tmp/bootlet-net.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	host_io_root = root;
	make_dir("/etc");
}

static void teardown(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", root);
	ck_assert_int_eq(system(cmd), 0);
}

/* Apply with these ip=, up to NULL; what it says on fd 2 goes to said[]. */
static void apply(const char *hostname, const char *const *ips,
		  unsigned int wait_ms)
{
	static struct boot_config cfg;
	char path[128];
	int saved = dup(2), fd;
	ssize_t n;

	memset(&cfg, 0, sizeof(cfg));
	cfg.hostname = hostname;
	cfg.background = background;
	while (ips && ips[cfg.n_ip]) {
		cfg.ip[cfg.n_ip] = ips[cfg.n_ip];
		cfg.n_ip++;
	}
	path_of(path, "/said");
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	dup2(fd, 2);
	n = net_apply_for(&cfg, wait_ms / NET_WAIT_S);
	if (background) {
		n += fake_count("ioctl") != 1;
		net_background();
	}
	dup2(saved, 2);
	close(saved);
	ck_assert_int_eq((int)n, 0);
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n < 0 ? 0 : n] = '\0';
	close(fd);
}

#define APPLY(wait, ...) \
	apply(NULL, (const char *const[]){ __VA_ARGS__, NULL }, wait)

/* Whether the call was made: request, then what follows in the transcript. */
static int called(unsigned long request, const char *rest)
{
	char line[128];

	snprintf(line, sizeof(line), "ioctl 0x%lx %s", request, rest);
	return fake_has(line);
}

static void break_call(unsigned long request, const char *rest, int err)
{
	static char prefix[4][64];
	static int n;

	snprintf(prefix[n], sizeof(prefix[n]), "ioctl 0x%lx %s", request, rest);
	fake_fail(prefix[n++], err, -1);
}

static int file_is(const char *name, const char *want)
{
	char path[128], text[512];
	ssize_t n;
	int fd;

	path_of(path, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return want == NULL;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return want && !strcmp(text, want);
}

START_TEST(test_lo)
{
	char want[256];

	apply(NULL, NULL, 0);
	snprintf(want, sizeof(want), "ioctl 0x%x lo 0x%x\n", SIOCSIFFLAGS,
		 IFF_LOOPBACK | IFF_UP | IFF_RUNNING);
	ck_assert_str_eq(fake_text(), want);
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(test_lo_fails)
{
	break_call(SIOCSIFFLAGS, "lo", EAFNOSUPPORT);
	apply(NULL, NULL, 0);
	ck_assert_str_eq(said, "");
	APPLY(0, "10.0.0.1:::::eth0");
	ck_assert_ptr_nonnull(
		strstr(said, "lo: cannot be set up (CONFIG_INET?): error 97"));
}
END_TEST

START_TEST(test_static)
{
	char mask[64];

	APPLY(0, "192.168.100.224::192.168.100.1:255.255.255.0:box.dom:eth0:off"
		 ":1.1.1.1:8.8.8.8");
	ck_assert(called(SIOCSIFADDR, "eth0 192.168.100.224"));
	ck_assert(called(SIOCSIFNETMASK, "eth0 255.255.255.0"));
	snprintf(mask, sizeof(mask), "eth0 0x%x",
		 IFF_BROADCAST | IFF_UP | IFF_RUNNING);
	ck_assert(called(SIOCSIFFLAGS, mask));
	ck_assert(called(SIOCADDRT, "0.0.0.0 - via 192.168.100.1 eth0"));
	ck_assert(fake_has("sethostname box"));
	ck_assert_str_eq(said, "init: eth0: 192.168.100.224/24 gateway "
			       "192.168.100.1 dns 1.1.1.1 dns 8.8.8.8\n");
	ck_assert(file_is("/etc/resolv.conf",
			  "nameserver 1.1.1.1\nnameserver 8.8.8.8\n"));
}
END_TEST

START_TEST(test_picks_ethernet)
{
	APPLY(0, "10.0.0.5");
	ck_assert_str_eq(said, "init: eth0: 10.0.0.5/8\n");
	ck_assert_uint_eq(fake_count("sethostname"), 0);
}
END_TEST

START_TEST(test_picks_what_is_left)
{
	/* eth0 is named later, so the first must not take it. */
	APPLY(0, "10.0.0.5", "10.0.1.5:::24::eth0");
	ck_assert_str_eq(said, "init: ppp0: 10.0.0.5/8\n"
			       "init: eth0: 10.0.1.5/24\n");
}
END_TEST

START_TEST(test_none_left)
{
	APPLY(0, "10.0.0.5", "10.0.0.6", "10.0.0.7:::::::9.9.9.9");
	ck_assert_ptr_nonnull(strstr(said, "eth0: 10.0.0.5/8\n"));
	ck_assert_ptr_nonnull(strstr(said, "ppp0: 10.0.0.6/8\n"));
	ck_assert_ptr_nonnull(strstr(said, "network: no such device; "));
	ck_assert(file_is("/etc/resolv.conf", NULL));
}
END_TEST

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

START_TEST(test_waits)
{
	countdown = 3;
	APPLY(5000, "10.0.0.5:::::late0");
	ck_assert_str_eq(said, "init: late0: 10.0.0.5/8\n");
}
END_TEST

/* lo at once; the rest when it is asked for, and how long it took. */
START_TEST(test_background)
{
	int ms, end = 0;

	background = true;
	countdown = 3;
	APPLY(5000, "10.0.0.5::10.0.0.1::box:late0::9.9.9.9");
	sscanf(said,
	       "init: late0: 10.0.0.5/8 gateway 10.0.0.1 dns 9.9.9.9 "
	       "after %d ms\n%n",
	       &ms, &end);
	ck_assert_int_eq(end, (int)strlen(said));
	ck_assert_int_ge(ms, 5);
	ck_assert(fake_has("sethostname box"));
	ck_assert(file_is("/etc/resolv.conf", "nameserver 9.9.9.9\n"));
}
END_TEST

START_TEST(test_background_without_device)
{
	background = true;
	APPLY(20, "10.0.0.5:::::a0");
	ck_assert_str_eq(said, "init: a0: no such device; is its driver's "
			       "module in the image?\n");
}
END_TEST

START_TEST(test_waits_once)
{
	long long start = now_ms();

	APPLY(200, "10.0.0.5:::::a0", "10.0.0.6:::::a1", "10.0.0.7:::::a2",
	      "10.0.0.8:::::eth0");
	ck_assert_int_ge(now_ms() - start, 200);
	ck_assert_int_lt(now_ms() - start, 600);
	ck_assert_ptr_nonnull(strstr(said, "init: a0: no such device; is its "
					   "driver's module in the image?\n"));
	ck_assert_ptr_nonnull(strstr(said, "init: a2: no such device"));
	ck_assert_ptr_nonnull(strstr(said, "init: eth0: 10.0.0.8/8\n"));
}
END_TEST

static const struct {
	unsigned long request;
	const char *rest, *line;
	int goes_on;
} steps[] = {
	{ SIOCSIFADDR, "eth0", "eth0: cannot set address: ", 0 },
	{ SIOCSIFNETMASK, "eth0", "eth0: cannot set netmask: ", 0 },
	{ SIOCGIFFLAGS, "eth0", "eth0: cannot set link up: ", 0 },
	{ SIOCSIFFLAGS, "eth0", "eth0: cannot set link up: ", 0 },
	{ SIOCADDRT, "0.0.0.0", "eth0: cannot set gateway: ", 1 },
};

START_TEST(test_step_fails)
{
	break_call(steps[_i].request, steps[_i].rest, EPERM);
	APPLY(0, "10.0.0.5::10.0.0.1:::eth0::9.9.9.9");
	ck_assert_ptr_nonnull(strstr(said, steps[_i].line));
	ck_assert_int_eq(strstr(said, "init: eth0: 10.0.0.5/8 dns 9.9.9.9\n") !=
				 NULL,
			 steps[_i].goes_on);
	ck_assert_int_eq(file_is("/etc/resolv.conf", "nameserver 9.9.9.9\n"),
			 steps[_i].goes_on);
}
END_TEST

START_TEST(test_route_is_there)
{
	break_call(SIOCADDRT, "0.0.0.0", EEXIST);
	APPLY(0, "10.0.0.5::10.0.0.1:::eth0");
	ck_assert_str_eq(said, "init: eth0: 10.0.0.5/8 gateway 10.0.0.1\n");
}
END_TEST

static const struct {
	const char *ip, *line;
} refused[] = {
	{ "1.2.3.x", "init: ip=1.2.3.x: client address: malformed: "
		     "1.2.3.x; left out\n" },
	{ "[fe80::1]:::64", "init: ip=[fe80::1]:::64: IPv6 is not supported" },
	{ "1.2.3.4:::7x", "init: ip=1.2.3.4:::7x: netmask: malformed: 7x; "
			  "left out\n" },
	{ "1.2.3.4:x", "init: ip=1.2.3.4:x: server: malformed: x; left out\n" },
	{ "1.2.3.4::1.2.3",
	  "init: ip=1.2.3.4::1.2.3: gateway: malformed: 1.2.3; left out\n" },
	{ "1.2.3.4::::a b",
	  "init: ip=1.2.3.4::::a b: hostname: malformed: a b; left out\n" },
	{ "1.2.3.4:::::a/b",
	  "init: ip=1.2.3.4:::::a/b: device: malformed: a/b; left out\n" },
	{ "1.2.3.4::::::maybe",
	  "init: ip=1.2.3.4::::::maybe: autoconf: malformed: maybe; left out\n" },
	{ "1.2.3.4:::::::x",
	  "init: ip=1.2.3.4:::::::x: dns0: malformed: x; left out\n" },
	{ "1.2.3.4::::::::x",
	  "init: ip=1.2.3.4::::::::x: dns1: malformed: x; left out\n" },
	{ "1.2.3.4:::::::::x",
	  "init: ip=1.2.3.4:::::::::x: ntp0: malformed: x; left out\n" },
	{ "1.2.3.4::::::::::x",
	  "init: ip=1.2.3.4::::::::::x: eleventh field: malformed: x; left out\n" },
	{ "230.0.0.1", "init: ip=230.0.0.1: it has no default netmask" },
};

START_TEST(test_refused)
{
	APPLY(0, refused[_i].ip, "10.0.0.5:::::eth0");
	ck_assert_ptr_eq(strstr(said, refused[_i].line), said);
	ck_assert_str_eq(strchr(said, '\n') + 1, "init: eth0: 10.0.0.5/8\n");
}
END_TEST

/* What is wrong is said all the same, and the line is one. */
START_TEST(test_too_long)
{
	char text[600];

	memset(text, '1', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	APPLY(0, text, "10.0.0.5:::::eth0");
	ck_assert_ptr_eq(strstr(said, "init: ip=1111"), said);
	ck_assert_ptr_nonnull(
		strstr(said, "1: longer than 511 bytes; left out\ninit: eth0: "
			     "10.0.0.5/8\n"));
}
END_TEST

START_TEST(test_off_is_silent)
{
	APPLY(0, "off", "", "none");
	ck_assert_str_eq(said, "");
	ck_assert_uint_eq(fake_count(""), 1);
}
END_TEST

START_TEST(test_hostname)
{
	static const char *const ips[] = { "::::one.d1::off", "::::two::off",
					   NULL };

	apply(NULL, ips, 0);
	ck_assert(fake_has("sethostname two"));
	fake_clear();
	apply("key", ips, 0);
	ck_assert(fake_has("sethostname key"));
	ck_assert_uint_eq(fake_count("sethostname"), 1);
	fake_fail("sethostname", EINVAL, 1);
	apply("key", NULL, 0);
	ck_assert_ptr_nonnull(strstr(said, "key: cannot set hostname: "));
}
END_TEST

START_TEST(test_domain)
{
	char path[128];

	make_dir("/proc");
	make_dir("/proc/sys");
	make_dir("/proc/sys/kernel");
	path_of(path, "/proc/sys/kernel/domainname");
	close(open(path, O_CREAT | O_WRONLY, 0600));
	APPLY(0, "::::box.example.org::off");
	ck_assert(fake_has("sethostname box"));
	ck_assert(file_is("/proc/sys/kernel/domainname", "example.org"));
}
END_TEST

START_TEST(test_resolv_replaced_only_when_given)
{
	char path[128];
	int fd;

	path_of(path, "/etc/resolv.conf");
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	ck_assert_int_eq(write(fd, "nameserver 192.168.111.222\n", 27), 27);
	close(fd);
	APPLY(0, "10.0.0.5:::::eth0");
	ck_assert(file_is("/etc/resolv.conf", "nameserver 192.168.111.222\n"));
	APPLY(0, "10.0.0.5:::::eth0::9.9.9.9");
	ck_assert(file_is("/etc/resolv.conf", "nameserver 9.9.9.9\n"));
}
END_TEST

START_TEST(test_resolv_dangling)
{
	char path[128];
	struct stat st;

	path_of(path, "/etc/resolv.conf");
	ck_assert_int_eq(symlink("../run/nowhere/stub.conf", path), 0);
	APPLY(0, "10.0.0.5:::::eth0::9.9.9.9");
	ck_assert(file_is("/etc/resolv.conf", "nameserver 9.9.9.9\n"));
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	/* A link that leads somewhere is followed. */
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("real", path), 0);
	APPLY(0, "10.0.0.5:::::eth0::8.8.8.8");
	ck_assert(file_is("/etc/real", "nameserver 8.8.8.8\n"));
}
END_TEST

START_TEST(test_resolv_fails)
{
	char path[128];

	make_dir("/etc/resolv.conf");
	path_of(path, "/etc/resolv.conf");
	APPLY(0, "10.0.0.5:::::eth0::9.9.9.9");
	ck_assert_ptr_nonnull(
		strstr(said, "init: /etc/resolv.conf: cannot write: "));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("net");
	TCase *t = tcase_create("net");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_lo);
	tcase_add_test(t, test_lo_fails);
	tcase_add_test(t, test_static);
	tcase_add_test(t, test_picks_ethernet);
	tcase_add_test(t, test_picks_what_is_left);
	tcase_add_test(t, test_none_left);
	tcase_add_test(t, test_waits);
	tcase_add_test(t, test_background);
	tcase_add_test(t, test_background_without_device);
	tcase_add_test(t, test_waits_once);
	tcase_add_loop_test(t, test_step_fails, 0,
			    (int)(sizeof(steps) / sizeof(steps[0])));
	tcase_add_test(t, test_route_is_there);
	tcase_add_loop_test(t, test_refused, 0,
			    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(t, test_too_long);
	tcase_add_test(t, test_off_is_silent);
	tcase_add_test(t, test_hostname);
	tcase_add_test(t, test_domain);
	tcase_add_test(t, test_resolv_replaced_only_when_given);
	tcase_add_test(t, test_resolv_dangling);
	tcase_add_test(t, test_resolv_fails);
	suite_add_tcase(s, t);
	return s;
}
