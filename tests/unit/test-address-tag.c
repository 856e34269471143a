/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tags: where an address is cut, and how a tag gets to another one. */
#include "aliasmap/address.h"
#include "tests/unit/check.h"

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10
#define A63 A60 "aaa"

static struct np_address address(const char *text)
{
	struct np_address addr;
	const char *why = "";

	if (np_address_parse(text, strlen(text), NP_ADDRESS_UTF8, &addr,
			     &why) != NP_ADDRESS_OK)
		fail_msg("%s: %s", text, why);
	return addr;
}

static void test_address__cuts_tag(void **state)
{
	static const struct {
		const char *label, *text, *delimiters;
		const char *base;	/* NULL: no tag */
		const char *tag, *behind;
	} rows[] = {
		{ "tag", "Sales+VIP@x", "+", "Sales@x", "+VIP", "VIP" },
		{ "no tag", "sales@x", "+", NULL, NULL, NULL },
		{ "no delimiters", "sales+vip@x", "", NULL, NULL, NULL },
		{ "empty tag", "sales+@x", "+", "sales@x", "+", "" },
		{ "first of two", "a+b+c@x", "+", "a@x", "+b+c", "b+c" },
		{ "several, first in text", "a=b+c@x", "+=", "a@x", "=b+c",
		  "b+c" },
		{ "several, other one", "a+b=c@x", "+=", "a@x", "+b=c",
		  "b=c" },
		{ "in first place", "+vip@x", "+", NULL, NULL, NULL },
		{ "in first place and later", "+a+b@x", "+", "+a@x", "+b",
		  "b" },
		{ "delimiter alone", "+@x", "+", NULL, NULL, NULL },
		{ "in the domain only", "a@x-y", "-", NULL, NULL, NULL },
		{ "quoted", "\"a b+c d\"@x", "+", "\"a b\"@x", "+c d",
		  "c d\"" },
		{ "quotes only for the tag", "\"ab+c d\"@x", "+", "ab@x",
		  "+c d", "c d\"" },
		{ "quoted quote before", "\"a\\\"+b\"@x", "+", "\"a\\\"\"@x",
		  "+b", "b\"" },
		{ "quoted empty tag", "\"a b+\"@x", "+", "\"a b\"@x", "+",
		  "\"" },
		{ "quoted in first place", "\"+a b\"@x", "+", NULL, NULL,
		  NULL },
		{ "quoted backslash in the tag", "\"a+\\\\\"@x", "+", "a@x",
		  "+\\", "\\\\\"" },
		{ "base that needs quotes", "a.+b@x", "+", "\"a.\"@x", "+b",
		  "b" },
		{ "base that would be too long", A60 "aa.+@x", "+", NULL, NULL,
		  NULL },
		{ "UTF-8", "\xc3\xbc+\xc3\xb6@x", "+", "\xc3\xbc@x",
		  "+\xc3\xb6", "\xc3\xb6" },
	};
	char text[NP_MAX_ADDRESS + 1], tag[NP_MAX_LOCAL_PART + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_address addr = address(rows[i].text);
		struct np_address base = { "same", "before" };
		const char *behind = NULL;
		bool has_tag = np_address_split(&addr, rows[i].delimiters,
						&base, &behind);

		check_int(rows[i].label, has_tag, rows[i].base != NULL);
		check_str(rows[i].label, np_address_print(&base, text),
			  has_tag ? rows[i].base : "same@before");
		if (!has_tag) {
			check_true(rows[i].label, behind == NULL);
			continue;
		}
		check_str(rows[i].label, behind, rows[i].behind);
		check_true(rows[i].label, behind > addr.local &&
			   strchr(rows[i].delimiters, behind[-1]) != NULL);
		check_int(rows[i].label,
			  np_address_tag(&addr, rows[i].delimiters, tag),
			  strlen(rows[i].tag));
		check_str(rows[i].label, tag, rows[i].tag);
		/* In place. */
		check_true(rows[i].label,
			   np_address_split(&addr, rows[i].delimiters, &addr,
					    NULL));
		check_str(rows[i].label, np_address_print(&addr, text),
			  rows[i].base);
	}
}

static void test_address__no_tag_is_empty(void **state)
{
	struct np_address addr = address("sales@x");
	char tag[NP_MAX_LOCAL_PART + 1] = "before";

	(void)state;
	check_int("length", np_address_tag(&addr, "+", tag), 0);
	check_str("text", tag, "");
}

static void test_address__moves_tag(void **state)
{
	static const struct {
		const char *label, *from, *to, *moved;
	} rows[] = {
		{ "tag", "sales+Vip@x", "bob@y", "bob+Vip@y" },
		{ "empty tag", "sales+@x", "bob@y", "bob+@y" },
		{ "another delimiter", "sales=a+b@x", "bob@y", "bob=a+b@y" },
		{ "tag that needs quotes", "\"a+b c\"@x", "bob@y",
		  "\"bob+b c\"@y" },
		{ "mailbox that needs quotes", "a+b@x", "\"b ob\"@y",
		  "\"b ob+b\"@y" },
		{ "quotes to lose", "\"a b+c\"@x", "bob@y", "bob+c@y" },
		{ "quotes and backslashes", "\"a+\\\"\\\\\"@x", "bob@y",
		  "\"bob+\\\"\\\\\"@y" },
		{ "64 octets", "a+aaaa@x", A10 A10 A10 A10 A10 "aaaaaaaaa@y",
		  A10 A10 A10 A10 A10 "aaaaaaaaa+aaaa@y" },
		{ "65 octets", "a+aaaaa@x", A10 A10 A10 A10 A10 "aaaaaaaaa@y",
		  NULL },
		{ "65 octets with quotes", "\"a+ b\"@x", A60 "@y", NULL },
		{ "longest tag", "a+" A60 "aa@x", "b" A63 "@y", NULL },
		{ "255 octets", "a+b@x", "bb@" A63 "." A63 "." A63 "." A10 A10
		  A10 A10 A10 "aaaaaaaa", NULL },
		{ "no tag", "a@x", "bob@y", NULL },
	};
	char text[NP_MAX_ADDRESS + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_address from = address(rows[i].from);
		struct np_address to = address(rows[i].to);
		struct np_address moved = { "same", "before" };

		check_int(rows[i].label,
			  np_address_move_tag(&from, "+=", &to, &moved),
			  rows[i].moved != NULL);
		check_str(rows[i].label, np_address_print(&moved, text),
			  rows[i].moved != NULL ? rows[i].moved :
			  "same@before");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address__cuts_tag),
		cmocka_unit_test(test_address__no_tag_is_empty),
		cmocka_unit_test(test_address__moves_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
