/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8 by its rules, one character at a time. */
#include "aliasmap/text.h"
#include "tests/unit/check.h"

static void test_text__utf8_octets(void **state)
{
	static const struct {
		const char *label, *text;
		size_t len, octets;
	} rows[] = {
		{ "nothing", "a", 0, 0 },
		{ "letter", "ab", 2, 1 },
		{ "blank", " ", 1, 1 },
		{ "tilde", "~", 1, 1 },
		{ "NUL", "\0", 1, 0 },
		{ "last C0", "\x1f", 1, 0 },
		{ "DEL", "\x7f", 1, 0 },
		{ "first C1", "\xc2\x80", 2, 0 },
		{ "last C1", "\xc2\x9f", 2, 0 },
		{ "first behind C1", "\xc2\xa0", 2, 2 },
		{ "last of two", "\xdf\xbf", 2, 2 },
		{ "first of three", "\xe0\xa0\x80", 3, 3 },
		{ "before the surrogates", "\xed\x9f\xbf", 3, 3 },
		{ "first surrogate", "\xed\xa0\x80", 3, 0 },
		{ "last surrogate", "\xed\xbf\xbf", 3, 0 },
		{ "behind the surrogates", "\xee\x80\x80", 3, 3 },
		{ "last of three", "\xef\xbf\xbf", 3, 3 },
		{ "first of four", "\xf0\x90\x80\x80", 4, 4 },
		{ "last of all", "\xf4\x8f\xbf\xbf", 4, 4 },
		{ "behind the last", "\xf4\x90\x80\x80", 4, 0 },
		{ "F5", "\xf5\x80\x80\x80", 4, 0 },
		{ "overlong of two", "\xc1\xbf", 2, 0 },
		{ "overlong of three", "\xe0\x9f\xbf", 3, 0 },
		{ "overlong of four", "\xf0\x8f\xbf\xbf", 4, 0 },
		{ "continuation alone", "\x80", 1, 0 },
		{ "no continuation", "\xc3" "a", 2, 0 },
		{ "a first octet as continuation", "\xe2\x82\xc3", 3, 0 },
		{ "cut of two", "\xc3\xbc", 1, 0 },
		{ "cut of three", "\xe2\x82\xac", 2, 0 },
		{ "cut of four", "\xf0\x9f\x93\xac", 3, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_int(rows[i].label,
			  np_utf8_octets(rows[i].text, rows[i].len),
			  rows[i].octets);
		if (rows[i].octets == rows[i].len || rows[i].octets == 0)
			check_int(rows[i].label,
				  np_utf8_valid(rows[i].text, rows[i].len),
				  rows[i].octets == rows[i].len);
	}
	check_true("all of it", np_utf8_valid("a\xc3\xbc~", 4));
	check_true("bad at the end", !np_utf8_valid("a\xc3\xbc\n", 4));
}

static void test_text__lower(void **state)
{
	char text[] = "@AZ[`az{\xc3\x9c\xc3\xbc";

	(void)state;
	check_true("same", np_ascii_lower_string(text) == text);
	check_str("ASCII only", text, "@az[`az{\xc3\x9c\xc3\xbc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text__utf8_octets),
		cmocka_unit_test(test_text__lower),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
