/* SPDX-License-Identifier: MIT */
/* What a test may put in the place of this machine's kernel. */
#ifndef BOOTLET_HOST_IO_H
#define BOOTLET_HOST_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Directory that stands before /proc, /sys and /etc in what is opened or
 * removed; NULL: none. */
extern const char *host_io_root;

/* What io_uname() says of the kernel's release; NULL: the truth. */
extern const char *host_io_release;
/* The same for /dev. */
extern bool host_io_dev;

/* What io_uevents() returns: an fd, or -errno, which it is at first. */
extern int host_io_uevents;

/* The next io_read() of that fd finds that messages were lost. */
extern bool host_io_lost;

/* What becomes of what io_dhcp_send() is given. */
extern ssize_t (*host_io_send)(int fd, unsigned int index, const void *buf,
			       size_t len);
/* What io_getpid() says, 0: the truth. */
extern pid_t host_io_pid;
/* The f_type that io_statfs() says; 0: what it is. */
extern long host_io_fs_type;

/* The directory that io_unlinkat() works below; NULL: none, it aborts. */
extern const char *host_io_removable;

#endif
