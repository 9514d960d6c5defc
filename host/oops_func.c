// SPDX-License-Identifier: MIT
/*
 * The function that a report is about: the first one of its trace that is not
 * the machinery of reporting, locking, allocating or waiting.
 */
#include "oops_priv.h"

#include <ctype.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */

/* Begin of names that say where the kernel noticed, not what went wrong. */
static const char *const reporting[] = {
	"___might_", "__asan_", "__bad_area", "__check_heap", "__check_object",
	"__dabt_", "__debug_", "__die", "__do_kernel_fault", "__do_page_fault",
	"__fortify", "__hwasan_", "__kasan_", "__list_", "__might_", "__msan_",
	"__refcount_", "__reset_page_owner", "__sanitizer_cov",
	"__schedule_bug", "__set_page_owner", "__stack_chk",
	"__this_cpu_preempt", "__tsan_", "__ubsan_", "__unwind", "__warn",
	"_printk", "add_taint", "arch_stack_walk", "asm_exc_", "bad_area",
	"bad_page", "check_kcov", "check_memory_region", "check_panic_on_warn",
	"check_preemption", "complete_report", "crash_", "debug_check",
	"debug_object", "debug_print_object", "debug_show",
	"debug_smp_processor", "describe_", "die", "do_DataAbort",
	"do_error_trap", "do_invalid_op", "do_mem_abort", "do_page_fault",
	"do_raw_", "do_syscall", "do_tag_", "do_translation", "do_trap",
	"dump_backtrace", "dump_cpu_task", "dump_stack", "el0_", "el1_",
	"el1h_", "end_report", "entry_", "exc_", "fixup_bug", "fortify_panic",
	"free_page_is_bad", "general_protection", "handle_bad_stack",
	"handle_bug", "invalid_op", "irq_work", "kasan_", "kcsan_",
	"kernelmode_fixup", "kfence_", "kmsan_", "kobject_", "kref_", "list_",
	"lockdep", "mem_abort", "might_", "nmi_panic", "no_context",
	"object_err", "oops_", "page_fault", "panic", "print_address",
	"print_bad", "print_circular", "print_cpu", "print_other_cpu",
	"print_report", "print_trailer", "print_unlock", "print_usage",
	"printk", "rcu_lockdep", "ref_tracker", "refcount_", "report_bug",
	"ret_from_", "rwlock_bug", "save_stack", "show_regs", "show_stack",
	"skb_over_panic", "skb_panic", "slab_err", "spin_bug", "spin_dump",
	"stack_trace", "trace_hardirqs", "ubsan_", "unwind", "usercopy",
	"vpanic", "vprintk", "warn_", "write_comp_data",
};

/* Begin of names below which everything waits, locks or allocates. */
static const char *const common[] = {
	"___slab", "__alloc_pages", "__alloc_skb", "__const_udelay", "__copy_", "__delay", "__do_kmalloc",
	"__do_softirq", "__down", "__free_pages", "__hrtimer", "__irq_exit",
	"__kmalloc", "__kmem_cache", "__lock_acquire", "__lock_release",
	"__memcpy", "__memmove", "__memset", "__mutex_", "__nmi", "__percpu_",
	"__raw_read", "__raw_spin", "__raw_write", "__rb_", "__rcu",
	"__rt_mutex", "__run_hrtimer", "__schedule", "__slab_", "__switch_to",
	"__synchronize", "__sysvec", "__udelay", "__up", "__vmalloc", "__wait_for_common",
	"__wait_on_bit", "__x86_indirect", "_atomic_dec", "_copy_from",
	"_copy_to", "_find_", "_raw_read", "_raw_spin", "_raw_write",
	"alloc_pages", "apic_timer", "arch_atomic", "arch_trigger",
	"asm_common", "asm_sysvec", "atomic", "bit_wait", "cache_alloc",
	"check_cpu_stall", "check_noncircular", "check_prev",
	"check_wait_context", "complete+", "context_switch", "copy_from",
	"copy_to", "create_object", "csd_lock", "default_do_nmi", "delay_", "do_nmi",
	"do_softirq", "do_wait_for", "down+", "down_", "end_repeat_nmi",
	"exit_to_user", "folio_wait", "free_pcp", "free_unref", "generic_exec",
	"get_page_from_freelist", "handle_softirqs", "hrtimer_", "instrument_",
	"invoke_softirq", "io_schedule", "irq_exit", "irqentry_", "kcalloc",
	"kfree", "kmalloc", "kmem_cache_", "kmemdup", "kmemleak_", "krealloc",
	"kstrdup", "kvfree", "kvmalloc", "kzalloc", "ldsem_", "local_apic",
	"lock_acquire", "lock_is_held", "lock_release", "mark_lock",
	"mark_usage", "memcpy", "memdup_", "memmove", "memset", "msleep", "mutex_",
	"native_halt", "native_queued", "native_safe_halt", "nmi_",
	"on_each_cpu", "osq_", "out_of_line_wait", "percpu_", "perf_event_nmi",
	"post_alloc_hook", "preempt_count", "preempt_schedule", "prep_new_page",
	"prepare_to_wait", "print_cpu_stall", "pv_queued", "queued_spin",
	"rb_erase", "rb_insert", "rcu_", "read_seqcount", "register_lock",
	"retint_", "rt_mutex", "rt_spin", "rtlock", "rwsem_", "sched_show",
	"schedule", "slab_", "smp_apic", "smp_call_function", "softlockup",
	"srcu_", "strcmp", "strcpy", "strlen", "strncpy", "strscpy",
	"synchronize_", "sysvec", "test_bit", "tick_", "trigger_", "up+", "up_",
	"update_process", "usleep_", "valid_state", "validate_", "vfree", "vmalloc",
	"wait_for_common", "wait_for_completion", "wait_on_", "wait_woken",
	"watchdog",
};

/* What stands before the function where the CPU was. */
static const char *const registers[] = {
	"RIP: 0010:", "EIP: ", "IP: ", "RIP ", "pc : ", "PC is at ",
	"epc : ", "EIP is at ", "RIP: ", "NIP ",
};

/* clang-format on */

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
