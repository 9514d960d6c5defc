/* SPDX-License-Identifier: MIT */
/* What every test_<module>.c includes. */
#ifndef BOOTLET_UNIT_H
#define BOOTLET_UNIT_H

#include <check.h>

/** suite() - the suite of this file; its name is the module's */
Suite *suite(void);

#endif
