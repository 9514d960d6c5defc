// SPDX-License-Identifier: MIT
#include "doctor.h"

#include "accel.h"
#include "busybox.h"
#include "cache.h"
#include "distro.h"
#include "kernel.h"
#include "modindex.h"
#include "spawn.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QEMU	 "qemu-system-x86_64"
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* A kernel that KVM runs prints within a second, one that hangs never. */
enum { PROBE_MS = 8000, VERSION_MS = 10000 };

/* What the checks share, so that nothing is looked for twice. */
struct patient {
	char *qemu;
	struct kernel kernel;
	char *busybox;
	/** @have: a kernel was found; @fetch: one can be downloaded */
	bool have, fetch;
};

static const char *const state_names[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_WARN] = "warn",
	[DOCTOR_FAIL] = "fail",
};

static_assert(COUNT(state_names) == DOCTOR_STATES, "a name for each state");

const char *doctor_state_name(enum doctor_state s)
{
	return state_names[s];
}

static void remedy_install(struct doctor_result *r, const char *tool)
{
	const char *line = doctor_remedy(tool, doctor_manager_find());

	if (line)
		buf_adds(&r->remedy, line);
	else
		buf_addf(&r->remedy,
			 "install %s with this machine's package manager",
			 tool);
}

void doctor_version(const char *text, struct buf *out)
{
	const char *p = text ? strstr(text, "version ") : NULL;

	for (p = p ? p + 8 : ""; isdigit((unsigned char)*p) || *p == '.'; p++)
		buf_addc(out, *p);
}

static enum doctor_state check_qemu(struct patient *p, struct doctor_result *r)
{
	struct buf text = { 0 }, version = { 0 };
	const struct spawn s = { .out = &text,
				 .err = &text,
				 .timeout_ms = VERSION_MS };
	struct strv argv = { 0 };
	int status;

	if (!p->qemu) {
		buf_addf(&r->detail, "%s is not in PATH", QEMU);
		remedy_install(r, "qemu");
		return DOCTOR_FAIL;
	}
	strv_pushl(&argv, p->qemu, "--version", NULL);
	status = spawn_run(&s, &argv);
	doctor_version(text.p, &version);
	strv_free(&argv);
	buf_free(&text);
	if (status || !version.n) {
		buf_addf(&r->detail, "%s does not run", p->qemu);
		remedy_install(r, "qemu");
		buf_free(&version);
		return DOCTOR_FAIL;
	}
	buf_addf(&r->detail, "QEMU %s, %s", version.p, p->qemu);
	buf_free(&version);
	return DOCTOR_OK;
}

/* Whether a kernel comes to print anything under KVM. */
static int kvm_boots(const struct patient *p, struct buf *words)
{
	struct buf console = { 0 };
	const struct spawn s = { .out = &console,
				 .err = words,
				 .timeout_ms = PROBE_MS,
				 .until = "Linux version" };
	struct strv argv = { 0 };
	int err;

	strv_pushl(&argv, p->qemu, "-accel", "kvm", "-cpu", "host", "-M", "pc",
		   "-m", "256", "-nodefaults", "-no-user-config", "-display",
		   "none", "-no-reboot", "-serial", "stdio", "-kernel",
		   p->kernel.image, "-append",
		   "console=ttyS0 earlyprintk=ttyS0 panic=-1", NULL);
	err = spawn_run(&s, &argv);
	if (err >= 0)
		err = console.p && strstr(console.p, s.until) ? 0 : -EIO;
	strv_free(&argv);
	buf_free(&console);
	return err;
}

static enum doctor_state kvm_judge(struct patient *p, struct doctor_result *r)
{
	struct buf words = { 0 };
	int err;

	if (!p->qemu || !p->have) {
		buf_adds(&r->detail, "/dev/kvm opens; without a kernel and "
				     "QEMU nobody knows whether it boots one");
		return DOCTOR_WARN;
	}
	err = kvm_boots(p, &words);
	/* `run` need not find out again; a "good" it has to see for itself:
	 * it waits for init, not for the kernel's first line. */
	if (err == -ETIMEDOUT)
		accel_remember(false);
	if (!err) {
		buf_adds(&r->detail, "/dev/kvm boots a kernel");
	} else if (err == -ETIMEDOUT) {
		buf_addf(&r->detail,
			 "/dev/kvm opens, but a kernel hangs on it silently "
			 "(tried for %d s)",
			 PROBE_MS / 1000);
	} else {
		size_t n = words.p ? strcspn(words.p, "\n") : 0;

		buf_addf(&r->detail, "/dev/kvm opens, but QEMU fails on it%s",
			 n ? ": " : "");
		buf_add(&r->detail, words.p ? words.p : "", n);
	}
	if (err)
		buf_adds(&r->remedy, "nothing to do: bootlet takes TCG, which "
				     "is slower; on a virtual machine ask for "
				     "nested virtualization");
	buf_free(&words);
	return err ? DOCTOR_WARN : DOCTOR_OK;
}

static enum doctor_state check_kvm(struct patient *p, struct doctor_result *r)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), err = errno;

	if (fd >= 0) {
		close(fd);
		return kvm_judge(p, r);
	}
	buf_addf(&r->detail, "/dev/kvm: %s; guests run under TCG, slower",
		 strerror(err));
	if (err == EACCES)
		buf_adds(&r->remedy, "usermod -aG kvm $USER, then log in anew");
	else
		buf_adds(&r->remedy, "modprobe kvm_intel (or kvm_amd); switch "
				     "virtualization on in the firmware");
	return DOCTOR_WARN;
}

static enum doctor_state check_tun(struct patient *p, struct doctor_result *r)
{
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC), err = errno;

	(void)p;
	if (fd >= 0) {
		close(fd);
		buf_adds(&r->detail, "/dev/net/tun opens");
		return DOCTOR_OK;
	}
	buf_addf(&r->detail, "/dev/net/tun: %s; --net user works without it",
		 strerror(err));
	buf_adds(&r->remedy, err == EACCES ? "run as root what needs a bridge" :
					     "modprobe tun");
	return DOCTOR_WARN;
}

static enum doctor_state check_gdb(struct patient *p, struct doctor_result *r)
{
	char *path = spawn_which("gdb");

	(void)p;
	if (path) {
		buf_adds(&r->detail, path);
		free(path);
		return DOCTOR_OK;
	}
	buf_adds(&r->detail, "gdb is not in PATH; only debugging needs it");
	remedy_install(r, "gdb");
	return DOCTOR_WARN;
}

static enum doctor_state check_packages(struct patient *p,
					struct doctor_result *r)
{
	if (p->fetch) {
		buf_adds(&r->detail, "apt-get and dpkg-deb can download the "
				     "distribution's kernel");
		return DOCTOR_OK;
	}
	buf_adds(&r->detail, "cannot download kernels: apt-get, apt-cache or "
			     "dpkg-deb is missing");
	if (doctor_manager_find() == DOCTOR_APT)
		remedy_install(r, "packages");
	else
		buf_adds(&r->remedy, "name a kernel with -k");
	return DOCTOR_WARN;
}

static enum doctor_state check_kernel(struct patient *p,
				      struct doctor_result *r)
{
	if (p->have) {
		buf_addf(&r->detail, "%s, %s",
			 p->kernel.release ? p->kernel.release : "vmlinux",
			 p->kernel.image);
		return DOCTOR_OK;
	}
	buf_adds(&r->detail, "no kernel here: not standing in a build tree, "
			     "none readable in /boot, none in the cache");
	if (p->fetch)
		buf_adds(&r->remedy, "bootlet run downloads one");
	else
		remedy_install(r, "kernel");
	return p->fetch ? DOCTOR_WARN : DOCTOR_FAIL;
}

static enum doctor_state check_modules(struct patient *p,
				       struct doctor_result *r)
{
	struct modindex *x;
	size_t n = 0;

	if (!p->have) {
		buf_adds(&r->detail, "no kernel, no modules");
		return DOCTOR_WARN;
	}
	if (p->kernel.moddir &&
	    !modindex_open(p->kernel.moddir, p->kernel.release, &x)) {
		n = modindex_count(x);
		modindex_close(x);
	}
	if (n) {
		buf_addf(&r->detail, "%zu known, %s", n, p->kernel.moddir);
		return DOCTOR_OK;
	}
	buf_addf(&r->detail, "none found for %s", p->kernel.image);
	buf_adds(&r->remedy, p->kernel.tree ?
				     "make modules in the build tree" :
				     "bootlet run -k distro has its modules");
	return DOCTOR_WARN;
}

static enum doctor_state check_busybox(struct patient *p,
				       struct doctor_result *r)
{
	if (p->busybox) {
		buf_addf(&r->detail, "static, %s", p->busybox);
		return DOCTOR_OK;
	}
	buf_adds(&r->detail, "no static BusyBox in the cache or in PATH");
	if (p->fetch)
		buf_adds(&r->remedy, "bootlet run downloads it");
	else
		remedy_install(r, "busybox");
	return p->fetch ? DOCTOR_WARN : DOCTOR_FAIL;
}

/* The directory itself may be still to be made: whether its nearest parent
 * that exists can be written tells. */
static bool can_make(const char *path)
{
	char *p = xstrdup(path);
	bool can;

	while (access(p, F_OK) && errno == ENOENT && strrchr(p + 1, '/'))
		*strrchr(p + 1, '/') = '\0';
	can = !access(p, W_OK | X_OK);
	free(p);
	return can;
}

static enum doctor_state check_cache(struct patient *p, struct doctor_result *r)
{
	struct strv kernels = { 0 };
	char *path = cache_path(".");

	if (path)
		path[strlen(path) - 2] = '\0';
	if (!path || !can_make(path)) {
		bool enough = p->have && p->busybox;

		buf_addf(&r->detail, "%s cannot be written%s",
			 path ? path : "no HOME: the cache",
			 enough ? "; the kernel and the BusyBox that are here "
				  "do without" :
				  "");
		buf_adds(&r->remedy, "set XDG_CACHE_HOME to a directory of "
				     "yours");
		free(path);
		return enough ? DOCTOR_WARN : DOCTOR_FAIL;
	}
	distro_cached(&kernels);
	buf_addf(&r->detail, "%s, %s, %zu kernel%s", path,
		 cache_format_size(cache_size(path)), kernels.n,
		 kernels.n == 1 ? "" : "s");
	strv_free(&kernels);
	free(path);
	return DOCTOR_OK;
}

static const struct {
	const char *name;
	enum doctor_state (*check)(struct patient *p, struct doctor_result *r);
} checks[] = {
	{ "qemu", check_qemu },	      { "kvm", check_kvm },
	{ "kernel", check_kernel },   { "modules", check_modules },
	{ "busybox", check_busybox }, { "packages", check_packages },
	{ "cache", check_cache },     { "tun", check_tun },
	{ "gdb", check_gdb },
};

enum doctor_state
doctor_run(void (*each)(const struct doctor_result *r, void *ctx), void *ctx)
{
	enum doctor_state worst = DOCTOR_OK;
	struct patient p = { .qemu = spawn_which(QEMU),
			     .busybox = busybox_local(),
			     .fetch = distro_available() };

	p.have = !kernel_find_local(&p.kernel);
	for (size_t i = 0; i < COUNT(checks); i++) {
		struct doctor_result r = { .name = checks[i].name };

		r.state = checks[i].check(&p, &r);
		if (r.state > worst)
			worst = r.state;
		each(&r, ctx);
		buf_free(&r.detail);
		buf_free(&r.remedy);
	}
	kernel_free(&p.kernel);
	free(p.busybox);
	free(p.qemu);
	return worst;
}
