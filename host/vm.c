// SPDX-License-Identifier: MIT
#include "vm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
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

static void free_paths(struct vm *vm)
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
		free_paths(vm);
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
static void remove_outside(const struct vm *vm)
{
	struct stat st;

	if (vm->outside && lstat(vm->outside, &st) == 0 &&
	    S_ISSOCK(st.st_mode) && st.st_dev == vm->outside_dev &&
	    st.st_ino == vm->outside_ino)
		unlink(vm->outside);
}

/* What the guard is told: QEMU's pid, 0 when it has ended, or this when all
 * ends in good order and the terminal is back already. */
#define GUARD_GOOD_END (-1)

static void tell_guard(struct vm *vm, pid_t what)
{
	/* Not a problem if it fails: the guard is gone, and all with it. */
	if (vm->guard_fd >= 0 && write(vm->guard_fd, &what, sizeof(what)) < 0)
		vm->guard = 0;
}

/*
 * The guard: waits for the end of a pipe that only bootlet holds open, then
 * clears up. A terminal that was made raw is given back too.
 */
static _Noreturn void guard(const struct vm *vm, int pipe_fd, int lock,
			    const struct termios *terminal)
{
	pid_t said = 0, qemu = 0;

	setsid();
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
		remove_outside(vm);
	remove_surely(vm->dir);
	_exit(0);
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

static int make(struct vm *vm)
{
	struct termios terminal;
	/* Before the fork: the guard may run only when it is raw already. */
	bool tty = tcgetattr(STDIN_FILENO, &terminal) == 0;
	int p[2], lock, r = make_dir(vm);

	if (r < 0)
		return r;
	lock = take_lock(vm);
	if (lock < 0) {
		/* Fails where another run is in it. */
		rmdir(vm->dir);
		return lock;
	}
	if (pipe2(p, O_CLOEXEC) < 0) {
		r = -errno;
		goto out;
	}
	vm->guard = fork();
	if (vm->guard == 0) {
		close(p[1]);
		guard(vm, p[0], lock, tty ? &terminal : NULL);
	}
	close(p[0]);
	if (vm->guard > 0) {
		vm->guard_fd = p[1];
	} else {
		r = -errno;
		vm->guard = 0;
		close(p[1]);
	}
out:
	if (r)
		remove_dir(vm->dir);
	close(lock);
	return r;
}

/* No signal comes between the directory and its guard, or to the guard. */
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

static _Noreturn void become(const struct strv *argv, pid_t parent, int console,
			     int words, int err_fd)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int err;

	/* Its own session: a Ctrl-C on our terminal is ours to deal with. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	dup2(console, STDIN_FILENO);
	dup2(console, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	sigaction(SIGPIPE, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv->v[0], argv->v);
	err = errno;
	/* Not a problem if it fails: the exit code says it too. */
	if (write(err_fd, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

int vm_start(struct vm *vm, const struct strv *argv)
{
	int console[2] = { -1, -1 }, words[2] = { -1, -1 }, result[2];
	pid_t me = getpid();
	int err = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, console) < 0 ||
	    pipe2(words, O_CLOEXEC) < 0 || pipe2(result, O_CLOEXEC) < 0)
		return -errno;
	vm->qemu = fork();
	if (vm->qemu == 0)
		become(argv, me, console[1], words[1], result[1]);
	err = vm->qemu < 0 ? errno : 0;
	close(console[1]);
	close(words[1]);
	close(result[1]);
	vm->console = console[0];
	vm->words = words[0];
	fcntl(vm->console, F_SETFL, O_NONBLOCK);
	fcntl(vm->words, F_SETFL, O_NONBLOCK);
	if (!err && read(result[0], &err, sizeof(err)) != sizeof(err))
		err = 0;
	close(result[0]);
	if (err)
		vm_stop(vm);
	else
		tell_guard(vm, vm->qemu);
	return -err;
}

static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	memcpy(to.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -EAGAIN;
}

bool vm_connected(const struct vm *vm)
{
	for (int i = 0; i < N_PORTS; i++)
		if (vm->channel[i] && vm->port[i] < 0)
			return false;
	return true;
}

int vm_connect(struct vm *vm)
{
	for (int i = 0; i < N_PORTS; i++)
		if (vm->channel[i] && vm->port[i] < 0)
			vm->port[i] = connect_to(vm->channel[i]);
	return vm_connected(vm) ? 0 : -EAGAIN;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Its session is its own: a script around it, or the QEMU of a script that has
 * ended, ends as well. Before it is reaped nobody else can have its number. */
static int reap(struct vm *vm)
{
	int status = 0;

	kill(-vm->qemu, SIGKILL);
	kill(vm->qemu, SIGKILL);
	while (waitpid(vm->qemu, &status, 0) < 0 && errno == EINTR)
		;
	vm->qemu = 0;
	tell_guard(vm, 0);
	return status;
}

bool vm_ended(struct vm *vm, int *status)
{
	siginfo_t info = { 0 };

	if (vm->qemu <= 0 ||
	    waitid(P_PID, (id_t)vm->qemu, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return false;
	*status = reap(vm);
	return true;
}

int vm_kill(struct vm *vm)
{
	return vm->qemu > 0 ? reap(vm) : 0;
}

int vm_stop(struct vm *vm)
{
	int status = vm_kill(vm);

	close_fd(&vm->console);
	close_fd(&vm->words);
	for (int i = 0; i < N_PORTS; i++)
		close_fd(&vm->port[i]);
	return status;
}

void vm_free(struct vm *vm)
{
	vm_stop(vm);
	remove_outside(vm);
	if (vm->guard_fd >= 0) {
		tell_guard(vm, GUARD_GOOD_END);
		close_fd(&vm->guard_fd);
		while (vm->guard > 0 && waitpid(vm->guard, NULL, 0) < 0 &&
		       errno == EINTR)
			;
	}
	free_paths(vm);
	free(vm->outside);
	*vm = (struct vm)VM_INIT;
}

void vm_leave(struct vm *vm)
{
	/* The terminal is then that program's to give back. */
	tell_guard(vm, GUARD_GOOD_END);
	fcntl(vm->guard_fd, F_SETFD, 0);
}
