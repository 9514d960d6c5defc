// SPDX-License-Identifier: MIT
/* What the state of a guest depends on, as it is on this machine. */
#include "launch.h"
#include "recipe.h"
#include "spawn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* A file that was written so recently may be written again within the same
 * tick of the clock that stamps it: HZ is 100 at least. */
#define TICK_NS 20000000LL

/* What cannot be found QEMU will say. */
static struct filestamp qemu_stamp(const char *qemu)
{
	char *path = strchr(qemu, '/') ? xstrdup(qemu) : spawn_which(qemu);
	struct filestamp s = filestamp_at(path);

	free(path);
	return s;
}

static void settle_time(const struct filestamp *v, size_t n)
{
	const struct timespec nap = { .tv_nsec = TICK_NS };

	for (size_t i = 0; i < n; i++)
		if (filestamp_age(v[i].ctime) < TICK_NS) {
			nanosleep(&nap, NULL);
			return;
		}
}

/* Before the files are read. */
static struct filestamp *source_stamps(const struct image *img)
{
	struct filestamp *v = xrealloc(NULL, (img->n + 1) * sizeof(*v));

	for (size_t i = 0; i < img->n; i++) {
		const struct image_entry *e = &img->e[i];
		bool file = S_ISREG(e->mode) && !e->data && e->src;

		v[i] = filestamp_at(file ? image_source(e) : NULL);
	}
	settle_time(v, img->n);
	return v;
}

void launch_warm_key(struct launch *r, const char *accel)
{
	struct launch_warm *w = &r->warm;
	const char *cmdline = r->cmdline;
	struct filestamp *sources = source_stamps(w->img);
	struct strv argv = { 0 };
	struct warm_key k = {
		.version = VERSION,
		.dir = r->vm.dir,
		.argv = &argv,
		.cmdline = cmdline,
		.tsc = machine_of(r->spec->machine)->needs_tsc,
		.date = getenv("SOURCE_DATE_EPOCH"),
		.qemu = qemu_stamp(r->spec->qemu),
		.kernel = filestamp_at(r->boot),
		.base = filestamp_at(w->recipe->append_to),
		.img = w->img,
		.sources = sources,
	};

	w->qemu = (struct qemu_warm){ 0 };
	r->cmdline = "";
	launch_argv(r, accel, &argv);
	r->cmdline = cmdline;
	buf_free(&w->key);
	warm_key_text(&k, &w->key);
	warm_digest(&w->key, w->digest);
	strv_free(&argv);
	free(sources);
}
