// SPDX-License-Identifier: MIT
#include "resolv.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

void resolv_add(struct resolv_text *t, const char *fmt, long a, long b)
{
	t->len += fmt_format(t->text + t->len, sizeof(t->text) - t->len, fmt, a,
			     b);
}

void resolv_address(struct resolv_text *t, const char *before, uint32_t addr,
		    const char *after)
{
	/* As it lies in memory on a little endian machine. */
	t->len += fmt_format(t->text + t->len, sizeof(t->text) - t->len,
			     "%s%u.%u.%u.%u%s", before, addr & 255,
			     addr >> 8 & 255, addr >> 16 & 255, addr >> 24,
			     after);
}

void resolv_plan(struct resolv_text *t, const struct ip_config *ip,
		 const struct ip_config *end)
{
	uint32_t seen[1 + 2 * BOOT_MAX_IP + 1];
	uint32_t n_seen = 1; /* 0 is no server */

	t->len = 0;
	seen[0] = 0;
	for (; ip < end; ip++) {
		if (ip->kind != IP_KIND_SET)
			continue;
		if (*ip->search)
			resolv_add(t, "search %s\n", (long)ip->search, 0);
		for (uint32_t i = 0; i < 2; i++) {
			uint32_t j = 0;

			seen[n_seen] = ip->dns[i];
			while (seen[j] != ip->dns[i])
				j++;
			if (j < n_seen)
				continue;
			n_seen++;
			resolv_address(t, "nameserver ", ip->dns[i], "\n");
		}
	}
}

int resolv_write(const char *text, size_t len)
{
	static const char path[] = "/etc/resolv.conf";
	int r = file_write(path, O_CREAT | O_TRUNC, text, len);

	/* No /etc; or a link to where a daemon would have put it: there is no
	 * daemon. */
	if (r == -ENOENT || r == -ELOOP) {
		/* Not a problem if they fail: one of them was there. */
		sys_mkdir("/etc", 0755);
		io_unlink(path);
		r = file_write(path, O_CREAT | O_EXCL, text, len);
	}
	return r;
}

int resolv_domain(const char *name)
{
	return file_write("/proc/sys/kernel/domainname", 0, name, strlen(name));
}
