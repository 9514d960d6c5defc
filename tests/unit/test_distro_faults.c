// SPDX-License-Identifier: MIT
/* A kernel in the cache that is damaged, and a download that ends in the
 * middle. */
#include "unit.h"

#include "aptfake.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

/* What a shell does to what is kept. */
static const char *const damages[] = {
	"truncate -s 1000 K",
	": >K",
	"head -c 4096 /dev/urandom >K",
	"printf 'x' | dd of=K bs=1 seek=514 conv=notrunc",
	"rm K",
	"rm K && mkdir -p K/x",
	"rm K && ln -s K K",
	"rm -r S/boot && : >S/boot",
	"rm S/.bootlet-complete",
	"rm -rf E && : >E",
	"rm S && : >S",
	"rm S && mkdir S",
	"rm S && ln -s S S",
};

START_TEST(damaged_cache)
{
	char cmd[2000];

	put_text("machine", "");
	fetch(NULL);
	snprintf(cmd, sizeof(cmd), "S='%s'; K='%s'; E=$(readlink -f \"$S\")",
		 at(STABLE), at(KERNEL));
	for (const char *p = damages[_i]; *p; p++) {
		size_t n = strlen(cmd);

		if (p == damages[_i])
			n += (size_t)snprintf(cmd + n, sizeof(cmd) - n,
					      "; exec 2>/dev/null; ");
		if (*p == 'K' || *p == 'S' || *p == 'E')
			snprintf(cmd + n, sizeof(cmd) - n, "\"$%c\"", *p);
		else
			snprintf(cmd + n, sizeof(cmd) - n, "%c", *p);
	}
	ck_assert_msg(!system(cmd), "%s", cmd);
	fetch(NULL);
	/* The kernel twice, BusyBox once. */
	ck_assert_int_eq(logged("download"), 3);
}
END_TEST

/* Of what was begun nothing counts, and the next one takes it away. */
static const struct {
	int sig;
	const char *where;
} ends[] = {
	{ SIGHUP, "while-it-downloads" },  { SIGINT, "while-it-downloads" },
	{ SIGQUIT, "while-it-downloads" }, { SIGTERM, "while-it-downloads" },
	{ SIGKILL, "while-it-downloads" }, { SIGINT, "while-it-unpacks" },
	{ SIGTERM, "while-it-unpacks" },   { SIGKILL, "while-it-unpacks" },
};

START_TEST(killed_in_the_middle)
{
	char number[8];
	int status;
	pid_t pid;

	put_text("machine", "");
	put_text(ends[_i].where, "");
	snprintf(number, sizeof(number), "%d", ends[_i].sig);
	put_text("signal", number);
	pid = fork();
	if (!pid) {
		struct kernel k;

		/* libcheck has taken it. */
		signal(ends[_i].sig, SIG_DFL);
		_exit(distro_kernel(NULL, &k) ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == ends[_i].sig);
	ck_assert(access(at(STABLE), F_OK));
	fetch(NULL);
	ck_assert(!access(at(KERNEL), F_OK));
	ck_assert(access(at("a cache/bootlet/.stage-kernels+stable"), F_OK));
	ck_assert(access(at(STABLE "/half"), F_OK));
	ck_assert(access(at(STABLE "/more"), F_OK));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("distro_faults");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, damaged_cache, 0,
			    sizeof(damages) / sizeof(damages[0]));
	tcase_add_loop_test(t, killed_in_the_middle, 0,
			    sizeof(ends) / sizeof(ends[0]));
	suite_add_tcase(s, t);
	return s;
}
