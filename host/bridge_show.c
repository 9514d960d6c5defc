// SPDX-License-Identifier: MIT
#include "bridge_show.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static bool is_shown(const struct bridge_spec *spec, const struct netifs *have,
		     const struct netif *i)
{
	const struct netif *master = netifs_find(have, i->master);

	return netif_network(i) || netif_is_left(i) ||
	       (master && netif_network(master)) ||
	       !strcmp(i->name, spec->bridge) || strv_has(&spec->taps, i->name);
}

/* --- for people ------------------------------------------------------------- */

static void add_word(struct buf *out, const char *before, const char *word,
		     bool *first)
{
	buf_addf(out, "%s%s%s", *first ? "" : "; ", before, word);
	*first = false;
}

static void text_addrs(const struct netif *i, struct buf *out, bool *first)
{
	for (size_t n = 0; n < i->n_addrs; n++) {
		add_word(out, "", ipv4_text(i->addrs[n].addr), first);
		buf_addf(out, "/%u", i->addrs[n].prefix);
	}
}

static void text_members(const struct netif *i, const struct netifs *have,
			 struct buf *out, bool *first)
{
	size_t count = 0;

	for (size_t n = 0; n < have->n; n++) {
		if (strcmp(have->v[n].master, i->name) != 0)
			continue;
		if (!count++)
			add_word(out, "members ", have->v[n].name, first);
		else
			buf_addf(out, ", %s", have->v[n].name);
	}
	if (!count)
		add_word(out, "", "no members", first);
}

static void text_users(const struct netif *i, const struct tap_users *users,
		       struct buf *out, bool *first)
{
	size_t count = 0;

	for (size_t n = 0; n < users->n; n++) {
		if (strcmp(users->v[n].tap, i->name) != 0)
			continue;
		if (!count++)
			add_word(out, "used by ", "", first);
		else
			buf_adds(out, ", ");
		tap_user_text(&users->v[n], out);
	}
	if (!count)
		add_word(out, "",
			 i->carrier ? "used by a program of another user" :
				      "free",
			 first);
}

static void text_row(const struct netif *i, const struct netifs *have,
		     const struct tap_users *users, struct buf *out)
{
	bool first = true;

	buf_addf(out, "%-15s  %-6s  %-4s  ", i->name, i->what,
		 i->up ? "up" : "down");
	text_addrs(i, out, &first);
	if (i->kind == NETIF_TAP)
		add_word(out, "of ",
			 i->has_owner ? owner_text(i->owner) : "all", &first);
	if (i->master[0])
		add_word(out, "in ", i->master, &first);
	if (i->kind == NETIF_BRIDGE)
		text_members(i, have, out, &first);
	if (i->kind == NETIF_TAP)
		text_users(i, users, out, &first);
	if (netif_is_left(i))
		add_word(out, "",
			 "left by an interrupted bootlet net: the next up or "
			 "down removes it",
			 &first);
	else if (!netif_network(i))
		add_word(out, "", "not made by bootlet net", &first);
	buf_addc(out, '\n');
}

void bridge_show_text(const struct bridge_spec *spec, const struct netifs *have,
		      const struct tap_users *users, struct buf *out)
{
	for (size_t n = 0; n < have->n; n++)
		if (is_shown(spec, have, &have->v[n]))
			text_row(&have->v[n], have, users, out);
}

/* --- for programs ----------------------------------------------------------- */

static json_t *string_or_null(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

static json_t *json_addrs(const struct netif *i)
{
	json_t *a = json_array();

	for (size_t n = 0; n < i->n_addrs; n++) {
		char *text = xasprintf("%s/%u", ipv4_text(i->addrs[n].addr),
				       i->addrs[n].prefix);

		json_array_append_new(a, json_string(text));
		free(text);
	}
	return a;
}

static json_t *json_members(const struct netif *i, const struct netifs *have)
{
	json_t *a = json_array();

	for (size_t n = 0; n < have->n; n++)
		if (!strcmp(have->v[n].master, i->name))
			json_array_append_new(a, json_string(have->v[n].name));
	return a;
}

static json_t *json_users(const struct netif *i, const struct tap_users *users)
{
	json_t *a = json_array();

	for (size_t n = 0; n < users->n; n++) {
		const struct tap_user *u = &users->v[n];

		if (strcmp(u->tap, i->name) != 0)
			continue;
		json_array_append_new(a, json_pack("{s:i,s:s,s:o}", "pid",
						   (int)u->pid, "program",
						   u->program, "run",
						   string_or_null(u->run)));
	}
	return a;
}

static json_t *json_row(const struct netif *i, const struct netifs *have,
			const struct tap_users *users)
{
	json_t *o = json_object();

	json_object_set_new(o, "name", json_string(i->name));
	json_object_set_new(o, "kind", json_string(i->what));
	json_object_set_new(o, "up", json_boolean(i->up));
	json_object_set_new(o, "network", string_or_null(netif_network(i)));
	json_object_set_new(o, "unfinished", json_boolean(netif_is_left(i)));
	json_object_set_new(o, "addresses", json_addrs(i));
	json_object_set_new(o, "bridge", string_or_null(i->master));
	if (i->kind == NETIF_BRIDGE)
		json_object_set_new(o, "members", json_members(i, have));
	if (i->kind != NETIF_TAP)
		return o;
	json_object_set_new(o, "owner",
			    i->has_owner ? json_string(owner_text(i->owner)) :
					   json_null());
	json_object_set_new(o, "in_use",
			    json_boolean(i->carrier ||
					 tap_users_find(users, i->name)));
	json_object_set_new(o, "users", json_users(i, users));
	return o;
}

void bridge_show_json(const struct bridge_spec *spec, const struct netifs *have,
		      const struct tap_users *users, struct buf *out)
{
	json_t *all = json_array();
	char *text;

	for (size_t n = 0; n < have->n; n++)
		if (is_shown(spec, have, &have->v[n]))
			json_array_append_new(all, json_row(&have->v[n], have,
							    users));
	text = json_dumps(all, JSON_INDENT(2));
	buf_adds(out, text ? text : "[]");
	buf_addc(out, '\n');
	free(text);
	json_decref(all);
}
