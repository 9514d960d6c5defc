// SPDX-License-Identifier: MIT
/*
 * A module that does in its init what a kernel should never do, by the word
 * in its parameter: "insmod provoke.ko how=oops", or provoke.how=oops on the
 * kernel's command line.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "what to do");

/* How long what would never end goes on, in seconds. */
static unsigned int seconds = 40;
module_param(seconds, uint, 0444);

static DEFINE_SPINLOCK(lock);

/* Not known to the compiler: it would see that all this cannot be meant. */
static int *volatile nowhere;
static volatile int zero;

static void provoke_oops(void)
{
	*nowhere = 1;
}

static void provoke_warn(void)
{
	WARN(1, "provoked %s", "here");
}

static void provoke_warn_once(void)
{
	WARN_ON_ONCE(!zero);
}

static void provoke_bug(void)
{
	BUG();
}

static void provoke_panic(void)
{
	panic("provoked by %s", module_name(THIS_MODULE));
}

/* Without using the processor, and deaf to every signal. */
static void provoke_hang(void)
{
	for (;;)
		schedule_timeout_uninterruptible(HZ);
}

static void provoke_divide(void)
{
	zero = 100 / zero;
}

static void provoke_gpf(void)
{
	*(int *volatile *)&nowhere = (int *)0xdead4ead00000000UL;
	*nowhere = 1;
}

/* A jump to what no table of pages allows. */
static void provoke_exec(void)
{
	void (*f)(void) = (void (*)(void)) & seconds;

	f();
}

static void provoke_list(void)
{
	static struct list_head head = LIST_HEAD_INIT(head), a, b;

	list_add(&a, &head);
	head.next = &b;
	list_add(&b, &head);
}

static void provoke_list_del(void)
{
	static struct list_head head = LIST_HEAD_INIT(head), a;

	list_add(&a, &head);
	list_del(&a);
	list_del(&a);
}

static void provoke_refcount(void)
{
	refcount_t r = REFCOUNT_INIT(0);

	refcount_inc(&r);
	refcount_dec(&r);
}

static void provoke_underflow(void)
{
	refcount_t r = REFCOUNT_INIT(0);

	if (refcount_dec_and_test(&r))
		pr_info("never\n");
}

static void provoke_atomic(void)
{
	preempt_disable();
	schedule_timeout_uninterruptible(2);
	preempt_enable();
}

static void provoke_sleep(void)
{
	spin_lock(&lock);
	msleep(20);
	spin_unlock(&lock);
}

static void spin(void)
{
	for (unsigned int i = 0; i < seconds * 1000; i++)
		mdelay(1);
}

static void provoke_softlockup(void)
{
	preempt_disable();
	spin();
	preempt_enable();
}

static void provoke_hardlockup(void)
{
	unsigned long flags;

	local_irq_save(flags);
	spin();
	local_irq_restore(flags);
}

static void provoke_rcu(void)
{
	rcu_read_lock();
	spin();
	rcu_read_unlock();
}

static void provoke_stack(void)
{
	char on_stack[64];

	memset(on_stack, 1, 64 + (size_t)seconds * 4);
	OPTIMIZER_HIDE_VAR(*on_stack);
}

static noinline int deeper(int n)
{
	volatile char frame[512];

	frame[n % 512] = (char)n;
	return deeper(n + 1) + frame[(n + 7) % 512];
}

static void provoke_overflow(void)
{
	pr_info("%d\n", deeper(0));
}

static int stuck(void *unused)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	return 0;
}

static void provoke_hung(void)
{
	kthread_run(stuck, NULL, "stuck");
	ssleep(seconds);
}

static const struct {
	const char *word;
	void (*run)(void);
} ways[] = {
	{ "oops", provoke_oops },
	{ "warn", provoke_warn },
	{ "warn-once", provoke_warn_once },
	{ "bug", provoke_bug },
	{ "panic", provoke_panic },
	{ "hang", provoke_hang },
	{ "divide", provoke_divide },
	{ "gpf", provoke_gpf },
	{ "exec", provoke_exec },
	{ "list", provoke_list },
	{ "list-del", provoke_list_del },
	{ "refcount", provoke_refcount },
	{ "underflow", provoke_underflow },
	{ "atomic", provoke_atomic },
	{ "sleep", provoke_sleep },
	{ "softlockup", provoke_softlockup },
	{ "hardlockup", provoke_hardlockup },
	{ "rcu", provoke_rcu },
	{ "stack", provoke_stack },
	{ "overflow", provoke_overflow },
	{ "hung", provoke_hung },
};

static int __init provoke_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(how, ways[i].word)) {
			ways[i].run();
			return 0;
		}
	pr_err("how=%s: no such way\n", how);
	return -EINVAL;
}

static void __exit provoke_exit(void)
{
}

module_init(provoke_init);
module_exit(provoke_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("provokes what a kernel should never do");
