// SPDX-License-Identifier: MIT
#include "netdev.h"

#include "sys.h"

#include <assert.h>
#include <errno.h>
#include <net/route.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static_assert(IFNAMSIZ == IP_DEVICE_SIZE, "ip.h knows it, too");
static_assert(sizeof(netdev.req) == sizeof(struct ifreq) &&
		      offsetof(struct netdev, req.word) -
				      offsetof(struct netdev, req) ==
			      offsetof(struct ifreq, ifr_ifru),
	      "netdevice(7)");

struct netdev netdev;

__attribute__((noinline)) void netdev_name(char *to, const char *from)
{
	memcpy(to, from, IP_DEVICE_SIZE);
}

int netdev_call(unsigned int nr, uint32_t word, uint32_t addr)
{
	netdev.req.word = word;
	netdev.req.addr = addr;
	return sys_ioctl(netdev.fd, NETDEV_FIRST + nr, &netdev.req);
}

bool netdev_look(uint32_t index)
{
	if (netdev_call(NETDEV_NR(SIOCGIFNAME), index, 0) < 0)
		return false;
	/* Not a problem if it fails: then it has no flags. */
	netdev_call(NETDEV_NR(SIOCGIFFLAGS), 0, 0);
	netdev.flags = netdev.req.word;
	/* Not a problem if it fails: then it is no Ethernet. */
	netdev_call(NETDEV_NR(SIOCGIFHWADDR), 0, 0);
	return true;
}

const unsigned char *netdev_mac(void)
{
	return (const unsigned char *)&netdev.req +
	       offsetof(struct ifreq, ifr_hwaddr.sa_data);
}

int netdev_up(void)
{
	int r = netdev_call(NETDEV_NR(SIOCGIFFLAGS), 0, 0);

	return r < 0 ? r :
		       netdev_call(NETDEV_NR(SIOCSIFFLAGS),
				   netdev.req.word | IFF_UP | IFF_RUNNING, 0);
}

int netdev_route(char *device, uint32_t gateway)
{
	struct rtentry rt = {
		.rt_flags = RTF_UP | RTF_GATEWAY,
		.rt_dev = device,
		.rt_dst.sa_family = AF_INET,
		.rt_gateway.sa_family = AF_INET,
	};
	int r;

	memcpy(rt.rt_gateway.sa_data + 2, &gateway, sizeof(gateway));
	r = sys_ioctl(netdev.fd, SIOCADDRT, &rt);
	/* A kernel with CONFIG_IP_PNP has read the same ip=. */
	return r == -EEXIST ? 0 : r;
}
