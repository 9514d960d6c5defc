// SPDX-License-Identifier: MIT
#include "bridge_state.h"

#include "bridge_apply.h"
#include "msg.h"
#include "spawn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static void read_flags(const json_t *flags, struct netif *i)
{
	size_t n;
	json_t *v;

	json_array_foreach(flags, n, v)
	{
		const char *s = json_string_value(v);

		i->up |= s && !strcmp(s, "UP");
		i->carrier |= s && !strcmp(s, "LOWER_UP");
	}
}

/* ip has names for users that the machine knows. */
static void read_owner(const json_t *user, struct netif *i)
{
	const char *name = json_string_value(user);
	const struct passwd *pw = name ? getpwnam(name) : NULL;

	i->has_owner = json_is_integer(user) || name;
	if (json_is_integer(user))
		i->owner = (uid_t)json_integer_value(user);
	else if (name)
		i->owner = pw ? pw->pw_uid : (uid_t)-1;
}

static void read_kind(const json_t *o, struct netif *i)
{
	const json_t *info = json_object_get(o, "linkinfo");
	const json_t *data = json_object_get(info, "info_data");
	const char *kind = text_of(info, "info_kind");

	if (!*kind)
		kind = text_of(o, "link_type");
	if (!strcmp(kind, "tun") && !strcmp(text_of(data, "type"), "tap"))
		kind = "tap";
	snprintf(i->what, sizeof(i->what), "%s", kind);
	if (!strcmp(kind, "bridge"))
		i->kind = NETIF_BRIDGE;
	if (!strcmp(kind, "tap"))
		i->kind = NETIF_TAP;
	if (i->kind == NETIF_TAP)
		read_owner(json_object_get(data, "user"), i);
}

static int read_addr(const json_t *o, struct netif *i)
{
	json_int_t prefix = json_integer_value(json_object_get(o, "prefixlen"));
	struct in_addr in;

	if (strcmp(text_of(o, "family"), "inet") != 0)
		return 0;
	if (inet_pton(AF_INET, text_of(o, "local"), &in) != 1 || prefix < 0 ||
	    prefix > 32)
		return -EINVAL;
	i->addrs = xrealloc(i->addrs, (i->n_addrs + 1) * sizeof(*i->addrs));
	i->addrs[i->n_addrs++] =
		(struct ipv4){ ntohl(in.s_addr), (unsigned int)prefix };
	return 0;
}

/* JSON may have escaped them, for which it does not look like one. */
static char *without_control(const char *s)
{
	char *copy = xstrdup(s);

	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return copy;
}

static int read_netif(const json_t *o, struct netif *i)
{
	const json_t *alias = json_object_get(o, "ifalias");
	const char *name = text_of(o, "ifname");
	size_t n;
	json_t *v;

	if (!*name || strlen(name) >= sizeof(i->name))
		return -EINVAL;
	strcpy(i->name, name);
	snprintf(i->master, sizeof(i->master), "%s", text_of(o, "master"));
	if (json_is_string(alias))
		i->alias = without_control(json_string_value(alias));
	read_flags(json_object_get(o, "flags"), i);
	read_kind(o, i);
	json_array_foreach(json_object_get(o, "addr_info"), n, v)
	{
		if (read_addr(v, i))
			return -EINVAL;
	}
	return 0;
}

/* Return: bytes of the character there, by RFC 3629; 0 where there is none. */
static size_t utf8_size(const unsigned char *p, size_t n)
{
	size_t size = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	/* The shortest form is the only one, surrogates are none. */
	unsigned char least = *p == 0xe0 ? 0xa0 : *p == 0xf0 ? 0x90 : 0x80;
	unsigned char most = *p == 0xed ? 0x9f : *p == 0xf4 ? 0x8f : 0xbf;

	if ((*p >= 0x80 && *p < 0xc2) || *p > 0xf4 || size > n)
		return 0;
	if (size > 1 && (p[1] < least || p[1] > most))
		return 0;
	for (size_t i = 2; i < size; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return size;
}

/* An alias is any bytes to the kernel and to ip, but not to JSON. */
static void add_clean(const char *json, size_t n, struct buf *out)
{
	size_t size;

	buf_adds(out, "");
	for (; n; json += size, n -= size) {
		size = utf8_size((const unsigned char *)json, n);
		if (!size || ((unsigned char)*json < ' ' && *json != '\n'))
			buf_addc(out, '?');
		else
			buf_add(out, json, size);
		size += !size;
	}
}

static json_t *load(const char *json, size_t n)
{
	struct buf clean = { 0 };
	json_t *all;

	add_clean(json, n, &clean);
	all = json_loadb(clean.p, clean.n, 0, NULL);
	buf_free(&clean);
	return all;
}

int parse_netifs(const char *json, size_t n, struct netifs *out)
{
	json_t *all = load(json, n), *v;
	int err = json_is_array(all) ? 0 : -EINVAL;
	size_t k;

	*out = (struct netifs){ 0 };
	json_array_foreach(all, k, v)
	{
		/* ip has an empty object for what it has left out. */
		if (err || (json_is_object(v) && !json_object_size(v)))
			continue;
		out->v = xrealloc(out->v, (out->n + 1) * sizeof(*out->v));
		out->v[out->n] = (struct netif){ 0 };
		err = read_netif(v, &out->v[out->n++]);
	}
	json_decref(all);
	if (err)
		netifs_free(out);
	return err;
}

struct netif *netifs_find(const struct netifs *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->v[i].name, name))
			return &s->v[i];
	return NULL;
}

void netifs_taps(const struct netifs *s, const char *bridge, struct strv *out)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].kind == NETIF_TAP &&
		    !strcmp(s->v[i].master, bridge))
			strv_push(out, s->v[i].name);
}

const char *netif_network(const struct netif *i)
{
	size_t n = strlen(BRIDGE_MARK);

	if (!i->alias || strncmp(i->alias, BRIDGE_MARK, n) != 0 ||
	    bridge_is_temp(i->name))
		return NULL;
	/* A bridge that somebody has renamed is no longer what we made. */
	if (i->kind == NETIF_BRIDGE && strcmp(i->alias + n, i->name) != 0)
		return NULL;
	return i->kind == NETIF_OTHER ? NULL : i->alias + n;
}

bool netif_is_ours(const struct netif *i, const char *bridge)
{
	const char *network = netif_network(i);

	return network && !strcmp(network, bridge);
}

bool netif_is_left(const struct netif *i)
{
	return i->kind != NETIF_OTHER && bridge_is_temp(i->name);
}

const struct netif *netifs_network(const struct netifs *s)
{
	const struct netif *found = NULL;

	for (size_t n = 0; n < s->n; n++) {
		const struct netif *i = &s->v[n];

		if (i->kind != NETIF_BRIDGE || !netif_network(i))
			continue;
		if (found)
			return NULL;
		found = i;
	}
	return found;
}

void netifs_free(struct netifs *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].alias);
		free(s->v[i].addrs);
	}
	free(s->v);
	*s = (struct netifs){ 0 };
}

int netifs_load(struct netifs *out, struct buf *why)
{
	struct buf json = { 0 }, words = { 0 };
	const struct spawn s = { .out = &json,
				 .err = &words,
				 .timeout_ms = BRIDGE_IP_MS };
	struct strv argv = { 0 };
	int err;

	*out = (struct netifs){ 0 };
	strv_pushl(&argv, "ip", "-d", "-j", "address", "show", NULL);
	err = spawn_run(&s, &argv);
	if (err > 0) {
		bridge_tidy_words(&words);
		buf_addf(why, "ip: cannot list the interfaces: %s",
			 words.n ? words.p : "it failed without a word");
		err = -EIO;
	} else if (err < 0) {
		bridge_no_ip(err, why);
	} else {
		err = parse_netifs(json.p, json.n, out);
		if (err)
			buf_adds(why, "ip: `ip -d -j address show` prints "
				      "what is no list of interfaces; iproute2 "
				      "4.15 or later is needed");
	}
	strv_free(&argv);
	buf_free(&json);
	buf_free(&words);
	return err;
}

int netifs_read(struct netifs *out)
{
	struct buf why = { 0 };
	int err = netifs_load(out, &why);

	if (err)
		msg_error("%s", why.p);
	buf_free(&why);
	return err;
}
