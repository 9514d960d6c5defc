// SPDX-License-Identifier: MIT
/* The guest's network. */
#include "run_opts.h"

#include "run.h"

#include <string.h>

static struct netspec *net_of(void *ctx)
{
	return &((struct run_spec *)ctx)->net;
}

static const char *set_net(void *ctx, const char *arg)
{
	return parse_net(arg, net_of(ctx));
}

static const char *set_forward(void *ctx, const char *arg)
{
	struct netforward f;
	const char *wrong = parse_forward(arg, &f);

	if (!wrong)
		netspec_forward(net_of(ctx), &f);
	return wrong;
}

static const char *set_nic(void *ctx, const char *arg)
{
	net_of(ctx)->nic = qemu_nic_find(arg);
	return net_of(ctx)->nic ? NULL : "must be e1000 or virtio";
}

static const char *set_background(void *ctx, const char *arg)
{
	(void)arg;
	net_of(ctx)->background = true;
	return NULL;
}

static const char *set_ip(void *ctx, const char *arg)
{
	net_of(ctx)->ip = arg;
	if (!*arg || arg[strcspn(arg, " \t\n\"")])
		return "must be what the kernel takes as ip=, e.g. "
		       "10.0.2.15::10.0.2.2:255.255.255.0::eth0:off";
	return NULL;
}

const struct cli_opt run_net_opts[N_RUN_NET_OPTS] = {
	{ "net", 0, "none|user|tap=NAME|bridge=NAME",
	  "user: QEMU's own network, 10.0.2.15; tap, bridge: of this machine "
	  "(default: none)",
	  set_net },
	{ "forward", 0, "[tcp:|udp:][ADDR:]HOSTPORT:GUESTPORT",
	  "--net user, and a port of the host that leads into the guest; "
	  "repeatable",
	  set_forward },
	{ "nic", 0, "e1000|virtio",
	  "network card, on --net user unless told otherwise (default: "
	  "virtio, or e1000 on pc)",
	  set_nic },
	{ "ip", 0, "SPEC",
	  "as the kernel's ip=, e.g. dhcp (default: 10.0.2.15, or what the "
	  "bridge tells)",
	  set_ip },
	{ "net-background", 0, NULL,
	  "start the command at once; driver and address come meanwhile, on "
	  "--net user unless told otherwise",
	  set_background },
};
