/* SPDX-License-Identifier: MIT */
/* A model of the kernel's interfaces, which plans are applied to. */
#ifndef BOOTLET_BRIDGE_MODEL_H
#define BOOTLET_BRIDGE_MODEL_H

#include "host/bridge_plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static inline struct netif *model_add(struct netifs *s, const char *name,
				      enum netif_kind kind)
{
	struct netif *i;

	ck_assert_msg(!netifs_find(s, name), "%s: twice", name);
	s->v = xrealloc(s->v, (s->n + 1) * sizeof(*s->v));
	i = &s->v[s->n++];
	*i = (struct netif){ .kind = kind };
	strcpy(i->name, name);
	strcpy(i->what, kind == NETIF_BRIDGE ? "bridge" :
			kind == NETIF_TAP    ? "tap" :
					       "veth");
	return i;
}

static inline void model_addr(struct netif *i, const char *text)
{
	i->addrs = xrealloc(i->addrs, (i->n_addrs + 1) * sizeof(*i->addrs));
	ck_assert_ptr_null(parse_bridge_addr(text, &i->addrs[i->n_addrs++]));
}

static inline void model_delete(struct netifs *s, struct netif *i)
{
	for (size_t n = 0; n < s->n; n++)
		if (!strcmp(s->v[n].master, i->name))
			s->v[n].master[0] = '\0';
	free(i->alias);
	free(i->addrs);
	memmove(i, i + 1, (char *)(s->v + s->n) - (char *)(i + 1));
	s->n--;
}

static inline void model_apply(struct netifs *s, const struct netop *op)
{
	struct netif *i = netifs_find(s, op->dev);

	if (op->type == NETOP_ADD_BRIDGE) {
		model_add(s, op->dev, NETIF_BRIDGE);
		return;
	}
	if (op->type == NETOP_ADD_TAP) {
		i = model_add(s, op->dev, NETIF_TAP);
		i->has_owner = true;
		i->owner = (uid_t)strtoul(op->arg, NULL, 10);
		return;
	}
	ck_assert_msg(i != NULL, "%s: is not there", op->dev);
	switch (op->type) {
	case NETOP_MARK:
		ck_assert_ptr_null(i->alias);
		i->alias = xstrdup(op->arg);
		break;
	case NETOP_RENAME:
		ck_assert_ptr_null(netifs_find(s, op->arg));
		ck_assert(!i->up); /* the kernel before 6.2 */
		strcpy(i->name, op->arg);
		break;
	case NETOP_ADDRESS:
		model_addr(i, op->arg);
		break;
	case NETOP_MASTER:
		ck_assert_ptr_nonnull(netifs_find(s, op->arg));
		strcpy(i->master, op->arg);
		break;
	case NETOP_UP:
		i->up = true;
		break;
	case NETOP_DELETE:
		model_delete(s, i);
		break;
	case NETOP_ADDRESS_DELETE:
		ck_assert_uint_eq(i->n_addrs, 1);
		i->n_addrs = 0;
		break;
	case NETOP_NO_MASTER:
		i->master[0] = '\0';
		break;
	case NETOP_DOWN:
		i->up = false;
		break;
	default:
		ck_abort_msg("no such operation: %d", op->type);
	}
}

static inline void apply(struct netifs *s, const struct netplan *plan,
			 size_t upto)
{
	for (size_t i = 0; i < plan->n && i < upto; i++)
		model_apply(s, &plan->v[i]);
}

/* All of it as text, to be compared. */
static inline char *model_text(const struct netifs *s)
{
	struct buf b = { 0 };

	buf_adds(&b, "");
	for (size_t n = 0; n < s->n; n++) {
		const struct netif *i = &s->v[n];

		buf_addf(&b, "%s %s in=%s up=%d of=%d %s", i->name, i->what,
			 i->master, i->up, i->has_owner ? (int)i->owner : -1,
			 i->alias ? i->alias : "-");
		for (size_t a = 0; a < i->n_addrs; a++)
			buf_addf(&b, " %s/%u", ipv4_text(i->addrs[a].addr),
				 i->addrs[a].prefix);
		buf_addc(&b, '\n');
	}
	return b.p;
}

#define ck_model(s, want)                      \
	do {                                   \
		char *text_ = model_text(s);   \
		ck_assert_str_eq(text_, want); \
		free(text_);                   \
	} while (0)

/* --- what is asked for ------------------------------------------------------ */

static struct bridge_spec spec;
static struct netifs have;
static struct netplan plan;
static struct buf why;

#define UP                                                              \
	"br0 bridge in= up=1 of=-1 bootlet net br0 192.168.100.50/24\n" \
	"tap0 tap in=br0 up=1 of=1000 bootlet net br0\n"                \
	"tap1 tap in=br0 up=1 of=1000 bootlet net br0\n"

static inline void setup(void)
{
	spec = (struct bridge_spec){ .bridge = "br0", .owner = 1000 };
	parse_bridge_addr(BRIDGE_ADDRESS, &spec.addr);
	strv_pushl(&spec.taps, "tap0", "tap1", NULL);
}

static inline void teardown(void)
{
	strv_free(&spec.taps);
	netifs_free(&have);
	netplan_free(&plan);
	buf_free(&why);
}

static inline void make_up(void)
{
	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	apply(&have, &plan, plan.n);
	netplan_free(&plan);
}

#endif
