// SPDX-License-Identifier: MIT
#include "run_image.h"

#include "autofile.h"
#include "imgcache.h"
#include "msg.h"
#include "share.h"

#include <sys/stat.h>

#define MIB	(1ULL << 20)
#define MEM_MIN 512
/* What is written below a root stays in memory, half of it at most. */
#define MEM_ROOT 1024
#define MEM_MAX	 (1ULL << 20)

/* Whether the image given with -i is booted as it is. */
bool run_image_as_is(const struct run_spec *spec, const struct recipe *recipe)
{
	return spec->initrd && !spec->command && !recipe->n_items &&
	       !recipe->modules.n && !recipe->drivers.n && !recipe->carried.n &&
	       !recipe->init && !recipe->conf.n && !recipe->busybox &&
	       !recipe->codec.type && !spec->net.nic &&
	       !sharespec_any(&spec->files) && !spec->files.env.n &&
	       !spec->files.cwd;
}

void run_image_settle(const struct run_spec *spec, struct recipe *recipe)
{
	const struct machine *m = machine_of(spec->machine);
	const struct qemu_nic *nic = spec->net.nic;
	/* Its own init has its own drivers, or it would find its root nowhere. */
	bool disks = spec->disks.n && !run_image_as_is(spec, recipe);

	if (spec->channel->port[PORT_VIRTIO])
		strv_push(&recipe->drivers, "virtio_console");
	if ((nic && nic->virtio) || spec->channel->port[PORT_VIRTIO])
		strv_push(&recipe->drivers, m->virtio_module);
	for (size_t i = 0; nic && nic->modules[i]; i++)
		strv_push(&recipe->drivers, nic->modules[i]);
	sharespec_drivers(&spec->files, m, &recipe->drivers);
	if (disks) {
		diskspec_drivers(&spec->disks, m, &recipe->drivers);
		diskspec_modules(&recipe->carried);
	}
	/* A root has its own tools. */
	recipe->no_busybox |= spec->files.root && !recipe->busybox;
	/* Of a warm start it is told later. */
	recipe->command = spec->warm.on ? NULL : spec->command;
	if (!spec->initrd)
		return;
	recipe->append_to = spec->initrd;
	/* The image has its own tools, unless it is told otherwise. */
	recipe->no_busybox |= !recipe->busybox;
}

static unsigned long long file_size(const char *path)
{
	struct stat st;

	return path && stat(path, &st) == 0 ? (unsigned long long)st.st_size :
					      0;
}

/* MiB for a guest whose image holds so many bytes: they are in memory twice
 * while they are unpacked, and those of a base may be compressed. */
static unsigned int default_mem(unsigned long long own, unsigned long long base)
{
	unsigned long long mib = MEM_MIN / 2 + (3 * own + 8 * base) / MIB;

	if (mib > MEM_MAX)
		mib = MEM_MAX;
	return mib > MEM_MIN ? (unsigned int)mib : MEM_MIN;
}

static unsigned long long image_bytes(const struct image *img)
{
	unsigned long long n = 0;

	for (size_t i = 0; i < img->n; i++)
		n += img->e[i].size;
	return n;
}

/* What is printed shall be done by whoever runs it. */
static int make_image(const struct run_spec *spec, struct recipe *recipe,
		      const struct kernel *k, struct image *img)
{
	if (spec->print || !imgcache_takes(recipe))
		return recipe_apply(recipe, k, img);
	return imgcache_apply(recipe, k, img);
}

/* The image as a plan, and the memory that it takes. */
int run_image_plan(struct run_spec *spec, struct recipe *recipe,
		   const struct kernel *k, struct image *img, unsigned int *mem)
{
	int err = recipe ? make_image(spec, recipe, k, img) : 0;

	/* Some may be init's, such as /etc/bootlet.conf. */
	if (!err && recipe && recipe->n_items && spec->files.root)
		msg_warn("--root: the command sees nothing of what --file, "
			 "--dir and the like put into the image; take it along "
			 "with --share");
	/* What an existing image holds is its owner's to say. */
	if (!err && recipe && !spec->files.root && !spec->initrd)
		err = autofile_add(spec->command, &spec->files, img,
				   &spec->autofiles);
	if (!err && recipe && spec->warm.on)
		err = image_add_mkdir(img, IMAGE_OWN, "etc/bootlet", 0755,
				      "--warm");
	else if (!err && recipe)
		err = share_image(&spec->files, img);
	if (!err && recipe)
		err = icount_image(&spec->icount, img);
	if (!err && !*mem)
		*mem = default_mem(image_bytes(img), file_size(spec->initrd));
	if (!spec->mem && spec->files.root && *mem < MEM_ROOT)
		*mem = MEM_ROOT;
	return err;
}
