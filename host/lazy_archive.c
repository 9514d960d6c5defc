// SPDX-License-Identifier: MIT
/* libarchive's functions, as far as bootlet calls them: see lazylib.h. */
#include "lazylib.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdarg.h>
#include <stdio.h>

/* The name that its header belongs to, from the Makefile. */
static struct lazylib lib = { .name = LIBARCHIVE_SO };

#define CALL(name, args)      LAZYLIB_CALL(lib, name, args)
#define CALL_VOID(name, args) LAZYLIB_CALL_VOID(lib, name, args)

/* Variable arguments cannot be handed on. */
void archive_set_error(struct archive *a, int err, const char *fmt, ...)
{
	static __typeof__(archive_set_error) *fn;
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!fn)
		LAZYLIB_FIND(lib, fn, "archive_set_error");
	fn(a, err, "%s", text);
}

void archive_entry_free(struct archive_entry *a)
{
	CALL_VOID(archive_entry_free, (a));
}

struct archive_entry *archive_entry_new(void)
{
	CALL(archive_entry_new, ());
}

void archive_entry_set_filetype(struct archive_entry *a, unsigned int b)
{
	CALL_VOID(archive_entry_set_filetype, (a, b));
}

int archive_errno(struct archive *a)
{
	CALL(archive_errno, (a));
}

la_int64_t archive_filter_bytes(struct archive *a, int b)
{
	CALL(archive_filter_bytes, (a, b));
}

int archive_read_append_filter(struct archive *a, int b)
{
	CALL(archive_read_append_filter, (a, b));
}

la_ssize_t archive_read_data(struct archive *a, void *b, size_t c)
{
	CALL(archive_read_data, (a, b, c));
}

int archive_read_data_block(struct archive *a, const void **b, size_t *c,
			    la_int64_t *d)
{
	CALL(archive_read_data_block, (a, b, c, d));
}

int archive_read_free(struct archive *a)
{
	CALL(archive_read_free, (a));
}

struct archive *archive_read_new(void)
{
	CALL(archive_read_new, ());
}

int archive_read_next_header(struct archive *a, struct archive_entry **b)
{
	CALL(archive_read_next_header, (a, b));
}

int archive_read_open_filename(struct archive *a, const char *b, size_t c)
{
	CALL(archive_read_open_filename, (a, b, c));
}

int archive_read_open_memory(struct archive *a, const void *b, size_t c)
{
	CALL(archive_read_open_memory, (a, b, c));
}

int archive_read_support_filter_all(struct archive *a)
{
	CALL(archive_read_support_filter_all, (a));
}

int archive_read_support_format_empty(struct archive *a)
{
	CALL(archive_read_support_format_empty, (a));
}

int archive_read_support_format_raw(struct archive *a)
{
	CALL(archive_read_support_format_raw, (a));
}

int archive_write_add_filter_by_name(struct archive *a, const char *b)
{
	CALL(archive_write_add_filter_by_name, (a, b));
}

int archive_write_close(struct archive *a)
{
	CALL(archive_write_close, (a));
}

la_ssize_t archive_write_data(struct archive *a, const void *b, size_t c)
{
	CALL(archive_write_data, (a, b, c));
}

int archive_write_free(struct archive *a)
{
	CALL(archive_write_free, (a));
}

int archive_write_header(struct archive *a, struct archive_entry *b)
{
	CALL(archive_write_header, (a, b));
}

struct archive *archive_write_new(void)
{
	CALL(archive_write_new, ());
}

int archive_write_open2(struct archive *a, void *b, archive_open_callback *c,
			archive_write_callback *d, archive_close_callback *e,
			archive_free_callback *f)
{
	CALL(archive_write_open2, (a, b, c, d, e, f));
}

int archive_write_set_bytes_in_last_block(struct archive *a, int b)
{
	CALL(archive_write_set_bytes_in_last_block, (a, b));
}

int archive_write_set_bytes_per_block(struct archive *a, int b)
{
	CALL(archive_write_set_bytes_per_block, (a, b));
}

int archive_write_set_filter_option(struct archive *a, const char *b,
				    const char *c, const char *d)
{
	CALL(archive_write_set_filter_option, (a, b, c, d));
}

int archive_write_set_format_raw(struct archive *a)
{
	CALL(archive_write_set_format_raw, (a));
}
