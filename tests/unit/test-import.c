/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The three formats of an import: what is read, and in which line an error
   stands. Each row is a text and what comes out of it, one item a line:
   "LINE ALIAS MAILBOX FIELDS" or "LINE! ERROR". */
#include "cli/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct {
	const char *label;
	const char *text;
	const char *result;
} rows[] = {
	/* CSV */
	{ "csv", "alias,mailbox\nsales@x.org,bob@x.org\n",
	  "2 sales@x.org bob@x.org 0\n" },
	{ "csv without a final line end", "alias,mailbox\na@x,b@x",
	  "2 a@x b@x 0\n" },
	{ "csv with CRLF, BOM, empty lines and blanks",
	  "\xef\xbb\xbf" "alias,mailbox\r\n\r\n a@x , b@x \r\n\r\n",
	  "3 a@x b@x 0\n" },
	{ "csv, columns in another order and case",
	  "Send,MAILBOX,alias\nyes,b@x,a@x\n", "2 a@x b@x 2 send\n" },
	{ "csv, all columns",
	  "alias,mailbox,receive,send,enabled,expires,note,created\n"
	  "a@x,b@x,no,1,off,1970-01-01T00:00:09Z,\"hi, \"\"you\"\"\",\n",
	  "2 a@x b@x 1f send expires=9 note=hi, \"you\"\n" },
	{ "csv, never", "alias,mailbox,expires\na@x,b@x,never\na@x,b@x,\n",
	  "2 a@x b@x 8\n3 a@x b@x 8\n" },
	{ "csv, a quoted line end", "alias,note,mailbox\n"
	  "a@x,\"one\ntwo\",b@x\nc@x,,d@x\n",
	  "2 a@x b@x 10 note=one\ntwo\n4 c@x d@x 10\n" },
	{ "csv, quoted head", "\"alias\",\"mailbox\"\na@x,b@x\n",
	  "2 a@x b@x 0\n" },
	{ "csv, only the head", "alias,mailbox\n", "" },
	{ "csv, errors and what follows", "alias,mailbox,send\n"
	  "a@x,b@x\n,b@x,\na@x,,\na@x,b@x,maybe\na@x,b\"x,\n"
	  "\"a@x\"b,c,\na@x,b@x,no\n",
	  "2! 2 fields, and the first line names 3\n"
	  "3! the alias is missing\n4! a@x: the mailbox is missing\n"
	  "5! send: maybe: use yes or no\n"
	  "6! a quote inside a field: put the field in quotes and double "
	  "the quote\n"
	  "7! text behind a closing quote\n8 a@x b@x 2\n" },
	{ "csv, bad date", "alias,mailbox,expires\na@x,b@x,soon\n",
	  "2! expires: soon: use a date like 2026-12-31 or "
	  "2026-12-31T18:00:00Z, or never\n" },
	{ "csv, open quote", "alias,mailbox\n\"a@x,b@x\n",
	  "2! a quote is not closed\n" },
	{ "csv, open quotes swallow no line", "alias,note,mailbox\n"
	  "\"a@x,,b@x\nc@x,d@x\ne@x,\"hi\",f@x\ng@x,\"oh,h@x\ni@x,,j@x\n"
	  "k@x,\"\n",
	  "2! text behind a closing quote\n"
	  "3! 2 fields, and the first line names 3\n4 e@x f@x 10 note=hi\n"
	  "5! 2 fields, and the first line names 3; is a quote not closed?\n"
	  "6 i@x j@x 10\n"
	  "7! a quote is not closed\n" },
	{ "csv, unknown column", "alias,mailbox,colour\n",
	  "0! line 1: the first line names the columns, and \"colour\" is "
	  "none of alias,mailbox,receive,send,enabled,expires,note,created\n" },
	{ "csv, semicolons", "alias;mailbox\na@x;b@x\n", "0! line 1: commas "
	  "are needed between the columns, not semicolons\n" },
	{ "csv, CR alone", "alias,mailbox\ra@x,b@x\r", "0! line 1: a CR alone "
	  "ends no line, use LF or CRLF\n" },
	{ "csv, a CR in a line", "alias,mailbox\na@x,b@x\rc@x,d@x\ne@x,f@x\n",
	  "2! a CR alone ends no line, use LF or CRLF\n3 e@x f@x 0\n" },
	{ "postfix, CR alone", "a@x b@x\rc@x d@x\r", "0! line 1: a CR alone "
	  "ends no line, use LF or CRLF\n" },
	{ "json, a list alone", "[{\"alias\":\"a@x\",\"mailbox\":\"b@x\"}]",
	  "0! line 1: a list needs a frame, use "
	  "{\"version\":1,\"aliases\":[...]}\n" },
	{ "csv, column twice", "alias,mailbox,alias\n",
	  "0! line 1: the column alias stands twice\n" },
	{ "csv, no mailbox", "alias,note\n", "0! line 1: the first line has "
	  "to name the columns alias and mailbox\n" },
	/* JSON */
	{ "json", "{\"version\":1,\"aliases\":[\n"
	  "{\"alias\":\"a@x\",\"mailbox\":\"b@x\",\"receive\":false,"
	  "\"send\":true,\"enabled\":true,\"expires\":null,\"note\":\"\","
	  "\"created\":\"1970-01-01T00:00:07Z\"},\n"
	  "{\"mailbox\":\"d@x\",\"alias\":\"c@x\"}\n]}\n",
	  "2 a@x b@x 3f send created=7\n3 c@x d@x 0\n" },
	{ "json, version behind the list", " {\"aliases\" : [] , "
	  "\"version\": 1 } ", "" },
	{ "json, brackets in strings", "{\"version\":1,\"aliases\":[{\"alias\""
	  ":\"a@x\",\"mailbox\":\"b@x\",\"note\":\"]}\\\"{[\"}]}",
	  "1 a@x b@x 10 note=]}\"{[\n" },
	{ "json, bad objects and what follows", "{\"version\":1,\"aliases\":"
	  "[\n{\"alias\":1},\n{\"alias\":\"a@x\"},\n7,\n{\"recieve\":true},\n"
	  "{\"note\":true},\n{\"alias\":\"a@x\",\"mailbox\":\"b@x\"}]}",
	  "2! \"alias\" has a value of another type\n"
	  "3! a@x: the mailbox is missing\n4! this is no JSON object\n"
	  "5! \"recieve\" is none of alias, mailbox, receive, send, enabled, "
	  "expires, note, created\n"
	  "6! \"note\" has a value of another type\n7 a@x b@x 0\n" },
	{ "json, member twice", "{\"version\":1,\"aliases\":[{\"alias\":\"a\","
	  "\"alias\":\"b\",\"mailbox\":\"c\"}]}",
	  "1! this is no JSON object\n" },
	{ "json, other version", "{\"version\":2,\"aliases\":[]}",
	  "0! line 1: only version 1 of this format is known\n" },
	{ "json, no version", "{\"aliases\":[\n]}",
	  "2! \"version\":1 is missing\n" },
	{ "json, other member", "{\"users\":[]}",
	  "0! line 1: only \"version\" and \"aliases\" can stand here\n" },
	{ "json, no list", "{\"version\":1,\n\"aliases\":{}}",
	  "0! line 2: \"aliases\" has to be a list\n" },
	{ "json, ends too early", "{\"version\":1,\"aliases\":[\n{\"alias\":",
	  "2! the text ends inside an object\n" },
	{ "json, ends behind an object", "{\"version\":1,\"aliases\":[\n"
	  "{\"alias\":\"a@x\",\"mailbox\":\"b@x\"}\n",
	  "2 a@x b@x 0\n3! a comma is missing\n" },
	{ "json, no comma", "{\"version\":1,\"aliases\":[\n"
	  "{\"alias\":\"a@x\",\"mailbox\":\"b@x\"}\n{}]}",
	  "2 a@x b@x 0\n3! a comma is missing\n" },
	{ "json, text behind", "{\"version\":1,\"aliases\":[]}\n\nx",
	  "3! text behind the end\n" },
	{ "json, list twice", "{\"version\":1,\"aliases\":[],\"aliases\":[]}",
	  "1! \"aliases\" stands twice\n" },
	{ "json, no end", "{\"version\":1,\"aliases\":[]",
	  "1! the end is missing\n" },
	/* Postfix */
	{ "postfix", "# comment\n\nsales@x.org  bob@x.org\n"
	  "@x.org\tcarol@x.org\n@old.org @new.org\n",
	  "3 sales@x.org bob@x.org 0\n4 @x.org carol@x.org 0\n"
	  "5 @old.org @new.org 0\n" },
	{ "postfix, continued behind a comment", "a@x\n# c\n\n   b@x\nc@x d@x",
	  "1 a@x b@x 0\n5 c@x d@x 0\n" },
	{ "postfix, quoted", "\"a b\"@x b@x\r\n", "1 \"a b\"@x b@x 0\n" },
	{ "postfix, what one alias cannot say", "x.org anything\nbob b@x\n"
	  "a@x b@x, c@x\na@x b@x,c@x\na@x b@x c@x\na@x\nd@x e@x\n",
	  "1! x.org: a line that only declares a domain: leave it out\n"
	  "2! bob: an address has a domain, use bob@DOMAIN\n"
	  "3! a@x: leads to several addresses; one alias has one mailbox, "
	  "which a team can share\n"
	  "4! a@x: leads to several addresses; one alias has one mailbox, "
	  "which a team can share\n"
	  "5! a@x: leads to several addresses; one alias has one mailbox, "
	  "which a team can share\n"
	  "6! a@x: no mailbox behind it\n7 d@x e@x 0\n" },
	{ "postfix, empty", "", "" },
	{ "postfix, only comments", "# nothing\n  # here\n", "" },
};

static void print_entry(FILE *out, const struct np_import_entry *entry)
{
	const struct np_alias *values = &entry->values;

	(void)fprintf(out, "%u %s %s %x", entry->line, entry->alias,
		      entry->mailbox, entry->fields);
	if (values->send)
		(void)fputs(" send", out);
	if (values->expires != 0)
		(void)fprintf(out, " expires=%lld", (long long)values->expires);
	if (values->created != 0)
		(void)fprintf(out, " created=%lld", (long long)values->created);
	if (values->note[0] != '\0')
		(void)fprintf(out, " note=%s", values->note);
	(void)fputc('\n', out);
}

/* Reads text (in memory of exactly its size) and writes what came out. */
static char *read_all(const char *text, size_t len)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_import *import;
	char *out = NULL, *copy;
	size_t out_len;
	FILE *file = open_memstream(&out, &out_len);

	copy = malloc(len == 0 ? 1 : len);
	assert_non_null(copy);
	(void)memcpy(copy, text, len);
	if (np_import_open(copy, len, NP_IMPORT_DETECT, &import, &err) < 0) {
		(void)fprintf(file, "0! %s\n", err.text);
	} else {
		struct np_import_entry entry;
		unsigned int limit = 1000;
		int result;

		while ((result = np_import_next(import, &entry, &err)) != 0 &&
		       limit-- > 0) {
			if (result > 0)
				print_entry(file, &entry);
			else
				(void)fprintf(file, "%u! %s\n", entry.line,
					      err.text);
		}
		assert_true(limit > 0);
		np_import_close(&import);
		assert_null(import);
	}
	(void)fclose(file);
	free(copy);
	return out;
}

static void test_import__formats(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *result = read_all(rows[i].text, strlen(rows[i].text));

		if (strcmp(result, rows[i].result) != 0)
			fail_msg("%s:\n%s", rows[i].label, result);
		free(result);
	}
}

/* Cut anywhere, no text makes the reader run on or read behind its end. */
static void test_import__truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t len = 0; len < strlen(rows[i].text); len++)
			free(read_all(rows[i].text, len));
	}
}

static void test_import__nul(void **state)
{
	char *result = read_all("a@x b\0@x", 8);

	(void)state;
	assert_string_equal(result, "0! this is no text: it holds a NUL\n");
	free(result);
}

static void test_import__too_long(void **state)
{
	static const char *const labels[] = { "csv", "postfix", "json" };
	char big[9001], text[9200];

	(void)state;
	(void)memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	for (size_t i = 0; i < 3; i++) {
		char *result;
		int len;

		len = i == 0 ? snprintf(text, sizeof(text),
					"alias,mailbox\n%s,b@x\nc@x,d@x\n", big) :
		      i == 1 ? snprintf(text, sizeof(text), "%s b@x\nc@x d@x\n",
					big) :
		      snprintf(text, sizeof(text), "{\"version\":1,\"aliases\":"
			       "[\n{\"alias\":\"%s\"},{\"alias\":\"c@x\","
			       "\"mailbox\":\"d@x\"}]}", big);
		result = read_all(text, (size_t)len);
		if (strstr(result, "! ") == NULL ||
		    strstr(result, "longer") == NULL ||
		    strstr(result, "c@x d@x 0\n") == NULL)
			fail_msg("%s: %s", labels[i], result);
		free(result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_import__formats),
		cmocka_unit_test(test_import__truncated),
		cmocka_unit_test(test_import__nul),
		cmocka_unit_test(test_import__too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
