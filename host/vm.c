// SPDX-License-Identifier: MIT
#include "vm_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * QEMU's UART writes byte by byte, of which a socket takes some 280 until we
 * have read them, and a pipe 65536. While it takes none the guest waits 10 ms,
 * then the byte is lost (wait_for_lsr() of
 * drivers/tty/serial/8250/8250_port.c): too soon on a busy host.
 */
static int make_console(const struct vm *vm, int *fd)
{
	if (pipe2(fd, O_CLOEXEC) < 0)
		return -errno;
	/* Not a problem if it fails: a smaller one fills sooner. */
	if (vm->deaf)
		fcntl(fd[0], F_SETPIPE_SZ, VM_PIPE);
	return 0;
}

/* QEMU's stdin, which is empty where nothing may reach the guest. */
static int make_keys(const struct vm *vm, int *fd)
{
	int r;

	if (vm->deaf)
		r = fd[1] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	else
		r = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd);
	return r < 0 ? -errno : 0;
}

/* Before QEMU opens it for writing, which waits for a reader. */
static int open_fifo(struct vm *vm)
{
	const char *path = vm->channel[PORT_UART];
	int fd;

	if (!vm->deaf || !path)
		return 0;
	unlink(path);
	if (mkfifo(path, 0600) < 0)
		return -errno;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	fcntl(fd, F_SETPIPE_SZ, VM_PIPE);
	vm->port[PORT_UART] = fd;
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static _Noreturn void become(const struct strv *argv, pid_t parent,
			     const int *fd, int err_fd)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int err;

	/* Its own session: a Ctrl-C on our terminal is ours to deal with. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		dup2(fd[i], i);
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

/* Two ends of each, -1 for none; the first is ours. */
struct ends {
	int keys[2], console[2], words[2], result[2];
};

static int make_ends(struct vm *vm, struct ends *e)
{
	int err = open_fifo(vm);

	if (!err)
		err = make_keys(vm, e->keys);
	if (!err)
		err = make_console(vm, e->console);
	if (!err && pipe2(e->words, O_CLOEXEC) < 0)
		err = -errno;
	if (!err && pipe2(e->result, O_CLOEXEC) < 0)
		err = -errno;
	return err;
}

static void close_ends(struct ends *e, int which)
{
	close_fd(&e->keys[which]);
	close_fd(&e->console[which]);
	close_fd(&e->words[which]);
	close_fd(&e->result[which]);
}

int vm_start(struct vm *vm, const struct strv *argv)
{
	struct ends e = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	pid_t me = getpid();
	int err = make_ends(vm, &e);

	if (err) {
		close_ends(&e, 0);
		close_ends(&e, 1);
		return err;
	}
	vm->qemu = fork();
	if (vm->qemu == 0)
		become(argv, me, (int[]){ e.keys[1], e.console[1], e.words[1] },
		       e.result[1]);
	err = vm->qemu < 0 ? errno : 0;
	close_ends(&e, 1);
	vm->keys = e.keys[0];
	vm->console = e.console[0];
	vm->words = e.words[0];
	if (vm->keys >= 0)
		fcntl(vm->keys, F_SETFL, O_NONBLOCK);
	fcntl(vm->console, F_SETFL, O_NONBLOCK);
	fcntl(vm->words, F_SETFL, O_NONBLOCK);
	if (!err && read(e.result[0], &err, sizeof(err)) != sizeof(err))
		err = 0;
	close_fd(&e.result[0]);
	if (err)
		vm_stop(vm);
	else
		vm_tell_guard(vm, vm->qemu);
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
	if (vm->deaf && access(vm->qmp, F_OK) < 0)
		return -EAGAIN;
	return vm_connected(vm) ? 0 : -EAGAIN;
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
	vm_tell_guard(vm, 0);
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

	close_fd(&vm->keys);
	close_fd(&vm->console);
	close_fd(&vm->words);
	for (int i = 0; i < N_PORTS; i++)
		close_fd(&vm->port[i]);
	return status;
}

void vm_free(struct vm *vm)
{
	vm_stop(vm);
	vm_remove_outside(vm);
	if (vm->guard_fd >= 0) {
		vm_tell_guard(vm, GUARD_GOOD_END);
		close_fd(&vm->guard_fd);
		while (vm->guard > 0 && waitpid(vm->guard, NULL, 0) < 0 &&
		       errno == EINTR)
			;
	}
	vm_free_paths(vm);
	free(vm->outside);
	*vm = (struct vm)VM_INIT;
}

void vm_leave(struct vm *vm)
{
	/* The terminal is then that program's to give back. */
	vm_tell_guard(vm, GUARD_GOOD_END);
	fcntl(vm->guard_fd, F_SETFD, 0);
}
