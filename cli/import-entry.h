/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the three readers of import.c share: the text, and how a column's text
   becomes a value. */
#ifndef CLI_IMPORT_ENTRY_H
#define CLI_IMPORT_ENTRY_H

#include "cli/import.h"

enum np_column {
	NP_COLUMN_ALIAS,
	NP_COLUMN_MAILBOX,
	NP_COLUMN_RECEIVE,
	NP_COLUMN_SEND,
	NP_COLUMN_ENABLED,
	NP_COLUMN_EXPIRES,
	NP_COLUMN_NOTE,
	NP_COLUMN_CREATED,
	NP_COLUMN_COUNT
};

struct np_import {
	const char *text;
	size_t len;
	size_t pos;
	unsigned int line;		/* of pos, from 1 */
	enum np_import_format format;
	/* CSV: which column stands where. */
	enum np_column columns[NP_COLUMN_COUNT];
	unsigned int column_count;
	/* JSON: inside the list, behind its end. */
	bool in_list, ended, had_version;
};

/* NP_COLUMN_COUNT where there is no such column. */
enum np_column np_column_find(const char *name, size_t len);
const char *np_column_name(enum np_column column);

void np_import_entry_init(struct np_import_entry *entry, unsigned int line);
/* 1, or -1 with what is allowed. */
int np_import_entry_set(struct np_import_entry *entry, enum np_column column,
			const char *value, struct np_error *err);
/* Whether what has to be there is there. 1 or -1. */
int np_import_entry_check(const struct np_import_entry *entry,
			  struct np_error *err);

/* The octet at pos, counting lines; -1 at the end. */
int np_import_get(struct np_import *import);
int np_import_peek(const struct np_import *import);

int np_import_csv_open(struct np_import *import, struct np_error *err);
int np_import_csv_next(struct np_import *import, struct np_import_entry *entry,
		       struct np_error *err);
int np_import_json_open(struct np_import *import, struct np_error *err);
int np_import_json_next(struct np_import *import,
			struct np_import_entry *entry, struct np_error *err);
int np_import_postfix_next(struct np_import *import,
			   struct np_import_entry *entry,
			   struct np_error *err);

#endif
