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

#define LIST(field, max)                                         \
	{                                                        \
		offsetof(struct boot_config, n_##field),         \
			offsetof(struct boot_config, field), max \
	}

static const struct {
	unsigned short count, items, max; /* the first two in boot_config */
} lists[] = {
	[LIST_IP] = LIST(ip, BOOT_MAX_IP),
	[LIST_MODULES] = LIST(modules, BOOT_MAX_MODULES),
	[LIST_BLACKLIST] = LIST(blacklist, BOOT_MAX_BLACKLIST),
	[LIST_PARAMS] = LIST(params, BOOT_MAX_PARAMS),
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

__attribute__((noinline)) const char *
cmdline_last(const struct boot_config *cfg, const char *key)
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
		log_warn("%s: left out, and all like it: more than %zu", s,
			 max);
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

/* Name and, for where its value is not that, what is wanted. */
#define KEYS(X)                                                   \
	X(CONSOLE, "console", "")                                 \
	X(HOSTNAME, "hostname", "1 to 64 bytes")                  \
	X(IP, "ip", "")                                           \
	X(BLACKLIST, "modprobe.blacklist", "")                    \
	X(QUIET, "quiet", "")                                     \
	X(MODULES, BOOTLET_KEY_MODULES, "")                       \
	X(NET, BOOTLET_KEY_NET, "background or foreground")       \
	X(PORT, BOOTLET_KEY_PORT, "a list, such as virtio,ttyS1") \
	X(SIZE, BOOTLET_KEY_SIZE, "ROWSxCOLUMNS, such as 24x80")  \
	X(WARM, BOOTLET_KEY_WARM, "")

#define KEY(id, name, want)  KEY_##id,
#define NAME(id, name, want) name "\0"
#define WANT(id, name, want) want "\0"

enum key { KEYS(KEY) };
static const char keys[] = KEYS(NAME);
static const char wants[] = KEYS(WANT);

static_assert(HOSTNAME_MAX == 64, "the table says so");

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

/* A function for each, in a table, would be twice as long. */
__attribute__((noinline)) static int parse_value(struct boot_config *cfg,
						 enum key key, const char *v)
{
	bool background;
	size_t len;

	switch (key) {
	case KEY_SIZE:
		return parse_size(cfg, v);
	case KEY_CONSOLE:
		len = text_until(v, ',');
		cfg->console = NULL;
		/* "console=" asks for none: no name to open. */
		if (!len)
			break;
		cfg->console = text_copy(cfg, v, len);
		return cfg->console ? 0 : -E2BIG;
	case KEY_BLACKLIST:
		return list_split(cfg, LIST_BLACKLIST, v);
	case KEY_MODULES:
		return list_split(cfg, LIST_MODULES, v);
	case KEY_NET:
		background = !strcmp(v, NET_BACKGROUND);
		if (!background && strcmp(v, NET_FOREGROUND))
			return -EINVAL;
		cfg->background = background;
		break;
	case KEY_HOSTNAME:
		if (!*v || strlen(v) > HOSTNAME_MAX)
			return -EINVAL;
		cfg->hostname = v;
		break;
	case KEY_PORT:
		if (!*v || *v == '/')
			return -EINVAL;
		cfg->port = v;
		break;
	case KEY_IP:
		list_add(cfg, LIST_IP, v);
		break;
	case KEY_QUIET:
		cfg->quiet = true;
		break;
	case KEY_WARM:
		cfg->warm = *v;
		break;
	}
	return 0;
}

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

__attribute__((noinline)) static void warn(const char *word, enum key key)
{
	const char *want = wants;

	while (key--)
		want = text_next(want);
	log_warn("%s: want %s", word, want);
}

static int word_apply(struct boot_config *cfg, const char *word)
{
	enum key key = 0;

	list_add(cfg, LIST_PARAMS, word);
	for (const char *name = keys; *name; name = text_next(name), key++) {
		const char *value = cmdline_key_is(word, name);
		int r = value ? parse_value(cfg, key, value) : 0;

		if (r == -EINVAL)
			warn(word, key);
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
