// SPDX-License-Identifier: MIT
/* Inode numbers, and which names of an image are one file. */
#include "image.h"

#include "str.h"

#include <stdlib.h>

static int compare_identity(const struct image_entry *x,
			    const struct image_entry *y)
{
	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->mode != y->mode)
		return x->mode < y->mode ? -1 : 1;
	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	return x->gid < y->gid ? -1 : x->gid > y->gid;
}

static int compare_links(const void *a, const void *b)
{
	const struct image_entry *x = *(struct image_entry *const *)a;
	const struct image_entry *y = *(struct image_entry *const *)b;
	int diff = compare_identity(x, y);

	return diff ? diff : x->ino < y->ino ? -1 : x->ino > y->ino;
}

/* Names of one file: one inode number; the content comes with the last. */
static void join_links(struct image_entry **v, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		end = i + 1;
		while (end < n && !compare_identity(v[i], v[end]))
			end++;
		for (size_t k = i; k < end; k++) {
			v[k]->nlink = (uint32_t)(end - i);
			v[k]->ino = v[i]->ino;
			v[k]->first = k + 1 < end;
		}
	}
}

void image_number(struct image *img)
{
	struct image_entry **v = NULL;
	size_t n = 0;

	for (size_t i = 0; i < img->n_order; i++) {
		struct image_entry *e = img->order[i];

		e->ino = (uint32_t)(i + 1);
		e->nlink = S_ISDIR(e->mode) ? 2 : 1;
		e->first = false;
		n += e->inode && S_ISREG(e->mode);
	}
	if (!n)
		return;
	v = xrealloc(NULL, n * sizeof(*v));
	n = 0;
	for (size_t i = 0; i < img->n_order; i++)
		if (img->order[i]->inode && S_ISREG(img->order[i]->mode))
			v[n++] = img->order[i];
	qsort(v, n, sizeof(*v), compare_links);
	join_links(v, n);
	free(v);
}
