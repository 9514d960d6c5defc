// SPDX-License-Identifier: MIT
#include "net.h"

#include "coldplug.h"
#include "dhcp.h"
#include "file.h"
#include "io.h"
#include "ip.h"
#include "log.h"
#include "netdev.h"
#include "resolv.h"
#include "sys.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define POLL_MS 5
/* Interfaces are numbered from 1 in the order in which they appeared. */
#define MAX_IFINDEX 64
/* Bytes of an ip= that is too long: what is wrong follows it in the line. */
#define MAX_SHOWN 400
/* The longest pause between two DISCOVER; they are 1, 2, 4, 8. */
#define MAX_PAUSE_S 8

static struct net {
	uint32_t second; /* ms; a test has short ones */
	struct ip_config *end; /* behind the last @ip */
	uint32_t since; /* ms, of the phase; 0: not in the background */
	struct resolv_text text;
	struct ip_config ip[BOOT_MAX_IP];
} net;

/* Enough for what is over after a minute. */
static uint32_t now_ms(void)
{
	return (uint32_t)io_now_ms();
}

/* --- which device --------------------------------------------------------- */

/* Return: whether this is an interface for ip=; see netdev_look(). */
static bool device_is(const struct ip_config *ip, uint32_t index)
{
	if (!netdev_look(index))
		return false;
	if (*ip->device)
		return !strcmp(netdev.req.name, ip->device);
	for (ip = net.ip; ip < net.end; ip++)
		if (!strcmp(netdev.req.name, ip->device))
			return false;
	return !text_after(netdev.req.name, "dummy") &&
	       !(netdev.flags & IFF_LOOPBACK) &&
	       (netdev.flags & (IFF_BROADCAST | IFF_POINTOPOINT));
}

static void message_send(const struct ip_config *ip, uint32_t index)
{
	struct dhcp_packet p;
	ssize_t r;

	dhcp_build(&p, ip, netdev_mac(), ip->xid ^ index);
	r = io_dhcp_send(netdev.fd, index, &p, DHCP_SENT_SIZE);
	if (r < 0)
		log_fail(netdev.req.name, "cannot send", (int)r);
}

/* The kernel looks once a second which links are up: before, IFF_RUNNING says
 * what was so when the device was made. */
static bool has_carrier(void)
{
	char path[48], text[4];

	fmt_format(path, sizeof(path), "/sys/class/net/%s/carrier",
		   netdev.req.name);
	if (file_read(path, text, sizeof(text)) > 0)
		return *text == '1';
	return netdev.flags & IFF_RUNNING;
}

/* By each interface once, when there is a carrier: until there is one, what
 * is sent is lost. */
__attribute__((noinline)) static void device_ask(struct ip_config *ip,
						 uint32_t index)
{
	uint64_t bit = UINT64_C(1) << index % 64;

	if (!ip->xid) {
		ip->xid = ip->end = now_ms() + 2 * NET_WAIT_S * net.second;
		io_random(&ip->xid, sizeof(ip->xid));
	}
	if (!(netdev.flags & IFF_UP)) {
		/* Not a problem if it fails: then there is no carrier. */
		netdev_up();
		return;
	}
	if (ip->asked & bit || !has_carrier())
		return;
	ip->asked |= bit;
	if (!ip->pause) {
		ip->pause = 1;
		ip->end = now_ms() + net.second;
	}
	message_send(ip, index);
}

/* Whom to ask, or to give the address to: the first Ethernet, else the first.
 * Return: whether there is a device to give it to; it is @netdev's then. */
static bool device_find(struct ip_config *ip)
{
	uint32_t i = 1, last = MAX_IFINDEX, pick = 0;

	if (*ip->device) {
		netdev_name(netdev.req.name, ip->device);
		if (netdev_call(NETDEV_NR(SIOCGIFINDEX), 0, 0) < 0)
			return false;
		if (ip->kind == IP_KIND_STATIC)
			return true;
		i = last = netdev.req.word;
	}
	for (; i <= last; i++) {
		if (!device_is(ip, i))
			continue;
		if (ip->kind == IP_KIND_AUTO) {
			device_ask(ip, i);
			continue;
		}
		if (!pick)
			pick = i;
		if ((uint16_t)netdev.req.word == ARPHRD_ETHER) {
			pick = i;
			break;
		}
	}
	if (!pick || netdev_call(NETDEV_NR(SIOCGIFNAME), pick, 0) < 0)
		return false;
	netdev_name(ip->device, netdev.req.name);
	return true;
}

/* --- what a server says --------------------------------------------------- */

/* Of several servers the first one is taken; what ip= gives goes before what
 * the server gives. */
__attribute__((noinline)) static void reply_take(struct ip_config *ip,
						 uint32_t index,
						 const struct dhcp_reply *r,
						 uint32_t addr)
{
	if (r->type == DHCP_OFFER && !ip->server && addr) {
		ip->server = r->server;
		ip->addr = addr;
		message_send(ip, index);
	}
	if (r->server != ip->server)
		return;
	if (r->type == DHCP_NAK)
		ip->server = 0;
	if (r->type != DHCP_ACK || addr != ip->addr)
		return;
	for (size_t i = 0; i < sizeof(uint32_t[4]); i += sizeof(uint32_t)) {
		const size_t from = offsetof(struct dhcp_reply, netmask);
		const size_t to = offsetof(struct ip_config, netmask);
		uint32_t *p = (void *)((char *)ip + to + i);

		if (!*p)
			memcpy(p, (const char *)r + from + i, sizeof(*p));
	}
	ip->lease = r->lease;
	ip->mtu = r->mtu;
	if (ip_is_word(r->search, sizeof(r->search)))
		memcpy(ip->search, r->search, sizeof(ip->search));
	/* Not a problem if it fails: then the kernel refuses it. */
	ip_default_netmask(ip);
	netdev_name(ip->device, netdev.req.name);
	ip->kind = IP_KIND_STATIC;
}

static void reply_read(void)
{
	static struct dhcp_packet p;
	struct dhcp_reply r;

	if (!dhcp_parse(&p, io_read(netdev.fd, &p, DHCP_TAKEN_SIZE), &r))
		return;
	for (struct ip_config *ip = net.ip; ip < net.end; ip++) {
		uint32_t index = p.xid ^ ip->xid;

		if (ip->kind == IP_KIND_AUTO && device_is(ip, index) &&
		    !memcmp(p.chaddr, netdev_mac(), 6))
			reply_take(ip, index, &r, p.yiaddr);
	}
}

/* --- one ip= -------------------------------------------------------------- */

static bool failed(int r, const char *what)
{
	if (r < 0)
		log_warn("%s: cannot set %s: %s", netdev.req.name, what,
			 err_text(r));
	return r < 0;
}

/* The kernel derives the broadcast address from address and netmask. Return:
 * whether it is set. */
static bool device_set(struct ip_config *ip)
{
	if (ip->mtu)
		failed(netdev_call(NETDEV_NR(SIOCSIFMTU), ip->mtu, 0), "MTU");
	if (failed(netdev_call(NETDEV_NR(SIOCSIFADDR), AF_INET, ip->addr),
		   "address") ||
	    failed(netdev_call(NETDEV_NR(SIOCSIFNETMASK), AF_INET, ip->netmask),
		   "netmask") ||
	    failed(netdev_up(), "link up"))
		return false;
	if (ip->gateway &&
	    failed(netdev_route(ip->device, ip->gateway), "gateway"))
		ip->gateway = 0;
	return true;
}

static void say_set(const struct ip_config *ip)
{
	const char *what = " gateway \0 dns \0 dns \0 server ";
	struct resolv_text *t = &net.text;

	t->len = 0;
	resolv_address(t, "", ip->addr, "");
	resolv_add(t, "/%u", (long)ip_prefix(ip->netmask), 0);
	for (size_t i = 0; i < sizeof(uint32_t[4]); i += sizeof(uint32_t)) {
		const void *more = (const char *)ip +
				   offsetof(struct ip_config, gateway) + i;

		if (*(const uint32_t *)more)
			resolv_address(t, what, *(const uint32_t *)more, "");
		what = text_next(what);
	}
	if (ip->lease)
		resolv_add(t, " lease %u s", (long)ip->lease, 0);
	if (net.since)
		resolv_add(t, " after %u ms", (long)(now_ms() - net.since), 0);
	log_info("%s: %s", ip->device, t->text);
}

static void dns_set(void)
{
	struct resolv_text *t = &net.text;
	int r;

	resolv_plan(t, net.ip, net.end);
	r = t->len ? resolv_write(t->text, t->len) : 0;
	if (r < 0)
		log_fail("/etc/resolv.conf", "cannot write", r);
}

/* Whoever named no device hears which driver he lacks in the same words. */
__attribute__((noinline)) static void ip_look(struct ip_config *ip)
{
	uint32_t now;

	if (device_find(ip)) {
		ip->kind = IP_KIND_NONE;
		if (!device_set(ip))
			return;
		ip->kind = IP_KIND_SET;
		say_set(ip);
		dns_set();
		return;
	}
	now = now_ms();
	if (!ip->end)
		ip->end = now + NET_WAIT_S * net.second;
	if ((int32_t)(now - ip->end) < 0)
		return;
	/* All over again, with as much patience as there was until now. */
	ip->server = 0;
	ip->pause *= 2;
	ip->end = now + ip->pause * net.second;
	if (ip->pause && ip->pause <= MAX_PAUSE_S) {
		ip->asked = 0;
		return;
	}
	ip->kind = IP_KIND_NONE;
	log_warn("%s: %s", *ip->device ? ip->device : "network",
		 ip->asked ? "no DHCP server answers" :
		 ip->xid   ? "no carrier; is its cable plugged in?" :
			     "no such device; is its driver's module in the "
			     "image?");
}

/* Return: whether it is one. */
static bool ip_read(const char *text)
{
	struct ip_config *ip = net.end;

	if (ip_parse(ip, text) == 0) {
		net.end++;
		return true;
	}
	log_warn("ip=%.*s: %s%s%s; left out", MAX_SHOWN, text, ip->bad_field,
		 *ip->bad_text ? ": malformed: " : "", ip->bad_text);
	return false;
}

/* --- the phase ------------------------------------------------------------ */

/* When it comes up the kernel gives it 127.0.0.1/8, inetdev_event() of
 * net/ipv4/devinet.c. What other flags it has nobody but the kernel sets. */
static int loopback_set(void)
{
	memcpy(netdev.req.name, "lo", sizeof("lo"));
	return netdev_call(NETDEV_NR(SIOCSIFFLAGS),
			   IFF_UP | IFF_LOOPBACK | IFF_RUNNING, 0);
}

/* All at a time: one that waits holds up no other. */
static void addresses_set(void)
{
	struct pollfd p = { .fd = netdev.fd, .events = POLLIN };
	bool more;

	for (;;) {
		more = false;
		for (struct ip_config *ip = net.ip; ip < net.end; ip++) {
			if (ip->kind >= IP_KIND_STATIC)
				ip_look(ip);
			if (ip->kind >= IP_KIND_STATIC)
				more = true;
		}
		if (!more)
			break;
		if (io_poll(&p, 1, POLL_MS, false) > 0)
			reply_read();
		/* A driver may have yet to come. */
		coldplug_poll(0);
	}
	io_close(netdev.fd);
}

int net_apply_for(struct boot_config *cfg, unsigned int second)
{
	const char *name = "", *domain = "";
	int r;

	net.second = second;
	net.since = cfg->background ? now_ms() : 0;
	net.end = net.ip;
	for (size_t i = 0; i < cfg->n_ip; i++) {
		const struct ip_config *ip = net.end;

		if (ip_read(cfg->ip[i]) && *ip->hostname) {
			name = ip->hostname;
			domain = ip->domain;
		}
	}
	if (cfg->hostname)
		name = cfg->hostname;
	r = *name ? sys_sethostname(name, strlen(name)) : 0;
	if (r < 0)
		log_fail(name, "cannot set hostname", r);
	if (*domain)
		/* Not a problem if it fails: NIS is all that asks for it. */
		resolv_domain(domain);
	netdev.fd = io_socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK);
	r = netdev.fd < 0 ? netdev.fd : loopback_set();
	/* A kernel without a network is no fault where nobody asked for one. */
	if (r < 0 && cfg->n_ip)
		log_fail("lo", "cannot be set up (CONFIG_INET?)", r);
	if (!cfg->background)
		net_background();
	return 0;
}

void net_background(void)
{
	if (netdev.fd >= 0)
		addresses_set();
}

int net_apply(struct boot_config *cfg)
{
	return net_apply_for(cfg, 1000);
}
