// SPDX-License-Identifier: MIT
/* Lists as gen_init_cpio reads them, and the plan that comes of them. */
#include "fuzz.h"

#include "host/listfile.c"

static void check_path(const char *path)
{
	fuzz_assert(*path && *path != '/' && path[strlen(path) - 1] != '/');
	for (const char *s = path; s; s = strchr(s, '/')) {
		s += *s == '/';
		size_t len = strcspn(s, "/");

		fuzz_assert(len && !(len == 1 && *s == '.'));
		fuzz_assert(!(len == 2 && s[0] == '.' && s[1] == '.'));
	}
}

static void check_entry(const struct image_entry *e)
{
	/* "" is the root directory itself. */
	if (*e->path)
		check_path(e->path);
	fuzz_assert(e->rank == IMAGE_USER);
	fuzz_assert(e->mode & S_IFMT);
	fuzz_assert(e->major <= MAX_MAJOR && e->minor <= MAX_MINOR);
}

/* Whether an earlier one in the order is the directory of each. */
static void check_order(const struct image *img)
{
	for (size_t i = 0; i < img->n_order; i++) {
		const char *path = img->order[i]->path;
		const char *slash = strrchr(path, '/');
		size_t len = slash ? (size_t)(slash - path) : 0;
		bool there = !slash;

		for (size_t k = 0; k < i && !there; k++)
			there = S_ISDIR(img->order[k]->mode) &&
				strlen(img->order[k]->path) == len &&
				!memcmp(img->order[k]->path, path, len);
		fuzz_assert(there);
		fuzz_assert(!i || strcmp(img->order[i - 1]->path, path));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct image img = { 0 };

	while (n) {
		char *line = fuzz_line(&p, &n);
		size_t before = img.n;

		if (listfile_parse(&img, line, "list:1"))
			fuzz_assert(img.n <= before + strlen(line));
		free(line);
	}
	for (size_t i = 0; i < img.n; i++)
		check_entry(&img.e[i]);
	if (img.n < 200 && !image_plan(&img))
		check_order(&img);
	image_free(&img);
	return 0;
}
