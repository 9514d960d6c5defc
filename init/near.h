/* SPDX-License-Identifier: MIT */
#ifndef BOOTLET_NEAR_H
#define BOOTLET_NEAR_H

/**
 * NEAR() - have a static struct reached by a pointer in a register
 * @p: a variable that points to it
 *
 * Where a function has much to do with a static struct: in machine code a small
 * offset from a register takes three bytes less than an address. A compiler
 * that knows what @p points to would use the address each time; after this it
 * does not know.
 */
#define NEAR(p) __asm__("" : "+r"(p))

#endif
