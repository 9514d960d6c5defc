// SPDX-License-Identifier: MIT
#include "kconfig_apply.h"

#include "kconfig_shadow.h"
#include "kconfig_tools.h"
#include "msg.h"
#include "spawn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (16 << 20)

/* --- merging ---------------------------------------------------------------- */

static const struct kwant *want_of(const struct kfrags *wants, const char *name,
				   unsigned int version)
{
	for (size_t i = 0; i < wants->n_want; i++)
		if (!strcmp(wants->want[i]->name, name) &&
		    kwant_in(wants->want[i], version))
			return wants->want[i];
	return NULL;
}

/* Where m and y both hold, what is there may stay. */
static bool stays(const struct kwant *w, const char *value)
{
	return !w || (w->either && *w->value != 'n' &&
		      (!strcmp(value, "y") || !strcmp(value, "m")));
}

void kapply_merge(const char *base, const struct kfrags *wants,
		  unsigned int version, struct buf *out)
{
	struct kconfig kept = { 0 };

	while (*base) {
		size_t len = strcspn(base, "\n");
		char *name = NULL, *value = NULL;
		bool keep = true;

		if (parse_kline(base, len, &name, &value) == KLINE_VALUE) {
			const struct kwant *w = want_of(wants, name, version);

			keep = stays(w, value);
			if (keep && w)
				kconfig_set(&kept, name, value);
			free(name);
			free(value);
		}
		if (keep) {
			buf_add(out, base, len);
			buf_addc(out, '\n');
		}
		base += len + (base[len] == '\n');
	}
	for (size_t i = 0; i < wants->n_want; i++) {
		const struct kwant *w = wants->want[i];

		if (!kwant_in(w, version) || kconfig_get(&kept, w->name))
			continue;
		if (!strcmp(w->value, "n"))
			buf_addf(out, "# CONFIG_%s is not set\n", w->name);
		else
			buf_addf(out, "CONFIG_%s=%s\n", w->name, w->value);
	}
	kconfig_free(&kept);
}

/* --- the kernel's own make -------------------------------------------------- */

/* What make said last, without the lines that only say where it was. */
static char *last_words(const struct buf *said)
{
	char *best = xstrdup(""), *copy = xstrdup(said->p ? said->p : "");
	char *save = NULL;

	for (char *l = strtok_r(copy, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save)) {
		if (!*l || !strncmp(l, "make[", 5) || !strncmp(l, "make: ", 6))
			continue;
		free(best);
		best = xstrdup(l + strspn(l, " \t*"));
	}
	free(copy);
	return best;
}

static void show(const struct buf *said)
{
	char *copy = xstrdup(said->p ? said->p : ""), *save = NULL;

	for (char *l = strtok_r(copy, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save))
		msg_debug("make: %s", l);
	free(copy);
}

static int run_make(const struct kapply_spec *spec, const char *src,
		    const char *target)
{
	/* A make around us is another one's business. */
	static const char *const env[] = { "MAKEFLAGS=",    "MFLAGS=",
					   "MAKELEVEL=",    "GNUMAKEFLAGS=",
					   "MAKEFILES",	    "KCONFIG_ALLCONFIG",
					   "KBUILD_EXTMOD", "M",
					   "ARCH",	    NULL };
	struct strv argv = { 0 };
	struct buf said = { 0 };
	int status;

	strv_pushl(&argv, "make", "-s",
		   "KBUILD_OUTPUT=", "KCONFIG_CONFIG=.config", NULL);
	for (size_t i = 0; i < spec->vars->n; i++)
		strv_push(&argv, spec->vars->v[i]);
	/* The kernel's make knows this machine's own by itself. */
	if (spec->arch != karch_find(NULL))
		strv_pushf(&argv, "ARCH=%s", spec->arch->srcdir);
	strv_push(&argv, target);
	status = spawn_run(
		&(struct spawn){
			.cwd = src, .out = &said, .err = &said, .env = env },
		&argv);
	show(&said);
	if (status) {
		char *words = last_words(&said);

		msg_error("%s: the kernel's own make %s failed: %s",
			  spec->at.src, target,
			  status < 0 ? strerror(-status) :
			  *words     ? words :
				       "it does not say why; see -v");
		free(words);
	}
	buf_free(&said);
	strv_free(&argv);
	return status < 0 ? status : status ? -EIO : 0;
}

static int write_config(const char *path, const struct buf *text)
{
	FILE *f = fopen(path, "we");
	int err = f ? 0 : -errno;

	if (f && fwrite(text->p, 1, text->n, f) != text->n)
		err = -errno;
	if (f && fclose(f) && !err)
		err = -errno;
	if (err)
		msg_error("%s: cannot be written: %s", path, strerror(-err));
	return err;
}

/* What the merge begins from, as a .config in the shadow. */
static int begin(const struct kapply_spec *spec, struct kapply *out,
		 const char *src, const char *config, struct buf *base)
{
	char *current = xasprintf("%s/.config", spec->at.out);
	bool is_current;
	int err = 0;

	out->from = spec->from;
	if (!out->from)
		out->from = !access(current, F_OK) ? "current" : "tinyconfig";
	is_current = !strcmp(out->from, "current");
	if (!is_current)
		err = run_make(spec, src, out->from);
	if (!err)
		err = read_file(is_current ? current : config, base, FILE_MAX);
	if (err == -ENOENT && is_current)
		msg_error("%s: not there, so there is no current "
			  "configuration; choose another with --from",
			  current);
	else if (err && is_current)
		msg_error("%s: cannot be read: %s", current, strerror(-err));
	free(current);
	return err;
}

static int complete(const struct kapply_spec *spec, struct kapply *out,
		    const char *src, struct buf *text)
{
	char *config = xasprintf("%s/.config", src);
	struct buf base = { 0 }, merged = { 0 };
	int err = begin(spec, out, src, config, &base);

	if (!err) {
		kapply_merge(base.p ? base.p : "", spec->wants,
			     parse_kversion(out->tree.release), &merged);
		err = write_config(config, &merged);
	}
	if (!err)
		err = run_make(spec, src, "olddefconfig");
	if (!err)
		err = kconfig_read(config, text, &out->config);
	buf_free(&base);
	buf_free(&merged);
	free(config);
	return err;
}

int kapply_run(const struct kapply_spec *spec, struct kapply *out)
{
	struct kshadow shadow;
	struct buf text = { 0 };
	int err;

	*out = (struct kapply){ 0 };
	err = ktools_require(KTOOL_CONFIG, NULL);
	if (!err)
		err = ktree_read(&out->tree, spec->at.src, spec->arch->srcdir);
	if (err)
		return err;
	err = kshadow_make(&shadow, spec->at.src);
	if (err)
		return err;
	err = complete(spec, out, shadow.src, &text);
	kshadow_free(&shadow);
	if (!err) {
		out->spec = (struct kcheck_spec){
			.wants = spec->wants,
			.config = &out->config,
			.tree = &out->tree,
			.known = spec->known,
			.version = parse_kversion(out->tree.release),
		};
		kcheck_run(&out->spec, &out->check);
		if (!out->check.count[KSTATE_MISSING] || spec->force)
			err = kapply_install(spec->at.out, &text, out);
		if (!err && out->check.count[KSTATE_MISSING])
			err = -ENODATA;
	}
	buf_free(&text);
	return err;
}

void kapply_free(struct kapply *a)
{
	kcheck_free(&a->check);
	kconfig_free(&a->config);
	ktree_free(&a->tree);
	free(a->path);
	free(a->kept);
	*a = (struct kapply){ 0 };
}
