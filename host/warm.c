// SPDX-License-Identifier: MIT
#include "warm.h"

#include "quote.h"
#include "recipe.h"
#include "run.h"
#include "run_image.h"
#include "wire.h"

#include <assert.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#define TSC " tsc_early_khz="

char warm_word(const struct warm_spec *spec, const char *root)
{
	if (!spec->on)
		return 0;
	return root ? WARM_EARLY : WARM_LATE;
}

/* --- what does not go together -------------------------------------------- */

static bool has_virtiofs(const struct run_spec *spec)
{
	for (size_t i = 0; i < spec->files.n; i++)
		if (spec->files.share[i].type == SHARE_VIRTIOFS)
			return true;
	return false;
}

const char *warm_wrong(const struct run_spec *spec, const struct recipe *recipe)
{
	if (spec->gdb.on)
		return "--warm: a debugger wants the boot; leave out one of "
		       "the two";
	if (spec->icount.on || spec->chart)
		return "--warm: leaves out the boot that --icount and --chart "
		       "are about; leave out one of the two";
	if (recipe->init || recipe->no_init || run_image_as_is(spec, recipe))
		return "--warm: needs an image with bootlet's own init; leave "
		       "out --warm";
	/* Its address on the network is the run's own, and in the state. */
	if (spec->net.nic && spec->net.type == QEMU_NET_BRIDGE && !spec->name)
		return "--warm: on a bridge each run has a MAC address of its "
		       "own; give the run a --name, or leave out --warm";
	if (spec->disks.n)
		return "--warm: what is on a disk may have changed since; "
		       "leave out one of the two";
	if (has_virtiofs(spec))
		return "--warm: QEMU cannot keep a guest with virtiofs; take "
		       "9p, which is read-only, or leave out --warm";
	return NULL;
}

/* --- the key ---------------------------------------------------------------- */

static void add_stamp(struct buf *out, const char *what,
		      const struct filestamp *s)
{
	buf_addf(out, "%s %llu %llu %llu %llu %llu\n", what, s->dev, s->ino,
		 s->size, s->mtime, s->ctime);
}

/* Bytes of @word that are the private directory, as it is or as QEMU wants it
 * within an option. */
static size_t dir_len(const char *word, const char *const dirs[2])
{
	for (int i = 0; i < 2; i++)
		if (!strncmp(word, dirs[i], strlen(dirs[i])))
			return strlen(dirs[i]);
	return 0;
}

/* A word with "@" for @dirs: one line, whatever is in it. */
static void add_word(struct buf *out, const char *word,
		     const char *const dirs[2])
{
	for (size_t n; *word; word += n) {
		n = dirs ? dir_len(word, dirs) : 0;
		if (n)
			buf_addc(out, '@');
		else if (*word == '\n' || *word == '\\' || *word == '@')
			buf_addf(out, "\\%02x", (unsigned char)*word);
		else
			buf_addc(out, *word);
		n = n ? n : 1;
	}
	buf_addc(out, '\n');
}

static void add_argv(const struct warm_key *k, struct buf *out)
{
	char *quoted = quote_qemu(k->dir);
	const char *const dirs[2] = { quoted, k->dir };

	for (size_t i = 0; i < k->argv->n; i++) {
		bool fsdev = i && !strcmp(k->argv->v[i - 1], "-fsdev");

		add_word(out, fsdev ? "" : k->argv->v[i], dirs);
	}
	free(quoted);
}

static void add_cmdline(const char *cmdline, bool ours, struct buf *out)
{
	const char *tsc = ours ? strstr(cmdline, TSC) : NULL;
	char *rest;

	if (!tsc) {
		add_word(out, cmdline, NULL);
		return;
	}
	rest = xasprintf("%.*s%s", (int)(tsc - cmdline), cmdline,
			 tsc + strlen(TSC) + strcspn(tsc + strlen(TSC), " "));
	add_word(out, rest, NULL);
	free(rest);
}

static void add_entry(const struct image_entry *e, const struct filestamp *s,
		      struct buf *out)
{
	char digest[SHA256_DIGEST_STRING_LENGTH] = "-";

	if (e->data && e->size)
		SHA256Data((const uint8_t *)e->data, (size_t)e->size, digest);
	buf_addf(out, "%o %u %u %u %u %llu %d %llu.%llu %s ", e->mode, e->uid,
		 e->gid, e->major, e->minor, (unsigned long long)e->size,
		 (int)e->rank, (unsigned long long)e->dev,
		 (unsigned long long)e->inode, digest);
	add_word(out, e->path, NULL);
	if (s->ctime)
		add_stamp(out, "from", s);
}

void warm_key_text(const struct warm_key *k, struct buf *out)
{
	buf_addf(out, "bootlet %s protocol %d\n", k->version, BOOTLET_PROTOCOL);
	add_argv(k, out);
	add_cmdline(k->cmdline, k->tsc, out);
	add_word(out, k->date ? k->date : "", NULL);
	add_stamp(out, "qemu", &k->qemu);
	add_stamp(out, "kernel", &k->kernel);
	add_stamp(out, "base", &k->base);
	for (size_t i = 0; i < k->img->n; i++)
		add_entry(&k->img->e[i], &k->sources[i], out);
}

static_assert(WARM_DIGEST == SHA256_DIGEST_STRING_LENGTH, "a SHA-256");

void warm_digest(const struct buf *text, char out[WARM_DIGEST])
{
	SHA256Data((const uint8_t *)text->p, text->n, out);
}

void warm_note_text(const struct warm_note *n, struct buf *out)
{
	buf_addf(out, "bootlet-warm 1\nboot %s\n", n->boot);
	add_stamp(out, "ram", &n->ram);
	add_stamp(out, "device", &n->device);
	buf_addf(out, "crc %llu\n", n->crc);
	buf_add(out, n->key->p, n->key->n);
}

/* --- what the guest is told ------------------------------------------------- */

/* Two of them are below every window. */
#define FILE_MAX (WINDOW_UART / 2 - FRAME_HEADER)

static void add_file(const char *path, const struct buf *content,
		     struct buf *out)
{
	size_t head = strlen(path) + 1;
	char *frame = xrealloc(NULL, FILE_MAX);

	strcpy(frame, path);
	for (size_t at = 0, n; at < content->n; at += n) {
		n = content->n - at;
		if (n > FILE_MAX - head)
			n = FILE_MAX - head;
		memcpy(frame + head, content->p + at, n);
		wire_add(out, FRAME_FILE, frame, head + n);
	}
	free(frame);
}

void warm_frames(const struct warm_resume *r,
		 const struct protocol_resume *time, struct buf *out)
{
	add_file(BOOTLET_COMMAND, &r->command, out);
	add_file(BOOTLET_ENV, &r->env, out);
	add_file(BOOTLET_MOUNTS, &r->mounts, out);
	wire_add(out, FRAME_RESUME, time, sizeof(*time));
}
