// SPDX-License-Identifier: MIT
/* Which guests may go on from one state, and what they are told. */
#include "host/recipe.h"
#include "host/run.h"
#include "host/warm.h"
#include "host/wire.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the key ------------------------------------------------------------------ */

#define DIR "/tmp/bootlet-0-17"

static struct image img;
static struct filestamp sources[2];
static struct strv argv;
static struct warm_key key;

static void setup(void)
{
	img = (struct image){ 0 };
	argv = (struct strv){ 0 };
	ck_assert_int_eq(image_add_data(&img, "init", "code", 4, 0755), 0);
	ck_assert_int_eq(image_add_mkdir(&img, IMAGE_OWN, "etc", 0755, "test"),
			 0);
	strv_pushl(&argv, "qemu", "-m", "512", "-chardev",
		   "socket,path=" DIR "/channel", "-fsdev", "local,path=/a",
		   "-append", "", NULL);
	sources[0] = sources[1] = (struct filestamp){ 0 };
	key = (struct warm_key){
		.version = "0.1.0",
		.dir = DIR,
		.argv = &argv,
		.cmdline = "a b tsc_early_khz=2500000 c",
		.tsc = true,
		.qemu = { 1, 2, 3, 4, 5 },
		.kernel = { 1, 2, 3, 4, 6 },
		.img = &img,
		.sources = sources,
	};
}

static void teardown(void)
{
	strv_free(&argv);
	image_free(&img);
}

static char *text(void)
{
	struct buf b = { 0 };

	warm_key_text(&key, &b);
	return b.p;
}

static void set_word(size_t i, const char *word)
{
	free(argv.v[i]);
	argv.v[i] = xstrdup(word);
}

/* Whether the key is another after @change. */
static bool differs(void (*change)(void))
{
	char *before = text(), *after;
	bool other;

	change();
	after = text();
	other = strcmp(before, after) != 0;
	free(before);
	free(after);
	return other;
}

static void another_dir(void)
{
	key.dir = "/tmp/bootlet-0-18";
	set_word(4, "socket,path=/tmp/bootlet-0-18/channel");
}

static void another_dir_with_commas(void)
{
	key.dir = "/tmp/a,b";
	set_word(4, "socket,path=/tmp/a,,b/channel");
}

static void another_share(void)
{
	set_word(6, "local,path=/b");
}

static void another_tsc(void)
{
	key.cmdline = "a b tsc_early_khz=2500001 c";
}

/* It is the user's: an experiment. */
static void whose_tsc(void)
{
	key.tsc = false;
}

static void date(void)
{
	key.date = "86400";
}

static void no_tsc(void)
{
	key.cmdline = "a b c";
}

static void cmdline(void)
{
	key.cmdline = "a b tsc_early_khz=2500000 d";
}

static void begin_of_it(void)
{
	key.cmdline = "a d tsc_early_khz=2500000 c";
}

/* Two words that one newline makes one. */
static void newline(void)
{
	key.cmdline = "a b c\nqemu 1";
}

static void memory(void)
{
	set_word(2, "513");
}

static void version(void)
{
	key.version = "0.1.1";
}

static void qemu(void)
{
	key.qemu.ctime++;
}

static void kernel(void)
{
	key.kernel.mtime++;
}

static void base(void)
{
	key.base = key.kernel;
}

static void content(void)
{
	img.e[0].data = "edoc";
}

static void mode(void)
{
	img.e[1].mode ^= 022;
}

static void name(void)
{
	img.e[1].path = "etd";
}

static void source(void)
{
	sources[1] = key.kernel;
}

static void fewer(void)
{
	img.n = 1;
}

static const struct {
	void (*change)(void);
	bool other;
} changes[] = {
	{ another_dir, false },	  { another_dir_with_commas, false },
	{ another_share, false }, { cmdline, true },
	{ another_tsc, false },	  { no_tsc, false },
	{ whose_tsc, true },	  { date, true },
	{ begin_of_it, true },	  { newline, true },
	{ memory, true },	  { version, true },
	{ qemu, true },		  { kernel, true },
	{ base, true },		  { content, true },
	{ mode, true },		  { name, true },
	{ source, true },	  { fewer, true },
};

START_TEST(what_a_state_depends_on)
{
	ck_assert_int_eq(differs(changes[_i].change), changes[_i].other);
}
END_TEST

/* Nobody can write a word that reads as another line. */
START_TEST(one_line_a_word)
{
	char *before = text(), *after;

	set_word(8, "\n\\@");
	after = text();
	ck_assert(strstr(after, "\n\\0a\\5c\\40\n"));
	ck_assert(!strstr(after, DIR));
	ck_assert(strstr(before, "\nsocket,path=@/channel\n"));
	free(before);
	free(after);
}
END_TEST

START_TEST(digests)
{
	struct buf a = { 0 }, b = { 0 };
	char x[WARM_DIGEST], y[WARM_DIGEST];

	buf_adds(&a, "abc");
	buf_adds(&b, "abd");
	warm_digest(&a, x);
	warm_digest(&b, y);
	/* FIPS 180-2, appendix B.1. */
	ck_assert_str_eq(x, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb4"
			    "10ff61f20015ad");
	ck_assert_str_ne(x, y);
	buf_free(&a);
	buf_free(&b);
}
END_TEST

/* --- what the guest is told ---------------------------------------------------- */

static const struct protocol_resume now = { .seconds = 5, .bits = 512 };

/* The next frame of @b from *at on. */
static struct wire_frame frame(const struct buf *b, size_t *at)
{
	const unsigned char *p = (const unsigned char *)b->p + *at;
	struct wire_frame f;

	ck_assert_uint_le(*at + FRAME_HEADER, b->n);
	f = (struct wire_frame){ p[0], p[2] | (size_t)p[3] << 8,
				 p + FRAME_HEADER };
	ck_assert_uint_le(f.len, FRAME_MAX);
	*at += FRAME_HEADER + f.len;
	ck_assert_uint_le(*at, b->n);
	return f;
}

START_TEST(nothing_but_the_time)
{
	struct warm_resume r = { 0 };
	struct buf b = { 0 };
	struct wire_frame f;
	size_t at = 0;

	warm_frames(&r, &now, &b);
	f = frame(&b, &at);
	ck_assert_int_eq(f.type, FRAME_RESUME);
	ck_assert_uint_eq(f.len, sizeof(now));
	ck_assert_mem_eq(f.data, &now, sizeof(now));
	ck_assert_uint_eq(at, b.n);
	buf_free(&b);
}
END_TEST

static void put_piece(const struct wire_frame *f, const char *path,
		      struct buf *out)
{
	size_t head = strlen(path) + 1;

	ck_assert_int_eq(f->type, FRAME_FILE);
	ck_assert_uint_gt(f->len, head);
	ck_assert_mem_eq(f->data, path, head);
	buf_add(out, f->data + head, f->len - head);
}

START_TEST(files_in_pieces)
{
	struct warm_resume r = { 0 };
	struct buf b = { 0 }, got = { 0 };
	struct wire_frame f;
	size_t at = 0;

	for (int i = 0; i < 100000; i++)
		buf_addc(&r.command, (char)(i % 251));
	buf_add(&r.mounts, "a\0", 2);
	warm_frames(&r, &now, &b);
	while (got.n < r.command.n) {
		f = frame(&b, &at);
		put_piece(&f, BOOTLET_COMMAND, &got);
	}
	ck_assert_uint_eq(got.n, r.command.n);
	ck_assert_mem_eq(got.p, r.command.p, got.n);
	buf_free(&got);
	f = frame(&b, &at);
	put_piece(&f, BOOTLET_MOUNTS, &got);
	ck_assert_uint_eq(got.n, 2);
	ck_assert_int_eq(frame(&b, &at).type, FRAME_RESUME);
	ck_assert_uint_eq(at, b.n);
	buf_free(&got);
	buf_free(&b);
	buf_free(&r.command);
	buf_free(&r.mounts);
}
END_TEST

/* --- what does not go together -------------------------------------------------- */

static char *words[] = { (char[]){ "true" }, NULL };

static bool says(const struct run_spec *spec, const struct recipe *recipe,
		 const char *want)
{
	const char *got = warm_wrong(spec, recipe);

	return want ? got && strstr(got, want) : !got;
}

START_TEST(refusals)
{
	struct recipe none = { 0 }, init = { .init = "/bin/true" },
		      no_init = { .no_init = true };
	struct run_spec s = { .command = words };

	ck_assert(says(&s, &none, NULL));
	ck_assert(says(&s, &init, "own init"));
	ck_assert(says(&s, &no_init, "own init"));
	/* Something is appended to it. */
	s.initrd = "image";
	ck_assert(says(&s, &none, NULL));
	s.command = NULL;
	ck_assert(says(&s, &none, "own init"));
	s.initrd = NULL;
	ck_assert(says(&s, &none, NULL));
	s.gdb.on = true;
	ck_assert(says(&s, &none, "debugger"));
}
END_TEST

START_TEST(refusals_of_devices)
{
	struct recipe none = { 0 };
	struct run_spec s = { .command = words };

	s.net.nic = qemu_nic_find("e1000");
	s.net.type = QEMU_NET_BRIDGE;
	ck_assert(says(&s, &none, "MAC"));
	s.name = "ci";
	ck_assert(says(&s, &none, NULL));
	s.name = NULL;
	s.net.type = QEMU_NET_USER;
	ck_assert(says(&s, &none, NULL));
	s.files.n = 2;
	ck_assert(says(&s, &none, NULL));
	s.files.share[1].type = SHARE_VIRTIOFS;
	ck_assert(says(&s, &none, "virtiofs"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("warm");
	TCase *t = tcase_create("warm");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, what_a_state_depends_on, 0,
			    sizeof(changes) / sizeof(changes[0]));
	tcase_add_test(t, one_line_a_word);
	tcase_add_test(t, digests);
	tcase_add_test(t, nothing_but_the_time);
	tcase_add_test(t, files_in_pieces);
	tcase_add_test(t, refusals);
	tcase_add_test(t, refusals_of_devices);
	suite_add_tcase(s, t);
	return s;
}
