/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who changed what: one line to syslog (LOG_AUTHPRIV, beside sudo's own lines)
 * for each changed entry, written when the change is live:
 *
 *   by alice (uid 0): add: generation 7: before -, after sales@x -> bob@x
 *
 * An import or an adoption of a whole map is one line with its numbers.
 */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "aliasmap/alias.h"

#define NP_MAX_AUDIT 2048

struct np_audit;

/* NULL without memory. command: the subcommand. */
struct np_audit *np_audit_create(const char *command);
void np_audit_destroy(struct np_audit **audit);

/* An np_edit_on_entry; context is the audit. */
void np_audit_entry(void *context, const struct np_alias *before,
		    const struct np_alias *after);

/* From here on only the summary is written: text, "3 added, 1 unchanged". */
void np_audit_summary(struct np_audit *audit, const char *text);

/* Writes the lines. audit may be NULL. */
void np_audit_write(struct np_audit *audit, uint64_t generation);

/* One line at once, for what changes the map as a whole. */
void np_audit_note(const char *command, const char *text);

/* "sales@x -> bob@x, send, note \"...\"", or "-" for NULL, into out. */
void np_audit_print(const struct np_alias *alias, char *out, size_t size);

#endif
