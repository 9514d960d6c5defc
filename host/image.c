// SPDX-License-Identifier: MIT
#include "image.h"

#include "cpio.h"
#include "msg.h"
#include "str.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Room of a chunk of strings; what is larger gets a chunk of its own. */
#define CHUNK 65000

struct image_chunk {
	struct image_chunk *next;
	size_t n, cap;
	char p[];
};

void image_free(struct image *img)
{
	while (img->chunks) {
		struct image_chunk *next = img->chunks->next;

		free(img->chunks);
		img->chunks = next;
	}
	free(img->e);
	free(img->order);
	free(img->made);
	*img = (struct image){ 0 };
}

static struct image_chunk *chunk_add(struct image *img, size_t room)
{
	struct image_chunk *c = xrealloc(NULL, sizeof(*c) + room);

	c->n = 0;
	c->cap = room;
	c->next = img->chunks;
	img->chunks = c;
	return c;
}

char *image_dup(struct image *img, const void *p, size_t n)
{
	struct image_chunk *c = img->chunks;
	char *copy;

	if (n >= CHUNK) {
		c = chunk_add(img, n + 1);
	} else if (!c || c->cap - c->n <= n) {
		c = chunk_add(img, CHUNK);
	}
	copy = c->p + c->n;
	c->n += n + 1;
	memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

const char *image_path(const char *path, char *out)
{
	char *start = out;

	while (*path) {
		size_t len = strcspn(path, "/");

		if (len > NAME_MAX)
			return "a name of more than 255 bytes does not fit "
			       "into the guest";
		if (len == 2 && path[0] == '.' && path[1] == '.')
			return "leads out of the image; write it without ..";
		if (len && !(len == 1 && path[0] == '.')) {
			if (out > start)
				*out++ = '/';
			memmove(out, path, len);
			out += len;
		}
		path += len;
		path += *path == '/';
	}
	*out = '\0';
	if (out - start >= CPIO_PATH_MAX)
		return "a path of more than 4095 bytes does not fit into the "
		       "guest";
	if (!strcmp(start, CPIO_TRAILER))
		return "is the name that ends an archive; use another one";
	return NULL;
}

const char *image_source(const struct image_entry *e)
{
	static char *text;

	if (!e->rel)
		return e->src ? e->src : "bootlet";
	free(text);
	text = xasprintf("%s%s%s", e->src,
			 e->src[strlen(e->src) - 1] == '/' ? "" : "/", e->rel);
	return text;
}

int image_add(struct image *img, const struct image_entry *e)
{
	char *path = image_dup(img, e->path, strlen(e->path));
	const char *wrong = image_path(e->path, path);

	if (wrong) {
		msg_error("%s: %s", e->path, wrong);
		return -EINVAL;
	}
	if (e->size > CPIO_SIZE_MAX) {
		msg_error("%s: larger than 4 GiB - 1, which is all that an "
			  "image can hold; pass it to the guest as a disk",
			  image_source(e));
		return -EFBIG;
	}
	if (S_ISLNK(e->mode) && (!e->size || e->size >= CPIO_PATH_MAX)) {
		msg_error("%s: the target of a symbolic link has 1 to 4095 "
			  "bytes",
			  e->path);
		return -ENAMETOOLONG;
	}
	if (!*path)
		return 0;
	if (img->n == img->cap) {
		img->cap = img->cap ? img->cap * 2 : 256;
		img->e = xrealloc(img->e, img->cap * sizeof(*img->e));
	}
	img->e[img->n] = *e;
	img->e[img->n++].path = path;
	return 0;
}

int image_add_data(struct image *img, const char *path, const void *p, size_t n,
		   unsigned int mode)
{
	struct image_entry e = {
		.path = path,
		.data = image_dup(img, p, n),
		.size = n,
		.mode = S_IFREG | (mode & 07777),
		.rank = IMAGE_OWN,
	};

	return image_add(img, &e);
}

int image_add_mkdir(struct image *img, enum image_rank rank, const char *path,
		    unsigned int mode, const char *from)
{
	struct image_entry e = {
		.path = path,
		.src = from,
		.mode = S_IFDIR | (mode & 07777),
		.rank = rank,
	};

	return image_add(img, &e);
}

int image_add_symlink(struct image *img, enum image_rank rank, const char *path,
		      const char *target, const char *from)
{
	size_t len = strlen(target);
	struct image_entry e = {
		.path = path,
		.src = from,
		.data = image_dup(img, target, len),
		.size = len,
		.mode = S_IFLNK | 0777,
		.rank = rank,
	};

	return image_add(img, &e);
}

int image_add_node(struct image *img, enum image_rank rank, const char *path,
		   unsigned int mode, unsigned int maj, unsigned int min,
		   const char *from)
{
	struct image_entry e = {
		.path = path,
		.src = from,
		.mode = mode,
		.major = maj,
		.minor = min,
		.rank = rank,
	};

	return image_add(img, &e);
}

bool image_has(const struct image *img, const char *name, bool anywhere)
{
	for (size_t i = 0; i < img->n; i++) {
		const char *path = img->e[i].path, *slash;

		slash = anywhere ? strrchr(path, '/') : NULL;
		if (!strcmp(slash ? slash + 1 : path, name))
			return true;
	}
	return false;
}
