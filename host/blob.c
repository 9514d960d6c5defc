// SPDX-License-Identifier: MIT
#include "blob.h"

/* INIT_FILE: path of the built init, from the Makefile. */
/* .incbin is the assembler's; C11 has no #embed yet. */
__asm__(".section .rodata\n"
	".balign 16\n"
	".globl blob_init\n"
	"blob_init:\n"
	".incbin \"" INIT_FILE "\"\n"
	".globl blob_init_end\n"
	"blob_init_end:\n"
	".byte 0\n"
	".text\n");
