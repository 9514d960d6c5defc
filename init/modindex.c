// SPDX-License-Identifier: MIT
#include "modindex.h"

#include "file.h"
#include "io.h"
#include "log.h"

#include <fcntl.h>
#include <unistd.h>

#define SYS_MODULE "/sys/module/"

static const char names[MODINDEX_FILES][16] = {
	[MODINDEX_DEP] = "modules.dep",
	[MODINDEX_SOFTDEP] = "modules.softdep",
	[MODINDEX_BUILTIN] = "modules.builtin",
	[MODINDEX_ALIAS] = "modules.alias",
};

void modindex_map(struct modindex *index, int dir)
{
	for (int i = 0; i < MODINDEX_FILES; i++) {
		struct span *text = &index->text[i];
		int fd = file_open(dir, names[i]);

		if (fd < 0)
			continue;
		text->p = file_map(fd, &text->len);
		io_close(fd);
		/* Pages are filled up with NULs; where the file fills them, the
		 * end of its last line must do. */
		if (!(text->len & 4095))
			while (text->len && !text_ends(text->p[text->len - 1]))
				text->len--;
	}
}

bool modindex_present(const struct modindex *index, struct span name)
{
	char path[128];

	if (moddep_find(index->text[MODINDEX_BUILTIN], name).p)
		return true;
	/* Not a problem if it is cut off: no module has a name so long. */
	fmt_format(path, sizeof(path), SYS_MODULE "%.*s", (int)name.len,
		   name.p);
	for (char *p = path + sizeof(SYS_MODULE) - 1; *p; p++)
		*p = text_fold(*p);
	return !io_access(path, F_OK);
}
