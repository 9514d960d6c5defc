// SPDX-License-Identifier: MIT
#include "sections.h"

#include "file.h"
#include "io.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#define SYS_MODULE "/sys/module/"
#define NAME_SIZE  64 /* MODULE_NAME_LEN of linux/moduleparam.h, or more */

/* Beginnings of names of sections that are freed, or nothing to look at. */
static const char useless[] = ".init\0.note\0.orc_\0.strtab\0.symtab\0";

/* Every module ever heard of, one name behind the other, each ended by a NUL,
 * the last by two. What finds no room is told of when it comes and goes, and
 * not when all are told of again. */
static char names[65536];
static size_t names_len;

static int uevents = -1;
static bool scanned;
static size_t to_tell; /* bytes at the start of @names; the last is next */
static bool warned;

/* A word of the text. What has other bytes has them to deceive. */
static bool is_word(const char *s)
{
	const char *p = s;

	while (*p > ' ' && *p < 0x7f && *p != '/' && *p != '=')
		p++;
	return p > s && !*p;
}

static void name_add(const char *name)
{
	size_t size = strlen(name) + 1;

	if (!is_word(name) || text_listed(names, name) ||
	    size >= sizeof(names) - names_len)
		return;
	memcpy(names + names_len, name, size);
	names_len += size;
}

/* --- Sources of names --------------------------------------------------- */

/* The first word of each line; a longer one is no module's name. */
static void names_scan(void)
{
	int fd = file_open(AT_FDCWD, "/proc/modules");
	char piece[4096], name[NAME_SIZE];
	size_t len = 0;
	ssize_t n;

	while ((n = io_read(fd, piece, sizeof(piece))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			char c = piece[i];

			if (c == '\n') {
				len = 0;
			} else if (len < sizeof(name)) {
				name[len++] = c == ' ' ? '\0' : c;
				if (c != ' ')
					continue;
				name_add(name);
				len = sizeof(name);
			}
		}
	io_close(fd);
}

/*
 * "ACTION@DEVPATH", a NUL, and what does not matter here. The action does not
 * either: what counts is whether the module is there now.
 */
static const char *parse_uevent(const char *event, size_t len)
{
	const char *name = memchr(event, '\0', len) ? strchr(event, '@') : NULL;

	name = name ? text_after(name, "@/module/") : NULL;
	return name && is_word(name) ? name : NULL;
}

/* --- The text ----------------------------------------------------------- */

static bool is_wanted(const char *section)
{
	if (*section != '.' || !is_word(section))
		return false;
	for (const char *p = useless; *p; p = text_next(p))
		if (text_after(section, p))
			return false;
	return true;
}

/* Hidden addresses are 0. */
static bool is_address(const char *s)
{
	s = text_after(s, "0x");
	if (!s || !is_word(s))
		return false;
	while (*s == '0')
		s++;
	return *s;
}

/* The text that is being made: so many bytes of so many. */
static struct {
	char *at;
	size_t len, size;
} out;

static void section_add(int dir, const char *section)
{
	int fd = file_open(dir, section);
	char address[24];
	ssize_t n = io_read(fd, address, sizeof(address));
	size_t room = out.size - out.len, len;

	io_close(fd);
	/* In the place of its newline. */
	if (n <= 0)
		return;
	address[n - 1] = '\0';
	if (!is_address(address))
		return;
	len = fmt_format(out.at + out.len, room, " %s=%s", section, address);
	if (len < room)
		out.len += len;
}

static int section_found(int dir, const struct io_dirent *e)
{
	if (is_wanted(e->name) && strcmp(e->name, ".text"))
		section_add(dir, e->name);
	return 0;
}

static size_t module_text(const char *name, char *text, size_t size)
{
	size_t len = fmt_format(text, size, "%s", name);
	char path[sizeof(SYS_MODULE) + NAME_SIZE + 16], state[8];
	ssize_t n;
	int dir;

	fmt_format(path, sizeof(path), SYS_MODULE "%s/initstate", name);
	n = file_read(path, state, sizeof(state));
	if (n == -ENOENT)
		return len;
	/* One that is coming may yet fail, and then no uevent says so; when it
	 * has come one does. One that is going has its own. */
	if (strcmp(state, "live\n"))
		return 0;
	fmt_format(path, sizeof(path), SYS_MODULE "%s/sections", name);
	dir = file_open(AT_FDCWD, path);
	out.at = text;
	out.len = len;
	out.size = size;
	section_add(dir, ".text");
	dir_each(dir, section_found);
	io_close(dir);
	if (out.len > len)
		return out.len;
	if (!warned)
		log_warn("%s: no addresses for a debugger: see kptr_restrict, "
			 "CONFIG_KALLSYMS",
			 name);
	warned = true;
	return 0;
}

/* --- All ---------------------------------------------------------------- */

static const char *name_to_tell(void)
{
	to_tell--;
	while (to_tell && names[to_tell - 1])
		to_tell--;
	return names + to_tell;
}

int sections_fd(void)
{
	return uevents;
}

ssize_t sections_next(char *text, size_t size)
{
	/* A longer one is about something else. */
	char event[sizeof("remove@/module/") + NAME_SIZE];
	const char *name;
	ssize_t n;

	if (!scanned) {
		/* In this order: a module that comes now is told of twice. */
		if (uevents < 0)
			uevents = io_uevents();
		names_scan();
		to_tell = names_len;
		scanned = true;
	}
	if (to_tell)
		return (ssize_t)module_text(name_to_tell(), text, size);
	n = io_read(uevents, event, sizeof(event));
	if (n == -ENOBUFS)
		scanned = false;
	else if (n < 0)
		return n;
	name = n < 0 ? NULL : parse_uevent(event, (size_t)n);
	if (!name)
		return 0;
	name_add(name);
	return (ssize_t)module_text(name, text, size);
}
