// SPDX-License-Identifier: MIT
/*
 * The kernel's formats, one line each, in this project's own words: names,
 * numbers and functions are made up. The versions say since or until when a
 * line is printed so.
 */
#include "host/oops_priv.h"
#include "oops_found.h"

#include "unit.h"

#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const struct {
	const char *line;
	enum oops_class class;
} failures[] = {
	/* kernel/panic.c */
	{ "Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b", OOPS_PANIC },
	{ "Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.", OOPS_PANIC },
	{ "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(2,0)", OOPS_PANIC },
	{ "Kernel panic - not syncing: System is deadlocked on memory", OOPS_PANIC },
	{ "Kernel panic - not syncing: hung_task: blocked tasks", OOPS_PANIC },
	{ "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: do_frob+0x5/0x9", OOPS_PANIC },
	{ "Kernel panic - not syncing: corrupted stack end detected inside scheduler", OOPS_PANIC },
	{ "PANIC: early exception 0x0e IP 10:ffffffff81000000 error 0 cr2 0xffff", OOPS_PANIC },
	{ "PANIC: Unsupported exit-code 0x7 in early #VC exception (IP: 0x1)", OOPS_PANIC },
	/* x86 page faults: until 4.20, 5.0, 5.1 */
	{ "BUG: unable to handle kernel paging request at ffffc90000123000", OOPS_OOPS },
	{ "BUG: unable to handle kernel NULL pointer dereference at 0000000000000018", OOPS_OOPS },
	{ "BUG: unable to handle page fault for address: ffffc90000123000", OOPS_OOPS },
	{ "BUG: kernel NULL pointer dereference, address: 0000000000000018", OOPS_OOPS },
	{ "BUG: unable to handle kernel", OOPS_OOPS },
	/* powerpc */
	{ "BUG: Unable to handle kernel data access on read at 0xc000000000123456", OOPS_OOPS },
	{ "BUG: Kernel NULL pointer dereference on write at 0x00000010", OOPS_OOPS },
	{ "Oops: Kernel access of bad area, sig: 11 [#1]", OOPS_OOPS },
	/* arm, arm64, riscv, loongarch, mips, s390 */
	{ "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008", OOPS_OOPS },
	{ "Unable to handle kernel paging request at virtual address dead000000000100", OOPS_OOPS },
	{ "Unable to handle kernel access to user memory outside uaccess routines at virtual address 0000ffff00001000", OOPS_OOPS },
	{ "Unable to handle kernel write to read-only memory at virtual address ffff800008000000", OOPS_OOPS },
	{ "Unable to handle kernel pointer dereference in virtual kernel address space", OOPS_OOPS },
	{ "CPU 0 Unable to handle kernel paging request at virtual address 0000000000000010, era == 9000000000212345", OOPS_OOPS },
	{ "Unhandled fault: alignment exception (0x221) at 0xc1234567", OOPS_OOPS },
	{ "Internal error: Oops: 0000000096000044 [#1] PREEMPT SMP", OOPS_OOPS },
	{ "Internal error: synchronous external abort: 0000000096000210 [#1] SMP", OOPS_OOPS },
	{ "Internal error: Oops - BUG: 0 [#1] ARM", OOPS_BUG },
	{ "Bad mode in Error handler detected, code 0xbf000002 -- SError", OOPS_OOPS },
	{ "SError Interrupt on CPU2, code 0x00000000be000011 -- SError", OOPS_OOPS },
	{ "Oops [#1]", OOPS_OOPS },
	{ "Oops[#1]:", OOPS_OOPS },
	{ "Kernel BUG [#1]", OOPS_BUG },
	{ "illegal operation: 0001 ilc:1 [#1] SMP", OOPS_OOPS },
	/* arch/x86/kernel/traps.c, with "Oops: " since 6.10 */
	{ "general protection fault: 0000 [#1] SMP PTI", OOPS_OOPS },
	{ "general protection fault, probably for non-canonical address 0xdead000000000110: 0000 [#1] SMP", OOPS_OOPS },
	{ "Oops: general protection fault, probably for non-canonical address 0xdead000000000110: 0000 [#1] SMP", OOPS_OOPS },
	{ "divide error: 0000 [#1] SMP", OOPS_OOPS },
	{ "Oops: divide error: 0000 [#1] SMP", OOPS_OOPS },
	{ "invalid opcode: 0000 [#1] SMP", OOPS_OOPS },
	{ "stack segment: 0000 [#1] SMP", OOPS_OOPS },
	{ "Oops: 0002 [#1] PREEMPT SMP", OOPS_OOPS },
	{ "int3: 0000 [#1] SMP", OOPS_OOPS },
	{ "alignment check: 0000 [#1] SMP", OOPS_OOPS },
	{ "double fault: 0000 [#1] SMP", OOPS_STACK },
	{ "traps: PANIC: double fault, error_code: 0x0", OOPS_STACK },
	{ "BUG: stack guard page was hit at 00000000abcdef00 (stack is 00000000abc00000..00000000abc03fff)", OOPS_STACK },
	{ "BUG: IRQ stack guard page was hit at ffffc90000000ff8 (stack is ffffc90000001000..ffffc90000005000)", OOPS_STACK },
	{ "kernel stack overflow (double-fault): 0000 [#1] SMP", OOPS_STACK },
	{ "Insufficient stack space to handle exception!", OOPS_STACK },
	/* lib/bug.c */
	{ "kernel BUG at drivers/frob/frob.c:42!", OOPS_BUG },
	{ "kernel BUG at lib/list_debug.c:56!", OOPS_LIST },
	{ "usercopy: Kernel memory exposure attempt detected from SLUB object 'frob' (offset 8, size 64)!", OOPS_BUG },
	/* __warn(): until 3.x, until 6.17, since 6.18 */
	{ "WARNING: at drivers/frob/frob.c:7 frob_start+0x12/0x40()", OOPS_WARNING },
	{ "WARNING: CPU: 1 PID: 99 at drivers/frob/frob.c:7 frob_start+0x12/0x40", OOPS_WARNING },
	{ "WARNING: CPU: 1 PID: 99 at frob_start+0x12/0x40", OOPS_WARNING },
	{ "WARNING: drivers/frob/frob.c:7 at frob_start+0x12/0x40, CPU#1: cat/99", OOPS_WARNING },
	{ "WARNING: drivers/frob/frob.c:7 at 0x0, CPU#1: cat/99", OOPS_WARNING },
	{ "WARNING: [n > 3] drivers/frob/frob.c:7 at frob_start+0x12/0x40, CPU#1: cat/99", OOPS_WARNING },
	{ "WARNING: CPU: 1 PID: 99 at lib/refcount.c:28 refcount_warn_saturate+0xba/0x110", OOPS_REFCOUNT },
	{ "refcount_t: underflow; use-after-free.", OOPS_REFCOUNT },
	{ "WARNING: CPU: 1 PID: 99 at lib/list_debug.c:33 __list_add_valid+0x40/0x80", OOPS_LIST },
	{ "list_add corruption. next->prev should be prev (ffff8881), but was 0000. (next=ffff8882).", OOPS_LIST },
	{ "list_del corruption, ffff8881->next is LIST_POISON1 (dead000000000100)", OOPS_LIST },
	{ "WARNING: CPU: 0 PID: 1 at kernel/locking/lockdep.c:4704 check_flags+0x9/0x90", OOPS_LOCKDEP },
	{ "WARNING: kernel stack regs at 00000000f00d in frob:7 has bad 'bp' value 00000000beef", OOPS_WARNING },
	{ "usb 3-1: WARNING: the frobnicator has lost its balance", OOPS_WARNING },
	/* sanitizers */
	{ "BUG: KASAN: slab-use-after-free in frob_free+0x10/0x20", OOPS_KASAN },
	{ "BUG: KASan: use after free in frob_free+0x10/0x20 at addr ffff8800", OOPS_KASAN },
	{ "BUG: KASAN: double-free in frob_free+0x10/0x20", OOPS_KASAN },
	{ "KASAN: null-ptr-deref in range [0x0000000000000010-0x0000000000000017]", OOPS_KASAN },
	{ "KASAN: maybe wild-memory-access in range [0xdead000000000100-0xdead000000000107]", OOPS_KASAN },
	{ "BUG: KFENCE: use-after-free read in frob_peek+0x10/0x20", OOPS_KFENCE },
	{ "BUG: KMSAN: uninit-value in frob_peek+0x10/0x20", OOPS_KMSAN },
	{ "BUG: KCSAN: data-race in frob_peek / frob_poke", OOPS_KCSAN },
	{ "UBSAN: Undefined behaviour in drivers/frob/frob.c:7:9", OOPS_UBSAN },
	{ "UBSAN: shift-out-of-bounds in drivers/frob/frob.c:7:9", OOPS_UBSAN },
	{ "Internal error: UBSAN: array index out of bounds: 00000000f2005512 [#1] SMP", OOPS_UBSAN },
	/* lockdep: until 4.13 with INFO or BUG in brackets, since with WARNING */
	{ "[ INFO: possible circular locking dependency detected ]", OOPS_LOCKDEP },
	{ "WARNING: possible circular locking dependency detected", OOPS_LOCKDEP },
	{ "WARNING: possible recursive locking detected", OOPS_LOCKDEP },
	{ "[ INFO: possible irq lock inversion dependency detected ]", OOPS_LOCKDEP },
	{ "WARNING: possible irq lock inversion dependency detected", OOPS_LOCKDEP },
	{ "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected", OOPS_LOCKDEP },
	{ "[ INFO: SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected ]", OOPS_LOCKDEP },
	{ "WARNING: inconsistent lock state", OOPS_LOCKDEP },
	{ "[ INFO: suspicious RCU usage. ]", OOPS_LOCKDEP },
	{ "WARNING: suspicious RCU usage", OOPS_LOCKDEP },
	{ "[ BUG: bad unlock balance detected! ]", OOPS_LOCKDEP },
	{ "WARNING: bad contention detected!", OOPS_LOCKDEP },
	{ "WARNING: held lock freed!", OOPS_LOCKDEP },
	{ "[ BUG: frob/77 still has locks held! ]", OOPS_LOCKDEP },
	{ "WARNING: lock held when returning to user space!", OOPS_LOCKDEP },
	{ "WARNING: Nested lock was not taken", OOPS_LOCKDEP },
	{ "[ BUG: Invalid wait context ]", OOPS_LOCKDEP },
	{ "INFO: trying to register non-static key.", OOPS_LOCKDEP },
	{ "BUG: MAX_LOCKDEP_CHAINS too low!", OOPS_LOCKDEP },
	{ "BUG: looking up invalid subclass: 8", OOPS_LOCKDEP },
	{ "BUG: key ffff8881 not in .data!", OOPS_LOCKDEP },
	{ "BUG: key ffff8881 has not been registered!", OOPS_LOCKDEP },
	{ "BUG: spinlock lockup suspected on CPU#0, frob/7", OOPS_SPINLOCK },
	{ "BUG: spinlock bad magic on CPU#1, frob/7", OOPS_SPINLOCK },
	{ "BUG: rwlock wrong CPU on CPU#1, frob/7, ffff8881", OOPS_SPINLOCK },
	{ "BUG: sleeping function called from invalid context at mm/frob.c:7", OOPS_ATOMIC },
	{ "BUG: scheduling while atomic: frob/7/0x00000002", OOPS_ATOMIC },
	{ "BUG: using smp_processor_id() in preemptible [00000000] code: frob/7", OOPS_ATOMIC },
	{ "BUG: using __this_cpu_add() in preemptible [00000000] code: frob/7", OOPS_ATOMIC },
	{ "BUG: workqueue leaked lock or atomic: kworker/0:1/0x00000001/7", OOPS_ATOMIC },
	{ "bad: scheduling from the idle thread!", OOPS_ATOMIC },
	{ "initcall frob_init+0x0/0x10 returned with preemption imbalance ", OOPS_ATOMIC },
	/* stalls: "rcu: " since 4.20, "watchdog: " since 4.14 */
	{ "INFO: rcu_sched self-detected stall on CPU { 0}", OOPS_RCU_STALL },
	{ "rcu: INFO: rcu_preempt self-detected stall on CPU", OOPS_RCU_STALL },
	{ "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", OOPS_RCU_STALL },
	{ "rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... } 7 jiffies s: 9", OOPS_RCU_STALL },
	{ "INFO: rcu_tasks detected stalls on tasks:", OOPS_RCU_STALL },
	{ "rcu: rcu_preempt kthread starved for 2602 jiffies! g1 f0x0", OOPS_RCU_STALL },
	{ "INFO: task frob:77 blocked for more than 120 seconds.", OOPS_HUNG_TASK },
	{ "INFO: task kworker/u8:1+ev:77 blocked in I/O wait for more than 122 seconds.", OOPS_HUNG_TASK },
	{ "BUG: soft lockup - CPU#0 stuck for 22s! [frob:77]", OOPS_SOFT_LOCKUP },
	{ "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [frob:77]", OOPS_SOFT_LOCKUP },
	{ "NMI watchdog: Watchdog detected hard LOCKUP on cpu 1", OOPS_HARD_LOCKUP },
	{ "watchdog: CPU3: Watchdog detected hard LOCKUP on cpu 3", OOPS_HARD_LOCKUP },
	{ "watchdog: CPU 3 self-detected hard LOCKUP @ frob+0x1/0x2", OOPS_HARD_LOCKUP },
	{ "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 33s!", OOPS_WORKQUEUE },
	/* memory */
	{ "BUG kmalloc-64 (Not tainted): Right Redzone overwritten", OOPS_SLAB },
	{ "BUG frob_cache (Tainted: G    B      ): Object already free", OOPS_SLAB },
	{ "INFO: Freed in frob_free+0x1/0x2 age=7 cpu=0 pid=9", OOPS_SLAB },
	{ "slab error in verify_redzone_free(): cache `frob': double free detected", OOPS_SLAB },
	{ "BUG: Bad page state in process frob  pfn:12345", OOPS_BAD_PAGE },
	{ "BUG: Bad page map in process frob  pte:1 pmd:2", OOPS_BAD_PAGE },
	{ "BUG: Bad rss-counter state mm:ffff8881 type:MM_ANONPAGES val:2", OOPS_BAD_PAGE },
	{ "BUG: non-zero pgtables_bytes on freeing mm: 4096", OOPS_BAD_PAGE },
	{ "pagealloc: memory corruption", OOPS_BAD_PAGE },
	{ "swap_info_get: Bad swap file entry 7fffffff", OOPS_BAD_PAGE },
	{ "BUG: memory leak", OOPS_LEAK },
	{ "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)", OOPS_LEAK },
	{ "unreferenced object 0xffff888100000000 (size 64):", OOPS_LEAK },
	/* file systems, network, boot */
	{ "BUG: Dentry ffff8881{i=7,n=frob}  still in use (1) [unmount of ext4 sda]", OOPS_VFS },
	{ "VFS: Busy inodes after unmount of sda (ext4)", OOPS_VFS },
	{ "VFS: Close: file count is 0", OOPS_VFS },
	{ "unregister_netdevice: waiting for lo to become free. Usage count = 2", OOPS_NETDEV },
	{ "Initramfs unpacking failed: invalid magic at start of compressed archive", OOPS_BOOT },
	{ "Failed to execute /init (error -8)", OOPS_BOOT },
	{ "BUG: something that nobody has seen before", OOPS_BUG },
	{ "BUG:", OOPS_CUT_OFF },
	{ "WARNING:", OOPS_CUT_OFF },
};

/* Lines that only mention such words. */
static const char *const harmless[] = {
	"Kernel command line: console=ttyS0 panic=1 oops=panic panic_on_warn",
	"Kernel command line: x=\"Kernel panic - not syncing: hello\"",
	"INFO: lockdep is turned off.",
	"INFO: Stall ended before state dump start",
	"INFO: NMI handler (perf_event_nmi_handler) took too long to run: 2.1 msecs",
	"INFO: recovery required on readonly filesystem",
	"INFO: task frob:77 is blocked on a mutex likely owned by task x:1.",
	"perf: interrupt took too long (2503 > 2500), lowering rate",
	"kasan: KernelAddressSanitizer initialized",
	"turning off the locking correctness validator.",
	"Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar",
	"ODEBUG: Out of memory. ODEBUG disabled",
	"debug: unmapping init [mem 0xffffffff82c00000-0xffffffff82ffffff]",
	"rcu: \tRCU CPU stall warnings timeout set to 60 (rcu_cpu_stall_timeout).",
	"watchdog: Delayed init of the lockup detector failed: -19",
	"NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.",
	"kmemleak: Kernel memory leak detector initialized (mem pool available: 15679)",
	"traps: frob[77] general protection fault ip:7f12 sp:7ffc error:0 in libc.so",
	"traps: frob[77] trap divide error ip:401136 sp:7ffc error:0 in frob",
	"frob[77]: segfault at 0 ip 00007f sp 00007ffc error 4 in libc.so",
	"Out of memory: Killed process 77 (frob) total-vm:1kB",
	"frob: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL)",
	"WARNING: Unprivileged eBPF is enabled with eIBRS on, data leaks possible via Spectre v2 BHB attacks!",
	"Spectre V2 : WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks, data leaks possible!",
	"WARNING: the mand mount option has been deprecated and",
	"WARNING: kernel not compiled with CPU_SRSO.",
	"Warning: unable to open an initial console.",
	"warning: `frob' uses deprecated v2 capabilities in a way that may be insecure",
	"systemd[1]: WARNING: something about a unit",
	"systemd[1]: BUG: Bad things in a unit's name",
	"frob[12]: WARNING: CPU: is what I say",
	"softdog: initialized. soft_noboot=0 soft_margin=60 sec soft_panic=0",
	"DEBUG: one, two",
	"Boot_DEBUG: BUG:x",
	"[BIN_INFO::0x0008][WAFER_INFO::0xcf80]",
	"printk: a program says \"BUG: unable to handle kernel paging request\"",
	"sysrq: Show Blocked State",
	"Linux version 6.1.0 (frob@frob) #1 SMP",
	"list of general protection, stack segments and double faults",
	"Oops: not a creditcard",
};
/* clang-format on */

/* What may stand before a message on a console. */
static const char *const prefixes[] = {
	"[    1.234567] ",
	"[   12.345678][  T123] ",
	"[ 1234.567890][    C0] ",
	"<4>[    1.234567] ",
	"<4>",
	"Jan  2 03:04:05 host kernel: ",
	"Jan  2 03:04:05 host kernel: [    1.234567] ",
	"2024-01-02T03:04:05.678901+00:00 host kernel: [    1.234567] ",
	"\r[    1.234567] ",
	"\033[0m\033[32m[    1.234567] \033[0m\033[31m",
	"** 12 printk messages dropped ** [    1.234567] ",
	"frob login: [    1.234567] ",
	"half a line of a program[    1.234567] ",
	"\x01\xff\x80[    1.234567] ",
};

static void scan_line(struct found *f, const char *prefix, const char *line)
{
	char *text = xasprintf("%s%s\r\n", prefix, line);

	found_scan(f, text, strlen(text), strlen(text));
	free(text);
}

START_TEST(failure_is_found_by_its_class)
{
	for (size_t p = 0; p < COUNT(prefixes); p++) {
		const char *line = failures[_i].line;
		struct found f = { 0 };

		scan_line(&f, prefixes[p], line);
		ck_assert_msg(f.n == 1, "%s%s: %zu findings", prefixes[p], line,
			      f.n);
		ck_assert_msg(f.first.class == failures[_i].class,
			      "%s%s: is %s", prefixes[p], line,
			      oops_class_name(f.first.class));
		ck_assert_uint_eq(f.first.line, 1);
		found_free(&f);
	}
}
END_TEST

START_TEST(harmless_is_not_found)
{
	for (size_t p = 0; p < COUNT(prefixes); p++) {
		struct found f = { 0 };

		scan_line(&f, prefixes[p], harmless[_i]);
		ck_assert_msg(f.n == 0, "%s%s: is found as %s", prefixes[p],
			      harmless[_i], f.lines.p);
		found_free(&f);
	}
}
END_TEST

/* What a program says, in a stream whose kernel lines have times. */
static const char *const programs[] = {
	"WARNING: apt does not have a stable CLI interface.",
	"WARNING: CPU load is high",
	"INFO: starting",
	"INFO:",
	"BUG: in my program",
	"mkfs: WARNING: 4 blocks",
	"WARNING: at line 7: no such word",
	"PANIC: in my program",
	"Failed to execute /bin/frob: No such file or directory",
	"Oops - that went wrong",
	"see: \"Kernel panic - not syncing: x\" is what to look for",
};

START_TEST(program_is_not_the_kernel)
{
	char *text = xasprintf("[    1.000000] frob\n%s\n", programs[_i]);
	struct found f = { 0 };

	found_scan(&f, text, strlen(text), strlen(text));
	ck_assert_msg(f.n == 0, "%s: is found as %s", programs[_i], f.lines.p);
	found_free(&f);
	free(text);
}
END_TEST

START_TEST(every_class_has_its_own_name)
{
	for (int i = 0; i < OOPS_N; i++) {
		ck_assert_ptr_nonnull(oops_class_name(i));
		ck_assert_ptr_null(strpbrk(oops_class_name(i), " :"));
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(oops_class_name(i),
					 oops_class_name(k));
	}
	ck_assert(!oops_is_kernel(OOPS_PROGRAM));
	ck_assert(oops_is_kernel(OOPS_PANIC));
}
END_TEST

/* A key shorter than the filter's lanes would be read beyond its end. */
START_TEST(every_row_has_a_key)
{
	for (size_t g = 0; g < n_oops_groups; g++) {
		const struct oops_group *group = &oops_groups[g];

		ck_assert_uint_gt(group->n, 0);
		ck_assert(!*group->word || strlen(group->word) >= OOPS_KEY);
		for (size_t r = 0; r < group->n; r++) {
			ck_assert_uint_lt(group->rows[r].class, OOPS_N);
			ck_assert(*group->word || strcspn(group->rows[r].glob,
							  "*") >= OOPS_KEY);
		}
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("oops_rows");
	TCase *t = tcase_create("formats");

	tcase_add_loop_test(t, failure_is_found_by_its_class, 0,
			    COUNT(failures));
	tcase_add_loop_test(t, harmless_is_not_found, 0, COUNT(harmless));
	tcase_add_loop_test(t, program_is_not_the_kernel, 0, COUNT(programs));
	tcase_add_test(t, every_row_has_a_key);
	tcase_add_test(t, every_class_has_its_own_name);
	suite_add_tcase(s, t);
	return s;
}
