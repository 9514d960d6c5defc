/* SPDX-License-Identifier: MIT */
/*
 * What differs between machines in the way to the kernel. One block a machine.
 *
 * ARCH_START: the process's start. It calls io_main() with the stack that the
 * kernel has made: argc, argv, NULL, environment, NULL.
 *
 * ARCH_TRAP: stands once in a file with ARCH_CALL(), best in the middle;
 * ARCH_TRAP_AGAIN: likewise with ARCH_AGAIN().
 *
 * ARCH_CALL(name, nr): a function that makes system call number @nr
 * (syscall(2)). Its C prototype is the kernel's: up to six arguments; it
 * returns what the kernel returns, -errno included. A few bytes each: the
 * compiler's own, from inline assembly, are three times as long.
 *
 * ARCH_AGAIN(name, nr): the same, again where it returns -EINTR; up to three
 * arguments.
 *
 * ARCH_VFORK: the function io_vfork() of io.h. Nothing that it needs when it
 * returns for the second time may lie on the stack, which the child has used.
 *
 * ARCH_COPY: memcpy() and memmove(), or nothing where libc's are as short.
 *
 * ARCH_PORTS: the functions sys_ioperm(), sys_in8() and sys_out8() of sys.h;
 * without port I/O the first returns -ENOSYS, and the others are never called.
 *
 * struct arch_sigaction: sigaction(2)'s as the kernel has it, not the libc.
 * ARCH_SIGACTION() initialises one that blocks all signals in its handler.
 */
#ifndef BOOTLET_ARCH_H
#define BOOTLET_ARCH_H

#include <stdint.h>

struct io_siginfo;

/* SA_ONSTACK, SA_RESTART, SA_SIGINFO */
#define ARCH_SA_FLAGS 0x18000004

#define ARCH_CALL(name, nr)  ARCH_CALL_(name, nr)
#define ARCH_AGAIN(name, nr) ARCH_AGAIN_(name, nr)

#if defined(__x86_64__)

/* arch_restorer ends a signal handler, by rt_sigreturn(2); the others have
 * theirs in the vDSO. */
#define ARCH_START          \
	".globl _start\n"   \
	"_start:\n"         \
	"	mov %rsp, %rdi\n" \
	"	and $-16, %rsp\n" \
	"	call io_main\n" ARCH_CALL(arch_restorer, 15)
/* A number below 256 takes two bytes in %al. */
#define ARCH_TRAP_AGAIN       \
	"arch_again:\n"       \
	"	movzbl %al, %r8d\n" \
	"1:	mov %r8d, %eax\n" \
	"	syscall\n"          \
	"	cmp $-4, %eax\n"    \
	"	je 1b\n"            \
	"	ret\n"
#define ARCH_TRAP             \
	"arch_call:\n"        \
	"	movzbl %al, %eax\n" \
	"arch_wide:\n"        \
	"	mov %rcx, %r10\n"   \
	"	syscall\n"          \
	"	ret\n"
#define ARCH_CALL_(name, nr)             \
	".globl " #name "\n" #name ":\n" \
	".if	" #nr " < 256\n"         \
	"	mov $" #nr ", %al\n"     \
	"	jmp arch_call\n"               \
	".else\n"                        \
	"	mov $" #nr ", %eax\n"    \
	"	jmp arch_wide\n"               \
	".endif\n"
#define ARCH_AGAIN_(name, nr)            \
	".globl " #name "\n" #name ":\n" \
	"	mov $" #nr ", %al\n"     \
	"	jmp arch_again\n"
#define ARCH_VFORK          \
	".globl io_vfork\n" \
	"io_vfork:\n"       \
	"	pop %rdx\n"       \
	"	push $58\n"       \
	"	pop %rax\n"       \
	"	syscall\n"        \
	"	push %rdx\n"      \
	"	ret\n"
#define ARCH_PORTS                   \
	ARCH_CALL(sys_ioperm, 173)   \
	".globl sys_in8, sys_out8\n" \
	"sys_in8:\n"                 \
	"	mov %edi, %edx\n"          \
	"	xor %eax, %eax\n"          \
	"	in (%dx), %al\n"           \
	"	ret\n"                     \
	"sys_out8:\n"                \
	"	mov %edi, %edx\n"          \
	"	mov %esi, %eax\n"          \
	"	out %al, (%dx)\n"          \
	"	ret\n"

/* Eight bytes at a time; backwards, which is rare, one. */
#define ARCH_COPY                    \
	".globl memcpy, memmove\n"   \
	"memmove:\n"                 \
	"	mov %rdi, %rax\n"          \
	"	sub %rsi, %rax\n"          \
	"	cmp %rdx, %rax\n"          \
	"	mov %rdi, %rax\n"          \
	"	mov %rdx, %rcx\n"          \
	"	jae 1f\n"                  \
	"	std\n"                     \
	"	lea -1(%rdi,%rcx), %rdi\n" \
	"	lea -1(%rsi,%rcx), %rsi\n" \
	"	rep movsb\n"               \
	"	cld\n"                     \
	"	ret\n"                     \
	"memcpy:\n"                  \
	"	mov %rdi, %rax\n"          \
	"	mov %rdx, %rcx\n"          \
	"1:	shr $3, %rcx\n"          \
	"	rep movsq\n"               \
	"	mov %edx, %ecx\n"          \
	"	and $7, %ecx\n"            \
	"	rep movsb\n"               \
	"	ret\n"

void arch_restorer(void);

struct arch_sigaction {
	void (*handler)(int sig, const struct io_siginfo *info);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

/* clang-format off */
#define ARCH_SIGACTION(fn) \
	{ fn, ARCH_SA_FLAGS | 0x04000000 /* SA_RESTORER */, arch_restorer, \
	  ~UINT64_C(0) }
/* clang-format on */

#elif defined(__aarch64__)

#define ARCH_START        \
	".globl _start\n" \
	"_start:\n"       \
	"	mov x0, sp\n"   \
	"	bl io_main\n"
#define ARCH_TRAP      \
	"arch_call:\n" \
	"	svc 0\n"     \
	"	ret\n"
#define ARCH_CALL_(name, nr)             \
	".globl " #name "\n" #name ":\n" \
	"	mov x8, " #nr "\n"       \
	"	b arch_call\n"
#define ARCH_TRAP_AGAIN ""
#define ARCH_AGAIN_(name, nr)            \
	".globl " #name "\n" #name ":\n" \
	"	mov x8, " #nr "\n"       \
	"	mov x9, x0\n"                  \
	"1:	mov x0, x9\n"                \
	"	svc 0\n"                       \
	"	cmn x0, 4\n"                   \
	"	b.eq 1b\n"                     \
	"	ret\n"
/* clone(2) with CLONE_VFORK, CLONE_VM and SIGCHLD. */
#define ARCH_VFORK          \
	".globl io_vfork\n" \
	"io_vfork:\n"       \
	"	mov x0, 0x4111\n" \
	"	mov x1, 0\n"      \
	"	mov x8, 220\n"    \
	"	svc 0\n"          \
	"	ret\n"
#define ARCH_COPY ""
#define ARCH_PORTS                               \
	".globl sys_ioperm, sys_in8, sys_out8\n" \
	"sys_ioperm: sys_in8: sys_out8:\n"       \
	"	mov x0, -38\n"                         \
	"	ret\n"

struct arch_sigaction {
	void (*handler)(int sig, const struct io_siginfo *info);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

#define ARCH_SIGACTION(fn)                                                  \
	{                                                                   \
		.handler = fn, .flags = ARCH_SA_FLAGS, .mask = ~UINT64_C(0) \
	}

#elif defined(__riscv)

#define ARCH_START        \
	".globl _start\n" \
	"_start:\n"       \
	"	mv a0, sp\n"    \
	"	call io_main\n"
#define ARCH_TRAP      \
	"arch_call:\n" \
	"	ecall\n"     \
	"	ret\n"
#define ARCH_CALL_(name, nr)             \
	".globl " #name "\n" #name ":\n" \
	"	li a7, " #nr "\n"        \
	"	j arch_call\n"
#define ARCH_TRAP_AGAIN ""
#define ARCH_AGAIN_(name, nr)            \
	".globl " #name "\n" #name ":\n" \
	"	li a7, " #nr "\n"        \
	"	li t0, -4\n"                   \
	"	mv t1, a0\n"                   \
	"1:	mv a0, t1\n"                 \
	"	ecall\n"                       \
	"	beq a0, t0, 1b\n"              \
	"	ret\n"
/* clone(2) with CLONE_VFORK, CLONE_VM and SIGCHLD. */
#define ARCH_VFORK          \
	".globl io_vfork\n" \
	"io_vfork:\n"       \
	"	li a0, 0x4111\n"  \
	"	li a1, 0\n"       \
	"	li a7, 220\n"     \
	"	ecall\n"          \
	"	ret\n"
#define ARCH_COPY ""
#define ARCH_PORTS                               \
	".globl sys_ioperm, sys_in8, sys_out8\n" \
	"sys_ioperm: sys_in8: sys_out8:\n"       \
	"	li a0, -38\n"                          \
	"	ret\n"

struct arch_sigaction {
	void (*handler)(int sig, const struct io_siginfo *info);
	unsigned long flags;
	uint64_t mask;
};

#define ARCH_SIGACTION(fn)                                                  \
	{                                                                   \
		.handler = fn, .flags = ARCH_SA_FLAGS, .mask = ~UINT64_C(0) \
	}

#else
#error "init/arch.h does not know this machine"
#endif

#endif
