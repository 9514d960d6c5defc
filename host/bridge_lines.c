// SPDX-License-Identifier: MIT
/* Plans as the lines that ip(8) gets, or that a user reads. */
#include "bridge_plan.h"
#include "quote.h"

#include <assert.h>
#include <string.h>

/* D is the interface, A and B are the arguments. ip's own words, in full. */
static const char *const lines[] = {
	[NETOP_ADD_BRIDGE] = "link add name D type bridge",
	[NETOP_ADD_TAP] = "tuntap add dev D mode tap user A",
	[NETOP_MARK] = "link set dev D alias A",
	[NETOP_RENAME] = "link set dev D name A",
	[NETOP_ADDRESS] = "address add A brd B dev D",
	[NETOP_MASTER] = "link set dev D master A",
	[NETOP_UP] = "link set dev D up",
	[NETOP_DELETE] = "link delete dev D",
	[NETOP_ADDRESS_DELETE] = "address delete A dev D",
	[NETOP_NO_MASTER] = "link set dev D nomaster",
	[NETOP_DOWN] = "link set dev D down",
};

static_assert(sizeof(lines) / sizeof(lines[0]) == NETOP_TYPES,
	      "a line for each operation");

void netop_argv(const struct netop *op, struct strv *argv)
{
	const char *p = lines[op->type];

	strv_push(argv, "ip");
	while (*p) {
		size_t n = strcspn(p, " ");

		if (n == 1 && *p == 'D')
			strv_push(argv, op->dev);
		else if (n == 1 && *p == 'A')
			strv_push(argv, op->arg);
		else if (n == 1 && *p == 'B')
			strv_push(argv, op->arg2);
		else
			strv_pushf(argv, "%.*s", (int)n, p);
		p += n + (p[n] == ' ');
	}
}

void netplan_sh(const struct netplan *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct strv argv = { 0 };

		netop_argv(&plan->v[i], &argv);
		quote_line(out, &argv);
		strv_free(&argv);
	}
}

/* ip ends a word at white space, unless it begins with a quote; it knows no
 * other quoting, which is why parse_ifname() refuses what would need one. */
void netplan_batch(const struct netplan *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct strv argv = { 0 };

		netop_argv(&plan->v[i], &argv);
		for (size_t w = 1; w < argv.n; w++) {
			const char *quote = strchr(argv.v[w], ' ') ? "\"" : "";

			buf_addf(out, "%s%s%s%s", w > 1 ? " " : "", quote,
				 argv.v[w], quote);
		}
		buf_addc(out, '\n');
		strv_free(&argv);
	}
}
