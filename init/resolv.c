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

size_t resolv_plan(const struct ip_config ip[], size_t n, char *text,
		   size_t size)
{
	uint32_t seen[2 * BOOT_MAX_IP];
	char addr[IP_TEXT_SIZE];
	size_t n_seen = 0, len = 0;

	for (size_t i = 0; i < 2 * n; i++) {
		uint32_t dns = ip[i / 2].dns[i % 2];
		size_t j = 0;

		while (j < n_seen && seen[j] != dns)
			j++;
		if (!dns || ip[i / 2].kind != IP_KIND_STATIC || j < n_seen)
			continue;
		seen[n_seen++] = dns;
		len += fmt_format(text + len, size - len, "nameserver %s\n",
				  ip_format(dns, addr));
	}
	return len;
}

int resolv_write(const char *root, const char *text, size_t len)
{
	char path[256];
	int r;

	fmt_format(path, sizeof(path), "%s/etc", root);
	/* Not a problem if it fails: most often it is there. */
	sys_mkdir(path, 0755);
	fmt_format(path, sizeof(path), "%s/etc/resolv.conf", root);
	r = file_write(path, O_CREAT | O_TRUNC, text, len);
	/* A link to where a daemon would have put it: there is no daemon. */
	if ((r == -ENOENT || r == -ELOOP) && io_unlink(path) == 0)
		r = file_write(path, O_CREAT | O_EXCL, text, len);
	return r;
}

int resolv_domain(const char *root, const char *name)
{
	char path[256];

	fmt_format(path, sizeof(path), "%s/proc/sys/kernel/domainname", root);
	return file_write(path, 0, name, strlen(name));
}
