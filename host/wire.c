// SPDX-License-Identifier: MIT
#include "wire.h"

#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

unsigned char *wire_space(struct wire *w, size_t *size)
{
	w->len -= w->used;
	memmove(w->buf, w->buf + w->used, w->len);
	w->used = 0;
	*size = sizeof(w->buf) - w->len;
	return w->buf + w->len;
}

void wire_received(struct wire *w, size_t n)
{
	w->len += n;
}

/* Noise up to BOOTLET_SYNC goes; what may be its beginning stays. */
static void sync(struct wire *w)
{
	unsigned char *from = w->buf + w->used;
	size_t n = w->len - w->used;
	unsigned char *at = memmem(from, n, BOOTLET_SYNC, BOOTLET_SYNC_LEN);

	if (at) {
		w->used += (size_t)(at - from) + BOOTLET_SYNC_LEN;
		w->synced = true;
	} else if (n >= BOOTLET_SYNC_LEN) {
		w->used += n - (BOOTLET_SYNC_LEN - 1);
	}
}

static const char types[] = {
	FRAME_READY,  FRAME_HELLO,  FRAME_PHASE,  FRAME_STDIN,
	FRAME_STDOUT, FRAME_STDERR, FRAME_CREDIT, FRAME_CLOSE,
	FRAME_SIZE,   FRAME_SIGNAL, FRAME_STATUS, FRAME_PARK,
	FRAME_FILE,   FRAME_RESUME, FRAME_BYE,	  0,
};

int wire_next(struct wire *w, struct wire_frame *out)
{
	const unsigned char *p;
	size_t n, len;

	if (!w->synced)
		sync(w);
	if (!w->synced)
		return 0;
	for (;;) {
		p = w->buf + w->used;
		n = w->len - w->used;
		if (!n)
			return 0;
		/* What cannot become a frame is not waited for. */
		if (p[0] && (!strchr(types, p[0]) || (n > 1 && p[1])))
			return -EPROTO;
		if (p[0])
			break;
		len = n < BOOTLET_SYNC_LEN ? n : BOOTLET_SYNC_LEN;
		if (memcmp(p, BOOTLET_SYNC, len))
			return -EPROTO;
		if (len < BOOTLET_SYNC_LEN)
			return 0;
		w->used += len;
	}
	if (n < FRAME_HEADER)
		return 0;
	len = p[2] | (size_t)p[3] << 8;
	if (len > FRAME_MAX)
		return -EPROTO;
	if (n < FRAME_HEADER + len)
		return 0;
	*out = (struct wire_frame){
		.type = p[0],
		.len = len,
		.data = p + FRAME_HEADER,
	};
	w->used += FRAME_HEADER + len;
	return 1;
}

void wire_add(struct buf *out, enum bootlet_frame type, const void *data,
	      size_t len)
{
	unsigned char head[FRAME_HEADER] = {
		(unsigned char)type,
		0,
		len & 0xff,
		(unsigned char)(len >> 8),
	};

	buf_add(out, head, sizeof(head));
	buf_add(out, data, len);
}

static const struct {
	const char *word;
	int min, max;
} outcomes[] = {
	{ STATUS_EXIT, 0, 255 },	 { STATUS_SIGNAL, 1, 127 },
	{ STATUS_EXEC_FAILED, 1, 4095 }, { STATUS_INIT_ERROR, 1, 4095 },
	{ STATUS_MOVED, 0, 0 },		 { STATUS_SWITCHED, 0, 0 },
};

/* A frame's payload as a string without NUL inside. */
static int text_of(const struct wire_frame *frame, char *text, size_t size)
{
	if (frame->len >= size || memchr(frame->data, 0, frame->len))
		return -EPROTO;
	memcpy(text, frame->data, frame->len);
	text[frame->len] = '\0';
	return 0;
}

int parse_ready(const struct wire_frame *frame, struct wire_ready *out)
{
	char text[160], version[16], window[16];
	long long n;
	int at = -1;

	*out = (struct wire_ready){ 0 };
	if (text_of(frame, text, sizeof(text)) ||
	    sscanf(text, "%15[0-9] %15[0-9] %31[^ ] %n", version, window,
		   out->port, &at) != 3 ||
	    at < 0 || text[at - 1] != ' ' ||
	    strlen(text + at) >= sizeof(out->release))
		return -EPROTO;
	if (cli_number(version, BOOTLET_PROTOCOL, BOOTLET_PROTOCOL, &n) ||
	    cli_number(window, 1, WINDOW_MAX, &n))
		return -EPROTO;
	out->window = (size_t)n;
	memcpy(out->release, text + at, strlen(text + at) + 1);
	return 0;
}

int parse_status(const struct wire_frame *frame, const char *nonce,
		 struct wire_status *out)
{
	char text[160], number[16], rest;
	long long n;
	int fields;

	if (text_of(frame, text, sizeof(text)))
		return -EPROTO;
	if (frame->len < BOOTLET_NONCE_LEN ||
	    memcmp(text, nonce, BOOTLET_NONCE_LEN))
		return -EACCES;
	*out = (struct wire_status){ 0 };
	fields = sscanf(text + BOOTLET_NONCE_LEN, " %15s %15s %31s %c",
			out->outcome, number, out->word, &rest);
	if (fields != 2 && fields != 3)
		return -EPROTO;
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		if (strcmp(out->outcome, outcomes[i].word))
			continue;
		if (cli_number(number, outcomes[i].min, outcomes[i].max, &n))
			return -EPROTO;
		out->number = (int)n;
		return 0;
	}
	return -EPROTO;
}

int parse_phase(const struct wire_frame *frame, struct wire_phase *out)
{
	char text[96], number[24], rest;
	long long n;
	int fields;

	*out = (struct wire_phase){ 0 };
	if (text_of(frame, text, sizeof(text)))
		return -EPROTO;
	fields = sscanf(text, "%31s %23s %31s %c", out->name, number, out->next,
			&rest);
	if ((fields != 2 && fields != 3) ||
	    cli_number(number, 0, 1LL << 60, &n))
		return -EPROTO;
	out->ns = (unsigned long long)n;
	return 0;
}

size_t parse_credit(const struct wire_frame *frame)
{
	if (frame->len != 4)
		return 0;
	return frame->data[0] | (size_t)frame->data[1] << 8 |
	       (size_t)frame->data[2] << 16 | (size_t)frame->data[3] << 24;
}
