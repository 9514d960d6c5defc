// SPDX-License-Identifier: MIT
#include "net.h"

#include "coldplug.h"
#include "file.h"
#include "io.h"
#include "ip.h"
#include "log.h"
#include "resolv.h"
#include "sys.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static_assert(IFNAMSIZ == IP_DEVICE_SIZE, "ip.h knows it, too");

#define POLL_MS 5
/* Interfaces are numbered from 1 in the order in which they appeared. */
#define MAX_IFINDEX 64

static struct net {
	int fd;
	const char *root;
	unsigned int wait_ms;
	uint64_t deadline; /* ms; 0: nothing was waited for yet */
	uint64_t since; /* ms, of the phase; 0: not in the background */
	size_t n;
	struct ip_config ip[BOOT_MAX_IP];
} net;

/* --- one ioctl each ------------------------------------------------------- */

static int ifreq_call(struct ifreq *ifr, const char *device,
		      unsigned long request)
{
	/* The callers' names fit: ip_parse() and the kernel see to it. */
	memcpy(ifr->ifr_name, device, strlen(device) + 1);
	return sys_ioctl(net.fd, request, ifr);
}

static void sockaddr_set(struct sockaddr *sa, uint32_t addr)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = addr,
	};

	memcpy(sa, &in, sizeof(in));
}

static int addr_set(const char *device, unsigned long request, uint32_t addr)
{
	struct ifreq ifr = { 0 };

	sockaddr_set(&ifr.ifr_addr, addr);
	return ifreq_call(&ifr, device, request);
}

static int link_up(const char *device)
{
	struct ifreq ifr = { 0 };
	int r = ifreq_call(&ifr, device, SIOCGIFFLAGS);

	if (r < 0)
		return r;
	ifr.ifr_flags |= IFF_UP | IFF_RUNNING;
	return ifreq_call(&ifr, device, SIOCSIFFLAGS);
}

static int route_set(char *device, uint32_t gateway)
{
	struct rtentry rt = {
		.rt_flags = RTF_UP | RTF_GATEWAY,
		.rt_dev = device,
	};
	int r;

	sockaddr_set(&rt.rt_dst, 0);
	sockaddr_set(&rt.rt_genmask, 0);
	sockaddr_set(&rt.rt_gateway, gateway);
	r = sys_ioctl(net.fd, SIOCADDRT, &rt);
	/* A kernel with CONFIG_IP_PNP has read the same ip=. */
	return r == -EEXIST ? 0 : r;
}

/* --- which device --------------------------------------------------------- */

static bool is_taken(const char *device)
{
	for (size_t i = 0; i < net.n; i++)
		if (!strcmp(net.ip[i].device, device))
			return true;
	return false;
}

/* Return: whether the device is one to configure; *ether: and an Ethernet. */
static bool is_candidate(const char *device, bool *ether)
{
	struct ifreq ifr = { 0 };

	if (text_after(device, "dummy") || is_taken(device) ||
	    ifreq_call(&ifr, device, SIOCGIFFLAGS) < 0 ||
	    (ifr.ifr_flags & IFF_LOOPBACK) ||
	    !(ifr.ifr_flags & (IFF_BROADCAST | IFF_POINTOPOINT)))
		return false;
	*ether = ifreq_call(&ifr, device, SIOCGIFHWADDR) == 0 &&
		 ifr.ifr_hwaddr.sa_family == ARPHRD_ETHER;
	return true;
}

__attribute__((noinline)) static int device_pick(char *device)
{
	char other[IP_DEVICE_SIZE] = "";
	struct ifreq ifr;
	bool ether;

	for (int i = 1; i <= MAX_IFINDEX; i++) {
		memset(&ifr, 0, sizeof(ifr));
		ifr.ifr_ifindex = i;
		if (sys_ioctl(net.fd, SIOCGIFNAME, &ifr) < 0)
			continue;
		ifr.ifr_name[IFNAMSIZ - 1] = '\0';
		if (!is_candidate(ifr.ifr_name, &ether))
			continue;
		if (ether || !*other)
			memcpy(other, ifr.ifr_name, sizeof(other));
		if (ether)
			break;
	}
	memcpy(device, other, sizeof(other));
	return *other ? 0 : -ENODEV;
}

static int device_find(char *device)
{
	struct ifreq ifr = { 0 };

	if (!*device)
		return device_pick(device);
	return ifreq_call(&ifr, device, SIOCGIFINDEX);
}

/* One deadline for all ip=: four missing devices cost no more than one. */
static int device_wait(char *device)
{
	int r;

	while ((r = device_find(device)) < 0) {
		uint64_t now = io_now_ms();

		if (!net.deadline)
			net.deadline = now + net.wait_ms;
		if (now >= net.deadline)
			break;
		/* Its driver may have yet to come. */
		coldplug_poll(POLL_MS);
	}
	return r;
}

/* --- one ip= -------------------------------------------------------------- */

static int warn(const char *device, const char *what, int err)
{
	if (err < 0)
		log_fail(device, what, err);
	return err;
}

/* The kernel derives the broadcast address from address and netmask. */
static int device_set(struct ip_config *ip)
{
	const char *what = "cannot set address";
	int r = addr_set(ip->device, SIOCSIFADDR, ip->addr);

	if (r == 0) {
		what = "cannot set netmask";
		r = addr_set(ip->device, SIOCSIFNETMASK, ip->netmask);
	}
	if (r == 0) {
		what = "cannot set link up";
		r = link_up(ip->device);
	}
	return warn(ip->device, what, r);
}

static void gateway_set(struct ip_config *ip)
{
	if (ip->gateway && warn(ip->device, "cannot set gateway",
				route_set(ip->device, ip->gateway)) < 0)
		ip->gateway = 0;
}

static void say_set(const struct ip_config *ip)
{
	const uint32_t more[] = { ip->gateway, ip->dns[0], ip->dns[1] };
	char line[128], addr[IP_TEXT_SIZE];
	size_t len;

	len = fmt_format(line, sizeof(line), "%s/%u", ip_format(ip->addr, addr),
			 ip_prefix(ip->netmask));
	for (size_t i = 0; i < 3; i++)
		if (more[i])
			len += fmt_format(line + len, sizeof(line) - len,
					  " %s %s", i ? "dns" : "gateway",
					  ip_format(more[i], addr));
	if (net.since)
		fmt_format(line + len, sizeof(line) - len, " after %zu ms",
			   (size_t)(io_now_ms() - net.since));
	log_info("%s: %s", ip->device, line);
}

/* Whoever named no device hears which driver he lacks in the same words. */
static void ip_apply(struct ip_config *ip)
{
	const char *device = *ip->device ? ip->device : "network";

	if (ip->kind == IP_KIND_AUTO)
		log_warn("%s: dhcp: not supported by this init; give a static "
			 "ip=",
			 device);
	if (ip->kind == IP_KIND_STATIC && device_wait(ip->device) < 0) {
		log_warn("%s: no such device; is its driver's module in the "
			 "image?",
			 device);
		ip->kind = IP_KIND_NONE;
	}
	if (ip->kind == IP_KIND_STATIC && device_set(ip) == 0) {
		gateway_set(ip);
		say_set(ip);
	} else {
		ip->kind = IP_KIND_NONE;
	}
}

static void ip_read(const char *text)
{
	struct ip_config *ip = &net.ip[net.n];
	const char *what = "IPv6 is not supported";
	int r = ip_parse(ip, text);

	if (r == 0) {
		net.n++;
		return;
	}
	if (r == -EINVAL) {
		if (*ip->bad_text) {
			log_warn("ip=%s: %s: malformed: \"%s\"; left out", text,
				 ip->bad_field, ip->bad_text);
			return;
		}
		what = "this address has no default netmask, give one";
	}
	if (r == -E2BIG) {
		what = "longer than 511 bytes";
		text = "";
	}
	log_warn("ip=%s: %s; left out", text, what);
}

/* --- names ---------------------------------------------------------------- */

static void hostname_set(const struct boot_config *cfg)
{
	const char *name = "", *domain = "";
	int r;

	for (size_t i = 0; i < net.n; i++)
		if (*net.ip[i].hostname) {
			name = net.ip[i].hostname;
			domain = net.ip[i].domain;
		}
	if (cfg->hostname)
		name = cfg->hostname;
	r = *name ? sys_sethostname(name, strlen(name)) : 0;
	if (r < 0)
		log_fail(name, "cannot set hostname", r);
	if (*domain)
		/* Not a problem if it fails: NIS is all that asks for it. */
		resolv_domain(net.root, domain);
}

static void dns_set(void)
{
	char text[RESOLV_SIZE];
	size_t len = resolv_plan(net.ip, net.n, text, sizeof(text));
	int r = len ? resolv_write(net.root, text, len) : 0;

	if (r < 0)
		log_fail("/etc/resolv.conf", "cannot write", r);
}

/* --- the phase ------------------------------------------------------------ */

/* When it comes up the kernel gives it 127.0.0.1/8, inetdev_event() of
 * net/ipv4/devinet.c. What other flags it has nobody but the kernel sets. */
static int loopback_set(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING };

	return ifreq_call(&ifr, "lo", SIOCSIFFLAGS);
}

static void addresses_set(void)
{
	for (size_t i = 0; i < net.n; i++)
		ip_apply(&net.ip[i]);
	io_close(net.fd);
	dns_set();
}

int net_apply_at(struct boot_config *cfg, const char *root,
		 unsigned int wait_ms)
{
	int r;

	net.root = root;
	net.wait_ms = wait_ms;
	net.deadline = 0;
	net.since = cfg->background ? io_now_ms() : 0;
	net.n = 0;
	for (size_t i = 0; i < cfg->n_ip; i++)
		ip_read(cfg->ip[i]);
	hostname_set(cfg);
	net.fd = io_socket(AF_INET, SOCK_DGRAM);
	r = net.fd < 0 ? net.fd : loopback_set();
	/* A kernel without a network is no fault where nobody asked for one. */
	if (r < 0 && cfg->n_ip)
		log_fail("lo",
			 r == -EAFNOSUPPORT ? "cannot be set up: CONFIG_INET" :
					      "cannot be set up",
			 r);
	if (net.fd >= 0 && !cfg->background)
		addresses_set();
	return 0;
}

void net_background(void)
{
	if (net.fd >= 0)
		addresses_set();
}

int net_apply(struct boot_config *cfg)
{
	return net_apply_at(cfg, "", NET_WAIT_MS);
}
