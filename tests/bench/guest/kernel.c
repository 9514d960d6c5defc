// SPDX-License-Identifier: MIT
/*
 * /init of tests/bench/kernel: the time at main(). Under QEMU's -icount
 * shift=0 the time stamp counter counts a nanosecond an instruction, from the
 * machine's reset on; CLOCK_BOOTTIME is what the kernel takes it for.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	uint64_t tsc = __builtin_ia32_rdtsc();
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	printf("main() at %llu %llu\n", (unsigned long long)tsc,
	       t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec);
	fflush(stdout);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
