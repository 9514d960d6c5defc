// SPDX-License-Identifier: MIT
#include "bridge_acl.h"

#include "bridge.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files that include each other have an end here, too. */
enum { ACL_MAX = 1 << 20, DEPTH_MAX = 16 };

static const struct bridge_helper helpers[] = {
	/* Debian, Arch */
	{ "/usr/lib/qemu/qemu-bridge-helper", "/etc/qemu/bridge.conf" },
	/* Fedora, openSUSE */
	{ "/usr/libexec/qemu-bridge-helper", "/etc/qemu/bridge.conf" },
	{ "/usr/lib64/qemu/qemu-bridge-helper", "/etc/qemu/bridge.conf" },
	{ "/usr/lib/qemu-bridge-helper", "/etc/qemu/bridge.conf" },
	/* QEMU's own `make install` */
	{ "/usr/local/libexec/qemu-bridge-helper",
	  "/usr/local/etc/qemu/bridge.conf" },
	{ "/usr/local/lib/qemu/qemu-bridge-helper",
	  "/usr/local/etc/qemu/bridge.conf" },
};

const struct bridge_helper *bridge_helper_find(const char *root)
{
	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++) {
		char *path = xasprintf("%s%s", root, helpers[i].program);
		bool there = access(path, F_OK) == 0;

		free(path);
		if (there)
			return &helpers[i];
	}
	return NULL;
}

static int acl_file(const char *file, const char *bridge,
		    struct bridge_acl *out, int depth);

/* Whether a rule is about this bridge; names are cut as the helper does. */
static bool is_about(const char *name, const char *bridge)
{
	return !strcmp(name, "all") ||
	       (strlen(bridge) < BRIDGE_NAME_SIZE &&
		!strncmp(name, bridge, BRIDGE_NAME_SIZE - 1));
}

/* Return: whether the helper understands the line. */
static bool acl_line(char *line, const char *bridge, struct bridge_acl *out,
		     int depth)
{
	char *arg, *end;

	while (isspace((unsigned char)*line))
		line++;
	if (!*line || *line == '#')
		return true;
	arg = strchr(line, ' ');
	if (!arg)
		arg = strchr(line, '\t');
	if (!arg)
		return false;
	*arg++ = '\0';
	while (isspace((unsigned char)*arg))
		arg++;
	end = arg + strlen(arg);
	while (end > arg && isspace((unsigned char)end[-1]))
		*--end = '\0';
	if (!strcmp(line, "allow"))
		out->allowed |= is_about(arg, bridge);
	else if (!strcmp(line, "deny"))
		out->denied |= is_about(arg, bridge);
	else if (!strcmp(line, "include"))
		/* Not a problem if it fails: the helper goes on, too. */
		acl_file(arg, bridge, out, depth + 1);
	else
		return false;
	return true;
}

static int acl_file(const char *file, const char *bridge,
		    struct bridge_acl *out, int depth)
{
	struct buf text = { 0 };
	unsigned int n = 1;
	int err = depth < DEPTH_MAX ? read_file(file, &text, ACL_MAX) : -ELOOP;
	char *p = text.p;

	for (; !err && p && *p; n++) {
		char *line = p;

		p += strcspn(p, "\n");
		if (*p)
			*p++ = '\0';
		if (acl_line(line, bridge, out, depth))
			continue;
		/* Nothing behind it counts; in an include it ends only that. */
		if (!depth)
			out->bad = n;
		break;
	}
	buf_free(&text);
	return err;
}

int bridge_acl_read(const char *file, const char *bridge,
		    struct bridge_acl *out)
{
	*out = (struct bridge_acl){ 0 };
	return acl_file(file, bridge, out, 0);
}
