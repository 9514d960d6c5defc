// SPDX-License-Identifier: MIT
/* bootlet net: a network for guests, which ends at this machine. */
#include "bridge_apply.h"
#include "bridge_call.h"
#include "bridge_plan.h"
#include "bridge_show.h"
#include "cmds.h"
#include "msg.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE_ERROR 2
#define COUNT(a)    (sizeof(a) / sizeof((a)[0]))

struct options {
	struct bridge_spec spec;
	bool has_address, has_owner, undo, force, json;
};

/* --- options ---------------------------------------------------------------- */

static const char *set_bridge(void *ctx, const char *arg)
{
	((struct options *)ctx)->spec.bridge = arg;
	return parse_ifname(arg);
}

static const char *set_address(void *ctx, const char *arg)
{
	struct options *o = ctx;

	o->has_address = true;
	return parse_bridge_addr(arg, &o->spec.addr);
}

static const char *set_tap(void *ctx, const char *arg)
{
	struct options *o = ctx;
	const char *wrong = parse_ifname(arg);

	if (!wrong && o->spec.taps.n >= BRIDGE_TAPS_MAX)
		return "a network has 64 taps at most here";
	strv_push(&o->spec.taps, arg);
	return wrong;
}

/* (uid_t)-1 means nobody to the kernel. */
static bool parse_uid(const char *text, uid_t *out)
{
	long long n;

	if (cli_number(text, 0, UINT32_MAX - 1LL, &n))
		return false;
	*out = (uid_t)n;
	return true;
}

static const char *set_owner(void *ctx, const char *arg)
{
	struct options *o = ctx;
	const struct passwd *pw = getpwnam(arg);

	o->has_owner = true;
	if (pw)
		o->spec.owner = pw->pw_uid;
	else if (!parse_uid(arg, &o->spec.owner))
		return "no such user";
	return NULL;
}

static const char *set_undo(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->undo = true;
	return NULL;
}

static const char *set_force(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->force = true;
	return NULL;
}

static const char *set_json(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->json = true;
	return NULL;
}

static const char *set_verbose(void *ctx, const char *arg)
{
	(void)ctx;
	(void)arg;
	msg_verbosity = 1;
	return NULL;
}

static const struct cli_opt opts[] = {
	{ "bridge", 'b', "NAME", "the bridge (default: " BRIDGE_NAME ")",
	  set_bridge },
	{ "address", 'a', "A.B.C.D/PREFIX",
	  "its address (default: " BRIDGE_ADDRESS ")", set_address },
	{ "tap", 't', "NAME",
	  "a tap for a guest, repeatable (default: " BRIDGE_TAP ")", set_tap },
	{ "owner", 'u', "USER",
	  "who may use the taps (default: who calls, also by sudo)",
	  set_owner },
	{ "undo", 0, NULL, "print the lines that remove it", set_undo },
	{ "force", 0, NULL, "down also where a guest is on it", set_force },
	{ "json", 0, NULL, "status as JSON", set_json },
	{ "verbose", 'v', NULL, "show what ip is told", set_verbose },
};

/* Under sudo it is not root who starts the guests. */
static void settle(struct options *o)
{
	const char *sudo = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
	const char *twice;

	if (!o->spec.bridge)
		o->spec.bridge = BRIDGE_NAME;
	if (!o->has_address)
		parse_bridge_addr(BRIDGE_ADDRESS, &o->spec.addr);
	if (!o->spec.taps.n)
		strv_push(&o->spec.taps, BRIDGE_TAP);
	if (!o->has_owner && (!sudo || !parse_uid(sudo, &o->spec.owner)))
		o->spec.owner = getuid();
	twice = bridge_check_names(&o->spec);
	if (twice)
		die(USAGE_ERROR, "%s: is the name of two interfaces", twice);
}

static int put(struct buf *text)
{
	bool good = !text->n || fwrite(text->p, 1, text->n, stdout) == text->n;

	if (good && !fflush(stdout))
		return EXIT_SUCCESS;
	msg_error("stdout: cannot be written: %s", strerror(errno));
	return EXIT_FAILURE;
}

/* --- status, print ---------------------------------------------------------- */

static void say_none(const struct bridge_spec *spec)
{
	struct buf line = { 0 }, taps = { 0 };
	struct strv words = { 0 };

	bridge_up_words(spec, &words);
	bridge_sudo_line(&words, &line);
	for (size_t i = 0; i < spec->taps.n; i++)
		buf_addf(&taps, "%s%s", i ? ", " : "", spec->taps.v[i]);
	msg_info("%s: there is no such network; with %s/%u, and for %s tap "
		 "%s, it is made by: %s",
		 spec->bridge, ipv4_text(spec->addr.addr), spec->addr.prefix,
		 owner_text(spec->owner), taps.p, line.p);
	strv_free(&words);
	buf_free(&line);
	buf_free(&taps);
}

static int status(const struct options *o)
{
	struct netifs have = { 0 };
	struct tap_users users = { 0 };
	struct buf text = { 0 };
	int code;

	if (netifs_read(&have))
		return EXIT_FAILURE;
	tap_users_read(&users);
	if (o->json)
		bridge_show_json(&o->spec, &have, &users, &text);
	else
		bridge_show_text(&o->spec, &have, &users, &text);
	if (!text.n)
		say_none(&o->spec);
	code = put(&text);
	buf_free(&text);
	tap_users_free(&users);
	netifs_free(&have);
	return code;
}

static int print(const struct options *o)
{
	const struct netifs none = { 0 };
	struct netplan up = { 0 }, down = { 0 };
	struct buf text = { 0 };
	int code;

	if (bridge_up_plan(&o->spec, &none, &up, &text))
		die(EXIT_FAILURE, "%s", text.p);
	bridge_undo_plan(&up, NULL, &down);
	netplan_sh(o->undo ? &down : &up, &text);
	code = put(&text);
	buf_free(&text);
	netplan_free(&up);
	netplan_free(&down);
	return code;
}

/* --- up, down --------------------------------------------------------------- */

static int up(const struct options *o)
{
	const struct bridge_call c = { .spec = &o->spec };

	return bridge_up(&c) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int down(const struct options *o)
{
	const struct bridge_call c = { .spec = &o->spec, .force = o->force };

	return bridge_down(&c) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- words ------------------------------------------------------------------ */

static const struct {
	const char *name;
	int (*run)(const struct options *o);
} verbs[] = {
	{ "up", up },
	{ "down", down },
	{ "status", status },
	{ "print", print },
};

/* Options may stand before the verb and behind it. */
static const char *take_words(const struct cmd *cmd, struct options *o,
			      int argc, char **argv)
{
	const char *verb = NULL;

	while (argc > 1) {
		int i = cli_parse(cmd, o, argc, argv);

		if (i < argc && verb)
			die(USAGE_ERROR,
			    "%s: %s takes no name; see bootlet "
			    "net --help",
			    argv[i], verb);
		if (i < argc)
			verb = argv[i];
		argc -= i;
		argv += i;
	}
	return verb;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct options o = { 0 };
	struct strv names = { 0 };
	const char *near, *verb;

	verb = take_words(cmd, &o, argc, argv);
	if (!verb)
		die(USAGE_ERROR, "net: up, down, status or print? see bootlet "
				 "net --help");
	for (size_t i = 0; i < COUNT(verbs); i++) {
		strv_push(&names, verbs[i].name);
		if (!strcmp(verb, verbs[i].name)) {
			int code;

			settle(&o);
			code = verbs[i].run(&o);
			strv_free(&o.spec.taps);
			strv_free(&names);
			return code;
		}
	}
	near = str_nearest(verb, names.v, names.n);
	die(USAGE_ERROR, "%s: no such thing to do%s%s%s", verb,
	    near ? "; did you mean " : "; there are up, down, status, print",
	    near ? near : "", near ? "?" : "");
}

static const struct cli_group groups[] = {
	{ "Options", opts, COUNT(opts), 0 },
};

const struct cmd cmd_net = {
	.name = "net",
	.usage = "up | down | status | print [options]",
	.summary = "A network of this machine and its guests: bridge and taps",
	.detail =
		"up makes a bridge with an address and a tap for each guest;\n"
		"down removes what up has made and nothing else; status shows\n"
		"what there is and who uses it; print writes the lines of ip\n"
		"that up runs, and with --undo those that take them back.\n"
		"up and down need root; without it they print the line for\n"
		"sudo. Then: bootlet run --net tap=" BRIDGE_TAP,
	.groups = groups,
	.n_groups = COUNT(groups),
	.usage_error = USAGE_ERROR,
	.run = run,
};
