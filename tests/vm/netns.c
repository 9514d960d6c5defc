// SPDX-License-Identifier: MIT
#include "netns.h"

#include "vm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_msg(fd >= 0 && write(fd, text, strlen(text)) ==
					 (ssize_t)strlen(text),
		      "%s: %s", path, strerror(errno));
	close(fd);
}

static void enter_as_user(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[64];

	ck_assert_msg(!unshare(CLONE_NEWUSER | CLONE_NEWNET),
		      "a network namespace needs root, or user namespaces: %s",
		      strerror(errno));
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	put("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	put("/proc/self/gid_map", map);
}

void netns_enter(void)
{
	struct ran r;

	if (geteuid() == 0)
		ck_assert_msg(!unshare(CLONE_NEWNET), "unshare: %s",
			      strerror(errno));
	else
		enter_as_user();
	vm_exec(&r, NULL, 0, VM_ARGV("ip", "link", "set", "lo", "up"));
	ck_code(&r, 0);
	ran_free(&r);
}

int netns_connect(const char *address, unsigned short port, double seconds)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port) };
	double end = vm_now() + seconds;
	int fd, err;

	ck_assert_int_eq(inet_pton(AF_INET, address, &a.sin_addr), 1);
	do {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		ck_assert_int_ge(fd, 0);
		err = connect(fd, (struct sockaddr *)&a, sizeof(a)) ? errno : 0;
		if (err) {
			close(fd);
			vm_sleep_ms(100);
		}
	} while (err && vm_now() < end);
	ck_assert_msg(!err, "%s port %u: %s", address, port, strerror(err));
	return fd;
}
