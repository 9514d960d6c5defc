// SPDX-License-Identifier: MIT
/* Superblocks and partition tables. A text of commands makes the device, as so
 * much of one would be mutated to no end: lines of an offset in hexadecimal and
 * the bytes that stand there. The first line is a name, the second the
 * number of a partition. */
#include "fuzz.h"

#include "init/blkid.c"

static unsigned char *device_make(const uint8_t **p, size_t *n)
{
	const size_t size = BLKID_BYTES;
	unsigned char *device = calloc(1, size);

	fuzz_assert(device);
	while (*n) {
		const uint8_t *end = memchr(*p, '\n', *n), *next;
		size_t len = end ? (size_t)(end - *p) : *n, at;
		char *text, *bytes;

		next = *p + len + (end != NULL);
		text = fuzz_string(*p, len);
		at = strtoul(text, &bytes, 16);
		len -= (size_t)(bytes - text);
		if (*bytes == ' ' && at < size && len)
			memcpy(device + at, *p + (bytes - text) + 1,
			       len - 1 < size - at ? len - 1 : size - at);
		free(text);
		*n -= (size_t)(next - *p);
		*p = next;
	}
	return device;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *want = fuzz_line(&p, &n), *number = fuzz_line(&p, &n);
	unsigned int part = 1 + (unsigned int)strtoul(number, NULL, 16) % 65536;
	unsigned char *device = device_make(&p, &n);
	const char *type = blkid_type(device);

	fuzz_assert(!type || *type);
	for (int key = 0; key < BLKID_KEYS; key++) {
		bool table = key >= BLKID_PARTUUID;

		if (blkid_is(device, part, (enum blkid_key)key, want))
			fuzz_assert(*want && (table || type));
		fuzz_assert(!blkid_is(device, part, (enum blkid_key)key, ""));
	}
	free(device);
	free(want);
	free(number);
	return 0;
}
