// SPDX-License-Identifier: MIT
#include "netspec.h"

#include "cli.h"
#include "msg.h"
#include "str.h"
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what the options say ------------------------------------------------- */

static const struct {
	const char *word;
	enum qemu_net_type type;
	bool named;
} nets[] = {
	{ "none", QEMU_NET_NONE, false },
	{ "user", QEMU_NET_USER, false },
	{ "tap=", QEMU_NET_TAP, true },
	{ "bridge=", QEMU_NET_BRIDGE, true },
};

/* As dev_valid_name() of the kernel has it, and no comma, which QEMU's option
 * lists are made of. */
static const char *check_ifname(const char *name)
{
	if (!*name)
		return "the interface has no name";
	if (strlen(name) >= IFNAMSIZ)
		return "the name of an interface has 15 bytes at most";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "no name for an interface";
	for (const unsigned char *p = (const unsigned char *)name; *p; p++)
		if (*p <= ' ' || *p == 0x7f || strchr("/,:", *p))
			return "the name of an interface has no \"/\", \":\", "
			       "comma or space in it";
	return NULL;
}

const char *parse_net(const char *text, struct netspec *out)
{
	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
		size_t n = strlen(nets[i].word);

		if (strncmp(text, nets[i].word, n) ||
		    (!nets[i].named && text[n]))
			continue;
		out->given = true;
		out->type = nets[i].type;
		out->ifname = nets[i].named ? text + n : NULL;
		return nets[i].named ? check_ifname(text + n) : NULL;
	}
	return "must be none, user, tap=NAME or bridge=NAME";
}

static const char *parse_port(const char *text, unsigned int *out)
{
	long long n;

	if (cli_number(text, 1, 65535, &n))
		return "a port is a number from 1 to 65535";
	*out = (unsigned int)n;
	return NULL;
}

/* "HOSTPORT:GUESTPORT", with "ADDRESS:" before it; cut up in place. */
static const char *cut_forward(char *text, struct netforward *out)
{
	char *guest = strrchr(text, ':'), *host;
	const char *wrong;

	if (!guest)
		return "must be HOSTPORT:GUESTPORT, e.g. 2222:22";
	*guest = '\0';
	host = strrchr(text, ':');
	if (host) {
		*host = '\0';
		if (inet_pton(AF_INET, text, &out->host.address) != 1)
			return "the address must be an IPv4 one, e.g. "
			       "127.0.0.1:2222:22";
	}
	wrong = parse_port(host ? host + 1 : text, &out->host.port);
	return wrong ? wrong : parse_port(guest + 1, &out->guest);
}

const char *parse_forward(const char *text, struct netforward *out)
{
	const char *wrong;
	char *copy;

	*out = (struct netforward){
		.host.address.s_addr = htonl(INADDR_LOOPBACK),
		.host.udp = !strncmp(text, "udp:", 4),
	};
	if (out->host.udp || !strncmp(text, "tcp:", 4))
		text += 4;
	copy = xstrdup(text);
	wrong = cut_forward(copy, out);
	free(copy);
	return wrong;
}

void netspec_forward(struct netspec *n, const struct netforward *f)
{
	n->forwards = xrealloc(n->forwards,
			       (n->n_forwards + 1) * sizeof(*n->forwards));
	n->forwards[n->n_forwards++] = *f;
}

const char *netspec_settle(struct netspec *n)
{
	bool wanted = n->nic || n->ip || n->background;

	if (n->n_forwards && n->given && n->type != QEMU_NET_USER)
		return "--forward: goes with --net user only; a guest on tap "
		       "or bridge is reached at its own address";
	if (n->given && n->type == QEMU_NET_NONE && wanted)
		return "--net none: goes with none of --nic, --ip and "
		       "--net-background";
	if (!n->given && (wanted || n->n_forwards))
		n->type = QEMU_NET_USER;
	if (n->type != QEMU_NET_NONE && !n->nic)
		n->nic = qemu_nic_find("e1000");
	return NULL;
}

/* --- what QEMU is told ---------------------------------------------------- */

char *netspec_hostfwd(const struct netforward *f)
{
	char address[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &f->host.address, address, sizeof(address));
	return xasprintf("%s:%s:%u-:%u", f->host.udp ? "udp" : "tcp", address,
			 f->host.port, f->guest);
}

/* FNV-1a, folded to the three bytes that are free in an address. */
void netspec_mac(const char *key, char out[NETSPEC_MAC_SIZE])
{
	uint32_t h = 2166136261U;

	for (const unsigned char *p = (const unsigned char *)key; *p; p++)
		h = (h ^ *p) * 16777619U;
	h ^= h >> 24;
	snprintf(out, NETSPEC_MAC_SIZE, "52:54:00:%02x:%02x:%02x",
		 h >> 16 & 0xff, h >> 8 & 0xff, h & 0xff);
}

/* --- what the machine says ------------------------------------------------ */

static int check_forwards(const struct netspec *n)
{
	struct hostport *v = xrealloc(NULL, (n->n_forwards + 1) * sizeof(*v));
	char address[INET_ADDRSTRLEN];
	size_t failed = 0;
	int err;

	for (size_t i = 0; i < n->n_forwards; i++)
		v[i] = n->forwards[i].host;
	err = hostports_check(v, n->n_forwards, &failed);
	if (err) {
		inet_ntop(AF_INET, &v[failed].address, address,
			  sizeof(address));
		msg_error("--forward: %s port %u at %s: %s",
			  v[failed].udp ? "UDP" : "TCP", v[failed].port,
			  address, hostport_explain(err));
	}
	free(v);
	return err;
}

int netspec_check(const struct netspec *n)
{
	switch (n->type) {
	case QEMU_NET_TAP:
		return tap_check(n->ifname);
	case QEMU_NET_BRIDGE:
		return bridge_check(n->ifname);
	default:
		return check_forwards(n);
	}
}

char *netspec_ip(const struct netspec *n)
{
	char *ip;

	if (n->ip)
		return xstrdup(n->ip);
	if (n->type == QEMU_NET_NONE)
		return NULL;
	if (n->type == QEMU_NET_USER)
		return xstrdup(QEMU_IP_USER);
	ip = tap_guest_ip(n->ifname);
	if (!ip)
		msg_info("%s: tells no address for the guest, whose network "
			 "stays down; give it one with --ip",
			 n->ifname);
	return ip;
}

void netspec_free(struct netspec *n)
{
	free(n->forwards);
	n->forwards = NULL;
	n->n_forwards = 0;
}
