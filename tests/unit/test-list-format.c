/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists: exact output, and that CSV and JSON are read back as they were. */
#include "cli/import.h"
#include "cli/list-format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define NOW 1000

static const struct {
	const char *address, *mailbox, *note;
	bool enabled, receive, send;
	int64_t expires, created;
} entries[] = {
	{ "sales@x.org", "bob@x.org", "", true, true, false, 0, 500 },
	{ "info@x.org", "bob@x.org", "a, \"b\" \\ c", true, false, true, 5000,
	  500 },
	{ "old@x.org", "bob@x.org", " blanks ", true, true, false, 900, 500 },
	{ "@x.org", "carol@x.org", "gr\xc3\xbc\xc3\x9f" "e", false, true, false, 0, 0 },
};

static void fill(struct np_alias *alias, size_t i)
{
	np_alias_init(alias);
	(void)strcpy(alias->address, entries[i].address);
	(void)strcpy(alias->mailbox, entries[i].mailbox);
	(void)strcpy(alias->note, entries[i].note);
	alias->enabled = entries[i].enabled;
	alias->receive = entries[i].receive;
	alias->send = entries[i].send;
	alias->expires = entries[i].expires;
	alias->created = entries[i].created;
}

static char *print(enum np_list_format format, size_t count,
		   unsigned int terminal)
{
	struct np_list list = { NULL, format, NOW, terminal, 0, 0, 0 };
	struct np_alias alias;
	char *out = NULL;
	size_t len;

	list.out = open_memstream(&out, &len);
	for (size_t i = 0; i < count; i++) {
		fill(&alias, i);
		np_list_measure(&list, &alias);
	}
	np_list_begin(&list);
	for (size_t i = 0; i < count; i++) {
		fill(&alias, i);
		np_list_entry(&list, &alias);
	}
	np_list_end(&list);
	(void)fclose(list.out);
	return out;
}

static void check(enum np_list_format format, size_t count,
		  unsigned int terminal, const char *expected)
{
	char *out = print(format, count, terminal);

	assert_string_equal(out, expected);
	free(out);
}

static void test_list__table(void **state)
{
	(void)state;
	check(NP_LIST_TABLE, 0, 0, "0 aliases\n");
	check(NP_LIST_TABLE, 1, 0,
	      "ALIAS        MAILBOX    STATE     RECEIVE  SEND  "
	      "EXPIRES               NOTE\n"
	      "sales@x.org  bob@x.org  active    yes      no\n1 alias\n");
	check(NP_LIST_TABLE, 4, 0,
	      "ALIAS        MAILBOX      STATE     RECEIVE  SEND  "
	      "EXPIRES               NOTE\n"
	      "sales@x.org  bob@x.org    active    yes      no\n"
	      "info@x.org   bob@x.org    active    no       yes   "
	      "1970-01-01T01:23:20Z  a, \"b\" \\ c\n"
	      "old@x.org    bob@x.org    expired   yes      no    "
	      "1970-01-01T00:15:00Z   blanks \n"
	      "@x.org       carol@x.org  disabled  yes      no    "
	      "                      gr\xc3\xbc\xc3\x9f" "e\n4 aliases\n");
}

static void test_list__csv(void **state)
{
	(void)state;
	check(NP_LIST_CSV, 4, 0,
	      "alias,mailbox,receive,send,enabled,expires,note,created\n"
	      "sales@x.org,bob@x.org,yes,no,yes,,,1970-01-01T00:08:20Z\n"
	      "info@x.org,bob@x.org,no,yes,yes,1970-01-01T01:23:20Z,"
	      "\"a, \"\"b\"\" \\ c\",1970-01-01T00:08:20Z\n"
	      "old@x.org,bob@x.org,yes,no,yes,1970-01-01T00:15:00Z,"
	      "\" blanks \",1970-01-01T00:08:20Z\n"
	      "@x.org,carol@x.org,yes,no,no,,gr\xc3\xbc\xc3\x9f" "e,\n");
}

static void test_list__json(void **state)
{
	(void)state;
	check(NP_LIST_JSON, 0, 0, "{\"version\":1,\"aliases\":[]}\n");
	check(NP_LIST_JSON, 2, 0, "{\"version\":1,\"aliases\":[\n"
	      "{\"alias\":\"sales@x.org\",\"mailbox\":\"bob@x.org\","
	      "\"receive\":true,\"send\":false,\"enabled\":true,"
	      "\"expires\":null,\"note\":\"\","
	      "\"created\":\"1970-01-01T00:08:20Z\"},\n"
	      "{\"alias\":\"info@x.org\",\"mailbox\":\"bob@x.org\","
	      "\"receive\":false,\"send\":true,\"enabled\":true,"
	      "\"expires\":\"1970-01-01T01:23:20Z\","
	      "\"note\":\"a, \\\"b\\\" \\\\ c\","
	      "\"created\":\"1970-01-01T00:08:20Z\"}\n]}\n");
}

/* On a terminal a long note is cut at its edge, never inside a character. */
static void test_list__terminal(void **state)
{
	char *out = print(NP_LIST_TABLE, 4, 81);

	(void)state;
	assert_non_null(strstr(out, "  a, \"b\" \\\n"));
	assert_non_null(strstr(out, "gr\xc3\xbc\xc3\x9f" "e\n"));
	free(out);
}

static void read_back(enum np_list_format format)
{
	char *text = print(format, 4, 0);
	struct np_import_entry entry;
	struct np_import *import;
	struct np_alias alias;
	struct np_error err;

	assert_int_equal(np_import_open(text, strlen(text), NP_IMPORT_DETECT,
					&import, &err), 1);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(np_import_next(import, &entry, &err), 1);
		fill(&alias, i);
		assert_string_equal(entry.alias, alias.address);
		assert_string_equal(entry.mailbox, alias.mailbox);
		assert_string_equal(entry.values.note, alias.note);
		assert_int_equal(entry.values.enabled, alias.enabled);
		assert_int_equal(entry.values.receive, alias.receive);
		assert_int_equal(entry.values.send, alias.send);
		assert_int_equal(entry.values.expires, alias.expires);
		assert_int_equal(entry.values.created, alias.created);
	}
	assert_int_equal(np_import_next(import, &entry, &err), 0);
	np_import_close(&import);
	free(text);
}

static void test_list__read_back(void **state)
{
	(void)state;
	read_back(NP_LIST_CSV);
	read_back(NP_LIST_JSON);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list__table),
		cmocka_unit_test(test_list__csv),
		cmocka_unit_test(test_list__json),
		cmocka_unit_test(test_list__terminal),
		cmocka_unit_test(test_list__read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
