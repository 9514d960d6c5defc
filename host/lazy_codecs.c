// SPDX-License-Identifier: MIT
/* liblzma's, liblz4's and libzstd's functions, as far as bootlet calls them:
 * see lazylib.h. */
#include "lazylib.h"

#include <lz4.h>
#include <lz4hc.h>
#include <lzma.h>
#include <zstd.h>

/* The names that their headers belong to, from the Makefile. */
static struct lazylib lzma = { .name = LIBLZMA_SO };
static struct lazylib lz4 = { .name = LIBLZ4_SO };
static struct lazylib zstd = { .name = LIBZSTD_SO };

lzma_ret lzma_code(lzma_stream *a, lzma_action b)
{
	LAZYLIB_CALL(lzma, lzma_code, (a, b));
}

uint64_t lzma_crc64(const uint8_t *a, size_t b, uint64_t c)
{
	LAZYLIB_CALL(lzma, lzma_crc64, (a, b, c));
}

lzma_ret lzma_easy_encoder(lzma_stream *a, uint32_t b, lzma_check c)
{
	LAZYLIB_CALL(lzma, lzma_easy_encoder, (a, b, c));
}

void lzma_end(lzma_stream *a)
{
	LAZYLIB_CALL_VOID(lzma, lzma_end, (a));
}

lzma_bool lzma_lzma_preset(lzma_options_lzma *a, uint32_t b)
{
	LAZYLIB_CALL(lzma, lzma_lzma_preset, (a, b));
}

lzma_ret lzma_stream_decoder(lzma_stream *a, uint64_t b, uint32_t c)
{
	LAZYLIB_CALL(lzma, lzma_stream_decoder, (a, b, c));
}

lzma_ret lzma_stream_encoder(lzma_stream *a, const lzma_filter *b, lzma_check c)
{
	LAZYLIB_CALL(lzma, lzma_stream_encoder, (a, b, c));
}

int LZ4_compressBound(int a)
{
	LAZYLIB_CALL(lz4, LZ4_compressBound, (a));
}

int LZ4_compress_HC_extStateHC(void *a, const char *b, char *c, int d, int e,
			       int f)
{
	LAZYLIB_CALL(lz4, LZ4_compress_HC_extStateHC, (a, b, c, d, e, f));
}

int LZ4_decompress_safe(const char *a, char *b, int c, int d)
{
	LAZYLIB_CALL(lz4, LZ4_decompress_safe, (a, b, c, d));
}

int LZ4_sizeofStateHC(void)
{
	LAZYLIB_CALL(lz4, LZ4_sizeofStateHC, ());
}

size_t ZSTD_findFrameCompressedSize(const void *a, size_t b)
{
	LAZYLIB_CALL(zstd, ZSTD_findFrameCompressedSize, (a, b));
}

unsigned ZSTD_isError(size_t a)
{
	LAZYLIB_CALL(zstd, ZSTD_isError, (a));
}
