/* SPDX-License-Identifier: MIT */
/* A descriptor that was inherited, without its file description. */
#ifndef BOOTLET_REOPEN_H
#define BOOTLET_REOPEN_H

/**
 * fd_reopen() - open a pipe or a terminal anew, without waiting
 * @fd:   of it
 * @mode: O_RDONLY or O_WRONLY
 *
 * O_NONBLOCK belongs to the open file description, which the shell and other
 * programs share: open(2). That of the new one is nobody else's.
 *
 * Return: a descriptor for the caller to close; -EINVAL where it is another
 * kind of file; -errno of open(2) by way of /proc: of another user's, or
 * without a reader, it cannot be.
 */
int fd_reopen(int fd, int mode);

#endif
