/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CSV (RFC 4180), with LF or CRLF:
 *
 *   record  = field *( COMMA field )
 *   field   = DQUOTE *( TEXTDATA / COMMA / CR / LF / 2DQUOTE ) DQUOTE /
 *             *TEXTDATA
 */
#include "cli/import-entry.h"

#include <string.h>

#define CSV_MAX_FIELD 4096
/* Of a bad record; more are not read before its lines are read anew. */
#define CSV_MAX_FIELDS 64

/* What stood behind a field. */
enum csv_end { CSV_COMMA, CSV_LINE, CSV_END };

/* Reads over the rest of a bad record, so that the next one can be read. */
static void csv_skip_line(struct np_import *import)
{
	int c;

	do
		c = np_import_get(import);
	while (c >= 0 && c != '\n');
}

/* Behind a field: a comma, a line end, or the end. 0: something else. */
static int csv_field_end(struct np_import *import, enum csv_end *end_r)
{
	int c = np_import_peek(import);

	if (c == '\r' && import->pos + 1 < import->len &&
	    import->text[import->pos + 1] == '\n') {
		(void)np_import_get(import);
		c = '\n';
	}
	if (c != ',' && c != '\n' && c >= 0)
		return 0;
	*end_r = c == ',' ? CSV_COMMA : c == '\n' ? CSV_LINE : CSV_END;
	(void)np_import_get(import);
	return 1;
}

static int csv_quoted(struct np_import *import, char *out, struct np_error *err)
{
	size_t len = 0;
	int c;

	(void)np_import_get(import);
	for (;;) {
		c = np_import_get(import);
		if (c == '"') {
			if (np_import_peek(import) != '"')
				break;
			(void)np_import_get(import);
		}
		if (c < 0)
			return np_error_set(err, NP_ERROR_RECORD, "a quote is "
					    "not closed");
		if (len + 1 >= CSV_MAX_FIELD)
			return np_error_set(err, NP_ERROR_RECORD, "a quote is "
					    "not closed, or a field is longer "
					    "than %d octets",
					    CSV_MAX_FIELD - 1);
		out[len++] = (char)c;
	}
	out[len] = '\0';
	return 1;
}

static int csv_plain(struct np_import *import, char *out, struct np_error *err)
{
	size_t len = 0;
	int c;

	while ((c = np_import_peek(import)) >= 0 && c != ',' && c != '\n' &&
	       c != '\r') {
		if (c == '"')
			return np_error_set(err, NP_ERROR_RECORD, "a quote "
					    "inside a field: put the field in "
					    "quotes and double the quote");
		if (len + 1 >= CSV_MAX_FIELD)
			return np_error_set(err, NP_ERROR_RECORD, "a field is "
					    "longer than %d octets",
					    CSV_MAX_FIELD - 1);
		out[len++] = (char)np_import_get(import);
	}
	/* Blanks around an address are never meant. */
	while (len > 0 && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
	if (out[0] == ' ')
		(void)memmove(out, out + strspn(out, " "),
			      len + 1 - strspn(out, " "));
	return 1;
}

/* One field and what stood behind it. -1: the line was skipped. A quote that
   somebody forgot reaches over whole lines, which are then lines of their own:
   only the one where it was opened is skipped. */
static int csv_field(struct np_import *import, char *out, enum csv_end *end_r,
		     struct np_error *err)
{
	unsigned int line = import->line;
	size_t pos = import->pos;
	int result;

	if (np_import_peek(import) == '"')
		result = csv_quoted(import, out, err);
	else
		result = csv_plain(import, out, err);
	if (result > 0 && csv_field_end(import, end_r) == 0)
		result = np_error_set(err, NP_ERROR_RECORD, "%s",
				      np_import_peek(import) == '\r' ?
				      "a CR alone ends no line, use LF or "
				      "CRLF" : "text behind a closing quote");
	if (result < 0) {
		import->line = line;
		import->pos = pos;
		csv_skip_line(import);
	}
	return result;
}

static int csv_head_column(struct np_import *import, const char *name,
			   struct np_error *err)
{
	enum np_column column = np_column_find(name, strlen(name));

	if (column == NP_COLUMN_COUNT && strchr(name, ';') != NULL)
		return np_error_set(err, NP_ERROR_RECORD, "commas are needed "
				    "between the columns, not semicolons");
	if (column == NP_COLUMN_COUNT)
		return np_error_set(err, NP_ERROR_RECORD, "the first "
				    "line names the columns, and \"%.60s\" is "
				    "none of alias,mailbox,receive,send,"
				    "enabled,expires,note,created", name);
	for (unsigned int i = 0; i < import->column_count; i++) {
		if (import->columns[i] == column)
			return np_error_set(err, NP_ERROR_RECORD, "the "
					    "column %s stands twice",
					    np_column_name(column));
	}
	import->columns[import->column_count++] = column;
	return 1;
}

int np_import_csv_open(struct np_import *import, struct np_error *err)
{
	char name[CSV_MAX_FIELD];
	unsigned int seen = 0;
	enum csv_end end;

	do {
		if (csv_field(import, name, &end, err) < 0)
			return -1;
		if (csv_head_column(import, name, err) < 0)
			return -1;
		seen |= 1U << import->columns[import->column_count - 1];
	} while (end == CSV_COMMA);
	if ((seen & (1U << NP_COLUMN_ALIAS)) == 0 ||
	    (seen & (1U << NP_COLUMN_MAILBOX)) == 0)
		return np_error_set(err, NP_ERROR_RECORD, "the first "
				    "line has to name the columns alias and "
				    "mailbox");
	return 1;
}

static void csv_skip_empty(struct np_import *import)
{
	int c;

	while ((c = np_import_peek(import)) == '\n' || c == '\r')
		(void)np_import_get(import);
}

/* A forgotten quote may have met the next one by chance: the lines between are
   read once more. */
static int csv_bad_count(struct np_import *import, unsigned int count,
			 size_t pos, unsigned int line, struct np_error *err)
{
	bool several = memchr(import->text + pos, '\n',
			      import->pos - pos - 1) != NULL;

	import->pos = pos;
	import->line = line;
	csv_skip_line(import);
	return np_error_set(err, NP_ERROR_RECORD, "%u fields, and the first "
			    "line names %u%s", count, import->column_count,
			    several ? "; is a quote not closed?" : "");
}

int np_import_csv_next(struct np_import *import, struct np_import_entry *entry,
		       struct np_error *err)
{
	char value[CSV_MAX_FIELD];
	unsigned int count = 0;
	enum csv_end end;
	int result = 1;
	size_t pos;

	csv_skip_empty(import);
	pos = import->pos;
	np_import_entry_init(entry, import->line);
	if (np_import_peek(import) < 0)
		return 0;
	do {
		if (csv_field(import, value, &end, err) < 0)
			return -1;
		/* The first error stays; the record is read to its end. */
		if (count < import->column_count && result > 0)
			result = np_import_entry_set(entry,
						     import->columns[count],
						     value, err);
		count++;
	} while (end == CSV_COMMA && count < CSV_MAX_FIELDS);
	if (count != import->column_count && (result > 0 || end == CSV_COMMA))
		result = csv_bad_count(import, count, pos, entry->line, err);
	return result < 0 ? -1 : np_import_entry_check(entry, err);
}
