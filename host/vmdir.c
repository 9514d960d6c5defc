// SPDX-License-Identifier: MIT
#include "vm_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Of 20 ms each. */
#define REMOVE_NAPS 250

static char *dir_in(const char *tmp, const char *name)
{
	unsigned int salt;

	if (name)
		return xasprintf("%s/bootlet-%u-%s", tmp, getuid(), name);
	/* Nobody shall guess it and be there first. */
	while (getrandom(&salt, sizeof(salt), 0) != sizeof(salt))
		;
	return xasprintf("%s/bootlet-%u-%d-%08x", tmp, getuid(), getpid(),
			 salt);
}

/* bridge_users.c finds a run by the beginning of these names. */
static const char *const sockets[N_PORTS] = {
	[PORT_UART] = "channel",
	[PORT_VIRTIO] = "channel-virtio",
};

void vm_free_paths(struct vm *vm)
{
	free(vm->dir);
	free(vm->qmp);
	free(vm->events);
	free(vm->initrd);
	vm->dir = vm->qmp = vm->events = vm->initrd = NULL;
	for (int i = 0; i < N_PORTS; i++) {
		free(vm->channel[i]);
		vm->channel[i] = NULL;
	}
}

int vm_paths(struct vm *vm, const char *name)
{
	const char *tmp = getenv("TMPDIR");

	if (name && (strchr(name, '/') || !*name))
		return -EINVAL;
	for (int i = 0; i < 2; i++) {
		const char *base = i || !tmp || tmp[0] != '/' ? "/tmp" : tmp;

		vm->dir = dir_in(base, name);
		vm->qmp = xasprintf("%s/" VM_QMP, vm->dir);
		vm->events = xasprintf("%s/events", vm->dir);
		vm->initrd = xasprintf("%s/initrd", vm->dir);
		for (int k = 0; k < N_PORTS; k++)
			vm->channel[k] =
				xasprintf("%s/%s", vm->dir, sockets[k]);
		/* The longest of them. */
		if (strlen(vm->channel[PORT_VIRTIO]) <
		    sizeof(((struct sockaddr_un *)0)->sun_path))
			return 0;
		vm_free_paths(vm);
	}
	return -ENAMETOOLONG;
}

static bool stays(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..") ||
	       !strcmp(name, "lock");
}

/* Flat by construction: QEMU's sockets, the image, the lock. Return: whether
 * nothing is left. */
static bool remove_dir(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool left = false;

	if (!d)
		return true;
	while ((e = readdir(d)))
		if (!stays(e->d_name))
			unlinkat(dirfd(d), e->d_name, 0);
	rewinddir(d);
	while ((e = readdir(d)))
		left |= !stays(e->d_name);
	/* Last: until then nobody takes the name for free. */
	if (!left)
		unlinkat(dirfd(d), "lock", 0);
	closedir(d);
	return !left && (rmdir(path) == 0 || errno != ENOTEMPTY);
}

/* A QEMU that was killed may be just about to make one more socket. */
static void remove_surely(const char *path)
{
	const struct timespec nap = { .tv_nsec = 20000000 };

	for (int i = 0; i < REMOVE_NAPS && !remove_dir(path); i++)
		nanosleep(&nap, NULL);
}

/* What somebody else has put in its place stays. */
void vm_remove_outside(const struct vm *vm)
{
	struct stat st;

	if (vm->outside && lstat(vm->outside, &st) == 0 &&
	    S_ISSOCK(st.st_mode) && st.st_dev == vm->outside_dev &&
	    st.st_ino == vm->outside_ino)
		unlink(vm->outside);
}

void vm_tell_guard(struct vm *vm, pid_t what)
{
	/* Not a problem if it fails: the guard is gone, and all with it. */
	if (vm->guard_fd >= 0 && write(vm->guard_fd, &what, sizeof(what)) < 0)
		vm->guard = 0;
}

/* The lock says that the run is alive; its file goes with the directory. */
static int take_lock(const struct vm *vm)
{
	char *path = xasprintf("%s/lock", vm->dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = fd < 0 ? -errno : fd;

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		r = -EBUSY;
		close(fd);
	}
	free(path);
	return r;
}

static int make_dir(const struct vm *vm)
{
	struct stat st;
	int lock;

	/* A umask may take even the owner's bits away. */
	if (mkdir(vm->dir, 0700) == 0)
		return chmod(vm->dir, 0700) < 0 ? -errno : 0;
	if (errno != EEXIST || lstat(vm->dir, &st) < 0)
		return -errno;
	/* Somebody else's, or a trap in a directory that all may write to. */
	if (!S_ISDIR(st.st_mode) || st.st_uid != getuid())
		return -EEXIST;
	lock = take_lock(vm);
	if (lock < 0)
		return lock;
	remove_dir(vm->dir);
	close(lock);
	if (mkdir(vm->dir, 0700) < 0 || chmod(vm->dir, 0700) < 0)
		return -errno;
	return 0;
}

/* Return: the lock, which stands for the directory from now on; -errno. */
static int make_locked(const struct vm *vm)
{
	int lock = make_dir(vm);

	if (lock < 0)
		return lock;
	lock = take_lock(vm);
	if (lock < 0)
		/* Fails where another run is in it. */
		rmdir(vm->dir);
	return lock;
}

/*
 * The guard: makes the directory, then waits for the end of a pipe that only
 * bootlet holds open, then clears up. Who makes it must be who removes it, or
 * a KILL between the two would leave it. A terminal that was made raw is given
 * back too.
 */
static _Noreturn void guard(const struct vm *vm, int pipe_fd, int reply,
			    const struct termios *terminal)
{
	pid_t said = 0, qemu = 0;
	int lock;

	/* First: what ends bootlet's process group is not for the guard. */
	setsid();
	lock = make_locked(vm);
	if (write(reply, &lock, sizeof(lock)) < 0 || lock < 0) {
		if (lock >= 0)
			remove_dir(vm->dir);
		_exit(1);
	}
	prctl(PR_SET_NAME, "bootlet-guard");
	for (int fd = terminal ? 1 : 0; fd < 1024; fd++)
		if (fd != pipe_fd && fd != lock)
			close(fd);
	if (chdir("/") < 0)
		_exit(1);
	while (read(pipe_fd, &said, sizeof(said)) == sizeof(said))
		qemu = said;
	/* QEMU has PR_SET_PDEATHSIG; a script around it hands that to nobody. */
	if (qemu > 0)
		kill(-qemu, SIGKILL);
	if (terminal && qemu != GUARD_GOOD_END)
		tcsetattr(STDIN_FILENO, TCSANOW, terminal);
	if (qemu != GUARD_GOOD_END)
		vm_remove_outside(vm);
	remove_surely(vm->dir);
	_exit(0);
}

static int make(struct vm *vm)
{
	struct termios terminal;
	/* Before the fork: the guard may run only when it is raw already. */
	bool tty = tcgetattr(STDIN_FILENO, &terminal) == 0;
	int p[2], reply[2], r = 0;

	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(reply, O_CLOEXEC) < 0) {
		r = -errno;
		goto out;
	}
	vm->guard = fork();
	if (vm->guard == 0) {
		close(p[1]);
		guard(vm, p[0], reply[1], tty ? &terminal : NULL);
	}
	if (vm->guard < 0)
		r = -errno;
	close(reply[1]);
	if (!r && read(reply[0], &r, sizeof(r)) != sizeof(r))
		r = -EIO;
	close(reply[0]);
out:
	close(p[0]);
	if (r < 0) {
		close(p[1]);
		if (vm->guard > 0)
			waitpid(vm->guard, NULL, 0);
		vm->guard = 0;
		return r;
	}
	vm->guard_fd = p[1];
	return 0;
}

/* No signal comes before all of it is there, or to the guard. */
int vm_make(struct vm *vm)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	r = make(vm);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}
