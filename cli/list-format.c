/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints aliases; see list-format.h. */
#include "cli/list-format.h"
#include "cli/date.h"

#include "aliasmap/edit.h"

#include <inttypes.h>
#include <string.h>

#define LIST_MIN_WIDTH 8
#define LIST_MAX_WIDTH 48	/* a longer address pushes its line, not all */

int np_list_format(const char *name, enum np_list_format *format_r)
{
	if (strcmp(name, "table") == 0)
		*format_r = NP_LIST_TABLE;
	else if (strcmp(name, "csv") == 0)
		*format_r = NP_LIST_CSV;
	else if (strcmp(name, "json") == 0)
		*format_r = NP_LIST_JSON;
	else
		return 0;
	return 1;
}

const char *np_state_name(enum np_alias_state state)
{
	switch (state) {
	case NP_ALIAS_ACTIVE:
		return "active";
	case NP_ALIAS_DISABLED:
		return "disabled";
	case NP_ALIAS_EXPIRED:
		break;
	}
	return "expired";
}

static void list_widen(unsigned int *width, const char *text)
{
	size_t len = strlen(text);

	if (len > LIST_MAX_WIDTH)
		len = LIST_MAX_WIDTH;
	if (len > *width)
		*width = (unsigned int)len;
}

void np_list_measure(struct np_list *list, const struct np_alias *alias)
{
	list_widen(&list->alias_width, alias->address);
	list_widen(&list->mailbox_width, alias->mailbox);
}

void np_list_begin(struct np_list *list)
{
	if (list->alias_width < LIST_MIN_WIDTH)
		list->alias_width = LIST_MIN_WIDTH;
	if (list->mailbox_width < LIST_MIN_WIDTH)
		list->mailbox_width = LIST_MIN_WIDTH;
	switch (list->format) {
	case NP_LIST_CSV:
		(void)fputs("alias,mailbox,receive,send,enabled,expires,note,"
			    "created\n", list->out);
		break;
	case NP_LIST_JSON:
		(void)fputs("{\"version\":1,\"aliases\":[", list->out);
		break;
	case NP_LIST_TABLE:
		/* The head waits for the first entry: none, no head. */
		break;
	}
}

static void list_table_head(const struct np_list *list)
{
	(void)fprintf(list->out, "%-*s  %-*s  %-8s  %-7s  %-4s  %-20s  %s\n",
		      (int)list->alias_width, "ALIAS",
		      (int)list->mailbox_width, "MAILBOX", "STATE", "RECEIVE",
		      "SEND", "EXPIRES", "NOTE");
}

/* The octets of text that take at most room columns; UTF-8 is not torn. */
static int list_fit(const char *text, unsigned int room)
{
	unsigned int columns = 0;
	int len = 0;

	for (; text[len] != '\0'; len++) {
		if (((unsigned char)text[len] & 0xc0) != 0x80 &&
		    columns++ == room)
			break;
	}
	return len;
}

static void list_table_entry(const struct np_list *list,
			     const struct np_alias *alias)
{
	char date[NP_MAX_DATE] = "", note[NP_MAX_NOTE + 1];
	unsigned int used;
	int len;

	if (alias->expires != 0)
		(void)np_date_print(alias->expires, date);
	(void)strcpy(note, alias->note);
	/* It may have reached the map by other ways, and hold anything. */
	np_text_clean(note);
	used = list->alias_width + list->mailbox_width + 51;
	len = list->terminal_width >= used + 8 ?
	      list_fit(note, list->terminal_width - used) : (int)strlen(note);
	if (len == 0 && date[0] == '\0') {
		(void)fprintf(list->out, "%-*s  %-*s  %-8s  %-7s  %s\n",
			      (int)list->alias_width, alias->address,
			      (int)list->mailbox_width, alias->mailbox,
			      np_state_name(np_alias_state(alias, list->now)),
			      alias->receive ? "yes" : "no",
			      alias->send ? "yes" : "no");
		return;
	}
	(void)fprintf(list->out, "%-*s  %-*s  %-8s  %-7s  %-4s  %-*s%s%.*s\n",
		      (int)list->alias_width, alias->address,
		      (int)list->mailbox_width, alias->mailbox,
		      np_state_name(np_alias_state(alias, list->now)),
		      alias->receive ? "yes" : "no",
		      alias->send ? "yes" : "no", len > 0 ? 20 : 0, date,
		      len > 0 ? "  " : "", len, note);
}

/* Quoted where RFC 4180 asks for it, and where blanks would be trimmed. */
static void list_csv_field(FILE *out, const char *text)
{
	size_t len = strlen(text);

	if (strpbrk(text, ",\"\r\n") == NULL &&
	    (len == 0 || (text[0] != ' ' && text[len - 1] != ' '))) {
		(void)fputs(text, out);
		return;
	}
	(void)fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)fputc('"', out);
		(void)fputc(*text, out);
	}
	(void)fputc('"', out);
}

static void list_csv_entry(const struct np_list *list,
			   const struct np_alias *alias)
{
	char date[NP_MAX_DATE];

	list_csv_field(list->out, alias->address);
	(void)fputc(',', list->out);
	list_csv_field(list->out, alias->mailbox);
	(void)fprintf(list->out, ",%s,%s,%s,%s,", alias->receive ? "yes" : "no",
		      alias->send ? "yes" : "no",
		      alias->enabled ? "yes" : "no", alias->expires == 0 ? "" :
		      np_date_print(alias->expires, date));
	list_csv_field(list->out, alias->note);
	(void)fprintf(list->out, ",%s\n", alias->created == 0 ? "" :
		      np_date_print(alias->created, date));
}

void np_json_string(FILE *out, const char *text)
{
	(void)fputc('"', out);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			(void)fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			(void)fprintf(out, "\\u%04x", c);
		else
			(void)fputc(c, out);
	}
	(void)fputc('"', out);
}

static void list_json_date(FILE *out, const char *name, int64_t seconds)
{
	char date[NP_MAX_DATE];

	if (seconds == 0)
		(void)fprintf(out, ",\"%s\":null", name);
	else
		(void)fprintf(out, ",\"%s\":\"%s\"", name,
			      np_date_print(seconds, date));
}

static void list_json_entry(const struct np_list *list,
			    const struct np_alias *alias)
{
	FILE *out = list->out;

	(void)fputs(list->count == 0 ? "\n{\"alias\":" : ",\n{\"alias\":", out);
	np_json_string(out, alias->address);
	(void)fputs(",\"mailbox\":", out);
	np_json_string(out, alias->mailbox);
	(void)fprintf(out, ",\"receive\":%s,\"send\":%s,\"enabled\":%s",
		      alias->receive ? "true" : "false",
		      alias->send ? "true" : "false",
		      alias->enabled ? "true" : "false");
	list_json_date(out, "expires", alias->expires);
	(void)fputs(",\"note\":", out);
	np_json_string(out, alias->note);
	list_json_date(out, "created", alias->created);
	(void)fputc('}', out);
}

void np_list_entry(struct np_list *list, const struct np_alias *alias)
{
	switch (list->format) {
	case NP_LIST_CSV:
		list_csv_entry(list, alias);
		break;
	case NP_LIST_JSON:
		list_json_entry(list, alias);
		break;
	case NP_LIST_TABLE:
		if (list->count == 0)
			list_table_head(list);
		list_table_entry(list, alias);
		break;
	}
	list->count++;
}

void np_list_end(struct np_list *list)
{
	if (list->format == NP_LIST_JSON)
		(void)fputs(list->count == 0 ? "]}\n" : "\n]}\n", list->out);
	else if (list->format == NP_LIST_TABLE)
		(void)fprintf(list->out, "%" PRIu64 " alias%s\n", list->count,
			      list->count == 1 ? "" : "es");
}
