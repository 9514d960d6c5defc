// SPDX-License-Identifier: MIT
#include "cmdline.h"

#include "file.h"
#include "log.h"
#include "protocol.h"

#include <errno.h>
#include <string.h>

#define HOSTNAME_MAX 64 /* __NEW_UTS_LEN */

enum list { LIST_IP, LIST_MODULES, LIST_BLACKLIST, LIST_PARAMS };

static const struct {
	const char *name;
	size_t max;
} lists[] = {
	[LIST_IP] = { "ip", BOOT_MAX_IP },
	[LIST_MODULES] = { BOOTLET_KEY_MODULES, BOOT_MAX_MODULES },
	[LIST_BLACKLIST] = { "modprobe.blacklist", BOOT_MAX_BLACKLIST },
	[LIST_PARAMS] = { "parameters", BOOT_MAX_PARAMS },
};

/* About the text that is being parsed. */
static bool from_file;
static bool full[sizeof(lists) / sizeof(lists[0])];

/* One word of the text, before its quotes are taken away. */
struct word {
	const char *start;
	size_t len;
	size_t equals; /* where "=" is; 0: nowhere */
	bool quoted; /* a quote stood before @start */
};

const char *cmdline_key_is(const char *word, const char *key)
{
	for (; *key; word++, key++)
		if (text_fold(*word) != text_fold(*key))
			return NULL;
	if (*word == '=')
		return word + 1;
	return *word ? NULL : word;
}

/* strcspn(3) of libc would be six times as long. */
static size_t until_comma(const char *s)
{
	size_t len = 0;

	while (s[len] && s[len] != ',')
		len++;
	return len;
}

/* The command line wins, so files leave a quarter of everything to it. */
static size_t room_of(size_t max)
{
	return from_file ? max - max / 4 : max;
}

static char *text_take(struct boot_config *cfg, size_t len)
{
	char *p = cfg->text + cfg->text_len;

	if (cfg->text_len + len >= room_of(sizeof(cfg->text)))
		return NULL;
	cfg->text_len += len + 1;
	p[len] = '\0';
	return p;
}

static const char *text_copy(struct boot_config *cfg, const char *s, size_t len)
{
	char *p = text_take(cfg, len);

	return p ? memcpy(p, s, len) : NULL;
}

/* Said once a text: a file may have hundreds of words too many. */
static void list_add(enum list which, const char **list, size_t *n,
		     const char *s)
{
	size_t max = room_of(lists[which].max);

	if (*n < max) {
		list[(*n)++] = s;
	} else if (!full[which]) {
		full[which] = true;
		log_warn("%s: more than %zu: left out from here on: %s",
			 lists[which].name, max, s);
	}
}

static int list_split(struct boot_config *cfg, enum list which,
		      const char **list, size_t *n, const char *s)
{
	for (size_t len; *s; s += len + (s[len] == ',')) {
		const char *name;

		len = until_comma(s);
		if (!len)
			continue;
		name = text_copy(cfg, s, len);
		if (!name)
			return -E2BIG;
		list_add(which, list, n, name);
	}
	return 0;
}

static int parse_blacklist(struct boot_config *cfg, const char *v)
{
	return list_split(cfg, LIST_BLACKLIST, cfg->blacklist,
			  &cfg->n_blacklist, v);
}

static int parse_modules(struct boot_config *cfg, const char *v)
{
	return list_split(cfg, LIST_MODULES, cfg->modules, &cfg->n_modules, v);
}

static int parse_console(struct boot_config *cfg, const char *v)
{
	size_t len = until_comma(v);

	/* "console=" asks for none: no name to open. */
	cfg->console = len ? text_copy(cfg, v, len) : NULL;
	return len && !cfg->console ? -E2BIG : 0;
}

static int parse_hostname(struct boot_config *cfg, const char *v)
{
	size_t len = strlen(v);

	if (len && len <= HOSTNAME_MAX)
		cfg->hostname = v;
	else
		log_warn("hostname=%s: want 1 to %d bytes", v, HOSTNAME_MAX);
	return 0;
}

static int parse_ip(struct boot_config *cfg, const char *v)
{
	list_add(LIST_IP, cfg->ip, &cfg->n_ip, v);
	return 0;
}

static int parse_port(struct boot_config *cfg, const char *v)
{
	if (*v && *v != '/')
		cfg->port = v;
	else
		log_warn(BOOTLET_KEY_PORT
			 "=%s: want a list, such as virtio,ttyS1",
			 v);
	return 0;
}

static int parse_gdb(struct boot_config *cfg, const char *v)
{
	if ((*v == '0' || *v == '1') && !v[1])
		cfg->gdb = *v == '1';
	else
		log_warn(BOOTLET_KEY_GDB "=%s: want 0 or 1", v);
	return 0;
}

static int parse_quiet(struct boot_config *cfg, const char *v)
{
	(void)v;
	cfg->quiet = true;
	return 0;
}

static int parse_size(struct boot_config *cfg, const char *v)
{
	const char *p = v;
	int rows = parse_number(&p, 0xffff);
	int cols = *p++ == 'x' ? parse_number(&p, 0xffff) : 0;

	if (rows > 0 && cols > 0 && !*p) {
		cfg->rows = (unsigned short)rows;
		cfg->cols = (unsigned short)cols;
	} else {
		log_warn(BOOTLET_KEY_SIZE
			 "=%s: want ROWSxCOLUMNS, such as 24x80",
			 v);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*parse)(struct boot_config *cfg, const char *value);
} keys[] = {
	{ "console", parse_console },
	{ "hostname", parse_hostname },
	{ "ip", parse_ip },
	{ "modprobe.blacklist", parse_blacklist },
	{ "quiet", parse_quiet },
	{ BOOTLET_KEY_GDB, parse_gdb },
	{ BOOTLET_KEY_MODULES, parse_modules },
	{ BOOTLET_KEY_PORT, parse_port },
	{ BOOTLET_KEY_SIZE, parse_size },
};

/*
 * The kernel's rule: a quote toggles, wherever it stands, and only outside of
 * quotes does white space end a word. A line of the file ends it anyhow, or
 * one quote too few would take the rest of the file with it.
 */
static const char *parse_word(const char *p, const char *end, bool file,
			      struct word *w)
{
	bool in_quote;

	*w = (struct word){ .quoted = *p == '"' };
	in_quote = w->quoted;
	p += w->quoted;
	w->start = p;
	for (; p < end; p++) {
		if (text_is_space(*p) && (!in_quote || (file && *p == '\n')))
			break;
		if (*p == '=' && !w->equals)
			w->equals = (size_t)(p - w->start);
		if (*p == '"')
			in_quote = !in_quote;
	}
	w->len = (size_t)(p - w->start);
	return p;
}

/* Quotes go only around the whole word and around the whole value. */
static int word_store(struct boot_config *cfg, const struct word *w,
		      const char **stored)
{
	size_t head = w->len, tail = w->len, len;
	char *p;

	if (w->equals && w->equals + 1 < w->len &&
	    w->start[w->equals + 1] == '"')
		head = w->equals + 1;
	if (w->len && w->start[w->len - 1] == '"' &&
	    (w->quoted || head < w->len))
		tail--;
	if (head > tail)
		head = tail;
	len = head < tail ? tail - 1 : tail;
	p = text_take(cfg, len);
	if (!p)
		return -E2BIG;
	memcpy(p, w->start, head);
	memcpy(p + head, w->start + head + 1, len - head);
	*stored = p;
	return 0;
}

static int word_apply(struct boot_config *cfg, const char *word)
{
	list_add(LIST_PARAMS, cfg->params, &cfg->n_params, word);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = cmdline_key_is(word, keys[i].name);

		if (value)
			return keys[i].parse(cfg, value);
	}
	return 0;
}

int cmdline_parse(struct boot_config *cfg, const char *text, size_t len,
		  bool file)
{
	const char *p = text, *end = memchr(text, '\0', len);
	bool line_start = true;
	const char *stored = NULL;
	struct word w;
	int err = 0, r;

	from_file = file;
	memset(full, 0, sizeof(full));
	if (!end)
		end = text + len;
	while (p < end) {
		if (text_is_space(*p)) {
			line_start |= *p++ == '\n';
			continue;
		}
		if (file && line_start && *p == '#') {
			while (p < end && *p != '\n')
				p++;
			continue;
		}
		line_start = false;
		p = parse_word(p, end, file, &w);
		r = word_store(cfg, &w, &stored);
		if (!r && !file && !strcmp(stored, "--"))
			break;
		if (!r && *stored)
			r = word_apply(cfg, stored);
		if (r)
			err = r;
	}
	return err;
}

static int config_read(struct boot_config *cfg, const char *path, bool file)
{
	static char buf[sizeof(cfg->text) + 1];
	ssize_t n = file_read(path, buf, sizeof(buf));
	size_t len = (size_t)n;
	bool more = len == sizeof(buf) - 1;
	int err;

	if (n < 0)
		return (int)n;
	/* Half a word would be another word. */
	while (more && len && !text_is_space(buf[len - 1]))
		len--;
	err = cmdline_parse(cfg, buf, len, file);
	if (err || more)
		log_warn("%s: more than %zu bytes: the rest is left out", path,
			 room_of(sizeof(cfg->text)) - 1);
	return 0;
}

int cmdline_load(struct boot_config *cfg)
{
	static const char files[][24] = { BOOTLET_CONF_MADE, BOOTLET_CONF };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int err = config_read(cfg, files[i], true);

		if (err && err != -ENOENT)
			log_warn("%s: %s", files[i], err_text(err));
	}
	return config_read(cfg, "/proc/cmdline", false);
}
