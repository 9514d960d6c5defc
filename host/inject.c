// SPDX-License-Identifier: MIT
#include "inject.h"

#include "qemu.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANSWER_MS 10000
/* The kernel prints, waits for its other CPUs and ends: much is emulated. */
#define END_MS 15000
/* What a CPU that runs needs to push something to its stack. */
#define FAULT_MS 500
/* A `bootlet dump` that was given up. */
#define DUMP_S	60
#define CR4_MCE (1ULL << 6)
/* Bank 1: valid, uncorrected, enabled, processor context corrupt; in progress.
 * Source: Intel SDM 3B, "Machine-Check Architecture". */
#define MCE "0 1 0xb200000000000000 0x4 0 0"

static int words(const struct qmp *q, int err, struct buf *why)
{
	if (err)
		buf_addf(why, "QEMU: %s", qmp_error(q, err));
	return err;
}

static int nmi(const struct inject *what, struct qmp *q,
	       const struct guestinfo *g, struct buf *why)
{
	(void)what;
	(void)g;
	return words(q, qmp_execute(q, "inject-nmi", NULL, ANSWER_MS, NULL),
		     why);
}

static int set_link(const struct inject *what, struct qmp *q,
		    const struct guestinfo *g, struct buf *why)
{
	int err = qmp_execute(q, "set_link",
			      json_pack("{s:s, s:b}", "name", QEMU_NETDEV, "up",
					what->up),
			      ANSWER_MS, NULL);

	(void)g;
	if (err != -EREMOTEIO || !strstr(qmp_error(q, err), "not found"))
		return words(q, err, why);
	buf_adds(why, "the guest has no network; start it with: bootlet run "
		      "--net user");
	return -ENODEV;
}

/* --- panic ------------------------------------------------------------------ */

bool parse_register(const char *text, const char *name, unsigned long long *out)
{
	size_t n = strlen(name);
	char *end;

	for (const char *p = text; (p = strstr(p, name)); p += n) {
		if ((p > text && isalnum((unsigned char)p[-1])) || p[n] != '=')
			continue;
		*out = strtoull(p + n + 1, &end, 16);
		return end > p + n + 1;
	}
	return false;
}

struct cpu {
	unsigned long long cr4, idt;
};

static int read_cpu(struct qmp *q, struct cpu *c)
{
	struct buf text = { 0 };
	int err = qmp_monitor(q, "info registers", ANSWER_MS, &text);

	if (!err && (!text.p || !parse_register(text.p, "CR4", &c->cr4) ||
		     !parse_register(text.p, "IDT", &c->idt)))
		err = -EPROTO;
	buf_free(&text);
	return err;
}

/* To all CPUs, as hardware has it; some models know it to one only. */
static int machine_check(struct qmp *q)
{
	struct buf said = { 0 };
	int err = qmp_monitor(q, "mce -b " MCE, ANSWER_MS, &said);

	if (!err && said.n) {
		buf_free(&said);
		err = qmp_monitor(q, "mce " MCE, ANSWER_MS, &said);
	}
	if (!err && said.n)
		err = -EOPNOTSUPP;
	buf_free(&said);
	return err;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A panic ends the guest (panic=-1, -no-reboot), or stops it to be dumped. */
static int await_end(struct qmp *q, int ms)
{
	double end = seconds() + ms / 1e3;
	bool over = false;
	int err = 0;

	while (!err && !over) {
		double left = end - seconds();
		const char *name;
		json_t *e;

		err = qmp_event(q, left > 0 ? (int)(left * 1e3) : 0, &e);
		if (err)
			break;
		name = json_string_value(json_object_get(e, "event"));
		over = !strcmp(name, "SHUTDOWN") || !strcmp(name, "RESET");
		json_decref(e);
	}
	return err == -ECONNRESET ? 0 : err;
}

static int panic(const struct inject *what, struct qmp *q,
		 const struct guestinfo *g, struct buf *why)
{
	struct cpu cpu = { 0 };
	int r = read_cpu(q, &cpu);

	/* Without CR4.MCE a CPU shuts down, and nobody says panic. */
	if (!r)
		r = cpu.cr4 & CR4_MCE ? machine_check(q) : -EOPNOTSUPP;
	if (r == -EOPNOTSUPP && g->address) {
		buf_adds(why, "this kernel takes no machine checks "
			      "(CONFIG_X86_MCE), and the other way, through a "
			      "gdbstub, is taken by --gdb; let gdb call panic");
		return -EBUSY;
	}
	if (r == -EOPNOTSUPP) {
		r = inject_double_fault(q, g->dir, cpu.idt, why);
		if (r)
			return r;
		r = await_end(q, FAULT_MS);
		if (!r)
			return 0;
		/* A CPU that is halted may wait for long, but not for an NMI:
		 * that has a stack of its own, and what it returns to none. */
		r = r == -ETIMEDOUT ? nmi(what, q, g, why) : r;
		if (r && why->n)
			return r;
	}
	if (!r)
		r = await_end(q, END_MS);
	if (r == -ETIMEDOUT)
		buf_addf(why,
			 "a fatal fault was delivered, and the guest has not "
			 "ended in %d seconds: see its console, whether it "
			 "panicked and does not end by it (panic=0)",
			 END_MS / 1000);
	else
		words(q, r, why);
	return r;
}

/* --- the table -------------------------------------------------------------- */

static const struct inject table[] = {
	{
		.name = "nmi",
		.help = "a non-maskable interrupt to every CPU",
		.done = "NMI injected",
		.apply = nmi,
		.runs = true,
	},
	{
		.name = "link-down",
		.help = "the network card loses its carrier",
		.done = "link down",
		.apply = set_link,
	},
	{
		.name = "link-up",
		.help = "it has it again",
		.done = "link up",
		.apply = set_link,
		.up = true,
	},
	{
		.name = "panic",
		.help = "a machine check that the kernel cannot survive; where "
			"it takes none, a double fault",
		.done = "panicked",
		.apply = panic,
		.runs = true,
	},
};

const struct inject *inject_table(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct inject *inject_find(const char *name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

/* Return: 1 where it runs; 0 where it is stopped, and -EBUSY where only until
 * a core is written, which QEMU does to its end; -errno. */
static int is_running(struct qmp *q, struct buf *why)
{
	json_t *reply = NULL;
	const char *status;
	int r = qmp_execute(q, "query-status", NULL, ANSWER_MS, &reply);

	if (r)
		return words(q, r, why);
	status = json_string_value(json_object_get(reply, "status"));
	r = json_is_true(json_object_get(reply, "running"));
	if (!r && status && !strcmp(status, "save-vm"))
		r = -EBUSY;
	json_decref(reply);
	return r;
}

static int check_runs(struct qmp *q, struct buf *why)
{
	int r;

	for (int i = 0; (r = is_running(q, why)) == -EBUSY && i < DUMP_S; i++)
		poll(NULL, 0, 1000);
	if (r == -EBUSY)
		buf_adds(why, "a core of the guest is being written; try again "
			      "when it is");
	if (r == 0)
		buf_adds(why, "the guest is stopped, by a debugger or since "
			      "it has ended; it takes no fault now");
	return r > 0 ? 0 : r ? r : -EAGAIN;
}

int inject_apply(const struct inject *what, struct qmp *q,
		 const struct guestinfo *g, struct buf *why)
{
	int err;

	inject_recover(q, g->dir);
	err = what->runs ? check_runs(q, why) : 0;
	return err ? err : what->apply(what, q, g, why);
}
