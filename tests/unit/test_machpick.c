// SPDX-License-Identifier: MIT
#include "host/machpick.h"
#include "unit.h"

#include <string.h>

/* What a packaged kernel is, and a run that needs nothing. */
static struct machpick_facts usual(void)
{
	return (struct machpick_facts){
		.pvh = true,
		.release = "6.1.0-56-amd64",
		.config = true,
		.acpi = true,
		.mmio = true,
		.pci = true,
		.net = true,
		.cpus = 1,
	};
}

static void ck_pc(const struct machpick_facts *f, const char *words)
{
	const char *why;

	ck_assert_str_eq(machpick_decide(f, &why)->name, "pc");
	ck_assert_msg(why && strstr(why, words), "%s", why ? why : "(none)");
}

static void ck_microvm(const struct machpick_facts *f)
{
	const char *why;

	ck_assert_str_eq(machpick_decide(f, &why)->name, "microvm");
	ck_assert_ptr_null(why);
}

START_TEST(nothing_asked)
{
	struct machpick_facts f = usual();

	ck_microvm(&f);
	f.share = true;
	f.card = true;
	ck_microvm(&f);
	/* A kernel of one's own that has no virtio at all. */
	f = usual();
	f.mmio = f.pci = f.net = false;
	ck_microvm(&f);
}
END_TEST

START_TEST(releases)
{
	static const char *const old[] = {
		"5.10.0-46-amd64", "4.19.0", "5.9", "", "weekly", "6"
	};
	static const char *const fine[] = { "5.11.0", "5.12-rc1", "6.0.0",
					    "10.1", "7.2.13+deb14-amd64" };
	struct machpick_facts f = usual();

	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		f.release = old[i];
		ck_pc(&f, "older than 5.11");
	}
	f.release = NULL;
	ck_pc(&f, "older than 5.11");
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		f.release = fine[i];
		ck_microvm(&f);
	}
}
END_TEST

START_TEST(each_reason)
{
	struct machpick_facts f;

#define WITH(field, value, words) \
	do {                      \
		f = usual();      \
		f.field = value;  \
		ck_pc(&f, words); \
	} while (0)
	WITH(pvh, false, "not entered through PVH");
	WITH(cpus, 2, "several processors");
	WITH(word, "hpet=", "command line");
	WITH(module, "e1000", "module");
	WITH(card_pci, true, "network card is one for PCI");
	WITH(config, false, "configuration");
	WITH(acpi, false, "no ACPI");
	WITH(mmio, false, "on PCI alone");
#undef WITH
	f = usual();
	f.share = true;
	f.mmio = f.pci = false;
	ck_pc(&f, "virtio devices without PCI");
	f = usual();
	f.card = true;
	f.net = false;
	ck_pc(&f, "network card without PCI");
}
END_TEST

START_TEST(configurations)
{
	static const char text[] = "# CONFIG_VIRTIO_PCI is not set\n"
				   "CONFIG_ACPI=y\nCONFIG_VIRTIO_MMIO=m\n"
				   "CONFIG_VIRTIO_NET_FAILOVER=y\n";
	static const char none[] =
		"# CONFIG_ACPI is not set\nCONFIG_VIRTIO_NET=n\n";
	struct machpick_facts f = { 0 };

	machpick_config(text, strlen(text), &f);
	ck_assert(f.config && f.acpi && f.mmio);
	ck_assert(!f.pci && !f.net);
	f = (struct machpick_facts){ 0 };
	machpick_config(none, strlen(none), &f);
	ck_assert(f.config && !f.acpi && !f.mmio && !f.net);
	machpick_config("", 0, &f);
	ck_assert(f.config && !f.acpi);
	/* Cut off just there. */
	machpick_config("\nCONFIG_ACPI=", 13, &f);
	ck_assert(!f.acpi);
}
END_TEST

START_TEST(words)
{
	static const struct {
		const char *append, *found;
	} rows[] = {
		{ "acpi=off", "acpi=" },
		{ "quiet  nohpet", "nohpet" },
		{ "clocksource=hpet", "clocksource=" },
		{ "tsc=unstable", "tsc=" },
		{ "quiet", NULL },
		{ "", NULL },
		{ "foo.acpi=off xacpi=1 acpi", NULL },
		{ "ip=dhcp root=/dev/vda", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *v[] = { (char[]){ "panic=1" }, (char *)rows[i].append };
		struct strv append = { .v = v, .n = 2 };
		const char *found = machpick_word(&append);

		if (rows[i].found)
			ck_assert_str_eq(found, rows[i].found);
		else
			ck_assert_ptr_null(found);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("machpick");
	TCase *t = tcase_create("machpick");

	tcase_add_test(t, nothing_asked);
	tcase_add_test(t, releases);
	tcase_add_test(t, each_reason);
	tcase_add_test(t, configurations);
	tcase_add_test(t, words);
	suite_add_tcase(s, t);
	return s;
}
