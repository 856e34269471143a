/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Aliases as a table for people, or as CSV or JSON that import reads again
 * (cli/import.h). An export that is imported gives the same export.
 */
#ifndef CLI_LIST_FORMAT_H
#define CLI_LIST_FORMAT_H

#include "aliasmap/alias.h"

#include <stdio.h>

enum np_list_format {
	NP_LIST_TABLE,
	NP_LIST_CSV,
	NP_LIST_JSON
};

/* Filled by the caller with zeroes, out, format and now. */
struct np_list {
	FILE *out;
	enum np_list_format format;
	int64_t now;			/* UTC seconds */
	unsigned int terminal_width;	/* 0: not a terminal, nothing is cut */
	/* The formatter's own. */
	unsigned int alias_width, mailbox_width;
	uint64_t count;
};

/* "table", "csv", "json". Returns 1 or 0. */
int np_list_format(const char *name, enum np_list_format *format_r);

/* A table's columns are as wide as their widest entry: each entry is shown
   here once before the list begins. Other formats need no such pass. */
void np_list_measure(struct np_list *list, const struct np_alias *alias);

void np_list_begin(struct np_list *list);
void np_list_entry(struct np_list *list, const struct np_alias *alias);
void np_list_end(struct np_list *list);

/* "active", "disabled", "expired". */
const char *np_state_name(enum np_alias_state state);

/* text as a JSON string with its quotes. */
void np_json_string(FILE *out, const char *text);

#endif
