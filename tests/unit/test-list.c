/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comma-separated lists of the map's settings. */
#include "aliasmap/map.h"
#include "tests/unit/check.h"

static void test_list__has(void **state)
{
	static const struct {
		const char *label, *list, *word;
		bool has;
	} rows[] = {
		{ "only one", "company.com", "company.com", true },
		{ "first", "a.com,b.com", "a.com", true },
		{ "last", "a.com,b.com", "b.com", true },
		{ "middle", "a,b,c", "b", true },
		{ "not there", "a.com,b.com", "c.com", false },
		{ "begins alike", "company.com", "company", false },
		{ "ends alike", "company.com", "com", false },
		{ "longer word", "company", "company.com", false },
		{ "empty list", "", "a", false },
		{ "empty list, empty word", "", "", false },
		{ "empty word", "a,,b", "", false },
		{ "comma in the word", "a,b", "a,b", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_int(rows[i].label,
			  np_list_has(rows[i].list, rows[i].word),
			  rows[i].has);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list__has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
