// SPDX-License-Identifier: MIT
/* ELF files: tables, names, notes, and what a program needs to
 * be started. */
#include "fuzz.h"

#include "host/gdbelf.c"
#include "host/interp.h"
#include "host/vmlinux.h"

static void try_names(const struct gdbelf *e)
{
	static const char *const names[] = { ".modinfo", ".debug_info", "" };

	for (size_t i = 0; i < 3; i++) {
		const Elf64_Shdr *s = gdbelf_section(e, names[i]);

		fuzz_assert(!s || (s >= e->sections &&
				   s < e->sections + e->n_sections));
	}
	gdbelf_has_debug(e);
}

static void try_notes(const struct gdbelf *e)
{
	struct buf desc = { 0 };
	char *hex = NULL;

	if (!gdbelf_build_id(e, &hex))
		fuzz_assert(*hex && strlen(hex) % 2 == 0 &&
			    strspn(hex, "0123456789abcdef") == strlen(hex));
	free(hex);
	if (!gdbelf_note(e, "Xen", 18, &desc))
		fuzz_assert(desc.n && desc.n <= e->size);
	buf_free(&desc);
	vmlinux_has_pvh(e);
}

static void try_interpreter(const uint8_t *p, size_t n)
{
	char *head = malloc(n + 1), *out;
	int kind;

	fuzz_assert(head);
	memcpy(head, p, n);
	head[n] = '\0';
	kind = parse_interpreter(head, n, &out);
	fuzz_assert(kind == 0 || kind == INTERP_SCRIPT ||
		    kind == INTERP_LOADER);
	fuzz_assert(!kind == !out);
	fuzz_assert(!out || strlen(out) <= n);
	free(out);
	free(head);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	unsigned char *copy = fuzz_copy(p, n);
	struct gdbelf e;

	if (!gdbelf_memory(copy, n, &e)) {
		try_names(&e);
		try_notes(&e);
	}
	gdbelf_close(&e);
	gdbelf_close(&e);
	if (n)
		try_interpreter(p, n);
	free(copy);
	return 0;
}
