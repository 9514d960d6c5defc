// SPDX-License-Identifier: MIT
/* init/fault.h: each case is a process of its own that is at fault. */
#include "host_io.h"
#include "init/fault.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void fault_end(int sig)
{
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	/* Nothing interrupts it, and a fault in here would kill. */
	_exit(sigismember(&now, SIGTERM) && sigismember(&now, SIGSEGV) ? sig :
									 1);
}

static char *page(int prot, int fd)
{
	return mmap(NULL, 4096, prot,
		    fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
}

static void write_what_is_read_only(void)
{
	*(volatile char *)page(PROT_READ, -1) = 1;
}

static void read_past_the_end_of_a_file(void)
{
	char path[] = "/tmp/bootlet-fault.XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	(void)*(volatile char *)page(PROT_READ, fd);
}

static void no_instruction(void)
{
	__builtin_trap();
}

static int deeper(volatile int n)
{
	volatile char frame[4096];

	frame[0] = (char)n;
	return n ? deeper(n + 1) + frame[0] : 0;
}

static void stack_without_end(void)
{
	struct rlimit small = { 1 << 20, 1 << 20 };

	setrlimit(RLIMIT_STACK, &small);
	deeper(1);
}

static void somebody_sends(void)
{
	kill(getpid(), SIGSEGV);
	sigqueue(getpid(), SIGFPE, (union sigval){ 0 });
}

static const struct {
	const char *name;
	void (*fault)(void);
	pid_t pid; /* what it believes to be; 0: what it is */
	int code; /* it ends with; 77: not by the fault */
} cases[] = {
	{ "SEGV", write_what_is_read_only, 1, SIGSEGV },
	{ "BUS", read_past_the_end_of_a_file, 1, SIGBUS },
	{ "ILL", no_instruction, 1, SIGILL },
	{ "stack", stack_without_end, 1, SIGSEGV },
	{ "child", write_what_is_read_only, 0, 128 + SIGSEGV },
	{ "sent", somebody_sends, 1, 77 },
};

START_TEST(ends_in_order)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		host_io_pid = cases[_i].pid;
		fault_setup();
		io_sigmask(~FAULT_SIGNALS);
		cases[_i].fault();
		_exit(77);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) &&
			      WEXITSTATUS(status) == cases[_i].code,
		      "%s: status 0x%x", cases[_i].name, (unsigned int)status);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("fault");
	TCase *t = tcase_create("faults");

	tcase_add_loop_test(t, ends_in_order, 0,
			    (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(s, t);
	return s;
}
