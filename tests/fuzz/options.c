// SPDX-License-Identifier: MIT
/* Values of the command line's options, and lines of files that hold them:
 * words that may come from anywhere. */
#include "fuzz.h"

#include "host/netspec.c"

#include "host/bridge.h"
#include "host/koptim.h"
#include "host/quote.h"
#include "host/recipe.h"
#include "host/sharespec.h"
#include "host/words.h"

static bool no_file(const char *path)
{
	return strstr(path, "//") != NULL;
}

static void try_net(const char *text)
{
	struct netspec net = { 0 };
	struct netforward f;
	char *argument;

	if (!parse_net(text, &net) && net.ifname)
		fuzz_assert(*net.ifname && strlen(net.ifname) < IFNAMSIZ &&
			    !strpbrk(net.ifname, "/,: \n"));
	if (!parse_ifname(text))
		fuzz_assert(*text && strlen(text) < IFNAMSIZ &&
			    !strpbrk(text, "/ \n\t"));
	if (parse_forward(text, &f))
		return;
	fuzz_assert(f.guest >= 1 && f.guest <= 65535 && f.host.port >= 1 &&
		    f.host.port <= 65535);
	argument = netspec_hostfwd(&f);
	/* It goes into QEMU's list of options as it is. */
	fuzz_assert(strspn(argument, "tcpudhoswf=:-.0123456789") ==
		    strlen(argument));
	free(argument);
}

static void try_share(const char *text)
{
	struct share s = { 0 };
	char *out = malloc(strlen(text) + 2);
	size_t n = strlen(text);

	fuzz_assert(out);
	if (!parse_share(text, no_file, &s))
		fuzz_assert(s.dir && *s.dir && strlen(s.dir) <= n &&
			    (!s.at || strlen(s.at) < n));
	free(s.dir);
	free(s.at);
	if (!parse_mountpoint(text, out)) {
		fuzz_assert(*out == '/' && strlen(out) <= n + 1);
		fuzz_assert(!strstr(out, "//") && !strstr(out, "/./"));
		fuzz_assert(!strstr(out, "/../"));
		fuzz_assert(!out[1] || out[strlen(out) - 1] != '/');
	}
	free(out);
}

static void try_env(const char *text)
{
	struct strv env = { 0 };

	if (!parse_env(text, &env) && env.n)
		fuzz_assert(env.n == 1 && strchr(env.v[0], '=') > env.v[0]);
	if (!parse_env(text, &env))
		fuzz_assert(env.n <= 1);
	strv_free(&env);
}

/* As sh has them: what is quoted for it, is read from it. */
static void try_words(const char *text)
{
	struct strv words = { 0 }, again = { 0 };
	struct buf line = { 0 };

	if (!parse_words(text, &words) && words.n) {
		quote_line(&line, &words);
		fuzz_assert(!parse_words(line.p, &again));
		fuzz_assert(again.n == words.n);
		for (size_t i = 0; i < words.n; i++)
			fuzz_assert(!strcmp(again.v[i], words.v[i]));
	}
	strv_free(&words);
	strv_free(&again);
	buf_free(&line);
}

static void try_others(const char *text)
{
	struct recipe_node node = { 0 };
	struct codec_choice codec = { 0 };
	struct koptim optim = { 0 };
	struct ipv4 address;
	size_t len = parse_src_dst(text, no_file);

	fuzz_assert(len <= strlen(text));
	parse_node(text, &node);
	parse_codec(text, &codec);
	parse_koptim(text, &optim);
	koptim_free(&optim);
	parse_bridge_addr(text, &address);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n);

	try_net(text);
	try_share(text);
	try_env(text);
	try_words(text);
	try_others(text);
	free(text);
	return 0;
}
