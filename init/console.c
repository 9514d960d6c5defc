// SPDX-License-Identifier: MIT
#include "console.h"

#include "dev.h"
#include "io.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NAME_SIZE 32
#define PATH_SIZE CONSOLE_PATH_SIZE
#define TTY_MAJOR 4

/* What may stand behind fds 0 to 2, the best first. */
static const struct {
	char name[8];
	unsigned short mode;
	unsigned char major, minor;
} nodes[] = {
	{ "console", S_IFCHR | 0600, 5, 1 },
	{ "null", S_IFCHR | 0666, 1, 3 },
};

/* --- fds 0 to 2 ----------------------------------------------------------- */

static int node_open(const char *dir, size_t i)
{
	char path[PATH_SIZE];
	int fd;

	fmt_format(path, sizeof(path), "%s/%s", dir, nodes[i].name);
	fd = io_open(AT_FDCWD, path, O_RDWR | O_NOCTTY);
	if (fd != -ENOENT)
		return fd;
	/* Not a problem if it fails: mostly it is there. */
	sys_mkdir(dir, 0755);
	sys_mknod(path, nodes[i].mode, makedev(nodes[i].major, nodes[i].minor));
	return io_open(AT_FDCWD, path, O_RDWR | O_NOCTTY);
}

/* Return: an fd; *err: why it is not the console. */
static int any_open(const char *dir, int *err)
{
	int fd = node_open(dir, 0);

	*err = fd < 0 ? fd : 0;
	if (fd < 0)
		fd = node_open(dir, 1);
	return fd < 0 ? io_open(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY) : fd;
}

int console_open_at(const char *dir)
{
	int err = 0, got = -1;

	for (int fd = 0; fd <= 2; fd++) {
		if (io_fcntl(fd, F_GETFD, 0) >= 0)
			continue;
		/* Either gives the lowest number that is free: this one. */
		got = got < 0 ? any_open(dir, &err) : io_fcntl(got, F_DUPFD, 0);
	}
	return err;
}

int console_open(void)
{
	return console_open_at("/dev");
}

/* O_NONBLOCK: the open of a line without carrier would wait for one. No
 * O_CLOEXEC: it may be the fd that the child keeps. */
__attribute__((noinline)) static int tty_open(const char *tty)
{
	return io_open(AT_FDCWD, tty, O_RDWR | O_NOCTTY | O_NONBLOCK);
}

/* --- which terminal ------------------------------------------------------- */

int parse_active_console(const char *text, char *name, size_t size)
{
	const char *end = text + strlen(text), *start;

	name[0] = '\0';
	while (end > text && (end[-1] == ' ' || end[-1] == '\n'))
		end--;
	start = end;
	while (start > text && start[-1] != ' ' && start[-1] != '\n')
		start--;
	if (start == end)
		return -ENOENT;
	if ((size_t)(end - start) >= size)
		return -ENAMETOOLONG;
	memcpy(name, start, (size_t)(end - start));
	name[end - start] = '\0';
	return 0;
}

static int active_read(const char *root, const char *tty, char *name,
		       size_t size)
{
	char text[256];
	int r = dev_attr(root, tty, "active", text, sizeof(text));

	return r < 0 ? r : parse_active_console(text, name, size);
}

/* tty0 is no terminal of its own, it is whichever is in front. */
static int kernel_choice(const char *root, char *name, size_t size)
{
	int r = active_read(root, "console", name, size);

	if (r == 0 && !strcmp(name, "tty0"))
		r = active_read(root, "tty0", name, size);
	return r < 0 ? r : dev_ensure(root, name);
}

void console_tty_at(const struct boot_config *cfg, const char *root, char *path)
{
	char name[NAME_SIZE];
	const char *found = "console";

	if (kernel_choice(root, name, sizeof(name)) == 0)
		found = name;
	else if (cfg->console && *cfg->console && !strchr(cfg->console, '/') &&
		 dev_ensure(root, cfg->console) == 0)
		found = cfg->console;
	/* It fits, or dev_ensure() would have said so. */
	fmt_format(path, PATH_SIZE, "/dev/%s", found);
}

int parse_console_number(unsigned int dev, char *path, size_t size)
{
	/* As the kernel hands them out: new_encode_dev(). */
	unsigned int n = (dev & 0xff) | (dev >> 12 & ~0xffU);

	if ((dev >> 8 & 0xfff) != TTY_MAJOR || n < 64)
		return -ENOENT;
	fmt_format(path, size, "/dev/ttyS%u", n - 64);
	return 0;
}

/* In a tenth of the time: sysfs has to make what it shows first. */
static int ask_console(char *path, size_t size)
{
	int fd = tty_open("/dev/console"), r;
	unsigned int dev;

	r = io_ioctl(fd, TIOCGDEV, &dev);
	io_close(fd);
	if (r == 0)
		r = parse_console_number(dev, path, size);
	return r ? r : io_access(path, F_OK);
}

void console_tty(const struct boot_config *cfg, char *path)
{
	if (ask_console(path, PATH_SIZE))
		console_tty_at(cfg, "", path);
}

/* --- the terminal itself -------------------------------------------------- */

void termios_plan(struct termios *t)
{
	static const unsigned char keys[] = {
		[VINTR] = 'C' & 31,
		[VQUIT] = '\\' & 31,
		[VERASE] = 0x7f,
		[VKILL] = 'U' & 31,
		[VEOF] = 'D' & 31,
		[VTIME] = 0,
		[VMIN] = 1,
		[VSTART] = 'Q' & 31,
		[VSTOP] = 'S' & 31,
		[VSUSP] = 'Z' & 31,
		[VEOL] = 0,
		[VREPRINT] = 'R' & 31,
		[VDISCARD] = 'O' & 31,
		[VWERASE] = 'W' & 31,
		[VLNEXT] = 'V' & 31,
		[VEOL2] = 0,
	};

	t->c_iflag = ICRNL | IXON | IMAXBEL | IUTF8;
	t->c_oflag = OPOST | ONLCR;
	t->c_cflag |= CREAD | HUPCL | CLOCAL;
	t->c_lflag = ICANON | ISIG | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL |
		     ECHOKE;
	t->c_line = 0;
	memcpy(t->c_cc, keys, sizeof(keys));
}

/* Not the libc's struct: its tail is not the kernel's, which need not matter:
 * TCGETS and TCSETS touch the front part only, and that is the same. */
static int modes_set(int fd)
{
	struct termios t = { 0 };
	int r = sys_ioctl(fd, TCGETS, &t);

	if (r < 0)
		return r;
	termios_plan(&t);
	return sys_ioctl(fd, TCSETS, &t);
}

static int size_set(int fd, unsigned short rows, unsigned short cols)
{
	struct winsize ws = { .ws_row = rows, .ws_col = cols };

	return rows && cols ? sys_ioctl(fd, TIOCSWINSZ, &ws) : 0;
}

int console_prepare(const char *tty, unsigned short rows, unsigned short cols)
{
	int fd = tty_open(tty), wait = 0, r;

	if (fd < 0)
		return fd;
	/* It also puts the group of who asks, a leader's own, in front. */
	r = sys_ioctl(fd, TIOCSCTTY, (void *)(intptr_t)1);
	if (r < 0)
		goto out;
	/* Not a problem if they fail: a shell runs without them. */
	modes_set(fd);
	size_set(fd, rows, cols);
	sys_ioctl(fd, FIONBIO, &wait);
	for (int i = 0; i <= 2 && r >= 0; i++)
		r = i == fd ? 0 : io_dup2(fd, i);
	r = r < 0 ? r : 0;
out:
	if (fd > 2)
		io_close(fd);
	return r;
}

int console_resize(const char *tty, unsigned short rows, unsigned short cols)
{
	int fd = tty_open(tty), r;

	if (fd < 0)
		return fd;
	r = size_set(fd, rows, cols);
	io_close(fd);
	return r;
}
