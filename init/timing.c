// SPDX-License-Identifier: MIT
#include "timing.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "protocol.h"
#include "sys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ", ", a name, 20 digits, " us" and " " for each phase. */
static_assert(TIMING_MAX_PHASES * (TIMING_MAX_NAME + 26) + 160 <=
		      TIMING_TEXT_SIZE,
	      "timing_text() need not look whether there is room");

static struct timing_phase phases[TIMING_MAX_PHASES];
static unsigned int n_phases;
static unsigned long long begin, mark;

/* Time asleep counts: so does it in /proc/uptime. */
static unsigned long long now_ns(void)
{
	return io_clock(CLOCK_BOOTTIME);
}

void timing_begin(void)
{
	n_phases = 0;
	begin = mark = now_ns();
}

unsigned long long timing_kernel(void)
{
	return begin;
}

unsigned long long timing_phase(const char *name)
{
	unsigned long long now = now_ns(), ns = now - mark;

	mark = now;
	if (n_phases < TIMING_MAX_PHASES && strlen(name) <= TIMING_MAX_NAME) {
		phases[n_phases].name = name;
		phases[n_phases++].ns = ns;
	}
	return ns;
}

size_t timing_phases(const struct timing_phase **out)
{
	*out = phases;
	return n_phases;
}

size_t timing_text(char *buf, unsigned long long from, unsigned long long now,
		   const struct timing_phase *list, size_t n)
{
	/* 49 days. */
	unsigned int kernel = (unsigned int)(from / 1000000);
	unsigned int all = (unsigned int)(now / 1000000);
	unsigned int init = all - kernel;
	size_t len;

	len = fmt_format(buf, TIMING_TEXT_SIZE,
			 "This boot took %u.%02u seconds\n"
			 "kernel %u.%03u s, init %u.%03u s",
			 all / 1000, all / 10 % 100, kernel / 1000,
			 kernel % 1000, init / 1000, init % 1000);
	for (size_t i = 0; i < n; i++)
		len += fmt_format(buf + len, TIMING_TEXT_SIZE - len,
				  "%s %s %llu us", i ? "," : ":", list[i].name,
				  list[i].ns / 1000);
	buf[len++] = '\n';
	return len;
}

int timing_save(const char *dir, const char *path, const char *text, size_t len)
{
	/* Not a problem if it fails: mostly it is there, else the file tells. */
	sys_mkdir(dir, 0755);
	return file_write(path, O_CREAT | O_TRUNC, text, len);
}

int timing_apply(struct boot_config *cfg)
{
	char text[TIMING_TEXT_SIZE];
	size_t len = timing_text(text, begin, now_ns(), phases, n_phases);

	(void)cfg;
	/* Not a problem if it fails: the lines stand on the console. */
	timing_save(BOOTLET_RUN_DIR, BOOTLET_TIMING, text, len);
	return write_all(STDOUT_FILENO, text, len);
}
