/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One entry of an import: from the text of a column to a checked value. */
#include "cli/import-entry.h"
#include "cli/date.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const column_names[NP_COLUMN_COUNT] = {
	"alias", "mailbox", "receive", "send", "enabled", "expires", "note",
	"created"
};

enum np_column np_column_find(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < NP_COLUMN_COUNT; i++) {
		if (strlen(column_names[i]) == len &&
		    strncasecmp(column_names[i], name, len) == 0)
			break;
	}
	return (enum np_column)i;
}

const char *np_column_name(enum np_column column)
{
	return column_names[column];
}

void np_import_entry_init(struct np_import_entry *entry, unsigned int line)
{
	entry->line = line;
	entry->alias[0] = '\0';
	entry->mailbox[0] = '\0';
	entry->fields = 0;
	np_alias_init(&entry->values);
}

static int entry_set_address(char *out, const char *value,
			     enum np_column column, struct np_error *err)
{
	size_t len = strlen(value);

	if (len >= NP_MAX_IMPORT_ADDRESS)
		return np_error_set(err, NP_ERROR_RECORD, "%s: is longer than "
				    "%d octets", column_names[column],
				    NP_MAX_IMPORT_ADDRESS - 1);
	(void)memcpy(out, value, len + 1);
	return 1;
}

static int entry_set_bool(struct np_import_entry *entry, bool *out,
			  unsigned int field, enum np_column column,
			  const char *value, struct np_error *err)
{
	static const char *const words[] = { "no", "yes", "false", "true",
					     "off", "on", "0", "1" };

	if (value[0] == '\0')
		return 1;
	for (unsigned int i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcasecmp(value, words[i]) == 0) {
			*out = (i & 1) != 0;
			entry->fields |= field;
			return 1;
		}
	}
	return np_error_set(err, NP_ERROR_RECORD, "%s: %.80s: use yes or no",
			    column_names[column], value);
}

static int entry_set_date(struct np_import_entry *entry, int64_t *out,
			  unsigned int field, enum np_column column,
			  const char *value, struct np_error *err)
{
	bool expires = column == NP_COLUMN_EXPIRES;

	if (value[0] == '\0' && !expires)
		return 1;
	if (expires && (value[0] == '\0' || strcasecmp(value, "never") == 0))
		*out = 0;
	else if (np_date_parse(value, out) <= 0)
		return np_error_set(err, NP_ERROR_RECORD, "%s: %.80s: use a "
				    "date like 2026-12-31 or "
				    "2026-12-31T18:00:00Z%s",
				    column_names[column], value,
				    expires ? ", or never" : "");
	entry->fields |= field;
	return 1;
}

int np_import_entry_set(struct np_import_entry *entry, enum np_column column,
			const char *value, struct np_error *err)
{
	struct np_alias *values = &entry->values;

	switch (column) {
	case NP_COLUMN_ALIAS:
		return entry_set_address(entry->alias, value, column, err);
	case NP_COLUMN_MAILBOX:
		return entry_set_address(entry->mailbox, value, column, err);
	case NP_COLUMN_RECEIVE:
		return entry_set_bool(entry, &values->receive, NP_EDIT_RECEIVE,
				      column, value, err);
	case NP_COLUMN_SEND:
		return entry_set_bool(entry, &values->send, NP_EDIT_SEND,
				      column, value, err);
	case NP_COLUMN_ENABLED:
		return entry_set_bool(entry, &values->enabled, NP_EDIT_ENABLED,
				      column, value, err);
	case NP_COLUMN_EXPIRES:
		return entry_set_date(entry, &values->expires, NP_EDIT_EXPIRES,
				      column, value, err);
	case NP_COLUMN_CREATED:
		return entry_set_date(entry, &values->created, NP_EDIT_CREATED,
				      column, value, err);
	case NP_COLUMN_NOTE:
		if (strlen(value) > NP_MAX_NOTE)
			return np_error_set(err, NP_ERROR_RECORD, "note: is "
					    "longer than %d octets",
					    NP_MAX_NOTE);
		(void)strcpy(values->note, value);
		entry->fields |= NP_EDIT_NOTE;
		return 1;
	case NP_COLUMN_COUNT:
		break;
	}
	return np_error_set(err, NP_ERROR_INTERNAL, "no such column");
}

int np_import_entry_check(const struct np_import_entry *entry,
			  struct np_error *err)
{
	if (entry->alias[0] == '\0')
		return np_error_set(err, NP_ERROR_RECORD, "the alias is "
				    "missing");
	if (entry->mailbox[0] == '\0')
		return np_error_set(err, NP_ERROR_RECORD, "%.300s: the mailbox "
				    "is missing", entry->alias);
	return 1;
}

int np_import_peek(const struct np_import *import)
{
	if (import->pos >= import->len)
		return -1;
	return (unsigned char)import->text[import->pos];
}

int np_import_get(struct np_import *import)
{
	int c = np_import_peek(import);

	if (c >= 0)
		import->pos++;
	if (c == '\n')
		import->line++;
	return c;
}
