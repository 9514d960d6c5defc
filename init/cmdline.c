// SPDX-License-Identifier: MIT
#include "cmdline.h"

#include "file.h"
#include "log.h"
#include "protocol.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#define HOSTNAME_MAX 64 /* __NEW_UTS_LEN */

enum list { LIST_IP, LIST_MODULES, LIST_BLACKLIST, LIST_PARAMS };

#define LIST(key, field, max)                                    \
	{                                                        \
		key, offsetof(struct boot_config, n_##field),    \
			offsetof(struct boot_config, field), max \
	}

static const struct {
	const char *name;
	unsigned short count, items, max; /* the first two in boot_config */
} lists[] = {
	[LIST_IP] = LIST("ip", ip, BOOT_MAX_IP),
	[LIST_MODULES] = LIST(BOOTLET_KEY_MODULES, modules, BOOT_MAX_MODULES),
	[LIST_BLACKLIST] =
		LIST("modprobe.blacklist", blacklist, BOOT_MAX_BLACKLIST),
	[LIST_PARAMS] = LIST("parameters", params, BOOT_MAX_PARAMS),
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

const char *cmdline_last(const struct boot_config *cfg, const char *key)
{
	const char *value = NULL;

	for (size_t i = cfg->n_params; i-- && !value;)
		value = cmdline_key_is(cfg->params[i], key);
	return value;
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
static void list_add(struct boot_config *cfg, enum list which, const char *s)
{
	size_t *n = (void *)((char *)cfg + lists[which].count);
	const char **list = (void *)((char *)cfg + lists[which].items);
	size_t max = room_of(lists[which].max);

	if (*n < max) {
		list[(*n)++] = s;
	} else if (!full[which]) {
		full[which] = true;
		log_warn("%s: more than %zu: left out from here on: %s",
			 lists[which].name, max, s);
	}
}

static int list_split(struct boot_config *cfg, enum list which, const char *s)
{
	for (size_t len; *s; s += len + (s[len] == ',')) {
		const char *name;

		len = text_until(s, ',');
		if (!len)
			continue;
		name = text_copy(cfg, s, len);
		if (!name)
			return -E2BIG;
		list_add(cfg, which, name);
	}
	return 0;
}

static int parse_blacklist(struct boot_config *cfg, const char *v)
{
	return list_split(cfg, LIST_BLACKLIST, v);
}

static int parse_modules(struct boot_config *cfg, const char *v)
{
	return list_split(cfg, LIST_MODULES, v);
}

static int parse_console(struct boot_config *cfg, const char *v)
{
	size_t len = text_until(v, ',');

	/* "console=" asks for none: no name to open. */
	cfg->console = len ? text_copy(cfg, v, len) : NULL;
	return len && !cfg->console ? -E2BIG : 0;
}

static int parse_hostname(struct boot_config *cfg, const char *v)
{
	if (!*v || strlen(v) > HOSTNAME_MAX)
		return -EINVAL;
	cfg->hostname = v;
	return 0;
}

static int parse_ip(struct boot_config *cfg, const char *v)
{
	list_add(cfg, LIST_IP, v);
	return 0;
}

static int parse_port(struct boot_config *cfg, const char *v)
{
	if (!*v || *v == '/')
		return -EINVAL;
	cfg->port = v;
	return 0;
}

static int parse_net(struct boot_config *cfg, const char *v)
{
	bool background = !strcmp(v, NET_BACKGROUND);

	if (!background && strcmp(v, NET_FOREGROUND))
		return -EINVAL;
	cfg->background = background;
	return 0;
}

static int parse_quiet(struct boot_config *cfg, const char *v)
{
	(void)v;
	cfg->quiet = true;
	return 0;
}

static int parse_warm(struct boot_config *cfg, const char *v)
{
	cfg->warm = *v;
	return 0;
}

static int parse_size(struct boot_config *cfg, const char *v)
{
	int rows = parse_number(&v, 0xffff);
	int cols = *v++ == 'x' ? parse_number(&v, 0xffff) : 0;

	if (rows <= 0 || cols <= 0 || *v)
		return -EINVAL;
	cfg->rows = (unsigned short)rows;
	cfg->cols = (unsigned short)cols;
	return 0;
}

static_assert(HOSTNAME_MAX == 64, "the table says so");

/* Behind the NUL of a name: what is wanted where @parse says -EINVAL. */
static const struct {
	const char *name;
	int (*parse)(struct boot_config *cfg, const char *value);
} keys[] = {
	{ "console", parse_console },
	{ "hostname\0"
	  "1 to 64 bytes",
	  parse_hostname },
	{ "ip", parse_ip },
	{ "modprobe.blacklist", parse_blacklist },
	{ "quiet", parse_quiet },
	{ BOOTLET_KEY_MODULES, parse_modules },
	{ BOOTLET_KEY_NET "\0"
			  "background or foreground",
	  parse_net },
	{ BOOTLET_KEY_PORT "\0"
			   "a list, such as virtio,ttyS1",
	  parse_port },
	{ BOOTLET_KEY_SIZE "\0"
			   "ROWSxCOLUMNS, such as 24x80",
	  parse_size },
	{ BOOTLET_KEY_WARM, parse_warm },
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
	list_add(cfg, LIST_PARAMS, word);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = cmdline_key_is(word, keys[i].name);

		int r = value ? keys[i].parse(cfg, value) : 0;

		if (r == -EINVAL)
			log_warn("%s: want %s", word, text_next(keys[i].name));
		else if (r)
			return r;
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
	ssize_t n = file_load(path, buf, sizeof(buf));
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
			log_fail(files[i], "cannot be read", err);
	}
	return config_read(cfg, "/proc/cmdline", false);
}
