// SPDX-License-Identifier: MIT
#include "tap.h"

#include "bridge_acl.h"
#include "bridge_apply.h"
#include "doctor.h"
#include "msg.h"
#include "quote.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define TUN "/dev/net/tun"

/* --- what both need --------------------------------------------------------- */

/* The call that makes @tap, and @bridge where it is not there. */
static void up_line(const char *bridge, const struct ipv4 *addr,
		    const char *tap, struct buf *out)
{
	struct bridge_spec spec = { .bridge = bridge, .owner = getuid() };
	struct strv words = { 0 };

	parse_bridge_addr(BRIDGE_ADDRESS, &spec.addr);
	if (addr)
		spec.addr = *addr;
	strv_push(&spec.taps, tap);
	bridge_up_words(&spec, &words);
	bridge_sudo_line(&words, out);
	strv_free(&words);
	strv_free(&spec.taps);
}

/* The call that makes @tap in the network of the tap @beside, which may be
 * NULL, or else in the only one that there is. */
static void tap_line(const char *tap, const struct netifs *have,
		     const struct netif *beside, struct buf *out)
{
	const char *network = beside ? netif_network(beside) : NULL;
	const struct netif *bridge = network ? netifs_find(have, network) :
					       netifs_network(have);

	if (bridge && netif_network(bridge))
		up_line(bridge->name, bridge->n_addrs ? bridge->addrs : NULL,
			tap, out);
	else
		up_line(BRIDGE_NAME, NULL, tap, out);
}

/* Says how to make what is not there; @tap: it shall be a tap. */
static int no_interface(const char *name, bool tap)
{
	const char *wrong = parse_ifname(name);
	struct buf line = { 0 }, why = { 0 };
	struct netifs have = { 0 };

	if (wrong) {
		msg_error("%s: no such interface: %s", name, wrong);
		return -ENODEV;
	}
	/* Not a problem without ip: then it is the usual network. */
	if (tap && !netifs_load(&have, &why))
		tap_line(name, &have, NULL, &line);
	else if (tap)
		up_line(BRIDGE_NAME, NULL, name, &line);
	else
		up_line(name, NULL, BRIDGE_TAP, &line);
	msg_error("%s: no such interface; make it: %s", name, line.p);
	netifs_free(&have);
	buf_free(&line);
	buf_free(&why);
	return -ENODEV;
}

/* --- tap -------------------------------------------------------------------- */

static int no_tun(int err)
{
	if (err == -EACCES || err == -EPERM)
		msg_error(TUN ": cannot be opened: %s; as root: chmod 666 " TUN
			      ", which is what udev does",
			  strerror(-err));
	else if (err == -ENOENT || err == -ENODEV || err == -ENXIO)
		msg_error(TUN ": not there: modprobe tun; a container has to "
			      "be given the device");
	else
		msg_error(TUN ": cannot be opened: %s", strerror(-err));
	return err == -EPERM ? -EACCES : err == -EACCES ? err : -ENOENT;
}

static void busy_text(const char *name, struct buf *out)
{
	struct tap_users users = { 0 };
	const struct tap_user *u;

	tap_users_read(&users);
	u = tap_users_find(&users, name);
	if (u)
		tap_user_text(u, out);
	else
		buf_adds(out, "a program of another user");
	tap_users_free(&users);
}

/* What ip knows makes the message better; without ip there is one still. */
static int refused(const char *name, int err)
{
	struct netifs have = { 0 };
	struct buf who = { 0 }, line = { 0 };
	const struct netif *i =
		netifs_load(&have, &who) ? NULL : netifs_find(&have, name);

	buf_free(&who);
	buf_adds(&who, "");
	tap_line("NAME", &have, i, &line);
	if (err == -EINVAL && i && i->kind == NETIF_TAP)
		msg_error("%s: is a tap with several queues; QEMU needs one "
			  "without multi_queue",
			  name);
	else if (err == -EINVAL)
		msg_error("%s: is no tap%s%s%s; see bootlet net status", name,
			  i ? " (" : "", i ? i->what : "", i ? ")" : "");
	else if (err == -EBUSY) {
		busy_text(name, &who);
		msg_error("%s: in use by %s; each guest needs a tap of its own:"
			  " %s",
			  name, who.p, line.p);
	} else if (err == -EPERM)
		msg_error("%s: belongs to %s, not to %s; make one: %s", name,
			  i && i->has_owner ? owner_text(i->owner) :
					      "another user",
			  owner_text(getuid()), line.p);
	else
		msg_error("%s: cannot be opened: %s", name, strerror(-err));
	netifs_free(&have);
	buf_free(&who);
	buf_free(&line);
	return err;
}

/* As QEMU does in net/tap-linux.c, so that the answer is the same. */
static int try_tap(const char *name)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open(TUN, O_RDWR | O_CLOEXEC);
	unsigned int features = 0;
	int err = 0;

	if (fd < 0)
		return no_tun(-errno);
	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", name);
	if (!ioctl(fd, TUNGETFEATURES, &features) && features & IFF_VNET_HDR)
		req.ifr_flags |= IFF_VNET_HDR;
	/* It makes an interface where there is none, for those who may. */
	if (!if_nametoindex(name))
		err = no_interface(name, true);
	else if (ioctl(fd, TUNSETIFF, &req) < 0)
		err = refused(name, -errno);
	close(fd);
	return err;
}

/* QEMU does not set it up, and would not say that nothing comes through. */
static void warn_down(const char *name)
{
	struct ifreq req = { 0 };
	struct buf word = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", name);
	if (fd >= 0 && !ioctl(fd, SIOCGIFFLAGS, &req) &&
	    !(req.ifr_flags & IFF_UP)) {
		quote_sh(&word, name);
		msg_warn("%s: is down, so that nothing comes through; as root: "
			 "ip link set dev %s up",
			 name, word.p);
	}
	buf_free(&word);
	if (fd >= 0)
		close(fd);
}

int tap_check(const char *name)
{
	int err;

	if (!if_nametoindex(name))
		return no_interface(name, true);
	err = try_tap(name);
	if (!err)
		warn_down(name);
	return err;
}

/* --- bridge ----------------------------------------------------------------- */

int bridge_check_acl(const char *name, const char *file)
{
	struct bridge_acl acl;
	int err = bridge_acl_read(file, name, &acl);

	/* The helper is root, it can. */
	if (err == -EACCES)
		return 0;
	if (err && err != -ENOENT && err != -ENOTDIR) {
		msg_error("%s: cannot be read: %s", file, strerror(-err));
		return -EPERM;
	}
	if (acl.bad) {
		msg_error("%s: line %u: qemu-bridge-helper gives up there: "
			  "lines are \"allow NAME\", \"deny NAME\" and "
			  "\"include FILE\"",
			  file, acl.bad);
		return -EINVAL;
	}
	if (acl.denied) {
		msg_error("%s: qemu-bridge-helper denies it, by a line of %s",
			  name, file);
		return -EPERM;
	}
	if (acl.allowed)
		return 0;
	msg_error("%s: qemu-bridge-helper does not allow it: the line \"allow "
		  "%s\" is missing in %s (owner root, mode 0644)",
		  name, name, file);
	return -EPERM;
}

/* It makes a tap and a member of the bridge, which takes rights. */
static int check_setuid(const char *program)
{
	struct stat st;

	if (stat(program, &st) < 0)
		return -errno;
	if ((st.st_mode & S_ISUID && st.st_uid == 0) ||
	    getxattr(program, "security.capability", NULL, 0) > 0 ||
	    !bridge_may())
		return 0;
	msg_error("%s: has no rights to make a tap; as root: chmod u+s %s",
		  program, program);
	return -EPERM;
}

static int check_kind(const char *name)
{
	struct netifs have = { 0 };
	struct buf why = { 0 };
	const struct netif *i =
		netifs_load(&have, &why) ? NULL : netifs_find(&have, name);
	int err = i && i->kind != NETIF_BRIDGE ? -EINVAL : 0;

	/* Not a problem without ip: then the helper says it. */
	if (err)
		msg_error("%s: is no bridge (%s); see bootlet net status", name,
			  i->what);
	netifs_free(&have);
	buf_free(&why);
	return err;
}

int bridge_check(const char *name)
{
	const struct bridge_helper *h;
	const char *line;
	int err;

	if (!if_nametoindex(name))
		return no_interface(name, false);
	err = check_kind(name);
	if (err)
		return err;
	h = bridge_helper_find("");
	if (!h) {
		line = doctor_remedy("qemu", doctor_manager_find());
		msg_error("qemu-bridge-helper: not installed, so only --net "
			  "tap=NAME works: %s",
			  line ? line : "it is a part of QEMU");
		return -ENOENT;
	}
	err = bridge_check_acl(name, h->acl);
	return err ? err : check_setuid(h->program);
}

/* --- addresses -------------------------------------------------------------- */

char *tap_plan_ip(const struct netifs *have, const char *name)
{
	const struct netif *i = netifs_find(have, name), *net;
	struct strv taps = { 0 };
	const struct ipv4 *a;
	uint32_t guest;

	if (!i)
		return NULL;
	net = i->master[0] ? netifs_find(have, i->master) : i;
	if (!net || !net->n_addrs)
		return NULL;
	a = &net->addrs[0];
	netifs_taps(have, net->name, &taps);
	guest = bridge_guest_addr(a, &taps, name);
	strv_free(&taps);
	return guest ? xasprintf("%s:::%s::eth0:off", ipv4_text(guest),
				 ipv4_text(ipv4_mask(a->prefix))) :
		       NULL;
}

char *tap_guest_ip(const char *name)
{
	struct netifs have = { 0 };
	struct buf why = { 0 };
	char *ip = NULL;

	if (!netifs_load(&have, &why))
		ip = tap_plan_ip(&have, name);
	netifs_free(&have);
	buf_free(&why);
	return ip;
}
