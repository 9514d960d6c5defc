// SPDX-License-Identifier: MIT
#include "inject.h"

#include "quote.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Name of its socket in the private directory. */
#define STUB	  "stub"
#define ANSWER_MS 5000
/* For an interrupt: also an idle kernel has one now and then. */
#define TRAP_MS 1500
#define TRIES	5
#define CPUS	64
/* The local timer's and the PIT's: arch/x86/include/asm/irq_vectors.h. Its next
 * tick takes any CPU out of a program. */
static const unsigned int vectors[] = { 0xec, 0x30 };
#define GATE_BYTES 16
/* Of gdb's x86-64: rsp is the 8th register, cs the 19th. No address can be
 * that. */
#define STACK_AWAY "P7=0000000000000080"
#define READ_CS	   "p12"

static int send_bytes(int fd, const char *p, size_t n)
{
	ssize_t r = send(fd, p, n, MSG_NOSIGNAL);

	if (r < 0)
		return -errno;
	return (size_t)r == n ? 0 : -EIO;
}

static int send_packet(int fd, const char *text)
{
	struct buf b = { 0 };
	unsigned int sum = 0;
	int err;

	for (const char *p = text; *p; p++)
		sum += (unsigned char)*p;
	buf_addf(&b, "$%s#%02x", text, sum & 0xff);
	err = send_bytes(fd, b.p, b.n);
	buf_free(&b);
	return err;
}

/* One packet, without what frames it; a longer one is cut. */
static int receive_packet(int fd, int ms, char *out, size_t size)
{
	enum { BEFORE, IN, SUM1, SUM2, DONE } at = BEFORE;
	size_t n = 0;
	char c;

	while (at != DONE) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, ms) <= 0)
			return -ETIMEDOUT;
		if (recv(fd, &c, 1, 0) <= 0)
			return -ECONNRESET;
		if (at == BEFORE)
			at = c == '$' ? IN : BEFORE;
		else if (at == IN && c == '#')
			at = SUM1;
		else if (at == IN && n < size - 1)
			out[n++] = c;
		else if (at != IN)
			at++;
	}
	out[n] = '\0';
	return send_bytes(fd, "+", 1);
}

/* That the guest has stopped is said whenever it does, asked for or not. */
static int ask(int fd, const char *text, char *reply, size_t size)
{
	int err = send_packet(fd, text);

	if (!err)
		err = receive_packet(fd, ANSWER_MS, reply, size);
	while (!err && (reply[0] == 'T' || reply[0] == 'S'))
		err = receive_packet(fd, ANSWER_MS, reply, size);
	return err;
}

/* The guest stands still. Return: 1 where the CPU lost its stack; 0 where it
 * is in a program, or is not there; -errno. */
static int take_stack(int fd, unsigned int cpu)
{
	char reply[256], thread[16];
	int err;

	snprintf(thread, sizeof(thread), "Hg%x", cpu);
	err = ask(fd, thread, reply, sizeof(reply));
	if (err || strcmp(reply, "OK") != 0)
		return err;
	err = ask(fd, READ_CS, reply, sizeof(reply));
	if (err || !reply[0])
		return err ? err : -EPROTO;
	/* Little endian: the ring is in the first byte. */
	if (!strchr("048c", reply[1]))
		return 0;
	err = ask(fd, STACK_AWAY, reply, sizeof(reply));
	if (err)
		return err;
	return strcmp(reply, "OK") ? -EPROTO : 1;
}

bool parse_gate(const char *hex, unsigned long long *address)
{
	unsigned char b[GATE_BYTES];

	for (size_t i = 0; i < sizeof(b); i++) {
		const char pair[] = { hex[2 * i],
				      hex[2 * i] ? hex[2 * i + 1] : '\0',
				      '\0' };
		char *end;

		b[i] = (unsigned char)strtoul(pair, &end, 16);
		if (end != pair + 2)
			return false;
	}
	*address = b[0] | b[1] << 8 | (unsigned long long)b[6] << 16 |
		   (unsigned long long)b[7] << 24;
	for (int i = 0; i < 4; i++)
		*address |= (unsigned long long)b[8 + i] << (32 + 8 * i);
	/* Present. */
	return b[5] & 0x80;
}

/* Stop where the kernel takes over: at its interrupts' first instruction. */
static int set_traps(int fd, unsigned long long idt)
{
	unsigned long long at;
	char text[64], reply[256];
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(vectors) / sizeof(*vectors);
	     i++) {
		snprintf(text, sizeof(text), "m%llx,%x",
			 idt + (unsigned long long)vectors[i] * GATE_BYTES,
			 GATE_BYTES);
		err = ask(fd, text, reply, sizeof(reply));
		if (err || !parse_gate(reply, &at))
			continue;
		snprintf(text, sizeof(text), "Z1,%llx,1", at);
		err = ask(fd, text, reply, sizeof(reply));
	}
	return err;
}

unsigned int parse_stop(const char *reply)
{
	const char *at = strstr(reply, "thread:");
	unsigned long cpu = at ? strtoul(at + strlen("thread:"), NULL, 16) : 0;

	return reply[0] == 'T' && cpu <= CPUS ? (unsigned int)cpu : 0;
}

/* A CPU that has just taken an interrupt runs, and will miss its stack at
 * once. Where all sleep, the first: only that one can be woken by an NMI. */
static int run_into_trap(int fd)
{
	char reply[256] = "";
	unsigned int cpu;
	int err = send_packet(fd, "c");

	if (!err)
		err = receive_packet(fd, TRAP_MS, reply, sizeof(reply));
	if (err == -ETIMEDOUT) {
		err = send_bytes(fd, "\003", 1);
		if (!err)
			err = receive_packet(fd, ANSWER_MS, reply,
					     sizeof(reply));
	}
	cpu = parse_stop(reply);
	return err ? err : take_stack(fd, cpu ? cpu : 1);
}

static int attack(int fd, unsigned long long idt)
{
	char reply[256];
	/* QEMU takes single registers only from who knows what they are. */
	int r = ask(fd, "qXfer:features:read:target.xml:0,10", reply,
		    sizeof(reply));

	if (!r)
		r = set_traps(fd, idt);
	for (int i = 0; !r && i < TRIES; i++)
		r = run_into_trap(fd);
	/* Whatever has come of it, the guest shall not stand still; with it go
	 * the traps. */
	if (send_packet(fd, "D") && r > 0)
		r = -ECONNRESET;
	return r > 0 ? 0 : r ? r : -EAGAIN;
}

/* Within double quotes, as QEMU's monitor reads them. */
static char *monitor_line(const char *path)
{
	char *value = quote_qemu(path);
	struct buf line = { 0 };

	buf_adds(&line, "gdbserver \"unix:");
	for (const char *p = value; *p; p++) {
		if (strchr("\\\"'", *p))
			buf_addc(&line, '\\');
		buf_adds(&line, *p == '\n' ? "\\n" : (char[]){ *p, '\0' });
	}
	buf_adds(&line, ",server=on,wait=off\"");
	free(value);
	return line.p;
}

static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Not a problem if it fails: the guest may have ended by now. */
static void end_stub(struct qmp *q, int fd, const char *path)
{
	struct buf said = { 0 };

	if (fd >= 0)
		close(fd);
	qmp_monitor(q, "gdbserver none", ANSWER_MS, &said);
	unlink(path);
	buf_free(&said);
}

void inject_recover(struct qmp *q, const char *dir)
{
	char *path = xasprintf("%s/" STUB, dir), reply[256];
	int fd;

	/* Whoever made it had the monitor, which is ours now. */
	if (access(path, F_OK) == 0) {
		fd = connect_to(path);
		/* Not a problem if it fails: what follows says so. */
		if (fd >= 0)
			ask(fd, "D", reply, sizeof(reply));
		end_stub(q, fd, path);
	}
	free(path);
}

/* Until it is over, which it is in any case, the guest stands still. */
static void block_signals(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, old);
}

int inject_double_fault(struct qmp *q, const char *dir, unsigned long long idt,
			struct buf *why)
{
	char *path = xasprintf("%s/" STUB, dir), *line = monitor_line(path);
	struct buf said = { 0 };
	sigset_t old;
	int err, fd;

	block_signals(&old);
	err = qmp_monitor(q, line, ANSWER_MS, &said);
	fd = err ? -1 : connect_to(path);
	if (!err && fd < 0)
		err = fd;
	if (!err)
		err = attack(fd, idt);
	end_stub(q, fd, path);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (err == -EAGAIN || err == -ETIMEDOUT)
		buf_adds(why, "no CPU was found in the kernel; try again");
	else if (err)
		buf_addf(why, "gdb's way into the guest: %s",
			 qmp_error(q, err));
	buf_free(&said);
	free(line);
	free(path);
	return err;
}
