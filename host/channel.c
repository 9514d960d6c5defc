// SPDX-License-Identifier: MIT
#include "channel.h"

#include <string.h>

#define TTY "ttyS1"

enum { FOR_COMMAND, FOR_SHELL };

static const struct channel channels[] = {
	[FOR_COMMAND] = {
		.name = "auto",
		.port = { [PORT_UART] = true, [PORT_VIRTIO] = true },
		.list = PORT_WORD_VIRTIO "," TTY "," PORT_WORD_IO,
	},
	[FOR_SHELL] = {
		.name = "auto",
		.port = { [PORT_UART] = true },
		.list = TTY "," PORT_WORD_IO,
	},
	{
		.name = "virtio",
		.port = { [PORT_VIRTIO] = true },
		.list = PORT_WORD_VIRTIO,
	},
	{
		.name = "uart",
		.port = { [PORT_UART] = true },
		.list = TTY,
	},
	{
		.name = "ports",
		.port = { [PORT_UART] = true },
		.list = PORT_WORD_IO,
	},
};

const struct channel *channel_find(const char *name)
{
	for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
		if (!strcmp(channels[i].name, name))
			return &channels[i];
	return NULL;
}

const struct channel *channel_settle(const struct channel *asked, bool command)
{
	if (asked && strcmp(asked->name, "auto"))
		return asked;
	return &channels[command ? FOR_COMMAND : FOR_SHELL];
}
