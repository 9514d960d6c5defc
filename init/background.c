// SPDX-License-Identifier: MIT
#include "background.h"

#include "child.h"
#include "cmdline.h"
#include "coldplug.h"
#include "io.h"
#include "modules.h"
#include "net.h"
#include "report.h"

#define NICE 19

/* Only PID 1 talks to the host, and only it keeps the command's pipes open.
 * Where there is no other process to be had, PID 1 itself does the work. */
void background_start(const struct boot_config *cfg)
{
	pid_t pid;

	if (!cfg->background && !coldplug_on())
		return;
	pid = io_fork();
	if (pid == 0) {
		report_close(0);
		child_forget();
		/* Not a problem if it fails: then it is not as polite. */
		io_setpriority(0, 0, NICE);
		io_sigmask(0);
	}
	if (pid <= 0 && cfg->background) {
		modules_background();
		net_background();
	}
	if (pid == 0) {
		while (coldplug_on())
			coldplug_poll(-1);
		io_exit(0);
	}
}
