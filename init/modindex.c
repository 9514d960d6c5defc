// SPDX-License-Identifier: MIT
#include "modindex.h"

#include "file.h"
#include "io.h"

#include <fcntl.h>

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
