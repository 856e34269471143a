/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses the reader; see import.h. */
#include "cli/import-entry.h"

#include <stdlib.h>
#include <string.h>

int np_import_format(const char *name, enum np_import_format *format_r)
{
	if (strcmp(name, "csv") == 0)
		*format_r = NP_IMPORT_CSV;
	else if (strcmp(name, "json") == 0)
		*format_r = NP_IMPORT_JSON;
	else if (strcmp(name, "postfix") == 0)
		*format_r = NP_IMPORT_POSTFIX;
	else
		return 0;
	return 1;
}

/* JSON begins with a brace. The first line of a CSV names the column "alias";
   in a virtual(5) table a key without "@" would be something else. */
static enum np_import_format import_detect(const struct np_import *import)
{
	const char *text = import->text + import->pos;
	size_t len = import->len - import->pos, line = 0, i;

	for (i = 0; i < len && strchr(" \t\r\n", text[i]) != NULL &&
	     text[i] != '\0'; i++)
		;
	/* A list alone is refused as JSON, with what has to stand around it. */
	if (i < len && (text[i] == '{' || text[i] == '['))
		return NP_IMPORT_JSON;
	while (i + line < len && text[i + line] != '\n')
		line++;
	for (size_t word = i, j = i; j <= i + line && j <= len; j++) {
		/* Semicolons are refused as CSV: commas are needed. */
		if (j < i + line && strchr(",;\r", text[j]) == NULL)
			continue;
		if (j - word > 2 && text[word] == '"' && text[j - 1] == '"') {
			if (np_column_find(text + word + 1, j - word - 2) ==
			    NP_COLUMN_ALIAS)
				return NP_IMPORT_CSV;
		} else if (np_column_find(text + word, j - word) ==
			   NP_COLUMN_ALIAS) {
			return NP_IMPORT_CSV;
		}
		word = j + 1;
	}
	return NP_IMPORT_POSTFIX;
}

int np_import_open(const char *text, size_t len, enum np_import_format format,
		   struct np_import **import_r, struct np_error *err)
{
	struct np_error head = { NP_ERROR_NONE, "" };
	struct np_import *import;
	int result = 1;

	if (memchr(text, '\0', len) != NULL)
		return np_error_set(err, NP_ERROR_RECORD,
				    "this is no text: it holds a NUL");
	import = calloc(1, sizeof(*import));
	if (import == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	import->text = text;
	import->len = len;
	import->line = 1;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		import->pos = 3;	/* the mark that spreadsheets write */
	import->format = format == NP_IMPORT_DETECT ? import_detect(import) :
			 format;
	if (import->format != NP_IMPORT_JSON &&
	    memchr(text, '\r', len) != NULL && memchr(text, '\n', len) == NULL)
		result = np_error_set(&head, NP_ERROR_RECORD, "a CR alone ends "
				      "no line, use LF or CRLF");
	else if (import->format == NP_IMPORT_CSV)
		result = np_import_csv_open(import, &head);
	else if (import->format == NP_IMPORT_JSON)
		result = np_import_json_open(import, &head);
	if (result < 0) {
		(void)np_error_set(err, NP_ERROR_RECORD, "line %u: %s",
				   import->format == NP_IMPORT_CSV ? 1 :
				   import->line, head.text);
		np_import_close(&import);
		return -1;
	}
	*import_r = import;
	return 1;
}

void np_import_close(struct np_import **import)
{
	free(*import);
	*import = NULL;
}

int np_import_next(struct np_import *import, struct np_import_entry *entry_r,
		   struct np_error *err)
{
	int result;

	switch (import->format) {
	case NP_IMPORT_CSV:
		return np_import_csv_next(import, entry_r, err);
	case NP_IMPORT_JSON:
		result = np_import_json_next(import, entry_r, err);
		if (result < 0 && import->ended)
			entry_r->line = import->line;
		return result;
	case NP_IMPORT_POSTFIX:
	case NP_IMPORT_DETECT:
		break;
	}
	return np_import_postfix_next(import, entry_r, err);
}

size_t np_import_position(const struct np_import *import)
{
	return import->pos;
}
