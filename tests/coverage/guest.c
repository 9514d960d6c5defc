// SPDX-License-Identifier: MIT
/*
 * What is linked with init to have its counters: put in by the linker,
 * --wrap=main and --wrap=sys_reboot.
 *
 * Processes that init forks count, too, and die before it or by a KILL. So the
 * counters become memory that is shared, before anything is forked, and
 * whoever is about to end the machine has all of them. Source of the way to
 * read them: gcc's manual, "Profiling and Test Coverage in Freestanding
 * Environments".
 */
#include "guest.h"

#include "init/arch.h"
#include "init/io.h"
#include "init/power.h"
#include "init/sys.h"

#include <gcov.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* clang-format off */
__asm__(ARCH_TRAP
	ARCH_CALL(coverage_mmap, SYS_mmap)
	ARCH_CALL(coverage_mremap, SYS_mremap));
/* clang-format on */

void *coverage_mmap(void *at, size_t size, int prot, int flags, int fd,
		    off_t offset);
void *coverage_mremap(void *old, size_t old_size, size_t size, int flags,
		      void *to);

/* guest.ld, and the linker's own names for a section's ends. */
extern char counters_begin[], counters_end[];
extern const struct gcov_info *const __start_gcov_info[];
extern const struct gcov_info *const __stop_gcov_info[];

int __real_main(void);
int __wrap_main(void);
int __real_sys_reboot(int cmd);
int __wrap_sys_reboot(int cmd);
void __gcov_merge_add(void *counters, unsigned int n);

static struct {
	const char *path;
	size_t len;
	char data[65536];
} file;

/* Refers to stdio in libgcov, and is what merges files, which are none here. */
void __gcov_merge_add(void *counters, unsigned int n)
{
	(void)counters;
	(void)n;
}

static void put(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sys_out8(COVERAGE_PORT, (unsigned char)data[i]);
}

static void put_text(const char *s)
{
	put(s, strlen(s));
}

static void put_number(size_t n)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	put_text(p);
}

static void take_path(const char *path, void *arg)
{
	(void)arg;
	file.path = path;
}

static void take_data(const void *data, unsigned int len, void *arg)
{
	(void)arg;
	if (len > sizeof(file.data) - file.len)
		return;
	memcpy(file.data + file.len, data, len);
	file.len += len;
}

static void *take_memory(unsigned int size, void *arg)
{
	(void)size;
	(void)arg;
	return NULL;
}

static void dump(void)
{
	const struct gcov_info *const *info = __start_gcov_info;

	if (sys_ioperm(COVERAGE_PORT, 1, 1) < 0)
		return;
	put_text("dump\n");
	for (; info < __stop_gcov_info; info++) {
		file.len = 0;
		__gcov_info_to_gcda(*info, take_path, take_data, take_memory,
				    NULL);
		put_text("gcda ");
		put_number(file.len);
		put_text(" ");
		put_text(file.path);
		put_text("\n");
		put(file.data, file.len);
	}
	put_text("done\n");
}

int __wrap_main(void)
{
	size_t size = (size_t)(counters_end - counters_begin);
	void *p = coverage_mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	memcpy(p, counters_begin, size);
	coverage_mremap(p, size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
			counters_begin);
	return __real_main();
}

int __wrap_sys_reboot(int cmd)
{
	if (cmd != POWER_CAD_OFF)
		dump();
	return __real_sys_reboot(cmd);
}
