/* SPDX-License-Identifier: MIT */
/*
 * Results as JUnit XML, in the form that Jenkins, GitLab and the reporters of
 * GitHub read: one <testsuite> for each suite that has tests of its own, none
 * in another. Source: the junit-10.xsd of Jenkins' xunit plugin.
 */
#ifndef BOOTLET_JUNIT_H
#define BOOTLET_JUNIT_H

#include "ktap.h"
#include "str.h"

#include <stddef.h>

/** struct junit_run - the run that the results are of */
struct junit_run {
	/** @name: of the run; begins every classname */
	const char *name;
	/** @outcome: word for how it ended, where that is a failure by itself,
	 * or NULL; @text: the same in one line, or NULL */
	const char *outcome, *text;
	/** @seconds: that it took */
	double seconds;
	/** @kernel: what the kernel reported of its failures, in one line, or
	 * NULL */
	const char *kernel;
	/** @console: what is shown of it with @outcome and @kernel, or NULL */
	const char *console;
};

/**
 * junit_write() - append the whole document
 * @results: after ktap_end()
 * @run:     a failure of it is a test case of its own, and so is the kernel's;
 *           both are errors, so that no reader of the file shows success
 * @out:     UTF-8; bytes of the input that are none, and characters that XML
 *           1.0 does not allow, are U+FFFD there
 */
void junit_write(const struct ktap *results, const struct junit_run *run,
		 struct buf *out);

/**
 * xml_text() - append text as XML has it
 * @p:         any bytes
 * @attribute: for a quoted value: blanks are written so that they stay
 *
 * Source: XML 1.0, 2.2 Characters, 2.4 Character Data, 3.3.3 Attribute-Value
 * Normalization; RFC 3629 for UTF-8.
 */
void xml_text(const char *p, size_t n, bool attribute, struct buf *out);

#endif
