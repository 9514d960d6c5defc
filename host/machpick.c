// SPDX-License-Identifier: MIT
#include "machpick.h"

#include "kentry.h"
#include "kernel.h"
#include "modfile.h"
#include "modindex.h"
#include "modinfo.h"
#include "msg.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What of the command line is about a PC's own devices. An experiment with one
 * of them shall have it. */
static const char *const pc_words[] = {
	"acpi=",	  "acpi_",  "clocksource=", "hpet=",   "lapic",
	"noacpi",	  "noapic", "nohpet",	    "nolapic", "notsc",
	"pci=",		  "pcie_",  "pmtmr=",	    "tsc=",    "nopit",
	"tsc_early_khz=", "pci_",   "pciehp.",	    "memmap=", "reboot=",
};

const char *machpick_word(const struct strv *append)
{
	for (size_t i = 0; i < append->n; i++)
		for (const char *p = append->v[i]; *p; p += strcspn(p, " \t")) {
			p += strspn(p, " \t");
			for (size_t k = 0;
			     k < sizeof(pc_words) / sizeof(pc_words[0]); k++)
				if (!strncmp(p, pc_words[k],
					     strlen(pc_words[k])))
					return pc_words[k];
		}
	return NULL;
}

/* --- the decision --------------------------------------------------------- */

/* Without another clock the frequency of the time stamp counter has to be
 * told, by tsc_early_khz=, which is there since 5.11. */
static bool takes_tsc(const char *release)
{
	unsigned int major = 0, minor = 0;

	if (!release || sscanf(release, "%u.%u", &major, &minor) != 2)
		return false;
	return major > 5 || (major == 5 && minor >= 11);
}

static const char for_word[] = "the command line is about devices of a PC";
static const char for_module[] = "a module is asked for that drives cards on "
				 "PCI";

/* Return: NULL where microvm lacks nothing. */
static const char *needs_pc(const struct machpick_facts *f)
{
	if (!f->pvh)
		return "the kernel is not entered through PVH";
	if (!takes_tsc(f->release))
		return "the kernel is older than 5.11, or does not say how old";
	/* Several processors distrust their time stamp counters, and there is
	 * no other clock then but the tick. */
	if (f->cpus > 1)
		return "several processors need a clock that they share";
	if (f->word)
		return for_word;
	if (f->module)
		return for_module;
	if (f->card_pci)
		return "the network card is one for PCI";
	if (f->disk_pci)
		return "the disk's controller is one for PCI";
	if (!f->config)
		return "nothing tells the kernel's configuration";
	if (!f->acpi)
		return "the kernel has no ACPI";
	if (f->share && !f->mmio)
		return "the kernel cannot find virtio devices without PCI";
	if (f->card && !(f->mmio && f->net))
		return "the kernel has no driver for virtio's network card "
		       "without PCI";
	if (f->pci && !f->mmio)
		return "the kernel finds virtio devices on PCI alone";
	return NULL;
}

const struct machine *machpick_decide(const struct machpick_facts *f,
				      const char **why)
{
	*why = needs_pc(f);
	return machine_find(*why ? "pc" : "microvm");
}

/* --- the facts ------------------------------------------------------------ */

static bool is_set(const char *text, size_t n, const char *line)
{
	size_t len = strlen(line);
	const char *p = memmem(text, n, line, len);

	return p && p + len < text + n && (p[len] == 'y' || p[len] == 'm');
}

void machpick_config(const char *text, size_t n, struct machpick_facts *f)
{
	f->config = true;
	f->acpi = is_set(text, n, "\nCONFIG_ACPI=");
	f->mmio = is_set(text, n, "\nCONFIG_VIRTIO_MMIO=");
	f->pci = is_set(text, n, "\nCONFIG_VIRTIO_PCI=");
	f->net = is_set(text, n, "\nCONFIG_VIRTIO_NET=");
}

/* Mapped: it is long, and read at each run. */
static void read_file_config(const char *path, struct machpick_facts *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	void *p = MAP_FAILED;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd,
			 0);
	if (fd >= 0)
		close(fd);
	if (p == MAP_FAILED)
		return;
	machpick_config(p, (size_t)st.st_size, f);
	munmap(p, (size_t)st.st_size);
}

/* Where packages put it: beside the image, or among the modules. */
static void read_config(const struct kernel *k, struct machpick_facts *f)
{
	const char *slash = strrchr(k->image, '/');
	int dir = slash ? (int)(slash - k->image) + 1 : 0;
	char *paths[] = {
		k->tree ? xasprintf("%s/include/config/auto.conf", k->tree) :
			  NULL,
		k->release ?
			xasprintf("%.*sconfig-%s", dir, k->image, k->release) :
			NULL,
		k->moddir ? xasprintf("%s/config", k->moddir) : NULL,
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (!f->config && paths[i])
			read_file_config(paths[i], f);
		free(paths[i]);
	}
}

static bool drives_pci(const char *file)
{
	struct modinfo info;
	bool is = false;

	/* Not a problem if it fails: whoever loads it says so. */
	if (modinfo_read(file, &info))
		return false;
	for (size_t i = 0; i < info.alias.n && !is; i++)
		is = !strncmp(info.alias.v[i], "pci:", 4);
	modinfo_free(&info);
	return is;
}

static const char *pci_module(const struct strv *names, const struct kernel *k)
{
	struct modindex *x = NULL;
	const char *found = NULL;

	if (!names->n || modindex_open(k->moddir, k->release, &x))
		return NULL;
	for (size_t i = 0; i < names->n && !found; i++) {
		char *path = NULL, *rel = NULL;

		if (modfile_is(names->v[i]))
			path = xstrdup(names->v[i]);
		else if (modindex_find(x, names->v[i], &path, &rel))
			path = NULL;
		if (path && drives_pci(path))
			found = names->v[i];
		free(path);
		free(rel);
	}
	modindex_close(x);
	return found;
}

/* --- the run -------------------------------------------------------------- */

static void choose(struct run_spec *spec, const struct recipe *recipe,
		   const struct kernel *k, const char *boot)
{
	const struct qemu_nic *nic = spec->net.nic;
	struct machpick_facts f = {
		.pvh = kentry_is_pvh(boot),
		.release = k->release,
		.card = nic != NULL,
		.card_pci = nic && !nic->virtio && spec->start.nic_chosen,
		.disk_pci = spec->disks.n && spec->disks.ahci,
		.share = sharespec_any(&spec->files) || spec->disks.n,
		.cpus = spec->cpus,
		.word = machpick_word(&spec->append),
		.module = pci_module(&recipe->modules, k),
	};
	const char *why, *what;

	if (!f.module)
		f.module = pci_module(&recipe->drivers, k);
	read_config(k, &f);
	spec->machine = machpick_decide(&f, &why);
	what = why == for_word ? f.word : why == for_module ? f.module : "";
	if (!why)
		msg_debug("machine: %s, the quickest, since nothing asks for "
			  "PCI; --machine pc has it",
			  spec->machine->name);
	else
		msg_debug("machine: %s, not microvm: %s%s%s",
			  spec->machine->name, why, *what ? ": " : "", what);
}

void machpick_settle(struct run_spec *spec, const struct recipe *recipe,
		     const struct kernel *k, const char *boot)
{
	const struct qemu_nic *nic = spec->net.nic;

	if (!spec->machine)
		choose(spec, recipe, k, boot);
	if (nic && !nic->virtio && !spec->machine->pci)
		spec->net.nic = qemu_nic_find("virtio");
}
