// SPDX-License-Identifier: MIT
/*
 * bootlet - the host's half.
 *
 * Theory of operation: main() finds a subcommand in a table and calls it. A
 * subcommand (cmd_*.c) reads its options through the tables of cli.c, calls
 * modules that each turn options into a plan without a system call (an image's
 * entries, QEMU's argv) and then apply it, and prints what the user should
 * know. Everything that would be executed can be printed instead, from the
 * same plan.
 *
 * `run` is where the parts meet: kernel.c finds the kernel, recipe.c plans the
 * image, qemu.c writes the command line, vm.c starts QEMU and moves bytes
 * between terminal, console and channel, and verdict.c says what became of the
 * guest. Nothing of it outlives the process: a guard process removes what is
 * left when bootlet is killed. What `net` makes does outlive it, by intent:
 * bridge_plan.h says how it is known again.
 */
#include "cli.h"
#include "cmds.h"
#include "moments.h"
#include "msg.h"
#include "outfile.h"
#include "str.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cmd *const cmds[] = {
	&cmd_run,  &cmd_initramfs, &cmd_config, &cmd_build,
	&cmd_gdb,  &cmd_dump,	   &cmd_inject, &cmd_net,
	&cmd_scan, &cmd_bench,	   &cmd_doctor,
};

#define N_CMDS (sizeof(cmds) / sizeof(cmds[0]))

static void usage(FILE *out)
{
	fprintf(out, "bootlet boots Linux kernels quickly, debuggably and "
		     "honestly.\n\n");
	for (size_t i = 0; i < N_CMDS; i++)
		fprintf(out, "  bootlet %-10s %s\n", cmds[i]->name,
			cmds[i]->summary);
	fprintf(out, "  bootlet completion bash\n"
		     "                     Print completion for the shell\n\n"
		     "`bootlet COMMAND --help` tells more; `bootlet run` boots "
		     "a kernel to a shell.\n");
}

static int other(int argc, char **argv)
{
	struct strv names = { 0 };
	const char *near;

	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help")) {
		usage(stdout);
		return EXIT_SUCCESS;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("bootlet %s\n", VERSION);
		return EXIT_SUCCESS;
	}
	if (!strcmp(argv[1], "completion")) {
		if (argc != 3 || strcmp(argv[2], "bash") != 0)
			die(2, "completion: for bash only: bootlet completion "
			       "bash");
		cli_completion(cmds, N_CMDS);
		return EXIT_SUCCESS;
	}
	for (size_t i = 0; i < N_CMDS; i++)
		strv_push(&names, cmds[i]->name);
	near = str_nearest(argv[1], names.v, names.n);
	if (near)
		die(2, "%s: no such command; did you mean %s?", argv[1], near);
	die(2, "%s: no such command; see bootlet --help", argv[1]);
}

/* Of what is not the user's mistake. */
static int failed(const struct cmd *cmd)
{
	return cmd->usage_error == 2 ? EXIT_FAILURE : cmd->usage_error;
}

/* A full disk behind stdout is no success. */
static int written(const struct cmd *cmd, int code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	if (code)
		return code;
	msg_error("stdout: cannot be written: %s", strerror(errno));
	return failed(cmd);
}

/* What bootlet exits with on SIGBUS. */
static volatile sig_atomic_t bus_code;

/* A file that is mapped has become shorter: mmap(2). Anything else that ends
 * in SIGBUS is a mistake of ours. */
static void on_bus(int sig, siginfo_t *info, void *ctx)
{
	static const char words[] =
		"bootlet: a file has become shorter while it was read, or its "
		"disk has failed; run it again when nobody writes to it\n";

	(void)ctx;
	outfile_doom();
	if (info->si_code != BUS_ADRERR) {
		signal(sig, SIG_DFL);
		/* Comes when it is no longer blocked: behind this function. */
		raise(sig);
		return;
	}
	/* Not a problem if it fails: the exit code says it too. */
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		_exit(bus_code);
	_exit(bus_code);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct sigaction act = { .sa_sigaction = on_bus,
				 .sa_flags = SA_SIGINFO };

	bus_code = failed(cmd);
	sigaction(SIGBUS, &act, NULL);
	return written(cmd, cmd->run(cmd, argc, argv));
}

int main(int argc, char **argv)
{
	moments_begin();
	/* What is written beyond `ulimit -f` shall fail by EFBIG, with words. */
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	for (size_t i = 0; i < N_CMDS; i++)
		if (!strcmp(argv[1], cmds[i]->name))
			return run(cmds[i], argc - 1, argv + 1);
	return other(argc, argv);
}
