/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The format of Postfix's virtual(5): "address whitespace mailbox", comments
 * in lines of their own, a line that starts with white space continues the one
 * before. Only what one alias, one mailbox can say is taken.
 */
#include "cli/import-entry.h"

#include <string.h>

#define POSTFIX_MAX_LINE 8192

static bool postfix_is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Whether the text at pos is a comment or empty line: it neither continues
   nor ends a logical line. */
static bool postfix_is_comment(const struct np_import *import)
{
	size_t pos = import->pos;

	while (pos < import->len && postfix_is_space(import->text[pos]))
		pos++;
	return pos < import->len &&
	       (import->text[pos] == '#' || import->text[pos] == '\n');
}

/* One physical line appended to out, its end dropped. -1: too long. */
static int postfix_append(struct np_import *import, char *out, size_t *len)
{
	bool fits = true;
	int c;

	while ((c = np_import_get(import)) >= 0 && c != '\n') {
		if (*len + 1 < POSTFIX_MAX_LINE)
			out[(*len)++] = (char)c;
		else
			fits = false;
	}
	out[*len] = '\0';
	return fits ? 1 : -1;
}

/* The next logical line. 0 at the end. */
static int postfix_line(struct np_import *import, char *out,
			unsigned int *line_r, struct np_error *err)
{
	char drop[POSTFIX_MAX_LINE];
	size_t len = 0, dropped;
	bool begun = false;
	int result = 1;

	out[0] = '\0';
	while (np_import_peek(import) >= 0) {
		if (postfix_is_comment(import)) {
			dropped = 0;
			(void)postfix_append(import, drop, &dropped);
			continue;
		}
		if (begun && !postfix_is_space(np_import_peek(import)))
			break;
		if (!begun)
			*line_r = import->line;
		begun = true;
		if (postfix_append(import, out, &len) < 0)
			result = np_error_set(err, NP_ERROR_RECORD, "the line "
					      "is longer than %d octets",
					      POSTFIX_MAX_LINE - 1);
	}
	return begun ? result : 0;
}

/* The end of the first word; a quoted local part may hold blanks. */
static char *postfix_word_end(char *text)
{
	bool quoted = false;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted && postfix_is_space(*text))
			break;
	}
	return text;
}

static int postfix_check_key(const char *key, const char *value,
			     struct np_error *err)
{
	if (strchr(key, '@') != NULL)
		return 1;
	if (strchr(key, '.') != NULL && strchr(value, '@') == NULL)
		return np_error_set(err, NP_ERROR_RECORD, "%.300s: a line that "
				    "only declares a domain: leave it out",
				    key);
	return np_error_set(err, NP_ERROR_RECORD, "%.300s: an address has a "
			    "domain, use %.300s@DOMAIN", key, key);
}

int np_import_postfix_next(struct np_import *import,
			   struct np_import_entry *entry,
			   struct np_error *err)
{
	char text[POSTFIX_MAX_LINE], *key, *value, *end;
	unsigned int line = import->line;
	int result;

	result = postfix_line(import, text, &line, err);
	np_import_entry_init(entry, line);
	if (result <= 0)
		return result;
	key = text + strspn(text, " \t\r");
	value = postfix_word_end(key);
	if (*value != '\0')
		*value++ = '\0';
	value += strspn(value, " \t\r");
	end = postfix_word_end(value);
	if (*value == '\0')
		return np_error_set(err, NP_ERROR_RECORD, "%.300s: no mailbox "
				    "behind it", key);
	if (*(end + strspn(end, " \t\r")) != '\0' ||
	    (strchr(value, ',') != NULL && value[0] != '"'))
		return np_error_set(err, NP_ERROR_RECORD, "%.300s: leads to "
				    "several addresses; one alias has one "
				    "mailbox, which a team can share", key);
	*end = '\0';
	if (postfix_check_key(key, value, err) < 0 ||
	    np_import_entry_set(entry, NP_COLUMN_ALIAS, key, err) < 0)
		return -1;
	return np_import_entry_set(entry, NP_COLUMN_MAILBOX, value, err);
}
