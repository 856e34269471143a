/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xtext both ways, and at the end of every buffer. */
#include "aliasmap/address.h"
#include "tests/unit/check.h"

static const struct {
	const char *text, *xtext;
} pairs[] = {
	{ "", "" },
	{ "sales@company.com", "sales@company.com" },
	{ "sales+tag@company.com", "sales+2Btag@company.com" },
	{ "a=b@x", "a+3Db@x" },
	{ "\"a b\"@x", "\"a+20b\"@x" },
	{ "\xc3\xbc@x", "+C3+BC@x" },
	{ "\x01\x7f", "+01+7F" },
	{ "\x99\xaa", "+99+AA" },
	{ "!~", "!~" },
};

static void test_xtext__encodes(void **state)
{
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t len = strlen(pairs[i].xtext);

		memset(out, 'x', sizeof(out));
		check_true(pairs[i].text,
			   np_xtext_encode(pairs[i].text, out, len + 1));
		check_str(pairs[i].text, out, pairs[i].xtext);
		memset(out, 'x', sizeof(out));
		check_true(pairs[i].text,
			   !np_xtext_encode(pairs[i].text, out, len));
		check_int(pairs[i].text, out[len], 'x');
	}
}

static void test_xtext__decodes(void **state)
{
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t len = strlen(pairs[i].text);

		memset(out, 'x', sizeof(out));
		check_true(pairs[i].xtext,
			   np_xtext_decode(pairs[i].xtext,
					   strlen(pairs[i].xtext), out,
					   len + 1));
		check_str(pairs[i].xtext, out, pairs[i].text);
		memset(out, 'x', sizeof(out));
		check_true(pairs[i].xtext,
			   !np_xtext_decode(pairs[i].xtext,
					    strlen(pairs[i].xtext), out, len));
		check_int(pairs[i].xtext, out[len], 'x');
	}
	check_true("longer than needed",
		   np_xtext_decode("+41", 3, out, sizeof(out)));
	check_str("longer than needed", out, "A");
}

static void test_xtext__refuses(void **state)
{
	static const struct {
		const char *label, *xtext;
		size_t len;
	} rows[] = {
		{ "equals sign", "a=b", 3 },
		{ "plus at the end", "a+", 2 },
		{ "one digit", "a+2", 2 + 1 },
		{ "cut before the second digit", "a+2B", 3 },
		{ "lower case", "a+2b", 4 },
		{ "no digit", "a+2G", 4 },
		{ "NUL", "a+00", 4 },
		{ "raw NUL", "a\0b", 3 },
		{ "blank", "a b", 3 },
		{ "DEL", "\x7f", 1 },
		{ "8-bit", "\xc3", 1 },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_true(rows[i].label,
			   !np_xtext_decode(rows[i].xtext, rows[i].len, out,
					    sizeof(out)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xtext__encodes),
		cmocka_unit_test(test_xtext__decodes),
		cmocka_unit_test(test_xtext__refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
