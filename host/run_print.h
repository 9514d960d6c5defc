/* SPDX-License-Identifier: MIT */
/* What a run would execute, for sh. */
#ifndef BOOTLET_RUN_PRINT_H
#define BOOTLET_RUN_PRINT_H

#include "launch.h"

/**
 * run_print() - print it on stdout, line by line
 * @r:      settled as if it were to be launched
 * @recipe: of the image, NULL: one that exists is booted as it is
 */
void run_print(struct launch *r, const struct recipe *recipe);

#endif
