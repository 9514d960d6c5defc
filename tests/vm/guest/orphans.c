// SPDX-License-Identifier: MIT
/*
 * orphans N [CODE]: N processes whose parent has gone, and who all end at
 * once; with CODE this one ends with them, else it says how many have ended,
 * and how many of them are still there, as what or in what state ever.
 */
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK 8192
/* Small ones: what they share is no memory of theirs. */
#define SHARED (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND)

static int ends[2];
static int n, ended;
static char *stacks;

static int orphan(void *arg)
{
	char c;

	(void)arg;
	while (read(ends[0], &c, 1) > 0)
		;
	__atomic_add_fetch(&ended, 1, __ATOMIC_RELAXED);
	_exit(0);
}

static int parent(void *arg)
{
	(void)arg;
	for (int i = 0; i < n; i++)
		if (clone(orphan, stacks + (size_t)(i + 1) * STACK, SHARED,
			  NULL) < 0) {
			perror("clone");
			_exit(1);
		}
	_exit(0);
}

/* Processes of this name, this one apart. */
static int left(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int count = 0;

	while ((e = readdir(d))) {
		char path[64], comm[32] = "";
		FILE *f;

		/* Not "self". */
		if (atoi(e->d_name) < 1 || atoi(e->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", e->d_name);
		f = fopen(path, "r");
		if (!f)
			continue;
		count += fgets(comm, sizeof(comm), f) &&
			 !strcmp(comm, "orphans\n");
		fclose(f);
	}
	closedir(d);
	return count;
}

int main(int argc, char **argv)
{
	struct timespec nap = { .tv_nsec = 200000000 };
	int status, still;
	pid_t pid;

	n = argc > 1 ? atoi(argv[1]) : 0;
	stacks = mmap(NULL, (size_t)(n + 2) * STACK, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (n < 1 || stacks == MAP_FAILED || pipe(ends))
		return 2;
	pid = clone(parent, stacks + (size_t)(n + 2) * STACK, SHARED | SIGCHLD,
		    NULL);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return 2;
	/* They share the descriptors: this is the last one. */
	close(ends[1]);
	if (argc > 2)
		return atoi(argv[2]);
	for (int i = 0; i < 300 && (still = left()); i++)
		nanosleep(&nap, NULL);
	printf("ended=%d\nleft=%d\n", ended, still);
	return 0;
}
