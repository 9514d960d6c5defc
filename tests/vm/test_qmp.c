// SPDX-License-Identifier: MIT
/* A look into guests from outside, and faults provoked in them. */
#include "tests/skip.h"
#include "vm.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct ran r;

/* A guest by the side, what it says on a pipe. */
struct side {
	pid_t pid;
	int out;
	struct text said;
};

static struct side side_start(const char *const argv[], int err)
{
	struct side s = { 0 };
	int p[2];

	ck_assert(!pipe2(p, O_CLOEXEC));
	s.pid = vm_spawn(argv, -1, p[1], err);
	s.out = p[0];
	close(p[1]);
	return s;
}

static int side_end(struct side *s)
{
	int code = vm_wait(s->pid, 60);

	close(s->out);
	free(s->said.p);
	return code;
}

/* An ELF core with notes of QEMU and of the kernel, in which the kernel's
 * memory stands at the kernel's addresses. */
static void ck_core(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const Elf64_Ehdr *e;
	const Elf64_Phdr *p;
	bool kernel = false;
	struct stat st;
	char *m;

	ck_assert_msg(fd >= 0, "%s is not there", path);
	ck_assert(!fstat(fd, &st));
	ck_assert_int_gt(st.st_size, 512L << 20);
	m = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	ck_assert(m != MAP_FAILED);
	e = (void *)m;
	p = (void *)(m + e->e_phoff);
	ck_assert(!memcmp(m, ELFMAG, SELFMAG) && e->e_type == ET_CORE);
	ck_assert_int_gt(e->e_phnum, 10);
	ck_assert_uint_eq(p[0].p_type, PT_NOTE);
	ck_assert(memmem(m + p[0].p_offset, p[0].p_filesz, "QEMU", 5));
	ck_assert(
		memmem(m + p[0].p_offset, p[0].p_filesz, "OSRELEASE=6.1", 13));
	for (int i = 1; i < e->e_phnum; i++) {
		ck_assert_uint_eq(p[i].p_type, PT_LOAD);
		ck_assert_uint_le(p[i].p_offset + p[i].p_filesz, st.st_size);
		/* Where the kernel's image is mapped. */
		kernel |= p[i].p_vaddr >= 0xffffffff80000000ULL &&
			  memmem(m + p[i].p_offset, p[i].p_filesz,
				 "Linux version 6.1.", 18);
	}
	ck_assert_msg(kernel, "no kernel at its own address");
	munmap(m, (size_t)st.st_size);
}

static int files_in(const char *dir)
{
	vm_exec(&r, NULL, 0, VM_ARGV("ls", "-A", dir));
	ck_code(&r, 0);
	return text_lines(&r.out);
}

/* Nothing is left of a core that cannot be, or shall not be, written. */
static void no_core_is_left(void)
{
	const char *dir = vm_at("small"), *core = vm_at("small/core");
	const char *how = UNSHARE_MOUNTS;
	pid_t pid;

	ck_assert(!mkdir(dir, 0700));
	if (!may_unshare(how)) {
		skip_test("no namespace for a small disk");
		return;
	}
	/* The namespace is bootlet's; to QEMU only a descriptor goes. */
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", how, "sh", "-c",
			"mount -t tmpfs -o size=8m none \"$0\" && \"$@\"; c=$?; "
			"ls -A \"$0\"; exit $c",
			dir, vm_bootlet(), "dump", "--name", "q1", core));
	ck_code(&r, 1);
	ck_one_line(&r, "No space left on device");
	ck_assert_int_eq(r.out.n, 0);
	ran_free(&r);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), "dump", "--name", "q1", core), -1,
		       -1, -1);
	vm_sleep_ms(200);
	kill(pid, SIGINT);
	ck_assert_int_eq(vm_wait(pid, 10), 128 + SIGINT);
	ck_assert_int_eq(files_in(dir), 0);
	ran_free(&r);
	vm_host(&r, "dump", "--name", "q1", "/dev/null");
	ck_code(&r, 1);
	ck_one_line(&r, "/dev/null: is no regular file");
	ran_free(&r);
	ck_assert(!mkfifo(vm_at("fifo"), 0600));
	vm_host(&r, "dump", "--name", "q1", vm_at("fifo"));
	ck_code(&r, 1);
	ck_one_line(&r, "fifo: is no regular file");
	unlink(vm_at("fifo"));
	ran_free(&r);
	vm_host(&r, "dump", "--name", "q1", "--format", "elv", core);
	ck_code(&r, 1);
	ck_one_line(&r, "--format elv: this QEMU offers elf, kdump-zlib");
	ran_free(&r);
}

static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	ck_assert_msg(!connect(fd, (struct sockaddr *)&to, sizeof(to)), "%s",
		      path);
	return fd;
}

static void say(int fd, const char *line)
{
	ck_assert_int_eq(write(fd, line, strlen(line)), strlen(line));
}

/* As an injector that was killed has left it: stopped, by a gdbstub. */
static void stop_by_stub(const char *dir)
{
	const char *stub = vm_fmt("%s/stub", dir);
	int q = connect_to(vm_fmt("%s/qmp", dir)), fd;

	say(q, "{\"execute\":\"qmp_capabilities\"}\n");
	say(q, vm_fmt("{\"execute\":\"human-monitor-command\",\"arguments\":"
		      "{\"command-line\":\"gdbserver unix:%s,server=on,"
		      "wait=off\"}}\n",
		      stub));
	for (int i = 0; i < 100 && access(stub, F_OK); i++)
		vm_sleep_ms(50);
	fd = connect_to(stub);
	/* Why it has stopped: then it has. */
	say(fd, "$?#3f");
	ck_assert_int_eq(read(fd, &(char){ 0 }, 1), 1);
	close(fd);
	close(q);
}

#define CARRIER "/sys/class/net/eth0/carrier"
#define LOOKS                                                        \
	"until grep -q 1 " CARRIER "; do sleep .1; done; echo up;"   \
	"until grep -q 0 " CARRIER "; do sleep .1; done; echo down;" \
	"until grep -q 1 " CARRIER "; do sleep .1; done; exit 7"

START_TEST(a_guest_that_goes_on)
{
	struct side s =
		side_start(VM_ARGV(vm_bootlet(), "run", VM_KERNEL, "--name",
				   "q1", "--net", "user", "--log",
				   vm_at("q1.log"), "--", "sh", "-c", LOOKS),
			   -1);
	struct text log;

	vm_expect(s.out, &s.said, "up\n", 100);
	vm_host(&r, "dump", "--name", "q1", vm_at("a core"));
	ck_code(&r, 0);
	ck_one_line(&r, "read it with: crash VMLINUX '");
	ran_free(&r);
	ck_core(vm_at("a core"));
	unlink(vm_at("a core"));
	no_core_is_left();
	stop_by_stub(vm_at(vm_fmt("bootlet-%u-q1", getuid())));
	vm_host(&r, "inject", "--name", "q1", "nmi");
	ck_code(&r, 0);
	ck_one_line(&r, "q1: NMI injected");
	ran_free(&r);
	vm_host(&r, "inject", "--name", "q1", "link-down");
	ck_code(&r, 0);
	ck_one_line(&r, "q1: link down");
	ran_free(&r);
	vm_expect(s.out, &s.said, "down\n", 30);
	vm_host(&r, "inject", "--name", "q1", "link-up");
	ck_code(&r, 0);
	ran_free(&r);
	ck_assert_int_eq(side_end(&s), 7);
	log = vm_slurp(vm_at("q1.log"));
	ck_has(log, "NMI received for unknown reason");
	free(log.p);
	vm_nothing_left(2);
}
END_TEST

/* Two at once: which one has to be said. One panics, and of the other nobody
 * asks anything. */
START_TEST(one_of_two_panics)
{
	int err = open(vm_at("err"), O_CREAT | O_RDWR | O_TRUNC, 0600);
	struct side s[2];
	struct text t;

	for (int i = 0; i < 2; i++) {
		s[i] = side_start(
			VM_ARGV(vm_bootlet(), VM_RUN, "--name",
				i ? "one" : "an other", "--dump-on",
				vm_fmt("panic=%s/two%d.core", vm_at("."), i),
				"--", "sh", "-c", "echo up; sleep 14; exit 9"),
			i ? err : -1);
	}
	close(err);
	vm_expect(s[0].out, &s[0].said, "up\n", 100);
	vm_expect(s[1].out, &s[1].said, "up\n", 100);
	vm_host(&r, "dump", vm_at("none"));
	ck_code(&r, 1);
	ck_one_line(&r, "guests run, choose one: ");
	ck_has(r.err, "--name 'an other'");
	ck_has(r.err, "--name one");
	ran_free(&r);
	vm_host(&r, "inject", "--name", "one", "link-down");
	ck_code(&r, 1);
	ck_one_line(&r, "link-down: the guest has no network");
	ran_free(&r);
	vm_host(&r, "inject", "--name", "one", "panic");
	ck_code(&r, 0);
	ck_one_line(&r, "one: panicked");
	ran_free(&r);
	ck_assert_int_eq(side_end(&s[1]), 123);
	t = vm_slurp(vm_at("err"));
	ck_has(t, "kernel panic: Fatal local machine check");
	ck_has(t, "two1.core: the core, 516 MiB; read it with: crash ");
	free(t.p);
	ck_core(vm_at("two1.core"));
	unlink(vm_at("two1.core"));
	/* A guest that powers off ends as without --dump-on. */
	ck_assert_int_eq(side_end(&s[0]), 9);
	ck_assert(access(vm_at("two0.core"), F_OK));
	vm_nothing_left(2);
}
END_TEST

START_TEST(no_guest_of_that_name)
{
	vm_host(&r, "inject", "--name", "nobody", "nmi");
	ck_code(&r, 1);
	ck_one_line(&r, "nobody: no guest of that name runs");
	ran_free(&r);
	vm_host(&r, "inject", "nmy");
	ck_code(&r, 2);
	ck_one_line(&r, "did you mean nmi?");
	ran_free(&r);
	vm_boot(&r, "--dump-on", "panic=/nonexistent/core", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "/nonexistent/core: cannot be written: No such file");
	ran_free(&r);
}
END_TEST

/* The verdict stays what it is, and a core that is not there is said. */
START_TEST(a_panic_before_init_and_no_core)
{
	vm_boot(&r, "--append", "rdinit=/nonexistent", "--dump-on",
		"panic=/dev/full", "--", "true");
	ck_code(&r, 123);
	ck_has(r.err, "kernel panic: VFS: Unable to mount root fs");
	ck_has(r.err, "/dev/full: is no regular file, as a core must be; "
		      "there is no core\n");
	ran_free(&r);
	vm_nothing_left(2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("qmp");
	TCase *t = tcase_create("qmp");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, no_guest_of_that_name);
	tcase_add_test(t, a_guest_that_goes_on);
	tcase_add_test(t, one_of_two_panics);
	tcase_add_test(t, a_panic_before_init_and_no_core);
	suite_add_tcase(s, t);
	return s;
}
