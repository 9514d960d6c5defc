// SPDX-License-Identifier: MIT
#include "kentry.h"

#include "gdbelf.h"
#include "msg.h"
#include "vmcache.h"
#include "vmlinux.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {
	[KENTRY_AUTO] = "auto",
	[KENTRY_PVH] = "pvh",
	[KENTRY_BZIMAGE] = "bzimage",
};

const char *parse_kentry(const char *text, enum kentry *out)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*out = (enum kentry)i;
		return NULL;
	}
	return "must be auto, pvh or bzimage";
}

/* Whether @word stands in a line, as a word of its own. */
static bool has_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = line; *p; p += strcspn(p, " \t")) {
		p += strspn(p, " \t");
		if (strcspn(p, " \t") == len && !strncmp(p, word, len))
			return true;
	}
	return false;
}

const char *kentry_wants_image(const struct strv *append)
{
	for (size_t i = 0; i < append->n; i++)
		if (has_word(append->v[i], "kaslr"))
			return "kaslr";
	return NULL;
}

/* An ELF kernel, which has no boot code: QEMU enters it by PVH or not at
 * all, and would say so in words about itself. */
static int check_elf(const char *image, const struct gdbelf *e, enum kentry how)
{
	if (how == KENTRY_BZIMAGE) {
		msg_error("%s: --entry bzimage: this is vmlinux, without boot "
			  "code; name the bzImage that was made from it",
			  image);
		return -ENOEXEC;
	}
	if (vmlinux_has_pvh(e))
		return 0;
	msg_error("%s: QEMU cannot enter it: it has no PVH entry (CONFIG_PVH); "
		  "name the bzImage that was made from it",
		  image);
	return -ENOEXEC;
}

/* Return: 0 with @path; 1 for the image itself; -errno after a message. */
static int find_pvh(const char *image, enum kentry how, char **path)
{
	const char *why;

	if (!vmcache_get(image, path, &why)) {
		msg_debug("%s: entered through PVH, without its boot code and "
			  "KASLR, as %s; --entry bzimage has both",
			  image, *path);
		return 0;
	}
	if (how == KENTRY_PVH) {
		msg_error("%s: --entry pvh: %s", image, why);
		return -ENOEXEC;
	}
	msg_debug("%s: booted as bzImage, not through PVH: %s", image, why);
	return 1;
}

int kentry_find(const char *image, enum kentry how, const struct strv *append,
		char **path)
{
	const char *word = kentry_wants_image(append);
	struct gdbelf e;
	int ret = 1;

	if (!gdbelf_open(image, &e)) {
		ret = check_elf(image, &e, how);
		gdbelf_close(&e);
		if (ret)
			return ret;
		*path = xstrdup(image);
		return 0;
	}
	if (how == KENTRY_AUTO && word)
		msg_debug("%s: booted as bzImage, not through PVH: the command "
			  "line has \"%s\"",
			  image, word);
	else if (how != KENTRY_BZIMAGE)
		ret = find_pvh(image, how, path);
	if (ret < 0)
		return ret;
	if (ret)
		*path = xstrdup(image);
	return 0;
}

bool kentry_is_pvh(const char *path)
{
	char magic[SELFMAG] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, magic, sizeof(magic));

	if (fd >= 0)
		close(fd);
	return n == SELFMAG && !memcmp(magic, ELFMAG, SELFMAG);
}
