// SPDX-License-Identifier: MIT
#include "modfile.h"

#include "modinfo.h"
#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_LEN = 128 };

bool modfile_is(const char *value)
{
	struct stat st;

	return strchr(value, '/') || (modindex_is_file(value) &&
				      !stat(value, &st) && S_ISREG(st.st_mode));
}

/* It goes into lists that init reads, where these mean nothing else. */
static bool is_name(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_")];
}

static int name_of(const char *path, const struct modinfo *info, char **name)
{
	char canon[NAME_LEN];

	if (modindex_canonical(info->name ? info->name : path, canon,
			       sizeof(canon)) ||
	    !is_name(canon)) {
		msg_error("%s: does not say which module it is, and its own "
			  "name is none of a module; rename it",
			  path);
		return -EINVAL;
	}
	*name = xstrdup(canon);
	return 0;
}

/* Only a warning: with modversions a kernel looks at the rest alone. */
static void check_release(const char *path, const char *vermagic,
			  const char *release)
{
	size_t n = vermagic ? strcspn(vermagic, " ") : 0;

	if (n && release && (strncmp(vermagic, release, n) != 0 || release[n]))
		msg_warn("%s: was built for kernel %.*s, this one is %s and "
			 "may refuse it; build it for this one",
			 path, (int)n, vermagic, release);
}

static int take(struct modindex *x, const char *path, const char *name)
{
	int err = modindex_replace(x, name, path);

	if (err == 1)
		msg_warn("%s: the kernel has %s built in and may refuse it; "
			 "build the kernel without it",
			 path, name);
	if (err == -EEXIST)
		msg_error("%s: is module %s, and so is another file; leave one "
			  "out",
			  path, name);
	return err < 0 ? err : 0;
}

int modfile_take(struct modindex *x, const char *path, const char *release,
		 char **name)
{
	struct modinfo info = { 0 };
	struct stat st;
	int err = stat(path, &st) < 0  ? -errno :
		  S_ISDIR(st.st_mode)  ? -EISDIR :
		  !S_ISREG(st.st_mode) ? -ENOEXEC :
					 modinfo_read(path, &info);

	*name = NULL;
	if (err) {
		msg_error("%s: %s", path,
			  err == -ENOEXEC ?
				  "not a kernel module, or a damaged one" :
				  strerror(-err));
		return err;
	}
	err = name_of(path, &info, name);
	if (!err)
		err = take(x, path, *name);
	if (!err)
		check_release(path, info.vermagic, release);
	modinfo_free(&info);
	if (err) {
		free(*name);
		*name = NULL;
	}
	return err;
}
