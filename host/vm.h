/* SPDX-License-Identifier: MIT */
/*
 * A QEMU process and the directory it needs, both of which end with bootlet:
 * QEMU by PR_SET_PDEATHSIG, the directory by a guard process that notices
 * even a SIGKILL.
 */
#ifndef BOOTLET_VM_H
#define BOOTLET_VM_H

#include "ports.h"
#include "str.h"

#include <stdbool.h>
#include <sys/types.h>

/** struct vm - one guest; starts as VM_INIT */
struct vm {
	/** @dir: private directory; @qmp, @events: sockets in it; @initrd:
	 * file */
	char *dir, *qmp, *events, *initrd;
	/** @channel: sockets in it; NULL where QEMU shall make none */
	char *channel[N_PORTS];
	/** @outside: absolute path of a socket that lies elsewhere, to be
	 * removed with the directory, or NULL; set before vm_make().
	 * @outside_dev, @outside_ino: of it, as of stat(2); another one that
	 * has its name by then stays */
	char *outside;
	dev_t outside_dev;
	ino_t outside_ino;
	/** @deaf: QEMU's stdin is empty, and its channel a FIFO out of it, set
	 * before vm_start(); both ways out hold VM_PIPE bytes */
	bool deaf;
	/** @qemu: its pid, 0 where none runs */
	pid_t qemu, guard;
	int guard_fd;
	/** @keys: socket to QEMU's stdin; @console: pipe from its stdout;
	 * @words: pipe from its stderr; @port: to @channel, -1 until
	 * vm_connect() */
	int keys, console, words, port[N_PORTS];
};

/** VM_PIPE - bytes: /proc/sys/fs/pipe-max-size, of which anybody may have some;
 * see pipe(7) */
#define VM_PIPE (1 << 20)

/** VM_QMP - name of QEMU's monitor in the private directory */
#define VM_QMP "qmp"

#define VM_INIT                                                         \
	{                                                               \
		.guard_fd = -1, .keys = -1, .console = -1, .words = -1, \
		.port = {                                               \
			-1,                                             \
			-1                                              \
		}                                                       \
	}

/**
 * vm_paths() - decide where the private directory lies
 * @vm:   @dir and what lies in it are set
 * @name: of the run, or NULL: the process number and a random one
 *
 * It lies in $TMPDIR, or in /tmp where a socket's name would be too long
 * there (sun_path of unix(7): 107 bytes).
 *
 * Return: 0; -ENAMETOOLONG; -EINVAL for a name with "/" in it.
 */
int vm_paths(struct vm *vm, const char *name);

/**
 * vm_make() - make the directory, 0700, and start the guard
 *
 * What an ended run of that name left is removed first.
 *
 * Return: 0; -EBUSY where a run of that name is alive; -errno.
 */
int vm_make(struct vm *vm);

/**
 * vm_start() - start QEMU
 * @argv: see qemu_argv()
 *
 * Return: 0; -errno of the exec (-ENOENT: no such program).
 */
int vm_start(struct vm *vm, const struct strv *argv);

/** vm_connected() - whether there is no port left for vm_connect() */
bool vm_connected(const struct vm *vm);

/**
 * vm_connect() - connect to those sockets of the channel that are not yet
 *
 * A FIFO is there from the start; it counts when QEMU has made its monitor.
 *
 * Return: 0 where all are now; -EAGAIN where QEMU has not made one yet.
 */
int vm_connect(struct vm *vm);

/**
 * vm_ended() - whether QEMU has ended by itself
 * @status: of waitpid(2), if so
 *
 * Then all that it has started ends as well: a script around it may be gone
 * before the QEMU that it has started.
 */
bool vm_ended(struct vm *vm, int *status);

/**
 * vm_kill() - kill QEMU if it still runs, reap it
 *
 * What it has written can still be read.
 *
 * Return: its status as of waitpid(2).
 */
int vm_kill(struct vm *vm);

/**
 * vm_stop() - vm_kill(), and close what leads to it
 *
 * Return: as vm_kill(). vm_start() may be called again.
 */
int vm_stop(struct vm *vm);

/** vm_free() - vm_stop(), remove the directory, end the guard */
void vm_free(struct vm *vm);

/**
 * vm_leave() - leave the directory to the program that this process becomes
 *
 * It is removed when nobody holds @vm->guard_fd any more, which execve(2) from
 * now on does not close. No QEMU may run. The strings stay to be used.
 */
void vm_leave(struct vm *vm);

#endif
