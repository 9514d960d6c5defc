/* SPDX-License-Identifier: MIT */
/* The guest's init as part of the host command. */
#ifndef BOOTLET_BLOB_H
#define BOOTLET_BLOB_H

extern const unsigned char blob_init[], blob_init_end[];

#endif
