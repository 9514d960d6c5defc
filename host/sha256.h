/* SPDX-License-Identifier: MIT */
/* SHA-256, by which the cache knows a file again. */
#ifndef BOOTLET_SHA256_H
#define BOOTLET_SHA256_H

#include <stddef.h>

/** SHA256_HEX - bytes of a digest as text, with its NUL */
#define SHA256_HEX 65

/**
 * sha256_hex() - the digest of bytes
 * @p:   the bytes; @n: how many
 * @hex: lower case digits
 *
 * Source: FIPS 180-4.
 */
void sha256_hex(const void *p, size_t n, char hex[SHA256_HEX]);

#endif
