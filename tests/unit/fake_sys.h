/* SPDX-License-Identifier: MIT */
/*
 * The privileged calls of init/sys.h, recorded instead of made.
 *
 * Each call is a line of the transcript:
 *
 *	mount SOURCE TARGET TYPE 0xFLAGS DATA
 *	umount TARGET 0xFLAGS
 *	mkdir PATH 0MODE
 *	chroot PATH
 *	mknod PATH 0MODE MAJOR:MINOR		(MODE with the type: 020666)
 *	chmod PATH 0MODE
 *	symlink TARGET PATH
 *	finit_module FILE 'PARAMS' 0xFLAGS	(FILE: last part of what fd is)
 *	ioctl 0xREQUEST ...
 *	sethostname NAME
 *	kill PID SIGNAL
 *	settime SECONDS.NANOSECONDS
 *	reboot 0xCMD
 *	sync
 *
 * A null pointer is "-". What follows an ioctl's number depends on it: the
 * interface for SIOC* on a struct ifreq, then the address for SIOCSIFADDR,
 * SIOCSIFNETMASK, SIOCSIFBRDADDR and SIOCSIFDSTADDR, 0xFLAGS for
 * SIOCSIFFLAGS, the number for SIOCSIFMTU; "DST MASK via GATEWAY [DEV]" for
 * SIOCADDRT and SIOCDELRT; "ROWSxCOLUMNS" for TIOCSWINSZ; nothing for others.
 * A call that was made to fail is recorded like any other.
 */
#ifndef BOOTLET_FAKE_SYS_H
#define BOOTLET_FAKE_SYS_H

#include <stddef.h>

/** fake_reset() - forget the transcript, every failure and the callback */
void fake_reset(void);

/** fake_text() - the transcript so far, each call a line ended by "\n" */
const char *fake_text(void);

/** fake_count() - how many recorded calls start with @prefix ("" for all) */
size_t fake_count(const char *prefix);

/**
 * fake_line() - one call of the transcript
 * @n: which, from 0
 *
 * Return: its line without "\n", valid until the next fake_*(); "" behind the
 * end, never NULL.
 */
const char *fake_line(size_t n);

/** fake_has() - whether the transcript holds exactly this line */
int fake_has(const char *line);

/** fake_clear() - forget the transcript, keep failures and the callback */
void fake_clear(void);

/**
 * fake_fail_call() - make one call fail
 * @n:   which, from 0, counted since fake_reset()
 * @err: errno, positive
 */
void fake_fail_call(size_t n, int err);

/**
 * fake_fail() - make the calls fail whose line starts with @prefix
 * @prefix: not copied; must stay
 * @err:    errno, positive
 * @times:  how often; below 0: always
 *
 * At most 16 of them; the first that matches and is not used up counts.
 */
void fake_fail(const char *prefix, int err, int times);

/**
 * fake_on_ioctl() - let a function answer ioctls, after they were recorded
 * @fn: fills @arg and returns what sys_ioctl() is to return; NULL: all give 0
 *
 * It is not asked for a call that was made to fail.
 */
void fake_on_ioctl(int (*fn)(int fd, unsigned long request, void *arg));

/* Called with the name of each module's file that was taken; NULL: nobody. */
extern void (*fake_module)(const char *file);

/* A device behind port I/O; NULL: none. */
extern unsigned char (*fake_in8)(unsigned short port);
extern void (*fake_out8)(unsigned short port, unsigned char value);

#endif
