// SPDX-License-Identifier: MIT
/*
 * A guest's program: takes one TCP connection and waits by epoll(7) for what
 * comes in on it. "epoll PORT" prints "listening", "connected", then
 * "message: TEXT", and ends with 0 when the other end has closed.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int die(const char *what)
{
	perror(what);
	return 1;
}

static int serve(int fd)
{
	struct epoll_event e = { .events = EPOLLIN };
	char text[256];
	ssize_t n;
	int ep = epoll_create1(0);

	if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) < 0)
		return die("epoll");
	puts("connected");
	fflush(stdout);
	for (;;) {
		if (epoll_wait(ep, &e, 1, -1) < 1)
			return die("epoll_wait");
		n = read(fd, text, sizeof(text));
		if (n <= 0)
			return n ? die("read") : 0;
		printf("message: %.*s\n", (int)n, text);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), peer;

	if (argc != 2)
		return 2;
	a.sin_port = htons((unsigned short)atoi(argv[1]));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(fd, 1) < 0)
		return die("listen");
	puts("listening");
	fflush(stdout);
	peer = accept(fd, NULL, NULL);
	return peer < 0 ? die("accept") : serve(peer);
}
