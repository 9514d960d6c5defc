// SPDX-License-Identifier: MIT
#include "bridge_apply.h"

#include "cli.h"
#include "doctor.h"
#include "msg.h"
#include "quote.h"
#include "spawn.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char failed[] = "Command failed ";

/* --- rights ----------------------------------------------------------------- */

struct reply {
	struct nlmsghdr head;
	struct nlmsgerr err;
	char rest[256];
};

/* To set nothing of no interface at all: EINVAL for those who may. */
static int ask(int fd)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} req = {
		.head = { .nlmsg_len = sizeof(req),
			  .nlmsg_type = RTM_SETLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
	};
	struct reply reply = { 0 };
	ssize_t n;

	if (send(fd, &req, sizeof(req), 0) < 0)
		return -errno;
	do
		n = recv(fd, &reply, sizeof(reply), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n < (ssize_t)offsetof(struct reply, rest) ||
	    reply.head.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return reply.err.error;
}

int bridge_may(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int err = fd < 0 ? -errno : ask(fd);

	if (fd >= 0)
		close(fd);
	return err == -EINVAL || err == -ENODEV ? 0 : err;
}

void bridge_sudo_line(const struct strv *words, struct buf *out)
{
	const char *name = program_invocation_name;
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (geteuid())
		buf_adds(out, "sudo ");
	if (!strchr(name, '/') && n > 0) {
		self[n] = '\0';
		name = self;
	}
	quote_sh(out, name);
	for (size_t i = 0; i < words->n; i++) {
		buf_addc(out, ' ');
		quote_sh(out, words->v[i]);
	}
}

/* --- ip --------------------------------------------------------------------- */

size_t parse_batch_line(const char *words)
{
	const char *p = strstr(words, failed);
	char digits[12];
	long long n;

	p = p ? strchr(p + sizeof(failed) - 1, ':') : NULL;
	if (!p)
		return 0;
	snprintf(digits, sizeof(digits), "%.*s",
		 (int)strspn(p + 1, "0123456789"), p + 1);
	return cli_number(digits, 1, 1000000, &n) ? 0 : (size_t)n;
}

void bridge_tidy_words(struct buf *words)
{
	struct buf out = { 0 };
	char *save = NULL;

	buf_adds(&out, "");
	for (char *s = words->p ? strtok_r(words->p, "\n", &save) : NULL; s;
	     s = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(s, failed, sizeof(failed) - 1))
			continue;
		buf_addf(&out, "%s%s", out.n ? "; " : "", s);
	}
	buf_free(words);
	*words = out;
}

void bridge_no_ip(int err, struct buf *why)
{
	const char *line = doctor_remedy("ip", doctor_manager_find());

	if (err == -ENOENT)
		buf_addf(why, "ip: not installed, or not in PATH: %s",
			 line ? line : "install iproute2");
	else if (err == -ETIMEDOUT)
		buf_addf(why, "ip: did not end within %d seconds",
			 BRIDGE_IP_MS / 1000);
	else
		buf_addf(why, "ip: cannot be run: %s", strerror(-err));
}

int bridge_apply(const struct netplan *plan, const struct netop **at,
		 struct buf *words)
{
	struct buf batch = { 0 };
	const struct spawn s = { .in = &batch,
				 .err = words,
				 .timeout_ms = BRIDGE_IP_MS };
	struct strv argv = { 0 };
	int status;
	size_t line;

	*at = NULL;
	if (!plan->n)
		return 0;
	netplan_batch(plan, &batch);
	for (const char *p = batch.p; *p; p += strcspn(p, "\n") + 1)
		msg_debug("ip %.*s", (int)strcspn(p, "\n"), p);
	strv_pushl(&argv, "ip", "-batch", "-", NULL);
	status = spawn_run(&s, &argv);
	line = words->n ? parse_batch_line(words->p) : 0;
	if (line && line <= plan->n)
		*at = &plan->v[line - 1];
	bridge_tidy_words(words);
	if (status > 128 && !words->n)
		buf_addf(words, "killed by signal %d", status - 128);
	else if (status > 0 && !words->n)
		buf_addf(words, "exit status %d without a word", status);
	strv_free(&argv);
	buf_free(&batch);
	return status > 0 ? -EIO : status;
}
