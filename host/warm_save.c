// SPDX-License-Identifier: MIT
#include "warm_save.h"

#include "qmp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Each answer; and all of it, which takes some hundredths of a second. */
#define ANSWER_MS 5000
#define LOOKS	  5000
#define LOOK_NS	  1000000

#define CAPABILITY "x-ignore-shared"
#define STATE	   "state"

static json_t *capability(void)
{
	return json_pack("{s:[{s:s, s:b}]}", "capabilities", "capability",
			 CAPABILITY, "state", 1);
}

/* Return: 0 when it is done; -EAGAIN; -EIO where it has failed. */
static int look(struct qmp *q, char *words, size_t max)
{
	json_t *reply = NULL;
	const char *status, *text;
	int err = qmp_execute(q, "query-migrate", NULL, ANSWER_MS, &reply);

	if (err)
		return err;
	status = json_string_value(json_object_get(reply, "status"));
	text = json_string_value(json_object_get(reply, "error-desc"));
	if (!status)
		err = -EPROTO;
	else if (!strcmp(status, "failed") || !strcmp(status, "cancelled"))
		err = -EIO;
	else if (strcmp(status, "completed") != 0)
		err = -EAGAIN;
	if (err == -EIO)
		snprintf(words, max, "QEMU: %s", text ? text : status);
	json_decref(reply);
	return err;
}

static int await(struct qmp *q, char *words, size_t max)
{
	const struct timespec nap = { .tv_nsec = LOOK_NS };
	int err = -EAGAIN;

	for (int i = 0; i < LOOKS && err == -EAGAIN; i++) {
		err = look(q, words, max);
		if (err == -EAGAIN)
			nanosleep(&nap, NULL);
	}
	return err == -EAGAIN ? -ETIMEDOUT : err;
}

int warm_save(const char *socket, int fd, const char **why)
{
	static char words[256];
	struct qmp q;
	int err = qmp_open(&q, socket, ANSWER_MS);

	*words = '\0';
	*why = words;
	if (!err)
		err = qmp_execute(&q, "migrate-set-capabilities", capability(),
				  ANSWER_MS, NULL);
	if (!err)
		err = qmp_give_fd(&q, fd, STATE, ANSWER_MS);
	if (!err)
		err = qmp_execute(&q, "migrate",
				  json_pack("{s:s}", "uri", "fd:" STATE),
				  ANSWER_MS, NULL);
	if (!err)
		err = await(&q, words, sizeof(words));
	if (err && !*words)
		snprintf(words, sizeof(words), "%s", qmp_error(&q, err));
	/* Not a problem if it fails: it may end before it answers. */
	if (!err)
		qmp_execute(&q, "quit", NULL, ANSWER_MS, NULL);
	qmp_close(&q);
	return err == -EREMOTEIO ? -EIO : err;
}

void warm_load_words(int fd, struct buf *out)
{
	buf_addf(out,
		 "{\"execute\":\"qmp_capabilities\"}\n"
		 "{\"execute\":\"migrate-set-capabilities\",\"arguments\":"
		 "{\"capabilities\":[{\"capability\":\"" CAPABILITY "\","
		 "\"state\":true}]}}\n"
		 "{\"execute\":\"migrate-incoming\",\"arguments\":"
		 "{\"uri\":\"fd:%d\"}}\n",
		 fd);
}
