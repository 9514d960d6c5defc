// SPDX-License-Identifier: MIT
#include "kconfig_report.h"

#include "kconfig_apply.h"
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int kreport_put(const struct buf *text)
{
	if (fwrite(text->p, 1, text->n, stdout) == text->n && !fflush(stdout))
		return 0;
	msg_error("stdout: cannot be written: %s", strerror(errno));
	return -EIO;
}

int kreport_print(const struct kreport *how, const struct kcheck *c,
		  const struct kcheck_spec *spec, const char *file)
{
	struct buf text = { 0 };
	int err;

	if (how->json) {
		kcheck_json(c, spec, file, &text);
	} else {
		for (size_t i = 0; i < c->n; i++)
			if (how->all || c->v[i].state == KSTATE_MISSING)
				kcheck_line(&c->v[i], &text);
	}
	err = text.n ? kreport_put(&text) : 0;
	buf_free(&text);
	if (how->json)
		return err;
	if (c->count[KSTATE_MISSING])
		msg_error("%s: %zu of %zu symbols do not hold", file,
			  c->count[KSTATE_MISSING], c->n);
	else if (c->count[KSTATE_ABSENT])
		msg_info("%s: all %zu symbols hold; %zu more are not in this "
			 "kernel version",
			 file, c->count[KSTATE_HOLDS], c->count[KSTATE_ABSENT]);
	else
		msg_info("%s: all %zu symbols hold", file,
			 c->count[KSTATE_HOLDS]);
	return err;
}

/* A tree's own .config is explained by that tree. */
int kreport_tree(const char *tree, const char *file, const char *srcdir,
		 struct ktree *out)
{
	struct ktree_at at = { 0 };
	const char *slash = strrchr(file, '/');
	char *dir, *source, *kconfig;
	bool has;
	int err = 0;

	if (tree) {
		err = ktree_locate(tree, NULL, &at);
	} else {
		dir = slash ? xasprintf("%.*s", (int)(slash - file + 1), file) :
			      xstrdup(".");
		source = xasprintf("%s/source/Kconfig", dir);
		kconfig = xasprintf("%s/Kconfig", dir);
		has = !strcmp(slash ? slash + 1 : file, ".config") &&
		      (!access(kconfig, R_OK) || !access(source, R_OK));
		if (has)
			err = ktree_locate(dir, NULL, &at);
		free(dir);
		free(source);
		free(kconfig);
	}
	if (!err && at.src)
		err = ktree_read(out, at.src, srcdir);
	ktree_at_free(&at);
	return err;
}
