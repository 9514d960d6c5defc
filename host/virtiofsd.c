// SPDX-License-Identifier: MIT
#include "virtiofsd.h"

#include "msg.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* The only descriptor beside 0 to 2 that it gets. */
#define LISTEN_FD 3

char *virtiofsd_find(void)
{
	static const char *const places[] = {
		"/usr/libexec/virtiofsd",
		"/usr/lib/qemu/virtiofsd",
		"/usr/lib/virtiofsd",
	};
	char *found = spawn_which("virtiofsd");

	for (size_t i = 0; !found && i < sizeof(places) / sizeof(places[0]);
	     i++)
		if (access(places[i], X_OK) == 0)
			found = xstrdup(places[i]);
	return found;
}

void virtiofsd_argv(const char *program, const struct share *share, bool root,
		    int fd, struct strv *out)
{
	strv_push(out, program);
	if (fd >= 0)
		strv_pushf(out, "--fd=%d", fd);
	else
		strv_pushf(out, "--socket-path=%s", share->socket);
	strv_push(out, "-o");
	strv_pushf(out, "source=%s", share->dir);
	strv_pushl(out, "-o", "cache=auto", "-o", NULL);
	strv_pushf(out, "sandbox=%s", root ? "chroot" : "namespace");
}

int virtiofsd_check(const struct sharespec *s)
{
	const struct share *share = NULL;
	char *program;
	bool found;

	for (size_t i = 0; i < s->n; i++) {
		if (s->share[i].type != SHARE_VIRTIOFS)
			continue;
		share = &s->share[i];
		/* Its options have no way to write one. */
		if (!strchr(share->dir, ','))
			continue;
		msg_error("--share %s: virtiofsd takes no comma in a name; "
			  "use --share-type 9p",
			  share->dir);
		return -EINVAL;
	}
	if (!share)
		return 0;
	program = virtiofsd_find();
	found = program;
	free(program);
	if (found)
		return 0;
	msg_error("--share-type virtiofs: virtiofsd not found; install it "
		  "(Debian, Ubuntu: apt-get install virtiofsd), or use 9p");
	return -ENOENT;
}

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(at.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	memcpy(at.sun_path, path, strlen(path) + 1);
	/* The guest may have been started before, with another accelerator. */
	unlink(path);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    listen(fd, 1) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static _Noreturn void become(const struct strv *argv, pid_t parent, int fd,
			     const char *log)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	int null = open("/dev/null", O_RDWR);
	int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	sigset_t none;

	/* A Ctrl-C is bootlet's to deal with. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* Out of the way first, should it be 3 already and close on exec. That
	 * number is given away last: one of the others may have it. */
	fd = fcntl(fd, F_DUPFD, LISTEN_FD + 1);
	dup2(null, STDIN_FILENO);
	dup2(out < 0 ? null : out, STDOUT_FILENO);
	dup2(out < 0 ? null : out, STDERR_FILENO);
	dup2(fd, LISTEN_FD);
	close(fd);
	sigaction(SIGPIPE, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(argv->v[0], argv->v);
	_exit(127);
}

static int start_one(struct virtiofsd *v, const char *program,
		     const struct share *share)
{
	struct strv argv = { 0 };
	pid_t me = getpid(), pid;
	int fd = listen_at(share->socket), err = 0;

	if (fd < 0)
		return fd;
	virtiofsd_argv(program, share, geteuid() == 0, LISTEN_FD, &argv);
	v->log[v->n] = xasprintf("%s.log", share->socket);
	pid = fork();
	if (pid == 0)
		become(&argv, me, fd, v->log[v->n]);
	if (pid < 0)
		err = -errno;
	v->pid[v->n++] = pid < 0 ? 0 : pid;
	close(fd);
	strv_free(&argv);
	return err;
}

int virtiofsd_start(struct virtiofsd *v, const struct sharespec *s)
{
	char *program = NULL;
	int err = 0;

	for (size_t i = 0; !err && i < s->n; i++) {
		if (s->share[i].type != SHARE_VIRTIOFS)
			continue;
		if (!program)
			program = virtiofsd_find();
		err = program ? start_one(v, program, &s->share[i]) : -ENOENT;
		if (err)
			msg_error("--share %s: virtiofsd cannot be started: %s",
				  s->share[i].dir, strerror(-err));
	}
	free(program);
	if (err)
		virtiofsd_stop(v);
	return err;
}

/* The last line of what it said. */
static void say_failed(const char *log, int status)
{
	struct buf words = { 0 };
	const char *line = "";

	if (!read_file(log, &words, 1 << 20) && words.n) {
		while (words.n && words.p[words.n - 1] == '\n')
			words.p[--words.n] = '\0';
		line = strrchr(words.p, '\n');
		line = line ? line + 1 : words.p;
	}
	msg_error("virtiofsd: failed (%s %d): %s; use --share-type 9p",
		  WIFSIGNALED(status) ? "signal" : "exit code",
		  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		  line);
	buf_free(&words);
}

void virtiofsd_stop(struct virtiofsd *v)
{
	for (size_t i = 0; i < v->n; i++) {
		int status = 0;
		pid_t ended = v->pid[i] ? waitpid(v->pid[i], &status, WNOHANG) :
					  0;

		if (v->pid[i] && !ended) {
			kill(-v->pid[i], SIGKILL);
			kill(v->pid[i], SIGKILL);
			while (waitpid(v->pid[i], NULL, 0) < 0 &&
			       errno == EINTR)
				;
		} else if (ended > 0 && status) {
			say_failed(v->log[i], status);
		}
		free(v->log[i]);
	}
	*v = (struct virtiofsd){ 0 };
}
