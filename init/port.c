// SPDX-License-Identifier: MIT
#include "port.h"

#include "dev.h"
#include "file.h"
#include "io.h"
#include "log.h"
#include "protocol.h"
#include "uart.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#define FLAGS (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)

/* From the driver's being there until its ports are: the host's QEMU tells of
 * them, which may be busy. Without them there is another way. */
#define VIRTIO_MS 500

#define PORTS  "/sys/class/virtio-ports"
#define DRIVEN "/sys/bus/virtio/drivers/virtio_console"

/* --- A tty ---------------------------------------------------------------- */

/* cfmakeraw(3); the speed is kept, a virtual UART has none. */
static int make_raw(int fd)
{
	struct termios t;
	int r = io_ioctl(fd, TCGETS, &t);

	if (r < 0)
		return r;
	t.c_iflag = 0;
	t.c_oflag = 0;
	t.c_lflag = 0;
	t.c_cflag = (t.c_cflag & ~(tcflag_t)(CSIZE | PARENB | CRTSCTS)) | CS8 |
		    CREAD | CLOCAL;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return io_ioctl(fd, TCSETS, &t);
}

static int open_dev(const char *name)
{
	char path[64];

	fmt_format(path, sizeof(path), "/dev/%s", name);
	return io_open(AT_FDCWD, path, FLAGS);
}

static int open_tty(const char *name)
{
	int fd, r;

	/* Not a problem if it fails: then it cannot be opened. */
	dev_ensure("", name);
	fd = open_dev(name);
	r = fd < 0 ? fd : make_raw(fd);
	if (r >= 0)
		return fd;
	io_close(fd);
	return r;
}

/* --- A port of a virtio-console ------------------------------------------- */

/* Return: what dir_each() does, but 0 without the directory. */
static int class_each(const char *path,
		      int (*found)(int dir, const struct io_dirent *entry))
{
	int dir = file_open(AT_FDCWD, path), r;

	if (dir < 0)
		return 0;
	r = dir_each(dir, found);
	io_close(dir);
	return r;
}

/* A link to a device: "virtio0" and so on. */
static int is_device(int dir, const struct io_dirent *e)
{
	(void)dir;
	return text_after(e->name, "virtio") != NULL;
}

/* Its node is for devtmpfs to make; without that there is another port. */
static int open_named(int dir, const struct io_dirent *e)
{
	const char *name = e->name;
	char path[64], text[32];

	(void)dir;
	fmt_format(path, sizeof(path), PORTS "/%s/name", name);
	file_read(path, text, sizeof(text));
	if (strcmp(text, PORT_VIRTIO_NAME "\n"))
		return 0;
	return open_dev(name);
}

/* Until the host's end is there too, it polls POLLHUP. */
static bool is_up(int fd)
{
	struct pollfd p = { .fd = fd };

	io_poll(&p, 1, 0, false);
	return !p.revents;
}

static int open_virtio(void)
{
	struct pollfd p = { .fd = -1, .events = POLLIN };
	uint64_t until = io_now_ms() + VIRTIO_MS;
	char event[16];
	int fd = 0;

	if (!class_each(DRIVEN, is_device))
		return -ENODEV;
	/* Before the first look, so that nothing comes in between. */
	p.fd = io_uevents();
	for (;;) {
		if (!fd)
			fd = class_each(PORTS, open_named);
		if (fd && (fd < 0 || is_up(fd)))
			break;
		if (io_now_ms() >= until) {
			if (fd)
				io_close(fd);
			fd = -ENODEV;
			break;
		}
		/* The other end's coming is no uevent. */
		io_poll(&p, 1, fd ? 1 : 50, false);
		io_read(p.fd, event, sizeof(event));
	}
	io_close(p.fd);
	return fd;
}

/* --- The UART without a driver --------------------------------------------- */

/* A driver that has it would read and write it as well. */
static bool is_driven(void)
{
	return file_find("/proc/ioports", PORT_IO_DRIVEN);
}

/* --- All ------------------------------------------------------------------ */

int port_open(const char *name)
{
	int r;

	if (!strcmp(name, PORT_WORD_VIRTIO))
		return open_virtio();
	if (strcmp(name, PORT_WORD_IO))
		return open_tty(name);
	r = is_driven() ? -EBUSY : uart_open();
	return r < 0 ? r : PORT_FD_IO;
}

__attribute__((noinline)) ssize_t port_read(int fd, void *buf, size_t size)
{
	return fd == PORT_FD_IO ? uart_read(buf, size) : io_read(fd, buf, size);
}

ssize_t port_write(int fd, const void *data, size_t len)
{
	return fd == PORT_FD_IO ? uart_write(data, len) :
				  io_write(fd, data, len);
}
