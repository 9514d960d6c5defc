// SPDX-License-Identifier: MIT
#include "modules.h"

#include "cmdline.h"
#include "coldplug.h"
#include "file.h"
#include "io.h"
#include "log.h"
#include "modalias.h"
#include "modfail.h"
#include "modflat.h"
#include "modindex.h"
#include "modparam.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define MAX_LOADED 512

/* MODULE_INIT_COMPRESSED_FILE of linux/module.h, younger than some headers. */
#define COMPRESSED_FILE 4

/* Who asks for a module, and so what is said when there is none. */
enum asker { ASK_NAMED, ASK_WANTED, ASK_SOFTDEP, ASK_ALIAS, ASK_DEVICE };

static const struct boot_config *config;
static struct utsname kernel;
static struct modindex mods;
static enum coldplug plugs;
static int top_dir, kernel_dir = -1;
static int first_err;
static unsigned int n_loaded;
static bool useless; /* the kernel was built without module support */
static bool later; /* it is the turn of those that are not waited for */

/* A line of modules.dep that was seen to, and what came of it. */
static struct {
	struct span name;
	int err;
} seen[MAX_LOADED];
static size_t n_seen;

__attribute__((noinline)) static int failed(int err)
{
	if (!first_err)
		first_err = err;
	return err;
}

static int fail(const char *object, const char *what, int err)
{
	return failed(log_fail(object, what, err));
}

static int refused(int fd, const char *file, int err)
{
	modfail_report(fd, file, kernel.release, failed(err));
	return err;
}

static int module_insert(int fd, const char *file)
{
	static char params[4096];
	struct span name = modflat_name(file);
	int err;

	if (modparam_build(config, name.p, name.len, params, sizeof(params)))
		log_warn("%s: parameters too long: some are left out", file);
	err = sys_finit_module(fd, params,
			       modflat_packed(file) ? COMPRESSED_FILE : 0);
	if (err == -EEXIST)
		return 0;
	useless |= err == -ENOSYS;
	n_loaded += !err;
	return err;
}

/* --- By name ------------------------------------------------------------ */

static int name_load(struct span name, enum asker asker);

static void softdep_found(struct span name)
{
	name_load(name, ASK_SOFTDEP);
}

__attribute__((noinline)) static void softdeps_load(struct span name,
						    enum softdep_kind kind)
{
	softdep_each(mods.text[MODINDEX_SOFTDEP], name, kind, softdep_found);
}

static int path_load(struct span path, const char *name, enum asker asker)
{
	/* What is cut off is still too long for the kernel. */
	static char file[PATH_MAX + 1];
	const char *base;
	int fd, err;

	fmt_format(file, sizeof(file), "%.*s", (int)path.len, path.p);

	fd = file_open(kernel_dir, file);
	/* An image may hold a part of what its modules.dep lists. */
	if (fd == -ENOENT && asker != ASK_NAMED)
		return fd;
	if (fd < 0)
		return fail(file, "modules.dep names it", fd);
	base = file + (name - path.p);
	err = module_insert(fd, base);
	/* Of drivers for the same thing each looks for its own hardware. */
	if (err && (asker <= ASK_WANTED || err != -ENODEV))
		refused(fd, base, err);
	io_close(fd);
	return err;
}

static int line_load(struct span line, enum asker asker);

static int deps_load(struct span line)
{
	struct span dep;
	int err = 0;

	/* Their own lines say nothing that this one does not (modules.dep(5)). */
	while (!err && (dep = moddep_pop(&line)).p)
		err = line_load(dep, ASK_NAMED);
	return err;
}

static int line_load_once(struct span line, struct span name, enum asker asker)
{
	int err;

	softdeps_load(name, SOFTDEP_PRE);
	err = deps_load(line);
	if (err) {
		log_warn("%.*s: not loaded: a module that it needs failed",
			 (int)name.len, name.p);
		return err;
	}
	err = path_load(moddep_path(line), name.p, asker);
	if (!err)
		softdeps_load(name, SOFTDEP_POST);
	return err;
}

static bool name_seen(struct span name, int *err)
{
	for (size_t i = 0; i < n_seen; i++) {
		if (!modname_same(seen[i].name, name))
			continue;
		*err = seen[i].err;
		return true;
	}
	return false;
}

static int line_load(struct span line, enum asker asker)
{
	struct span name = modname_of(line);
	size_t slot = n_seen;
	int err;

	if (name_seen(name, &err))
		return err;
	if (n_seen == MAX_LOADED)
		return fail(kernel.release, "not all modules are loaded",
			    -ENOSPC);
	/* Being loaded counts as loaded: that ends a cycle. */
	seen[n_seen++].name = name;
	seen[slot].err = 0;
	seen[slot].err = line_load_once(line, name, asker);
	return seen[slot].err;
}

static int flat_load(struct flat *f, bool last);

/* One that works is enough; -ENOENT: none. */
static int aliases_load(const char *names, const struct modalias_starts *starts,
			enum asker asker)
{
	struct span text = mods.text[MODINDEX_ALIAS], module;
	int err = -ENOENT;

	while (!useless && (module = modalias_next(&text, names, starts)).p) {
		int r = name_load(module, asker);

		if (err)
			err = r;
	}
	return err;
}

void modules_drive(const char *names, const struct modalias_starts *starts)
{
	aliases_load(names, starts, ASK_DEVICE);
}

static int name_load(struct span name, enum asker asker)
{
	struct span line = moddep_find(mods.text[MODINDEX_DEP], name);
	struct flat *f;
	int err;

	if (modparam_blacklisted(config, name)) {
		if (asker == ASK_NAMED)
			log_warn("%.*s: not loaded: modprobe.blacklist= has it",
				 (int)name.len, name.p);
		return -EPERM;
	}
	if (line.p) {
		if (asker == ASK_DEVICE &&
		    !coldplug_wants(line.p, later >= config->background))
			return 0;
		return line_load(line, asker);
	}
	if (modindex_present(&mods, name))
		return 0;
	f = asker <= ASK_WANTED ? modflat_find(name) : NULL;
	if (f)
		return flat_load(f, false);
	err = asker < ASK_ALIAS ? aliases_load(name.p, NULL, ASK_ALIAS) :
				  -ENOENT;
	if (err != -ENOENT || asker != ASK_NAMED)
		return err;
	log_warn("%.*s: no such module for kernel %s in the image",
		 (int)name.len, name.p, kernel.release);
	return failed(err);
}

/* --- Flat files --------------------------------------------------------- */

static void flat_over(struct span name)
{
	struct flat *f;

	while ((f = modflat_find(name)))
		f->state = FLAT_OVER;
}

/* @last: nothing will be loaded after it that could make it work. */
static int flat_load(struct flat *f, bool last)
{
	struct span name = modflat_name(f->file);
	int fd, err;

	f->state = FLAT_OVER;
	if (modparam_blacklisted(config, name))
		return -EPERM;
	if (name_seen(name, &err))
		return err;
	fd = file_open(f->dir, f->file);
	if (fd < 0)
		return fail(f->file, "cannot be read", fd);
	/* When nothing came since, the kernel would say the same again. */
	err = last ? -ENOENT : module_insert(fd, f->file);
	f->tried = n_loaded + 1;
	if (!err || modindex_present(&mods, name))
		flat_over(name);
	else if (err == -ENOENT && !last)
		f->state = FLAT_WAITS;
	else
		refused(fd, f->file, err);
	io_close(fd);
	return err;
}

/* Without an index the order is found by trying: a round for those that lack
 * a symbol, for as long as rounds bring something new. */
static void flats_load(void)
{
	bool again = true;
	struct flat *f;

	while (again && !useless) {
		again = false;
		for (size_t i = 0; !useless && (f = modflat_at(i)); i++) {
			if (f->state != FLAT_WAITS || f->tried == n_loaded + 1)
				continue;
			flat_load(f, false);
			again = true;
		}
	}
	for (size_t i = 0; !useless && (f = modflat_at(i)); i++)
		if (f->state == FLAT_WAITS)
			flat_load(f, true);
}

/* --- All ---------------------------------------------------------------- */

static void flats_scan(int dir, const char *name, enum flat_state state)
{
	int err = dir < 0 ? 0 : modflat_scan(dir, state);

	if (err)
		fail(name, "not all modules are loaded", err);
}

/* An index knows a module by what stands before the first dot, as modprobe(8)
 * does; of flat files "a-1.2.ko" and "a-1.3.ko" are two. */
static struct span name_asked(const char *word)
{
	struct span name = modflat_name(word);

	if (modflat_find(name) || modindex_present(&mods, name))
		return name;
	return modname_of(name);
}

/* A network's driver, or a flat file, which nothing tells from one. What it
 * depends on may be anything, and is loaded with it. */
static bool may_wait(struct span name)
{
	struct span line = moddep_find(mods.text[MODINDEX_DEP], name);

	return line.p ? moddep_drives(line.p, DRIVERS_NET) :
			modflat_find(name) != NULL;
}

static void names_load(void)
{
	for (size_t i = 0; i < config->n_modules && !useless; i++) {
		struct span name = name_asked(config->modules[i]);

		if (!config->background || later == may_wait(name))
			name_load(name, ASK_NAMED);
	}
}

static int pass(void)
{
	n_loaded = 0;
	names_load();
	if (plugs)
		coldplug_apply(plugs);
	if (later == config->background)
		flats_load();
	if (n_loaded)
		log_info("modules: %u loaded", n_loaded);
	return first_err;
}

/* Most boots need no index. */
__attribute__((noinline)) static void index_open(void)
{
	if (kernel_dir >= 0)
		return;
	kernel_dir = file_open(top_dir, kernel.release);
	flats_scan(kernel_dir, kernel.release, FLAT_ON_DEMAND);
	modindex_map(&mods, kernel_dir);
}

int modules_load(const struct boot_config *cfg, const char *dir)
{
	config = cfg;
	io_uname(&kernel);
	top_dir = file_open(AT_FDCWD, dir);
	flats_scan(top_dir, dir, FLAT_WAITS);
	plugs = parse_coldplug(cfg);
	if (cfg->n_modules || plugs)
		index_open();
	return pass();
}

int modules_apply(struct boot_config *cfg)
{
	return modules_load(cfg, "/lib/modules");
}

int modules_want(const char *name)
{
	index_open();
	return name_load(name_asked(name), ASK_WANTED);
}

int modules_background(void)
{
	later = true;
	return pass();
}

void modules_reset(void)
{
	first_err = 0;
	useless = later = false;
	n_seen = 0;
	kernel_dir = -1;
	memset(&mods, 0, sizeof(mods));
	modflat_reset();
}
