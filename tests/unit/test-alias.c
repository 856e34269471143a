/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records: what is written comes back, what is damaged is told, what a newer
   program wrote is kept. */
#include "aliasmap/alias.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>

#define ADDRESS "sales@company.com"
/* Fields, each with type and length in front. */
#define MAILBOX "\1\0\17bob@company.com"
#define FLAGS "\2\0\1\3"
#define HEAD "\1\0"
#define BYTES(text) text, sizeof(text) - 1

static void fill(struct np_alias *alias, const char *address,
		 const char *mailbox)
{
	np_alias_init(alias);
	strcpy(alias->address, address);
	strcpy(alias->mailbox, mailbox);
}

/* In its own size on the heap: a sanitizer sees one octet too far. */
static int decode(const char *address, const void *record, size_t len,
		  struct np_alias *alias_r, struct np_error *err)
{
	size_t address_len = strlen(address);
	char *key = malloc(address_len > 0 ? address_len : 1);
	unsigned char *copy = malloc(len > 0 ? len : 1);
	int rc;

	assert_non_null(key);
	assert_non_null(copy);
	memcpy(key, address, address_len);
	memcpy(copy, record, len);
	rc = np_alias_decode(key, address_len, copy, len, alias_r, err);
	free(key);
	free(copy);
	return rc;
}

static void test_alias__comes_back(void **state)
{
	static const struct {
		const char *label, *address, *mailbox, *note;
		bool enabled, receive, send;
		int64_t expires, created;
	} rows[] = {
		{ "small", ADDRESS, "bob@company.com", "", true, true, false,
		  0, 0 },
		{ "everything", "sales+vip@company.com", "bob@company.com",
		  "f\xc3\xbcr alle", true, true, true, 1893456000,
		  1700000000 },
		{ "all off", ADDRESS, "bob@company.com", "", false, false,
		  false, 0, 1 },
		{ "far times", ADDRESS, "bob@company.com", "", true, false,
		  true, INT64_MAX, INT64_MIN },
		{ "domain alias", "@old.example", "@new.example", "", true,
		  true, true, 0, 0 },
		{ "catch-all", "@company.com", "bob@company.com", "", true,
		  true, false, 0, 0 },
		{ "UTF-8 and quotes", "\xc3\xbc@company.com",
		  "\"b b\"@[192.0.2.1]", "", true, true, false, 0, 0 },
	};
	static struct np_alias alias, back;
	unsigned char record[NP_MAX_RECORD];
	struct np_error err = { NP_ERROR_NONE, "" };
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fill(&alias, rows[i].address, rows[i].mailbox);
		strcpy(alias.note, rows[i].note);
		alias.enabled = rows[i].enabled;
		alias.receive = rows[i].receive;
		alias.send = rows[i].send;
		alias.expires = rows[i].expires;
		alias.created = rows[i].created;
		check_int(rows[i].label,
			  np_alias_encode(&alias, record, sizeof(record), &len,
					  &err), 1);
		check_int(rows[i].label,
			  decode(rows[i].address, record, len, &back, &err),
			  1);
		check_true(rows[i].label,
			   memcmp(&alias, &back, sizeof(alias)) == 0);
		/* One octet less has no room. */
		check_int(rows[i].label,
			  np_alias_encode(&alias, record, len - 1, &len, &err),
			  -1);
		check_int(rows[i].label, err.kind, NP_ERROR_INTERNAL);
	}
}

/* The bytes themselves: files written today are read tomorrow. */
static void test_alias__format_stands(void **state)
{
	static const unsigned char expected[] =
		HEAD MAILBOX "\2\0\1\7" "\3\0\10\0\0\0\0\1\2\3\4"
		"\4\0\10\0\0\0\0\0\0\0\5" "\5\0\1n";
	static struct np_alias alias;
	unsigned char record[NP_MAX_RECORD];
	size_t len = 0;

	(void)state;
	fill(&alias, ADDRESS, "bob@company.com");
	alias.send = true;
	alias.expires = 0x01020304;
	alias.created = 5;
	strcpy(alias.note, "n");
	check_int("encode", np_alias_encode(&alias, record, sizeof(record),
					    &len, NULL), 1);
	check_int("length", len, sizeof(expected) - 1);
	assert_memory_equal(record, expected, len);
}

static void test_alias__keeps_unknown(void **state)
{
	static const char record[] =
		HEAD "\x11\0\3abc" MAILBOX "\xff\0\1z" FLAGS "\0\0\0";
	static const char fields[] = "\x11\0\3abc" "\xff\0\1z" "\0\0\0";
	static struct np_alias alias, back;
	unsigned char again[NP_MAX_RECORD];
	size_t len;

	(void)state;
	check_int("decode", decode(ADDRESS, BYTES(record), &alias, NULL), 1);
	check_int("kept", alias.unknown_len, sizeof(fields) - 1);
	assert_memory_equal(alias.unknown, fields, sizeof(fields) - 1);
	alias.send = true;
	check_int("encode", np_alias_encode(&alias, again, sizeof(again), &len,
					    NULL), 1);
	check_int("exact", np_alias_encode(&alias, again, len, &len, NULL), 1);
	check_int("no room", np_alias_encode(&alias, again, len - 1, &len,
					     NULL), -1);
	check_int("again", decode(ADDRESS, again, len, &back, NULL), 1);
	assert_memory_equal(&alias, &back, sizeof(alias));
}

static void test_alias__newer_minor_is_read(void **state)
{
	static struct np_alias alias;

	(void)state;
	check_int("decode", decode(ADDRESS, BYTES("\1\7" MAILBOX FLAGS),
				   &alias, NULL), 1);
	check_str("mailbox", alias.mailbox, "bob@company.com");
}

static void test_alias__damaged(void **state)
{
	static const struct {
		const char *label, *address, *record;
		size_t len;
		enum np_error_kind kind;
	} rows[] = {
		{ "empty", ADDRESS, BYTES(""), NP_ERROR_RECORD },
		{ "one octet", ADDRESS, BYTES("\1"), NP_ERROR_RECORD },
		{ "newer major", ADDRESS, BYTES("\2\0" MAILBOX FLAGS),
		  NP_ERROR_VERSION },
		{ "major 0", ADDRESS, BYTES("\0\0" MAILBOX FLAGS),
		  NP_ERROR_VERSION },
		{ "no fields", ADDRESS, BYTES(HEAD), NP_ERROR_RECORD },
		{ "no mailbox", ADDRESS, BYTES(HEAD FLAGS), NP_ERROR_RECORD },
		{ "no flags", ADDRESS, BYTES(HEAD MAILBOX), NP_ERROR_RECORD },
		{ "mailbox twice", ADDRESS, BYTES(HEAD MAILBOX FLAGS MAILBOX),
		  NP_ERROR_RECORD },
		{ "flags twice", ADDRESS, BYTES(HEAD MAILBOX FLAGS FLAGS),
		  NP_ERROR_RECORD },
		{ "note twice", ADDRESS,
		  BYTES(HEAD MAILBOX FLAGS "\5\0\1n" "\5\0\1n"),
		  NP_ERROR_RECORD },
		{ "unknown flag", ADDRESS, BYTES(HEAD MAILBOX "\2\0\1\x0b"),
		  NP_ERROR_RECORD },
		{ "long flags", ADDRESS, BYTES(HEAD MAILBOX "\2\0\2\3\0"),
		  NP_ERROR_RECORD },
		{ "short time", ADDRESS,
		  BYTES(HEAD MAILBOX FLAGS "\3\0\4\0\0\0\1"),
		  NP_ERROR_RECORD },
		{ "field without length", ADDRESS,
		  BYTES(HEAD MAILBOX FLAGS "\5\0"), NP_ERROR_RECORD },
		{ "length past the end", ADDRESS,
		  BYTES(HEAD MAILBOX FLAGS "\5\0\2n"), NP_ERROR_RECORD },
		{ "huge length", ADDRESS,
		  BYTES(HEAD MAILBOX FLAGS "\5\xff\xffn"), NP_ERROR_RECORD },
		{ "empty note", ADDRESS, BYTES(HEAD MAILBOX FLAGS "\5\0\0"),
		  NP_ERROR_RECORD },
		{ "NUL in the note", ADDRESS,
		  BYTES(HEAD MAILBOX FLAGS "\5\0\2n\0"), NP_ERROR_RECORD },
		{ "line end in the note", ADDRESS,
		  BYTES(HEAD MAILBOX FLAGS "\5\0\2n\n"), NP_ERROR_RECORD },
		{ "note not UTF-8", ADDRESS,
		  BYTES(HEAD MAILBOX FLAGS "\5\0\2n\xff"), NP_ERROR_RECORD },
		{ "empty mailbox", ADDRESS, BYTES(HEAD "\1\0\0" FLAGS),
		  NP_ERROR_RECORD },
		{ "mailbox in capitals", ADDRESS,
		  BYTES(HEAD "\1\0\5Bob@x" FLAGS), NP_ERROR_RECORD },
		{ "mailbox without domain", ADDRESS,
		  BYTES(HEAD "\1\0\3bob" FLAGS), NP_ERROR_RECORD },
		{ "mailbox is a bare at", "@old.example",
		  BYTES(HEAD "\1\0\1@" FLAGS), NP_ERROR_RECORD },
		{ "address to a domain", ADDRESS,
		  BYTES(HEAD "\1\0\2@x" FLAGS), NP_ERROR_RECORD },
		{ "key empty", "", BYTES(HEAD MAILBOX FLAGS),
		  NP_ERROR_RECORD },
		{ "key in capitals", "Sales@company.com",
		  BYTES(HEAD MAILBOX FLAGS), NP_ERROR_RECORD },
		{ "key with needless quotes", "\"sales\"@company.com",
		  BYTES(HEAD MAILBOX FLAGS), NP_ERROR_RECORD },
		{ "key with a U-label", "sales@\xc3\xbc.example",
		  BYTES(HEAD MAILBOX FLAGS), NP_ERROR_RECORD },
		{ "key is a bare at", "@", BYTES(HEAD MAILBOX FLAGS),
		  NP_ERROR_RECORD },
	};
	static struct np_alias alias, before;

	(void)state;
	fill(&alias, "untouched@x", "y@x");
	before = alias;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_error err = { NP_ERROR_NONE, "" };

		check_int(rows[i].label,
			  decode(rows[i].address, rows[i].record, rows[i].len,
				 &alias, &err), -1);
		check_int(rows[i].label, err.kind, rows[i].kind);
		check_true(rows[i].label, err.text[0] != '\0');
		check_true(rows[i].label,
			   memcmp(&alias, &before, sizeof(alias)) == 0);
	}
}

/* Every shorter form of a record is refused, or another whole record. */
static void test_alias__cut_anywhere(void **state)
{
	static const char record[] = HEAD MAILBOX FLAGS "\5\0\4note";
	static struct np_alias alias;
	char label[16];

	(void)state;
	for (size_t len = 0; len < sizeof(record) - 1; len++) {
		/* The note is optional. */
		bool whole = len == sizeof(HEAD MAILBOX FLAGS) - 1;

		(void)snprintf(label, sizeof(label), "%zu octets", len);
		check_int(label, decode(ADDRESS, record, len, &alias, NULL),
			  whole ? 1 : -1);
	}
}

static void test_alias__too_long(void **state)
{
	static struct np_alias alias;
	unsigned char record[NP_MAX_RECORD] = HEAD MAILBOX FLAGS;
	unsigned char again[NP_MAX_RECORD];
	size_t len = sizeof(HEAD MAILBOX FLAGS) - 1, again_len;

	(void)state;
	record[len] = 5;
	record[len + 1] = NP_MAX_NOTE >> 8;
	record[len + 2] = NP_MAX_NOTE & 0xff;
	memset(record + len + 3, 'n', NP_MAX_NOTE + 1);
	check_int("longest note", decode(ADDRESS, record,
					 len + 3 + NP_MAX_NOTE, &alias, NULL),
		  1);
	check_int("longest note", strlen(alias.note), NP_MAX_NOTE);
	record[len + 2]++;
	check_int("note too long", decode(ADDRESS, record,
					  len + 3 + NP_MAX_NOTE + 1, &alias,
					  NULL), -1);
	record[len] = 99;
	record[len + 1] = (NP_MAX_UNKNOWN - 3) >> 8;
	record[len + 2] = (NP_MAX_UNKNOWN - 3) & 0xff;
	check_int("most unknown", decode(ADDRESS, record, len + NP_MAX_UNKNOWN,
					 &alias, NULL), 1);
	check_int("most unknown", alias.unknown_len, NP_MAX_UNKNOWN);
	check_int("most unknown", np_alias_encode(&alias, again, sizeof(again),
						  &again_len, NULL), 1);
	check_int("length", again_len, len + NP_MAX_UNKNOWN);
	alias.unknown_len++;
	check_int("too much", np_alias_encode(&alias, again, sizeof(again),
					      &again_len, NULL), -1);
	check_int("no head", np_alias_encode(&alias, again, 1, &again_len,
					     NULL), -1);
	record[len + 2]++;
	check_int("too much unknown",
		  decode(ADDRESS, record, len + NP_MAX_UNKNOWN + 1, &alias,
			 NULL), -1);
}

static void test_alias__not_written(void **state)
{
	static const struct {
		const char *address, *mailbox, *note, *says;
	} rows[] = {
		{ "Sales@x", "bob@x", "", "key" },
		{ "sales@x", "Bob@x", "", "\"sales@x\": the mailbox" },
		{ "sales@x", "", "", "the mailbox" },
		{ "sales@x", "@y", "", "a whole domain" },
		{ "sales@x", "bob@x", "a\nb", "the note" },
	};
	static struct np_alias alias;
	unsigned char record[NP_MAX_RECORD];
	size_t len = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_error err = { NP_ERROR_NONE, "" };

		fill(&alias, rows[i].address, rows[i].mailbox);
		strcpy(alias.note, rows[i].note);
		check_int(rows[i].says,
			  np_alias_encode(&alias, record, sizeof(record), &len,
					  &err), -1);
		check_int(rows[i].says, err.kind, NP_ERROR_RECORD);
		if (strstr(err.text, rows[i].says) == NULL)
			check_str("text", err.text, rows[i].says);
		check_int(rows[i].says, len, 77);
	}
}

static void test_alias__type_and_state(void **state)
{
	static const struct {
		bool enabled;
		int64_t expires, now;
		enum np_alias_state is;
	} rows[] = {
		{ true, 0, 1000, NP_ALIAS_ACTIVE },
		{ true, 1001, 1000, NP_ALIAS_ACTIVE },
		{ true, 1000, 1000, NP_ALIAS_EXPIRED },
		{ true, 999, 1000, NP_ALIAS_EXPIRED },
		{ false, 0, 1000, NP_ALIAS_DISABLED },
		{ false, 999, 1000, NP_ALIAS_DISABLED },
	};
	static struct np_alias alias;

	(void)state;
	np_alias_init(&alias);
	check_true("init", alias.enabled && alias.receive && !alias.send);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		alias.enabled = rows[i].enabled;
		alias.expires = rows[i].expires;
		check_int("state", np_alias_state(&alias, rows[i].now),
			  rows[i].is);
	}
	fill(&alias, "a@x", "b@x");
	check_int("type", np_alias_type(&alias), NP_ALIAS_ADDRESS);
	fill(&alias, "@x", "b@x");
	check_int("type", np_alias_type(&alias), NP_ALIAS_CATCH_ALL);
	fill(&alias, "@x", "@y");
	check_int("type", np_alias_type(&alias), NP_ALIAS_DOMAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alias__comes_back),
		cmocka_unit_test(test_alias__format_stands),
		cmocka_unit_test(test_alias__keeps_unknown),
		cmocka_unit_test(test_alias__newer_minor_is_read),
		cmocka_unit_test(test_alias__damaged),
		cmocka_unit_test(test_alias__cut_anywhere),
		cmocka_unit_test(test_alias__too_long),
		cmocka_unit_test(test_alias__not_written),
		cmocka_unit_test(test_alias__type_and_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
