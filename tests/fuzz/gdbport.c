// SPDX-License-Identifier: MIT
/* Addresses of gdbstubs, and the kernel's tables of who is connected. The first
 * line is an address, the rest is a table. */
#include "fuzz.h"

#include "host/gdbport.c"
#include "host/gdbstub.h"

static void try_port(const char *address, const char *table)
{
	struct gdbport p;

	if (!parse_gdbport(address, &p)) {
		fuzz_assert(!p.path != !p.host && !p.host == !p.port);
		if (p.path)
			fuzz_assert(*p.path &&
				    strlen(p.path) <
					    sizeof(((struct sockaddr_un *)0)
							   ->sun_path));
		gdbport_taken(&p, table);
	}
	gdbport_free(&p);
	fuzz_assert(!p.path && !p.host && !p.port);
}

/* What a stub says of itself is an address. */
static void try_stub(const char *address)
{
	struct gdbstub g = { 0 };
	struct gdbport p;
	char *again;

	if (parse_gdbstub(address, &g))
		return;
	fuzz_assert(g.path ? fuzz_within(g.path, strlen(g.path), address,
					 strlen(address)) :
			     g.port >= 1 && g.port <= 65535);
	/* A relative path has become longer. */
	if (g.path && *g.path != '/')
		return;
	again = gdbstub_address(&g);
	fuzz_assert(!parse_gdbport(again, &p));
	fuzz_assert(!g.path || !strcmp(p.path, g.path));
	gdbport_free(&p);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *address = fuzz_line(&p, &n), *table = fuzz_string(p, n);

	try_port(address, table);
	try_stub(address);
	free(address);
	free(table);
	return 0;
}
