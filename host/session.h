/* SPDX-License-Identifier: MIT */
/*
 * The time between QEMU's start and its end: bytes between the user's streams,
 * the guest's console and the channel; signals; deadlines.
 */
#ifndef BOOTLET_SESSION_H
#define BOOTLET_SESSION_H

#include "deadline.h"
#include "dumpon.h"
#include "findings.h"
#include "initcall.h"
#include "ktap.h"
#include "moments.h"
#include "verdict.h"
#include "vm.h"

#include <stdbool.h>
#include <stddef.h>

/** SESSION_TAIL - bytes of the console that are kept */
#define SESSION_TAIL 65536

/** struct session_warm - a guest that says PARK, see init/protocol.h */
struct session_warm {
	/** @restored: it has said so already, to whom kept its state */
	bool restored;
	/** @park: keep its state. Return: 0: done, and the guest ends; 1: not,
	 * and it goes on; -errno: not, and it is of no use any more. NULL: it
	 * shall go on */
	int (*park)(void *ctx);
	/** @resume: what it is told then, see warm_frames() */
	void (*resume)(void *ctx, struct buf *to_port);
	void *ctx;
};

/** struct session_spec - how to behave */
struct session_spec {
	/** @interactive: the console is the user's; otherwise a command runs
	 * and its streams are */
	bool interactive;
	/** @deadlines: settled */
	struct deadlines deadlines;
	/** @probe: seconds for a first sign of life; 0: no limit */
	double probe;
	/** @used: seconds gone before, by a start that came to nothing */
	double used;
	/** @log: where the console goes too, or -1 */
	int log;
	/** @echo: print the console on stderr, as it comes */
	bool echo;
	/** @patient: a debugger may look at a guest that has panicked */
	bool patient;
	/** @terminal: process whose end counts as SIGHUP, or 0; it stays to be
	 * waited for */
	pid_t terminal;
	/** @listening: called once, when QEMU listens on all its sockets, with
	 * @ctx; or NULL */
	void (*listening)(void *ctx);
	void *ctx;
	/** @results: takes the command's stdout, too, or NULL */
	struct ktap *results;
	/** @nonce: that the guest knows already: it says READY and STATUS and
	 * is told nothing; NULL: it is answered */
	const char *nonce;
	/** @initcalls: takes the console, too, or NULL */
	struct initcalls *initcalls;
	/** @warm: NULL for a guest that does not park */
	const struct session_warm *warm;
	/** @dump: takes the core of a guest that panics, or NULL */
	struct dumpon *dump;
};

/** SESSION_PHASES - of init that are kept */
#define SESSION_PHASES 24

/** struct session_phase - one phase of init: its name and nanoseconds */
struct session_phase {
	char name[32];
	unsigned long long ns;
};

/** struct session_result - what was seen */
struct session_result {
	struct facts facts;
	/** @at: milestones, milliseconds of session_now(); 0: not reached */
	long long at[N_MILESTONES];
	/** @moments: the same and more, in nanoseconds */
	struct moments moments;
	/** @kernel_ns: nanoseconds from the kernel's start to init; @command_ns:
	 * from the start of the command or the shell to its end; both of the
	 * guest's clock, 0: nobody said; @phases: of init that have ended,
	 * @n_phases of them */
	unsigned long long kernel_ns, command_ns;
	struct session_phase phases[SESSION_PHASES];
	size_t n_phases;
	/** @findings: the kernel's failures on the console */
	struct findings findings;
	/** @probe_failed: @spec.probe passed without a sign of life */
	bool probe_failed;
	/** @kept: its state was kept, and it was ended for that; @lost: that
	 * has failed, and it was ended too */
	bool kept, lost;
	/** @warm: it has gone on from the state of an earlier run */
	bool warm;
	/** @release: of the guest's kernel, "" where it never said */
	char release[65], phase[32], outcome[16], word[32];
	/** @channel: as ports_word() has it; static */
	const char *channel;
	/** @console: bytes that came from it; @tail: the last of them; @words:
	 * last bytes of QEMU's stderr */
	unsigned long long console;
	struct buf tail, words;
};

/** session_now() - milliseconds of CLOCK_MONOTONIC, clock_gettime(2) */
long long session_now(void);

/**
 * session_setup() - once per process, before anything is forked
 *
 * Makes sure that fds 0 to 2 are open, ignores SIGPIPE.
 *
 * Return: 0; -errno.
 */
int session_setup(void);

/**
 * session_signals() - from now on signals are session_run()'s to take
 *
 * To be called before QEMU is started. Until then a signal ends bootlet as it
 * ends any program, and the guard of vm_make() clears up: a download or a
 * large image must not outlast a Ctrl-C.
 *
 * Return: 0; -errno of signalfd(2).
 */
int session_signals(void);

/**
 * session_run() - attend to a guest until it ends
 * @vm:   started; it is stopped on return
 * @spec: how
 * @out:  filled; the caller calls session_free()
 */
void session_run(struct vm *vm, const struct session_spec *spec,
		 struct session_result *out);

/** session_free() - free what session_run() has filled */
void session_free(struct session_result *r);

#endif
