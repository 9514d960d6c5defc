// SPDX-License-Identifier: MIT
#include "sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The names of FIPS 180-4; sections 4.2.2 and 5.3.3 have the numbers. */
static const uint32_t K[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t H0[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotr(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static void schedule(uint32_t w[64], const unsigned char *p)
{
	for (int t = 0; t < 16; t++, p += 4)
		w[t] = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
	for (int t = 16; t < 64; t++) {
		uint32_t a = w[t - 15], b = w[t - 2];

		w[t] = w[t - 16] + w[t - 7] +
		       (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) +
		       (rotr(b, 17) ^ rotr(b, 19) ^ b >> 10);
	}
}

/* a to h of round @t are s[-t & 7] to s[(7 - t) & 7]: nothing is moved. */
static void block(uint32_t hash[8], const unsigned char *p)
{
	uint32_t w[64], s[8];

	schedule(w, p);
	memcpy(s, hash, sizeof(s));
	for (unsigned int t = 0; t < 64; t++) {
		uint32_t a = s[-t & 7], b = s[(1 - t) & 7], c = s[(2 - t) & 7];
		uint32_t e = s[(4 - t) & 7], f = s[(5 - t) & 7];
		uint32_t g = s[(6 - t) & 7], *h = &s[(7 - t) & 7];
		uint32_t t1 = *h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) +
			      ((e & f) ^ (~e & g)) + K[t] + w[t];
		uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) +
			      ((a & b) ^ (a & c) ^ (b & c));

		s[(3 - t) & 7] += t1;
		*h = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		hash[i] += s[i];
}

/* What is left, a bit, zeros, and the length in bits. */
static void finish(uint32_t hash[8], const unsigned char *p, size_t n,
		   uint64_t total)
{
	unsigned char last[128] = { 0 };
	size_t size = n < 56 ? 64 : 128;

	if (n)
		memcpy(last, p, n);
	last[n] = 0x80;
	for (int i = 0; i < 8; i++)
		last[size - 1 - i] = (unsigned char)(total * 8 >> 8 * i);
	for (size_t i = 0; i < size; i += 64)
		block(hash, last + i);
}

void sha256_hex(const void *p, size_t n, char hex[SHA256_HEX])
{
	const unsigned char *in = p;
	size_t left = n;
	uint32_t hash[8];

	memcpy(hash, H0, sizeof(hash));
	for (; left >= 64; in += 64, left -= 64)
		block(hash, in);
	finish(hash, in, left, n);
	for (int i = 0; i < 8; i++)
		sprintf(hex + 8 * i, "%08x", hash[i]);
}
