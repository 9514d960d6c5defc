// SPDX-License-Identifier: MIT
/* guest.json of a run, and what /proc says of who has a tap. */
#include "fuzz.h"

#include "host/guestinfo.c"

#include "host/bridge_apply.h"
#include "host/bridge_users.h"

static void check_round_trip(const struct guestinfo *g)
{
	struct guestinfo again = { 0 };
	char *once = to_text(g), *twice;
	json_t *o;

	fuzz_assert(once);
	o = json_loads(once, 0, NULL);
	fuzz_assert(o && !from_json(o, &again));
	twice = to_text(&again);
	fuzz_assert(twice && !strcmp(once, twice));
	json_decref(o);
	guestinfo_free(&again);
	free(once);
	free(twice);
}

static void try_proc(const char *text, size_t n)
{
	char iff[BRIDGE_NAME_SIZE], *name = parse_run_name(text, n);

	fuzz_assert(!name || *name);
	free(name);
	if (parse_fdinfo_iff(text, iff))
		fuzz_assert(strlen(iff) < sizeof(iff));
	parse_batch_line(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n);
	json_t *o = json_loads(text, 0, NULL);
	struct guestinfo g = { 0 };

	if (o && !from_json(o, &g)) {
		fuzz_assert(g.pid >= 1);
		check_round_trip(&g);
	}
	guestinfo_free(&g);
	json_decref(o);
	try_proc(text, strlen(text));
	free(text);
	return 0;
}
