// SPDX-License-Identifier: MIT
/*
 * Colours, of the set by Okabe and Ito that the colour-blind can tell apart.
 * No variables: other programs than browsers read a plain style sheet only.
 */
#include "chart_draw.h"

/** struct ink - of one lane's bars: @fill; @text: on it; dark screens' own
 * where they differ, or NULL */
struct ink {
	const char *fill, *text, *dark_fill, *dark_text;
};

#define BLACK "#111"
#define WHITE "#fff"

static const struct ink inks[N_LANES] = {
	[LANE_BOOTLET] = { "#8f8f8f", BLACK, NULL, NULL },
	[LANE_QEMU] = { "#cc79a7", BLACK, NULL, NULL },
	[LANE_FIRMWARE] = { "#e69f00", BLACK, NULL, NULL },
	[LANE_KERNEL] = { "#0072b2", WHITE, NULL, NULL },
	[LANE_BOOT] = { "#009e73", BLACK, NULL, NULL },
	[LANE_COMMAND] = { "#e8743b", BLACK, NULL, NULL },
	[LANE_OFF] = { "#b8b8b8", BLACK, NULL, NULL },
	[LANE_LEVEL] = { "#cfe3f1", BLACK, "#1d4a68", WHITE },
	[LANE_INITCALL] = { "#0072b2", WHITE, NULL, NULL },
	[LANE_PROBE] = { "#8cbfdf", BLACK, "#3f7ea8", WHITE },
	[LANE_INIT] = { "#009e73", BLACK, NULL, NULL },
	[LANE_MODULE] = { "#56b4e9", BLACK, NULL, NULL },
};

/* The screen's colours: light and paper; dark. */
static const char light[] =
	"svg:root{background:#fff}.bg,.kt{fill:#fff}.t,.b,.k{fill:#1b1f24}.m{fill:#57606a}"
	".g{stroke:#e3e6ea}.a,.l{stroke:#57606a}.w{fill:#eef3ee}"
	".z{stroke:#fff}.x{fill:#b3261e}.xb{stroke:#b3261e}"
	"rect{stroke:#fff}.f7.e{fill:#b1d1e8}";
static const char dark[] =
	"svg:root{background:#14181d}.bg,.kt{fill:#14181d}.t,.b,.k{fill:#e8eaed}.m{fill:#a3abb4}"
	".g{stroke:#2b3138}.a,.l{stroke:#8b949e}.w{fill:#1c2622}"
	".z{stroke:#14181d}.x{fill:#ff9b90}.xb{stroke:#ff9b90}"
	"rect{stroke:#14181d}.f7.e{fill:#2a6288}";

static void add_inks(struct buf *out, bool is_dark)
{
	for (int i = 0; i < N_LANES; i++) {
		const struct ink *k = &inks[i];

		if (is_dark && !k->dark_fill)
			continue;
		buf_addf(out, ".f%d{fill:%s}.i%d{fill:%s}", i,
			 is_dark ? k->dark_fill : k->fill, i,
			 is_dark ? k->dark_text : k->text);
	}
}

void chart_css(struct buf *out, double narrow)
{
	buf_adds(out,
		 "<style>\n"
		 "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,"
		 "'Noto Sans','DejaVu Sans',sans-serif;"
		 "font-variant-numeric:tabular-nums}\n"
		 ".c{text-anchor:middle}text.e{text-anchor:end}"
		 ".b,.x,.kt{font-weight:600}.c{pointer-events:none}\n"
		 "rect{stroke-width:.7}.n,.bg{stroke:none}"
		 ".g,.a,.l,.z,.xb{fill:none;stroke-width:1}.z{stroke-width:3}"
		 ".u{stroke-dasharray:4 3;stroke-width:2;fill-opacity:.6}"
		 ".xb{stroke-width:1.5;stroke-dasharray:6 4}"
		 ".narrow{display:none}\n");
	add_inks(out, false);
	buf_adds(out, light);
	buf_adds(out, "\n@media screen and (prefers-color-scheme:dark){");
	add_inks(out, true);
	buf_adds(out, dark);
	/* A picture in a page keeps its shape: there the wide one is made
	 * smaller. A window is filled from its top to wherever it ends. */
	buf_addf(
		out,
		"}\n@media screen and (max-width:700px) and "
		"(max-aspect-ratio:1/1){.wide{display:none}"
		".narrow{display:inline}svg:root{height:%.2fvw}}\n"
		"@media print{rect{stroke:#333;stroke-width:.4}.n,.bg{stroke:none}"
		"*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n"
		"</style>\n",
		narrow * 100);
}
