// SPDX-License-Identifier: MIT
#include "bench_file.h"

#include "msg.h"
#include "outfile.h"

#include <string.h>
#include <sys/stat.h>

static int say(const char *path, int err)
{
	if (err)
		msg_error("--json=%s: cannot be written: %s", path,
			  strerror(-err));
	return err;
}

int bench_file_check(const char *path)
{
	struct outfile *of;
	struct stat st;
	int err;

	if (!path || outfile_is_stdout(path))
		return 0;
	/* Who reads from a pipe would see it end. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0;
	err = outfile_open(path, &of);
	if (!err)
		outfile_abort(of);
	return say(path, err);
}

int bench_file_write(const char *path, const char *text)
{
	struct outfile *of;
	int err = outfile_open(path, &of);

	if (err)
		return say(path, err);
	err = outfile_write(of, text, strlen(text));
	if (!err)
		err = outfile_close(of);
	else
		outfile_abort(of);
	return say(path, err);
}
