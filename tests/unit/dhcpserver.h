/* SPDX-License-Identifier: MIT */
/* Some interfaces, and a server of DHCP which is a function. */
#ifndef BOOTLET_DHCPSERVER_H
#define BOOTLET_DHCPSERVER_H

#include "dhcpmsg.h"
#include "fake_sys.h"
#include "host_io.h"
#include "init/dhcp.h"
#include "init/net.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Interface number i is devices[i - 1]; it has a carrier when it is up and was
 * looked at @patience times. */
static struct device {
	const char *name;
	short flags;
	int patience;
} devices[5];

/* What was asked; and what is answered, by the test. */
static struct dhcp_packet asked;
static unsigned int asked_by, n_asked;
static long long asked_at[16];
static int wire = -1;
static int send_error; /* -errno, of the next message */
static void (*server)(void);
static bool background;
static char heard[4096];

static inline long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static inline unsigned char *mac_of(unsigned int index)
{
	static unsigned char mac[6] = { 2, 0, 0, 0, 0, 0 };

	mac[5] = (unsigned char)index;
	return mac;
}

static inline unsigned int index_of(const char *name)
{
	for (unsigned int i = 1; i <= 5; i++)
		if (devices[i - 1].name && !strcmp(devices[i - 1].name, name))
			return i;
	return 0;
}

static inline int answer(int fd, unsigned long request, void *arg)
{
	struct ifreq *ifr = arg;
	unsigned int i;

	(void)fd;
	if (request == SIOCADDRT)
		return 0;
	if (request == SIOCGIFNAME) {
		i = (unsigned int)ifr->ifr_ifindex;
		if (i < 1 || i > 5 || !devices[i - 1].name)
			return -ENODEV;
		strcpy(ifr->ifr_name, devices[i - 1].name);
		return 0;
	}
	i = index_of(ifr->ifr_name);
	if (!i)
		return -ENODEV;
	if (request == SIOCGIFINDEX)
		ifr->ifr_ifindex = (int)i;
	if (request == SIOCSIFFLAGS)
		devices[i - 1].flags |= ifr->ifr_flags & IFF_UP;
	if (request == SIOCGIFFLAGS) {
		struct device *d = &devices[i - 1];

		ifr->ifr_flags = d->flags;
		if (d->flags & IFF_UP && d->patience-- <= 0)
			ifr->ifr_flags |= IFF_RUNNING;
	}
	if (request == SIOCGIFHWADDR) {
		ifr->ifr_hwaddr.sa_family = ARPHRD_ETHER;
		memcpy(ifr->ifr_hwaddr.sa_data, mac_of(i), 6);
	}
	return 0;
}

/* The client's socket becomes ours when it sends for the first time. */
static inline ssize_t on_send(int fd, unsigned int index, const void *buf,
			      size_t len)
{
	int fds[2];

	if (wire < 0) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK,
					    0, fds),
				 0);
		ck_assert_int_eq(dup2(fds[0], fd), fd);
		close(fds[0]);
		wire = fds[1];
	}
	if (send_error) {
		int r = send_error;

		send_error = 0;
		return r;
	}
	ck_assert_uint_eq(len, DHCP_SENT_SIZE);
	memcpy(&asked, buf, len);
	ck_assert_mem_eq(asked.chaddr, mac_of(index), 6);
	asked_by = index;
	ck_assert_uint_lt(n_asked, 16);
	asked_at[n_asked++] = now_ms();
	server();
	return (ssize_t)len;
}

static inline void send_msg(void)
{
	ck_assert_int_eq(send(wire, &msg, msg_len, 0), (ssize_t)msg_len);
}

static inline unsigned int asked_type(void)
{
	unsigned int len;
	const unsigned char *o = sent_option(&asked, 53, &len);

	ck_assert_ptr_nonnull(o);
	return *o;
}

/* A message for who has asked, up to where its options begin. */
static inline void reply(unsigned int type, const char *address,
			 const char *from)
{
	msg_start(asked.xid, asked.chaddr, address);
	msg_type(type);
	msg_addr(54, from);
}

static inline void reply_full(unsigned int type)
{
	reply(type, "10.0.0.5", "10.0.0.3");
	msg_addr(1, "255.255.255.0");
	msg_addr(3, "10.0.0.1");
	msg_addr(6, "9.9.9.9");
	msg_option(15, "example.org", 11);
	msg_number(51, 3600, 4);
	msg_number(26, 1400, 2);
	msg_byte(255);
	send_msg();
}

static inline void usual(void)
{
	reply_full(asked_type() == DHCP_DISCOVER ? DHCP_OFFER : DHCP_ACK);
}

static inline void silent(void)
{
}

static inline void setup(void)
{
	static const struct device all[5] = {
		{ "lo", IFF_LOOPBACK, 0 },
		{ "eth0", IFF_BROADCAST, 0 },
		{ "eth1", IFF_BROADCAST, 0 },
	};

	memcpy(devices, all, sizeof(devices));
	scratch_make();
	host_io_root = scratch;
	host_io_send = on_send;
	put_text("etc/keep", "");
	fake_reset();
	fake_on_ioctl(answer);
	server = usual;
	background = false;
	n_asked = 0;
	send_error = 0;
	wire = -1;
}

static inline void teardown(void)
{
	close(wire);
	scratch_remove();
}

/* @second: its milliseconds. Return: milliseconds that it took. */
static inline long long apply(unsigned int second, const char *one,
			      const char *two)
{
	static struct boot_config cfg;
	long long start = now_ms();
	char path[400];
	int saved = dup(2), fd;
	ssize_t n;

	memset(&cfg, 0, sizeof(cfg));
	cfg.background = background;
	cfg.ip[0] = one;
	cfg.ip[1] = two;
	cfg.n_ip = two ? 2 : 1;
	snprintf(path, sizeof(path), "%s/said", scratch);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	dup2(fd, 2);
	net_apply_for(&cfg, second);
	if (background)
		net_background();
	dup2(saved, 2);
	close(saved);
	n = pread(fd, heard, sizeof(heard) - 1, 0);
	heard[n < 0 ? 0 : n] = '\0';
	close(fd);
	return now_ms() - start;
}

static inline int called(unsigned long request, const char *rest)
{
	char line[128];

	snprintf(line, sizeof(line), "ioctl 0x%lx %s", request, rest);
	return fake_has(line);
}

#define WHAT " gateway 10.0.0.1 dns 9.9.9.9 server 10.0.0.3 lease 3600 s"

static inline void ck_resolv(const char *want)
{
	char path[400], text[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/etc/resolv.conf", scratch);
	fd = open(path, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	ck_assert_str_eq(text, want);
}

#endif
