// SPDX-License-Identifier: MIT
/*
 * The function that a report is about: the first one of its trace that is not
 * the machinery of reporting, locking, allocating or waiting.
 */
#include "oops_priv.h"

#include <ctype.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Begin of names that say where the kernel noticed, not what went wrong. */
static const char *const reporting[] = {
	"dump_stack",
	"dump_backtrace",
	"show_stack",
	"show_regs",
	"panic",
	"vpanic",
	"nmi_panic",
	"check_panic_on_warn",
	"__warn",
	"warn_slowpath",
	"report_bug",
	"fixup_bug",
	"handle_bug",
	"exc_",
	"asm_exc_",
	"do_trap",
	"do_error_trap",
	"do_invalid_op",
	"invalid_op",
	"do_page_fault",
	"__do_page_fault",
	"page_fault",
	"bad_area",
	"__bad_area",
	"no_context",
	"page_fault_oops",
	"kernelmode_fixup",
	"general_protection",
	"oops_",
	"die",
	"__die",
	"die_kernel_fault",
	"do_mem_abort",
	"do_translation",
	"do_tag_",
	"__do_kernel_fault",
	"el1_",
	"el1h_",
	"el0_",
	"do_DataAbort",
	"__dabt_",
	"kasan_",
	"__kasan_",
	"kmsan_",
	"__msan_",
	"__asan_",
	"__tsan_",
	"__hwasan_",
	"kcsan_",
	"kfence_",
	"ubsan_",
	"__ubsan_",
	"print_address",
	"print_report",
	"print_unlock",
	"print_circular",
	"print_usage",
	"print_bad",
	"print_trailer",
	"check_memory_region",
	"end_report",
	"complete_report",
	"object_err",
	"slab_err",
	"describe_",
	"debug_print_object",
	"debug_check",
	"__debug_",
	"debug_object",
	"refcount_",
	"__refcount_",
	"kref_",
	"list_",
	"__list_",
	"__fortify",
	"fortify_panic",
	"__stack_chk",
	"usercopy",
	"__check_object",
	"__check_heap",
	"stack_trace",
	"save_stack",
	"arch_stack_walk",
	"unwind",
	"__unwind",
	"__sanitizer_cov",
	"write_comp_data",
	"check_kcov",
	"lockdep",
	"debug_show",
	"__might_",
	"___might_",
	"might_",
	"__schedule_bug",
	"check_preemption",
	"debug_smp_processor",
	"__this_cpu_preempt",
	"printk",
	"vprintk",
	"_printk",
	"kobject_",
	"add_taint",
	"irq_work",
	"rcu_lockdep",
	"spin_dump",
	"spin_bug",
	"rwlock_bug",
	"do_raw_",
	"mem_abort",
	"panic_bad_stack",
	"handle_bad_stack",
	"ref_tracker",
	"ret_from_",
	"entry_",
	"do_syscall",
	"trace_hardirqs",
	"print_other_cpu",
	"dump_cpu_task",
	"warn_",
	"skb_panic",
	"skb_over_panic",
	"bad_page",
	"free_page_is_bad",
	"__reset_page_owner",
	"__set_page_owner",
	"print_cpu",
	"panic_on",
	"crash_",
};

/* Begin of names below which everything waits, locks or allocates. */
static const char *const common[] = {
	"__lock_acquire",
	"lock_acquire",
	"lock_release",
	"__lock_release",
	"lock_is_held",
	"mark_lock",
	"mark_usage",
	"valid_state",
	"validate_",
	"check_prev",
	"check_noncircular",
	"check_wait_context",
	"register_lock",
	"_raw_spin",
	"_raw_read",
	"_raw_write",
	"__raw_spin",
	"__raw_read",
	"__raw_write",
	"__mutex_",
	"mutex_",
	"down_",
	"up_",
	"__down",
	"__up",
	"rwsem_",
	"queued_spin",
	"native_queued",
	"pv_queued",
	"rt_spin",
	"schedule",
	"__schedule",
	"preempt_schedule",
	"io_schedule",
	"context_switch",
	"wait_for_common",
	"wait_for_completion",
	"__wait_for_common",
	"do_wait_for",
	"bit_wait",
	"__wait_on_bit",
	"out_of_line_wait",
	"kmalloc",
	"__kmalloc",
	"__do_kmalloc",
	"kzalloc",
	"kcalloc",
	"krealloc",
	"kvmalloc",
	"kfree",
	"kvfree",
	"kmem_cache_",
	"__kmem_cache",
	"slab_",
	"__slab_",
	"___slab",
	"cache_alloc",
	"vmalloc",
	"__vmalloc",
	"vfree",
	"__alloc_pages",
	"alloc_pages",
	"create_object",
	"kmemleak_",
	"__alloc_skb",
	"kstrdup",
	"kmemdup",
	"memdup_",
	"memcpy",
	"__memcpy",
	"memmove",
	"__memmove",
	"memset",
	"__memset",
	"strlen",
	"strcmp",
	"strcpy",
	"strscpy",
	"strncpy",
	"_copy_from",
	"_copy_to",
	"copy_from",
	"copy_to",
	"__copy_",
	"instrument_",
	"rcu_",
	"__rcu",
	"synchronize_rcu",
	"srcu_",
	"perf_event_nmi",
	"nmi_",
	"__nmi",
	"default_do_nmi",
	"do_nmi",
	"end_repeat_nmi",
	"trigger_",
	"arch_trigger",
	"apic_timer",
	"smp_apic",
	"__sysvec",
	"sysvec",
	"asm_sysvec",
	"hrtimer_",
	"__hrtimer",
	"tick_",
	"update_process",
	"__do_softirq",
	"do_softirq",
	"handle_softirqs",
	"irq_exit",
	"__irq_exit",
	"invoke_softirq",
	"local_apic",
	"watchdog",
	"softlockup",
	"__run_hrtimer",
	"print_cpu_stall",
	"check_cpu_stall",
	"sched_show",
	"smp_call_function",
	"csd_lock",
	"generic_exec",
	"on_each_cpu",
	"native_halt",
	"native_safe_halt",
	"atomic",
	"arch_atomic",
	"test_bit",
	"_find_",
	"read_seqcount",
	"asm_common",
	"retint_",
	"irqentry_",
	"preempt_count",
	"__switch_to",
	"ldsem_",
	"down+",
	"up+",
	"complete+",
	"osq_",
	"rb_erase",
	"rb_insert",
	"__rb_",
	"__x86_indirect",
	"_atomic_dec",
	"post_alloc_hook",
	"prep_new_page",
	"get_page_from_freelist",
	"free_pcp",
	"free_unref",
	"__free_pages",
	"__synchronize",
	"synchronize_",
	"exit_to_user",
};

/* What stands before the function where the CPU was. */
static const char *const registers[] = {
	"RIP: 0010:", "EIP: ",	"IP: ",	      "RIP ",  "pc : ",
	"PC is at ",  "epc : ", "EIP is at ", "RIP: ", "NIP ",
};

static bool begins(struct oops_text t, const char *word)
{
	size_t n = strlen(word);

	return t.n >= n && !memcmp(t.p, word, n);
}

static bool listed(struct oops_text t, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (t.n && t.p[0] == *list[i] && begins(t, list[i]))
			return true;
	return false;
}

static bool is_symbol(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* "f+0x12/0x34": the length of f, or 0. */
static size_t symbol(struct oops_text t)
{
	size_t n = 0;

	while (n < t.n && is_symbol(t.p[n]))
		n++;
	if (!n || isdigit((unsigned char)t.p[0]) || n + 3 >= t.n ||
	    memcmp(t.p + n, "+0x", 3))
		return 0;
	return n;
}

static bool put(struct oops_text t, size_t n, char *out)
{
	if (!n || n >= OOPS_FUNC_MAX ||
	    listed(t, reporting, COUNT(reporting)) ||
	    listed(t, common, COUNT(common)))
		return false;
	/* What the compiler has cut off or cloned is the same function. */
	for (size_t i = 1; i + 1 < n; i++)
		if (t.p[i] == '.')
			n = i;
	memcpy(out, t.p, n);
	out[n] = '\0';
	return true;
}

static bool take(struct oops_text t, char *out)
{
	return put(t, symbol(t), out);
}

static void skip(struct oops_text *t, size_t n)
{
	t->p += n;
	t->n -= n;
}

/* "[<ffffffff81234567>] ", "(____ptrval____) " and the like. */
static void skip_address(struct oops_text *t)
{
	while (t->n && t->p[0] == ' ')
		skip(t, 1);
	while (t->n && t->p[0] == '[') {
		const char *end = memchr(t->p, ']', t->n);

		if (!end)
			return;
		skip(t, (size_t)(end + 1 - t->p));
		while (t->n && t->p[0] == ' ')
			skip(t, 1);
	}
}

/* Lockdep names the place of a lock: "..., at: f+0x1/0x2". */
static bool lock_place(struct oops_text t, char *out)
{
	const char *at = memmem(t.p, t.n, "at: ", 4);

	if (!at)
		return false;
	skip(&t, (size_t)(at + 4 - t.p));
	skip_address(&t);
	return take(t, out);
}

/* KCSAN names functions without offsets: "data-race in f / g". */
static bool race(struct oops_text t, char *out)
{
	const char *in = memmem(t.p, t.n, " in ", 4);
	size_t n = 0;

	if (!in)
		return false;
	skip(&t, (size_t)(in + 4 - t.p));
	while (n < t.n && is_symbol(t.p[n]))
		n++;
	return (n == t.n || t.p[n] == ' ') && put(t, n, out);
}

bool oops_title_function(enum oops_class class, struct oops_text t, char *out)
{
	for (size_t i = 0; i < t.n; i++)
		if (!i || t.p[i - 1] == ' ') {
			struct oops_text rest = { t.p + i, t.n - i };

			if (symbol(rest))
				return take(rest, out);
		}
	return class == OOPS_KCSAN && race(t, out);
}

bool oops_function(enum oops_class class, struct oops_text t, char *out)
{
	if (class == OOPS_LOCKDEP && lock_place(t, out))
		return true;
	/* Who lost the memory is who called what allocates. */
	if (class == OOPS_LEAK && memmem(t.p, t.n, "alloc", 5))
		return false;
	for (size_t i = 0; i < COUNT(registers); i++)
		if (begins(t, registers[i])) {
			skip(&t, strlen(registers[i]));
			/* Before 4.13: "0010:[<addr>]  [<addr>] f+0x1/0x2" */
			if (begins(t, "0010:"))
				skip(&t, 5);
			break;
		}
	skip_address(&t);
	return take(t, out);
}
