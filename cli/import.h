/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads aliases from a text, one after the other: CSV, JSON, or the format of
 * Postfix's virtual(5). Host-neutral: no file, no output, no map. What the
 * entries may be is for the map's rules (aliasmap/edit.h) to say.
 *
 *   CSV      RFC 4180; the first line names the columns, in any order:
 *            alias,mailbox,receive,send,enabled,expires,note,created
 *   JSON     {"version":1,"aliases":[{"alias":...,"mailbox":...}, ...]}
 *   Postfix  ADDRESS whitespace MAILBOX
 *
 * Only alias and mailbox have to be there.
 */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include "aliasmap/edit.h"

#define NP_MAX_IMPORT_ADDRESS 1024	/* octets as typed, with NUL */

enum np_import_format {
	NP_IMPORT_DETECT,
	NP_IMPORT_CSV,
	NP_IMPORT_JSON,
	NP_IMPORT_POSTFIX
};

struct np_import_entry {
	unsigned int line;	/* where it begins, from 1 */
	char alias[NP_MAX_IMPORT_ADDRESS];
	char mailbox[NP_MAX_IMPORT_ADDRESS];
	/* What else was given, and which (enum np_edit_fields). */
	struct np_alias values;
	unsigned int fields;
};

struct np_import;

/* "csv", "json", "postfix". Returns 1 or 0. */
int np_import_format(const char *name, enum np_import_format *format_r);

/* text (len octets) is borrowed until np_import_close. Returns 1, or -1 with
   a text where the head of the file is not understood ("line 1: ..."). */
int np_import_open(const char *text, size_t len, enum np_import_format format,
		   struct np_import **import_r, struct np_error *err);
void np_import_close(struct np_import **import);

/* The next entry. 1; 0 at the end; -1: bad, err says why and entry_r->line
   where, and the next call goes on behind it. */
int np_import_next(struct np_import *import, struct np_import_entry *entry_r,
		   struct np_error *err);

/* Octets read so far, for a progress line. */
size_t np_import_position(const struct np_import *import);

#endif
