/* SPDX-License-Identifier: MIT */
/*
 * Stamps of the time stamp counter, from a program that starts to one that it
 * executes at last: an environment variable, which the kernel makes of a word
 * of its command line, PROBE=0000000000000000, and every init hands on.
 *
 * Under QEMU's -icount shift=0 the counter counts instructions, which are
 * nanoseconds there.
 */
#ifndef BOOTLET_BENCH_PROBE_H
#define BOOTLET_BENCH_PROBE_H

#include <stddef.h>
#include <stdint.h>

#define PROBE_DIGITS 16

static inline uint64_t probe_now(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* Return: the digits; NULL where there are none. */
static inline char *probe_find(char *const env[])
{
	static const char name[] = "PROBE=";

	for (; *env; env++) {
		size_t i = 0;

		while (name[i] && (*env)[i] == name[i])
			i++;
		if (!name[i])
			return *env + i;
	}
	return NULL;
}

static inline void probe_mark(char *const env[], uint64_t now)
{
	char *to = probe_find(env);

	for (int i = PROBE_DIGITS; to && i--; now >>= 4)
		to[i] = "0123456789abcdef"[now & 15];
}

/*
 * A program that is linked with -e probe_entry calls probe_at() before all
 * else, with the stack that the kernel has made: argc, argv, NULL, environment,
 * NULL.
 */
void probe_at(long *stack, uint64_t now);

/* clang-format off */
#define PROBE_ENTRY                           \
	__asm__(".globl probe_entry\n"        \
		"probe_entry:\n"              \
		"	rdtsc\n"              \
		"	mov %rsp, %rdi\n"     \
		"	shl $32, %rdx\n"      \
		"	lea (%rdx,%rax), %rsi\n" \
		"	call probe_at\n"      \
		"	jmp _start\n")
/* clang-format on */

#endif
