# SPDX-License-Identifier: MIT
#
# Read by GNU as before what gcc makes for x86-64, see Makefile: what gcc 12
# could say in fewer bytes, and does not.
#
# From one register to another: "push; pop" is 2 bytes, "mov" of 64 bits is 3.
# Neither touches flags. Registers from r8 on would gain nothing. There must be
# no red zone, which the push would overwrite: -mno-red-zone.

	.macro	movq args:vararg
	.set	pushed, 0
	.irp	from, rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp
	.irp	to, rax, rbx, rcx, rdx, rsi, rdi, rbp
	.ifeqs	"\args", "%\from,%\to"
	push	%\from
	pop	%\to
	.set	pushed, 1
	.endif
	.endr
	.endr
	.if	!pushed
	# With this prefix it is the instruction, not the macro.
	{load} movq \args
	.endif
	.endm
