// SPDX-License-Identifier: MIT
/* The user's files, and what the command finds around itself. */
#include "run_opts.h"

#include "run.h"

#include <string.h>

static struct sharespec *files_of(void *ctx)
{
	return &((struct run_spec *)ctx)->files;
}

static const char *set_root(void *ctx, const char *arg)
{
	files_of(ctx)->root_arg = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_share(void *ctx, const char *arg)
{
	strv_push(&files_of(ctx)->args, arg);
	return *arg ? NULL : "is empty";
}

static const char *set_share_type(void *ctx, const char *arg)
{
	if (strcmp(arg, "9p") != 0 && strcmp(arg, "virtiofs") != 0)
		return "must be 9p or virtiofs";
	files_of(ctx)->type = *arg == '9' ? SHARE_9P : SHARE_VIRTIOFS;
	return NULL;
}

static const char *set_cwd(void *ctx, const char *arg)
{
	files_of(ctx)->cwd_arg = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_env(void *ctx, const char *arg)
{
	return parse_env(arg, &files_of(ctx)->env);
}

const struct cli_opt run_files_opts[N_RUN_FILES_OPTS] = {
	{ "root", 0, "DIR",
	  "a directory of this machine, e.g. /, as the guest's root; what the "
	  "guest changes there is forgotten",
	  set_root },
	{ "share", 0, "DIR[:MOUNTPOINT][:rw]",
	  "a directory of this machine in the guest, read-only without :rw; "
	  "repeatable (default: at its own path)",
	  set_share },
	{ "share-type", 0, "9p|virtiofs",
	  "virtiofs: for what is shared with :rw, by its daemon (default: 9p)",
	  set_share_type },
	{ "cwd", 0, "DIR",
	  "of the guest, where the command starts (default: the current one, "
	  "where the guest has it)",
	  set_cwd },
	{ "env", 0, "NAME[=VALUE]",
	  "for the command; without a value the one it has here; repeatable",
	  set_env },
};
