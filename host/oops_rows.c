// SPDX-License-Identifier: MIT
/*
 * The headers of the kernel's reports, by the word they begin with. In a group
 * the first row that fits decides, so what is special stands above what is
 * general. The source of each is named; several versions of a text stand
 * together.
 */
#include "oops_priv.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define M(name)	 OOPS_BIT(OOPS_##name)

/* What die() may come after: it only says it once more. */
#define DIED (M(OOPS) | M(BUG) | M(STACK) | M(LIST) | M(KASAN) | M(SLAB))

/* clang-format off */

/* kernel/locking/{lockdep,lockdep_proc,rtmutex}.c, kernel/rcu: the word before
 * has been INFO or BUG up to 4.13 and is WARNING since. */
#define LOCK_ROWS \
	{ "possible * locking *detected", OOPS_LOCKDEP, OOPS_GLUED, 0 }, \
	{ "possible irq lock", OOPS_LOCKDEP, 0, 0 }, \
	{ "possible circular lock", OOPS_LOCKDEP, 0, 0 }, \
	{ "possible recursive lock", OOPS_LOCKDEP, 0, 0 }, \
	{ "possible deadlock", OOPS_LOCKDEP, 0, 0 }, \
	{ "*-safe -> *-unsafe lock order", OOPS_LOCKDEP, OOPS_GLUED, 0 }, \
	{ "inconsistent lock state", OOPS_LOCKDEP, OOPS_GLUED, 0 }, \
	{ "suspicious RCU usage", OOPS_LOCKDEP, OOPS_GLUED, 0 }, \
	{ "suspicious rcu_dereference", OOPS_LOCKDEP, 0, 0 }, \
	{ "bad unlock balance detected", OOPS_LOCKDEP, OOPS_GLUED, 0 }, \
	{ "bad contention detected", OOPS_LOCKDEP, 0, 0 }, \
	{ "held lock freed", OOPS_LOCKDEP, OOPS_GLUED, 0 }, \
	{ "lock held ", OOPS_LOCKDEP, 0, 0 }, \
	{ "*still has locks held", OOPS_LOCKDEP, 0, 0 }, \
	{ "* still holding lock", OOPS_LOCKDEP, 0, 0 }, \
	{ "Nested lock was not taken", OOPS_LOCKDEP, 0, 0 }, \
	{ "Invalid wait context", OOPS_LOCKDEP, 0, 0 }, \
	{ "chain_key collision", OOPS_LOCKDEP, 0, 0 }, \
	{ "circular locking deadlock detected", OOPS_LOCKDEP, 0, 0 }, \
	{ "trying to register non-static key", OOPS_LOCKDEP, OOPS_GLUED, 0 }

static const struct oops_row bug_rows[] = {
	/* mm/kasan/report.c, up to 4.1 "KASan" */
	{ "KASAN: ", OOPS_KASAN, OOPS_GLUED, 0 },
	{ "KASan: ", OOPS_KASAN, OOPS_GLUED, 0 },
	{ "KFENCE: ", OOPS_KFENCE, OOPS_GLUED, 0 }, /* mm/kfence/report.c */
	{ "KMSAN: ", OOPS_KMSAN, OOPS_GLUED, 0 }, /* mm/kmsan/report.c */
	{ "KCSAN: ", OOPS_KCSAN, OOPS_GLUED, 0 }, /* kernel/kcsan/report.c */
	/* arch/x86/mm/fault.c, arch/powerpc/mm/fault.c */
	{ "unable to handle ", OOPS_OOPS, OOPS_GLUED, 0 },
	{ "Unable to handle ", OOPS_OOPS, OOPS_GLUED, 0 },
	{ "kernel NULL pointer dereference", OOPS_OOPS, OOPS_GLUED, 0 },
	{ "Kernel NULL pointer dereference", OOPS_OOPS, OOPS_GLUED, 0 },
	/* kernel/locking/spinlock_debug.c, rtmutex */
	{ "spinlock ", OOPS_SPINLOCK, OOPS_GLUED, 0 },
	{ "rwlock ", OOPS_SPINLOCK, OOPS_GLUED, 0 },
	/* kernel/locking/lockdep.c */
	{ "MAX_*too low", OOPS_LOCKDEP, 0, 0 },
	{ "looking up invalid subclass", OOPS_LOCKDEP, 0, 0 },
	{ "key * has not been registered", OOPS_LOCKDEP, 0, 0 },
	{ "key * not in .data", OOPS_LOCKDEP, 0, 0 },
	/* kernel/sched/core.c, lib/smp_processor_id.c */
	{ "sleeping function called from invalid context", OOPS_ATOMIC, OOPS_GLUED, 0 },
	{ "scheduling while atomic", OOPS_ATOMIC, OOPS_GLUED, 0 },
	{ "scheduling in a non-blocking section", OOPS_ATOMIC, 0, 0 },
	{ "assuming atomic context", OOPS_ATOMIC, 0, 0 },
	{ "assuming non migratable context", OOPS_ATOMIC, 0, 0 },
	{ "using *in preemptible", OOPS_ATOMIC, OOPS_GLUED, 0 },
	/* kernel/watchdog.c, kernel/workqueue.c */
	{ "soft lockup", OOPS_SOFT_LOCKUP, OOPS_GLUED, 0 },
	{ "workqueue leaked lock or atomic", OOPS_ATOMIC, 0, 0 },
	{ "workqueue leaked *", OOPS_ATOMIC, 0, 0 },
	{ "workqueue lockup", OOPS_WORKQUEUE, OOPS_GLUED, M(WORKQUEUE) },
	/* mm/memory.c, mm/page_alloc.c, kernel/fork.c */
	{ "Bad page", OOPS_BAD_PAGE, OOPS_GLUED, 0 },
	{ "Bad rss-counter", OOPS_BAD_PAGE, 0, M(BAD_PAGE) },
	{ "non-zero * on freeing mm", OOPS_BAD_PAGE, 0, M(BAD_PAGE) },
	/* fs/dcache.c */
	{ "Dentry *still in use", OOPS_VFS, 0, 0 },
	/* mm/kmemleak.c, as programs print it on */
	{ "memory leak", OOPS_LEAK, 0, 0 },
	/* arch/x86/kernel/traps.c, dumpstack_64.c */
	{ "*stack guard page was hit", OOPS_STACK, OOPS_GLUED, M(STACK) },
	LOCK_ROWS,
	{ "no syscalls can create resource", OOPS_BUG, OOPS_HARMLESS, 0 },
	{ "", OOPS_CUT_OFF, OOPS_KERNEL | OOPS_WHOLE, 0 },
	{ "", OOPS_BUG, OOPS_KERNEL | OOPS_DEVICE, 0 },
};

/* mm/slub.c: "BUG CACHE (Not tainted): REASON" */
static const struct oops_row slub_rows[] = {
	{ "* (*ainted*): ", OOPS_SLAB, OOPS_ANCHORED, M(KASAN) | M(SLAB) },
};

static const struct oops_row warning_rows[] = {
	/* kernel/panic.c __warn(): "CPU: 0 PID: 1 at FILE:LINE f+0x1/0x2", up
	 * to 3.x "at FILE:LINE f+0x1/0x2()", since 6.18 "[CONDITION] FILE:LINE
	 * at f+0x1/0x2, CPU#0: COMM/1" */
	{ "*lib/refcount.c:", OOPS_REFCOUNT, OOPS_GLUED, M(REFCOUNT) },
	{ "*lib/list_debug.c:", OOPS_LIST, OOPS_GLUED, M(LIST) },
	{ "*kernel/locking/lockdep.c:", OOPS_LOCKDEP, OOPS_GLUED, M(LOCKDEP) },
	/* init/main.c do_one_initcall(): what it says stands above */
	{ "*at init/main.c:* do_one_initcall", OOPS_WARNING, OOPS_NEAR, M(ATOMIC) },
	{ "*kernel/softirq.c:* __local_bh", OOPS_ATOMIC, 0, 0 },
	{ "CPU: * PID: ", OOPS_WARNING, OOPS_GLUED, 0 },
	{ "at *.c:", OOPS_WARNING, 0, 0 },
	{ "at *.h:", OOPS_WARNING, 0, 0 },
	{ "*:* at *, CPU#", OOPS_WARNING, OOPS_GLUED, 0 },
	{ "*.c:* at *+0x", OOPS_WARNING, OOPS_GLUED, 0 },
	{ "*.h:* at *+0x", OOPS_WARNING, OOPS_GLUED, 0 },
	{ "*.rs:* at *+0x", OOPS_WARNING, OOPS_GLUED, 0 },
	LOCK_ROWS,
	/* arch/x86/kernel/unwind_frame.c, stacktrace */
	{ "kernel stack regs ", OOPS_WARNING, 0, 0 },
	{ "kernel stack frame pointer ", OOPS_WARNING, 0, 0 },
	{ "stack recursion ", OOPS_WARNING, 0, 0 },
	/* Notices of what was configured, or is there: nothing went wrong. */
	{ "*itigation", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*ulnerab", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*Spectre", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*eBPF", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*deprecated", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*obsolete", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*will be removed", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*will stop working", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*EXPERIMENTAL", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*experimental", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*own risk", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*insecure", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*not compiled with", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*not configured for", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*CONFIG_", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*performance", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*errata", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*BIOS", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*irmware", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*bootloader", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*boot protocol", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*clocksource", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*PAE", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*.orc_unwind", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*not recommended", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*does not support", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "*may be unreliable", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "Ignoring ", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "Your '", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "SMBus interface set ", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "workqueue cpumask: ", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "fbcon: Driver ", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "/*", OOPS_WARNING, OOPS_HARMLESS, 0 },
	{ "", OOPS_CUT_OFF, OOPS_KERNEL | OOPS_WHOLE, 0 },
	{ "", OOPS_WARNING, OOPS_KERNEL | OOPS_DEVICE, 0 },
};

static const struct oops_row info_rows[] = {
	/* kernel/rcu/{tree_stall,tree_exp,tasks}.h */
	{ "*detected* stall", OOPS_RCU_STALL, OOPS_GLUED, M(RCU_STALL) },
	{ "rcu* *detected ", OOPS_RCU_STALL, OOPS_GLUED, M(RCU_STALL) },
	/* kernel/hung_task.c */
	{ "task *:* is blocked on ", OOPS_HUNG_TASK, OOPS_HARMLESS, 0 },
	{ "task *:* blocked ", OOPS_HUNG_TASK, OOPS_GLUED, 0 },
	/* mm/slub.c, parts of its report up to 5.13 */
	{ "Freed in *age=", OOPS_SLAB, 0, M(SLAB) | M(KASAN) },
	{ "Allocated in *age=", OOPS_SLAB, 0, M(SLAB) | M(KASAN) },
	{ "Slab * objects=", OOPS_SLAB, 0, M(SLAB) | M(KASAN) },
	{ "Object *@offset=", OOPS_SLAB, 0, M(SLAB) | M(KASAN) },
	LOCK_ROWS,
	{ "", OOPS_CUT_OFF, OOPS_KERNEL | OOPS_WHOLE, 0 },
};

static const struct oops_row plain_rows[] = {
	/* kernel/panic.c */
	{ "Kernel panic - not syncing", OOPS_PANIC, OOPS_GLUED, M(PANIC) },
	/* arch/x86: before there is a panic() */
	{ "PANIC: double fault", OOPS_STACK, OOPS_GLUED, M(STACK) },
	{ "PANIC: early exception", OOPS_PANIC, OOPS_GLUED, M(PANIC) },
	{ "PANIC: ", OOPS_PANIC, OOPS_ANCHORED | OOPS_KERNEL, M(PANIC) },
	/* lib/bug.c; arch/powerpc, arch/riscv: "Kernel BUG" */
	{ "kernel BUG at lib/list_debug.c:", OOPS_LIST, OOPS_GLUED, M(LIST) },
	{ "kernel BUG at ", OOPS_BUG, OOPS_GLUED, M(BUG) },
	{ "Kernel BUG ", OOPS_BUG, 0, M(BUG) },
	/* mm/usercopy.c */
	{ "usercopy: Kernel memory ", OOPS_BUG, OOPS_GLUED, 0 },
	{ "usercopy: kernel memory ", OOPS_BUG, 0, 0 },
	{ "Bad or missing usercopy whitelist", OOPS_BUG, 0, 0 },
	/* arch/{arm,arm64,riscv,loongarch,mips,s390}/mm/fault.c */
	{ "Unable to handle kernel ", OOPS_OOPS, OOPS_GLUED, 0 },
	{ "Unhandled fault: ", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "Unhandled prefetch abort: ", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "Unhandled kernel unaligned access", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "Bad mode in ", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "SError Interrupt on CPU", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "Internal error: Oops - BUG", OOPS_BUG, OOPS_ANCHORED, DIED },
	{ "Internal error: UBSAN", OOPS_UBSAN, OOPS_ANCHORED, M(UBSAN) },
	{ "Internal error: *[#", OOPS_OOPS, OOPS_GLUED, DIED },
	/* arch/x86/kernel/traps.c */
	{ "general protection fault: *[#", OOPS_OOPS, OOPS_GLUED, 0 },
	{ "general protection fault, probably for ", OOPS_OOPS, OOPS_GLUED, 0 },
	{ "divide error: *[#", OOPS_OOPS, OOPS_GLUED, 0 },
	{ "stack segment: *[#", OOPS_OOPS, OOPS_GLUED, 0 },
	{ "general protection fault: ", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "general protection fault, ", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "kernel stack overflow", OOPS_STACK, OOPS_ANCHORED, M(STACK) },
	{ "Kernel stack overflow", OOPS_STACK, OOPS_ANCHORED, M(STACK) },
	{ "Insufficient stack space to handle", OOPS_STACK, OOPS_ANCHORED, M(STACK) },
	{ "do_IRQ: stack overflow", OOPS_STACK, OOPS_ANCHORED, M(STACK) },
	{ "Thread overran stack", OOPS_STACK, OOPS_ANCHORED, M(STACK) | M(OOPS) },
	{ "double fault: ", OOPS_STACK, OOPS_ANCHORED, M(STACK) },
	{ "divide error: ", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "stack segment: ", OOPS_OOPS, OOPS_ANCHORED, 0 },
	{ "invalid opcode: ", OOPS_OOPS, OOPS_ANCHORED, DIED },
	{ "Fixing recursive fault", OOPS_OOPS, OOPS_ANCHORED, M(OOPS) },
	/* mm/kasan/report.c kasan_non_canonical_hook(), a remark to an oops */
	{ "KASAN: * in range [", OOPS_KASAN, OOPS_ANCHORED, DIED },
	/* die() of all architectures */
	{ "Oops: *[#", OOPS_OOPS, OOPS_GLUED, DIED },
	{ "Oops - *[#", OOPS_OOPS, OOPS_GLUED, DIED },
	{ "Oops[#", OOPS_OOPS, OOPS_GLUED, DIED },
	{ "[#1]", OOPS_OOPS, OOPS_MESSAGE | OOPS_KERNEL, DIED },
	/* lib/ubsan.c */
	{ "UBSAN: * in *:*:", OOPS_UBSAN, OOPS_GLUED, 0 },
	{ "UBSAN: ", OOPS_UBSAN, OOPS_ANCHORED, 0 },
	/* lib/refcount.c, lib/list_debug.c: what stands above their WARNING */
	{ "refcount_t: ", OOPS_REFCOUNT, OOPS_ANCHORED, 0 },
	{ "list_add corruption", OOPS_LIST, OOPS_ANCHORED, 0 },
	{ "list_add double add", OOPS_LIST, OOPS_ANCHORED, M(LIST) },
	{ "list_del corruption", OOPS_LIST, OOPS_ANCHORED, 0 },
	/* kernel/watchdog_{hld,perf,buddy}.c, arch/powerpc/kernel/watchdog.c */
	{ "detected hard LOCKUP", OOPS_HARD_LOCKUP, OOPS_MESSAGE,
	  M(HARD_LOCKUP) },
	{ "detected Hard LOCKUP", OOPS_HARD_LOCKUP, OOPS_MESSAGE,
	  M(HARD_LOCKUP) },
	/* kernel/rcu/tree_stall.h, once the header is lost */
	{ "kthread starved for ", OOPS_RCU_STALL, OOPS_MESSAGE | OOPS_KERNEL,
	  M(RCU_STALL) },
	/* kernel/softirq.c, init/main.c, kernel/time/timer.c */
	{ "bad: scheduling from the idle thread", OOPS_ATOMIC, OOPS_ANCHORED, 0 },
	{ "huh, entered softirq ", OOPS_ATOMIC, OOPS_MESSAGE, 0 },
	{ "with preemption imbalance", OOPS_ATOMIC, OOPS_MESSAGE, 0 },
	/* mm/slab.c (up to 6.7), mm/slub.c, mm/swapfile.c */
	{ "slab error in ", OOPS_SLAB, 0, 0 },
	{ "Slab corruption ", OOPS_SLAB, OOPS_ANCHORED, 0 },
	{ "Bad swap file entry ", OOPS_BAD_PAGE, OOPS_MESSAGE, 0 },
	{ "Bad swap offset entry ", OOPS_BAD_PAGE, OOPS_MESSAGE, 0 },
	{ "pagealloc: memory corruption", OOPS_BAD_PAGE, OOPS_ANCHORED, 0 },
	{ "pagealloc: single bit error", OOPS_BAD_PAGE, OOPS_ANCHORED, 0 },
	{ "page dumped because: VM_BUG", OOPS_BUG, OOPS_ANCHORED, 0 },
	/* mm/kmemleak.c */
	{ "unreferenced object 0x", OOPS_LEAK, OOPS_NEAR, M(LEAK) },
	{ "kmemleak: * new suspected memory leak", OOPS_LEAK, OOPS_ANCHORED, 0 },
	/* fs/super.c, fs/file_table.c, net/core/dev.c */
	{ "VFS: Busy inodes after unmount", OOPS_VFS, 0, 0 },
	{ "VFS: Close: file count is 0", OOPS_VFS, 0, 0 },
	{ "unregister_netdevice: waiting for ", OOPS_NETDEV, 0, 0 },
	/* drivers/trusty: what its other side says */
	{ "trusty: panic", OOPS_FIRMWARE, OOPS_ANCHORED, 0 },
	/* init/initramfs.c, init/main.c, arch/x86/boot/compressed/misc.c */
	{ "Initramfs unpacking failed", OOPS_BOOT, OOPS_ANCHORED, 0 },
	{ "rootfs image is not initramfs", OOPS_BOOT, OOPS_ANCHORED, 0 },
	{ "Failed to execute /* (error -", OOPS_BOOT, OOPS_ANCHORED, 0 },
	{ "-- System halted", OOPS_BOOT, OOPS_ANCHORED, 0 },
	/* A kernel that begins where another has run */
	{ "Linux version *(", OOPS_REBOOT, OOPS_ANCHORED | OOPS_BEGIN, 0 },
	{ "Decompressing Linux...", OOPS_REBOOT, OOPS_ANCHORED | OOPS_BEGIN, 0 },
	{ "Booting the kernel.", OOPS_REBOOT, OOPS_ANCHORED | OOPS_BEGIN, 0 },
	{ "reboot: Restarting system", OOPS_REBOOT, OOPS_ORDERLY, 0 },
	{ "reboot: Power down", OOPS_REBOOT, OOPS_ORDERLY, 0 },
	{ "reboot: System halted", OOPS_REBOOT, OOPS_ORDERLY, 0 },
	{ "Starting new kernel", OOPS_REBOOT, OOPS_ORDERLY, 0 },
	/* Crashes of programs that have the console: Go's runtime, and the
	 * kernel fuzzer whose logs these often are */
	{ "goroutine *[running", OOPS_PROGRAM, OOPS_ANCHORED, M(PROGRAM) },
	{ "panic: runtime error: ", OOPS_PROGRAM, OOPS_ANCHORED, M(PROGRAM) },
	{ "fatal error: ", OOPS_PROGRAM, OOPS_ANCHORED, M(PROGRAM) },
	{ "SYZFAIL: ", OOPS_PROGRAM, 0, M(PROGRAM) },
	{ "SYZFATAL: ", OOPS_PROGRAM, 0, M(PROGRAM) },
};

/* clang-format on */

const struct oops_group oops_groups[] = {
	{ "BUG:", bug_rows, COUNT(bug_rows) },
	{ "BUG ", slub_rows, COUNT(slub_rows) },
	{ "WARNING:", warning_rows, COUNT(warning_rows) },
	{ "INFO:", info_rows, COUNT(info_rows) },
	{ "", plain_rows, COUNT(plain_rows) },
};

const size_t n_oops_groups = COUNT(oops_groups);
static_assert(COUNT(plain_rows) + COUNT(oops_groups) <=
		      OOPS_BUCKETS * OOPS_KEYS,
	      "the filter has room for all keys");
