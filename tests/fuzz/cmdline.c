// SPDX-License-Identifier: MIT
/* The kernel command line and the files of its keys. The first byte: whether
 * it is a file; what stands behind a NUL is a second text. */
#include "fuzz.h"

#include "init/cmdline.c"

#include <stdio.h>

static struct boot_config cfg, again;

static void check_string(const char *s)
{
	fuzz_assert(s >= cfg.text && s < cfg.text + cfg.text_len);
	fuzz_assert(memchr(s, '\0', (size_t)(cfg.text + cfg.text_len - s)));
}

static void check_list(const char *const list[], size_t n, size_t max)
{
	fuzz_assert(n <= max);
	for (size_t i = 0; i < n; i++)
		check_string(list[i]);
}

static void check_names(const char *const list[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		fuzz_assert(*list[i] && !strchr(list[i], ','));
}

static void check_config(void)
{
	fuzz_assert(cfg.text_len <= sizeof(cfg.text));
	check_list(cfg.ip, cfg.n_ip, BOOT_MAX_IP);
	check_list(cfg.modules, cfg.n_modules, BOOT_MAX_MODULES);
	check_list(cfg.blacklist, cfg.n_blacklist, BOOT_MAX_BLACKLIST);
	check_list(cfg.params, cfg.n_params, BOOT_MAX_PARAMS);
	check_names(cfg.modules, cfg.n_modules);
	check_names(cfg.blacklist, cfg.n_blacklist);
	if (cfg.console) {
		check_string(cfg.console);
		fuzz_assert(*cfg.console && !strchr(cfg.console, ','));
	}
	if (cfg.hostname) {
		check_string(cfg.hostname);
		fuzz_assert(*cfg.hostname &&
			    strlen(cfg.hostname) <= HOSTNAME_MAX);
	}
	if (cfg.port) {
		check_string(cfg.port);
		fuzz_assert(*cfg.port && *cfg.port != '/');
	}
	fuzz_assert(!cfg.rows == !cfg.cols);
}

/* A word that is written down again in quotes is the same word. */
static void check_round_trip(void)
{
	static char text[2 * sizeof(cfg.text)];
	size_t n = 0, words = 0;

	for (size_t i = 0; i < cfg.n_params; i++) {
		const char *s = cfg.params[i];

		/* What cannot be written, as in the kernel: a quote. */
		if (strchr(s, '"') || *s == '=' || !strcmp(s, "--"))
			return;
		n += (size_t)sprintf(text + n, "\"%s\" ", s);
		words++;
	}
	memset(&again, 0, sizeof(again));
	fuzz_assert(cmdline_parse(&again, text, n, false) == 0 ||
		    cfg.text_len > sizeof(cfg.text) / 2);
	if (cfg.text_len > sizeof(cfg.text) / 2)
		return;
	fuzz_assert(again.n_params == words);
	for (size_t i = 0; i < words; i++)
		fuzz_assert(!strcmp(again.params[i], cfg.params[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const asked[] = { "root", "ip", "a-b", "quiet" };
	bool file = fuzz_byte(&p, &n) & 1;
	size_t len = n ? strnlen((const char *)p, n) : 0;
	char *text = fuzz_copy(p, n);
	int r;

	memset(&cfg, 0, sizeof(cfg));
	r = cmdline_parse(&cfg, text, n, file);
	fuzz_assert(r == 0 || r == -E2BIG);
	check_config();
	if (file) {
		fuzz_assert(cfg.text_len <= sizeof(cfg.text) / 4 * 3);
		fuzz_assert(cfg.n_params <= BOOT_MAX_PARAMS / 4 * 3);
	}
	/* The kernel's, behind the file. */
	if (len < n) {
		cmdline_parse(&cfg, text + len + 1, n - len - 1, false);
		check_config();
	}
	check_round_trip();
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const char *value = cmdline_last(&cfg, asked[i]);

		if (value)
			check_string(value);
	}
	free(text);
	return 0;
}
