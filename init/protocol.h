/* SPDX-License-Identifier: MIT */
/*
 * Everything that host and guest must agree on: paths in the image, keys of
 * the kernel command line, and the channel between `bootlet run` and PID 1.
 *
 * The only header that both init/ and host/ include.
 */
#ifndef BOOTLET_PROTOCOL_H
#define BOOTLET_PROTOCOL_H

#include <stdint.h>

/* The channel's version; a host and an init that differ do not talk. */
#define BOOTLET_PROTOCOL 4

/* --- Paths in the image ------------------------------------------------- */

/* The keys of the command line, one a line; the command line wins. */
#define BOOTLET_CONF "/etc/bootlet.conf"
/* The same, as bootlet packs it; BOOTLET_CONF is the user's own and wins. */
#define BOOTLET_CONF_MADE "/etc/bootlet/conf"
/* The command: its argv, each string ended by a NUL. Absent: a shell. */
#define BOOTLET_COMMAND "/etc/bootlet/command"
/* Its limits: bytes with all NULs, and words with the NULL behind them. */
#define BOOTLET_COMMAND_MAX   ((2 << 20) - 1)
#define BOOTLET_COMMAND_WORDS (1 << 18)
/*
 * What is mounted before the command starts: rows of five strings, each ended
 * by a NUL: FLAGS TYPE SOURCE TARGET DATA, as of mount(2), FLAGS being decimal.
 * TARGET is made where it is missing. TYPE may be MOUNTS_MKDIR: that is all
 * then; or MOUNTS_ROOT: TARGET becomes the root directory, of PID 1 too.
 */
#define BOOTLET_MOUNTS	   "/etc/bootlet/mounts"
#define BOOTLET_MOUNTS_MAX 32767
#define MOUNTS_MKDIR	   "-"
#define MOUNTS_ROOT	   "/"
/* Strings, each ended by a NUL: the working directory, "" for none asked for;
 * then NAME=VALUE for the environment, which go before all others. SHELL= is
 * also the shell that is started where there is no command. */
#define BOOTLET_ENV	  "/etc/bootlet/env"
#define BOOTLET_ENV_MAX	  ((1 << 20) - 1)
#define BOOTLET_ENV_WORDS 1024
/* The nonce, where the host will say nothing, neither HELLO nor BYE, and the
 * command's stdin is empty; init removes it. READY is said once. */
#define BOOTLET_NONCE "/etc/bootlet/nonce"
/* What init leaves for programs in the guest: the timing lines. */
#define BOOTLET_RUN_DIR "/run/bootlet"
#define BOOTLET_TIMING	BOOTLET_RUN_DIR "/timing"

/* --- Keys --------------------------------------------------------------- */

/* Modules to load by name, comma-separated, in this order. */
#define BOOTLET_KEY_MODULES "bootlet.modules"
/* Where `bootlet run` listens: names, comma-separated, the best first, each
 * PORT_WORD_VIRTIO, PORT_WORD_IO or a tty under /dev, e.g. "virtio,ttyS1,io". */
#define BOOTLET_KEY_PORT "bootlet.port"
/* The port of a virtio-console that has this name. */
#define PORT_WORD_VIRTIO "virtio"
#define PORT_VIRTIO_NAME "bootlet"
/* A PC's second UART by port I/O, for a kernel that does not drive it. */
#define PORT_WORD_IO "io"
#define PORT_IO_BASE 0x2f8
/* The same in /proc/ioports, where drivers/tty/serial/8250 has it. */
#define PORT_IO_DRIVEN "02f8-02ff : serial"
/* Size of the host's terminal, ROWSxCOLUMNS. */
#define BOOTLET_KEY_SIZE "bootlet.size"

/* Whether the shell or the command waits for the network: NET_BACKGROUND, it
 * does not; NET_FOREGROUND, as without this key. */
#define BOOTLET_KEY_NET "bootlet.net"
#define NET_BACKGROUND	"background"
#define NET_FOREGROUND	"foreground"

/* Which devices get the modules that they ask for: COLDPLUG_OFF, COLDPLUG_NET,
 * COLDPLUG_BLOCK or COLDPLUG_ALL; with the second and third also the buses that
 * lead there. The directory of a module's file decides, below drivers/. Without
 * it: COLDPLUG_BLOCK where there is a root= other than /dev/ram*, else
 * COLDPLUG_OFF. */
#define BOOTLET_KEY_COLDPLUG "bootlet.coldplug"
#define COLDPLUG_OFF	     "0"
#define COLDPLUG_NET	     "net"
#define COLDPLUG_BLOCK	     "block"
#define COLDPLUG_ALL	     "all"

/* "1": what root= names is only read; what is written is kept in memory. */
#define BOOTLET_KEY_OVERLAY "bootlet.overlay"

/* Wait before the phase "files", see PARK; WARM_LATE: after those that follow
 * it, for who has no other root than the image. */
#define BOOTLET_KEY_WARM "bootlet.warm"
#define WARM_EARLY	 '1'
#define WARM_LATE	 '2'

/* --- Exit codes --------------------------------------------------------- */

/* init started as any PID but 1. */
#define BOOTLET_EXIT_NOT_PID1 100

/* --- The channel -------------------------------------------------------- */

/*
 * The guest opens the port, makes it raw and writes BOOTLET_SYNC, then only
 * frames pass: one byte type, one byte 0, two bytes payload length (little
 * endian), payload. What precedes BOOTLET_SYNC is noise to the host. The
 * host writes nothing before it has seen READY: a UART that nobody has opened
 * loses what arrives.
 *
 * Of the list of BOOTLET_KEY_PORT the guest takes the first port that can be
 * opened. When modules are loaded it looks again, and where a better one has
 * come it waits for HELLO, says STATUS "moved" as its last word on the old one,
 * closes that, and says READY on the new one. The host listens on all of them.
 * The first on which READY comes is the channel, and until "moved" nothing is
 * taken from another. Each has a nonce of its own. So whoever opens one in the
 * guest, be it the one that init has left, does neither good nor harm.
 *
 * Where what stands in [] is left out, the space before it need not be.
 *
 * READY     "VERSION WINDOW PORT RELEASE"   once, maybe repeated until HELLO;
 *                                           WINDOW: bytes of STDIN that may be
 *                                           under way without CREDIT; PORT: as
 *                                           the list has it
 * HELLO     "NONCE"                         host's answer; 32 hex digits
 * PHASE     "NAME NANOSECONDS [NEXT]"       a phase of init has ended, time is
 *                                           its length, and NEXT has begun;
 *                                           "kernel" is all before init, so
 *                                           that the sum is CLOCK_BOOTTIME;
 *                                           NEXT PHASE_COMMAND or PHASE_SHELL
 *                                           says that the child is started,
 *                                           NAME so: that it has ended
 * STDIN, STDOUT, STDERR                     bytes; STDIN empty: end of file
 * CREDIT    4 bytes little endian           so many STDIN bytes were consumed;
 *                                           said for a good part of WINDOW at
 *                                           a time
 * CLOSE     1 byte, 1 or 2                  nobody reads this output any more
 * SIZE      "ROWSxCOLUMNS"                  the host's terminal has changed
 * SIGNAL    "NUMBER"                        send it to the command
 * STATUS    "NONCE OUTCOME NUMBER [WORD]"   the verdict, see outcome below
 * PARK      ""                              before anything but init runs, with
 *                                           BOOTLET_KEY_WARM: the guest's state
 *                                           may be kept now. The guest says
 *                                           READY again until there is HELLO,
 *                                           from who goes on from that state
 *                                           with another nonce
 * FILE      "PATH\0BYTES"                   append them to a file, which is made;
 *                                           the whole frame counts as STDIN does
 * RESUME    struct protocol_resume          go on; until then only FILE, and
 *                                           neither before PARK
 * BYE       ""                              host's last word: it has all that
 *                                           it will take, in good order that
 *                                           is STATUS and all before it; only
 *                                           then the guest powers off
 */
#define BOOTLET_SYNC	  "\0bootlet-channel\n"
#define BOOTLET_SYNC_LEN  (sizeof(BOOTLET_SYNC) - 1)
#define BOOTLET_NONCE_LEN 32

enum bootlet_frame {
	FRAME_READY = 'R',
	FRAME_HELLO = 'H',
	FRAME_PHASE = 'P',
	FRAME_STDIN = 'I',
	FRAME_STDOUT = 'O',
	FRAME_STDERR = 'E',
	FRAME_CREDIT = 'C',
	FRAME_CLOSE = 'X',
	FRAME_SIZE = 'W',
	FRAME_SIGNAL = 'K',
	FRAME_STATUS = 'S',
	FRAME_PARK = 'Q',
	FRAME_FILE = 'F',
	FRAME_RESUME = 'G',
	FRAME_BYE = 'B',
};

#define FRAME_HEADER 4
/* With its header what one write to a virtio-console takes at most: 32 KiB,
 * drivers/char/virtio_console.c. */
#define FRAME_MAX (32768 - FRAME_HEADER)
/* WINDOW of a UART: below the guest tty's buffer (64 KiB,
 * drivers/tty/tty_buffer.c), so that none is ever lost. */
#define WINDOW_UART 16384
/* WINDOW of a virtio-console, and the most that a guest may say. */
#define WINDOW_MAX 262144

/* What the main child is, as a phase. */
#define PHASE_COMMAND "command"
#define PHASE_SHELL   "shell"

/* RESUME, little endian: what a guest that has been copied cannot know. @bits
 * to @random is struct rand_pool_info of linux/random.h. */
#define RESUME_RANDOM 64
struct protocol_resume {
	int64_t seconds, nanoseconds; /* of CLOCK_REALTIME */
	int32_t bits; /* 8 * RESUME_RANDOM */
	int32_t bytes; /* RESUME_RANDOM */
	uint8_t random[RESUME_RANDOM];
};

/*
 * STATUS: OUTCOME is one of these words, NUMBER what stands behind it, WORD
 * the phase of init-error; where that is STATUS_SIGNAL, init itself was at
 * fault, and NUMBER is the signal. With signal it is STATUS_OOM where the
 * kernel has killed for want of memory. With exec-failed it is STATUS_INTERPRETER where the
 * file is there and what it names as its interpreter or loader is not.
 */
#define STATUS_EXIT	   "exit" /* exit status, 0 to 255 */
#define STATUS_SIGNAL	   "signal" /* signal number, STATUS_OOM or not */
#define STATUS_EXEC_FAILED "exec-failed" /* errno */
#define STATUS_INIT_ERROR  "init-error" /* errno, then the phase */
#define STATUS_MOVED	   "moved" /* 0; no verdict, see above */
#define STATUS_SWITCHED	   "switched" /* 0; the init of root= goes on */
#define STATUS_INTERPRETER "interpreter"
#define STATUS_OOM	   "oom"

#endif
