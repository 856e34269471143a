/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names for new aliases, and the nearest one to what was typed. */
#include "aliasmap/address.h"
#include "tests/unit/check.h"

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10

static void test_name__valid(void **state)
{
	static const struct {
		const char *name, *delimiters;
		bool valid;
	} rows[] = {
		{ "sales", "+", true },
		{ "a", "+", true },
		{ "a-b_c.d9", "+", true },
		{ "09az", "+", true },
		{ "-", "+", true },
		{ A60 "aaaa", "+", true },
		{ A60 "aaaaa", "+", false },
		{ "", "+", false },
		{ "Sales", "+", false },
		{ ".sales", "+", false },
		{ "sales.", "+", false },
		{ "a..b", "+", false },
		{ "a b", "+", false },
		{ "\"a\"", "+", false },
		{ "m\xc3\xbcller", "+", false },
		{ "a@b", "+", false },
		{ "sales+vip", "+", true },
		{ "sales+vip", "", false },
		{ "sales=vip", "+=", true },
		{ "sales=vip", "+", false },
		{ "sales+", "+", false },
		{ "+vip", "+", false },
		{ "sales+a+b", "+", false },
		{ "sales.+vip", "+", false },
		{ "sales+.vip", "+", false },
		{ A60 "+aaa", "+", true },
		{ A60 "+aaaa", "+", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_int(rows[i].name,
			  np_alias_name_valid(rows[i].name,
					      rows[i].delimiters),
			  rows[i].valid);
}

static void test_name__nearest(void **state)
{
	static const struct {
		const char *typed, *delimiters, *nearest;
	} rows[] = {
		{ "sales", "+", "sales" },
		{ "Sales", "+", "sales" },
		{ "Sales Team", "+", "sales-team" },
		{ "a, b & c", "+", "a-b-c" },
		{ "..a..b..", "+", "a.b" },
		{ "a .b", "+", "a.b" },
		{ "a! -b", "+", "a-b" },
		{ "a-!b", "+", "a-b" },
		{ "-a_", "+", "-a_" },
		{ "a\"b\\c", "+", "abc" },
		{ "!+vip", "+", "" },
		{ "\"a b\"", "+", "a-b" },
		{ "m\xc3\xbcller", "+", "mller" },
		{ "\xc3\xbc", "+", "" },
		{ "", "+", "" },
		{ "!!!", "+", "" },
		{ "Sales+VIP", "+", "sales+vip" },
		{ "Sales+VIP", "", "sales-vip" },
		{ "sales+", "+", "sales" },
		{ "+sales", "+", "sales" },
		{ "sales+a+b", "+", "sales+a-b" },
		{ "sales.+.vip", "+", "sales+vip" },
		{ A60 "aaa.b", "+", A60 "aaa" },
		{ A60 "aaaaaaaa", "+", A60 "aaaa" },
		{ A60 "aa+b", "+", A60 "aa+b" },
		{ A60 "aaa+b", "+", A60 "aaa" },
	};
	char out[NP_MAX_LOCAL_PART + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_str(rows[i].typed,
			  np_alias_name_nearest(rows[i].typed,
						rows[i].delimiters, out),
			  rows[i].nearest);
		check_true(rows[i].typed, out[0] == '\0' ||
			   np_alias_name_valid(out, rows[i].delimiters));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name__valid),
		cmocka_unit_test(test_name__nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
