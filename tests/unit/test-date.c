/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dates of RFC 3339 and bare days, in a zone with summer time. */
#include "cli/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

static const struct {
	const char *text;
	int64_t seconds;	/* 0: no date */
} rows[] = {
	{ "1970-01-01T00:00:01Z", 1 },
	{ "2026-12-31T18:00:00Z", 1798740000 },
	{ "2026-12-31t18:00:00z", 1798740000 },
	{ "2026-12-31 18:00:00Z", 1798740000 },
	{ "2026-12-31T18:00:00.999Z", 1798740000 },
	{ "2026-12-31T18:00:00+01:00", 1798736400 },
	{ "2026-12-31T18:00:00-05:30", 1798759800 },
	{ "2024-02-29T00:00:00Z", 1709164800 },
	/* CET is one hour ahead, CEST two; the night of the change has its
	   own length and the day still ends at midnight. */
	{ "2026-12-31", 1798757999 },
	{ "2026-07-01", 1782943199 },
	{ "2026-03-29", 1774821599 },
	{ "2026-10-25", 1792969199 },
	{ "9999-12-31T23:59:59Z", 253402300799 },
	{ "9999-12-31T23:59:59-00:01", 0 },
	{ "2026-12-31T18:00:00", 0 },
	{ "2026-12-31T18:00Z", 0 },
	{ "2026-12-31T18:00:00Zx", 0 },
	{ "2026-12-31T24:00:00Z", 0 },
	{ "2026-12-31T18:60:00Z", 0 },
	{ "2026-12-31T18:00:61Z", 0 },
	{ "2026-12-31T18:00:00.Z", 0 },
	{ "2026-12-31T18:00:00+0100", 0 },
	{ "2026-12-31T18:00:00+24:00", 0 },
	{ "2025-02-29", 0 },
	{ "2100-02-29", 0 },
	{ "2026-13-01", 0 },
	{ "2026-00-01", 0 },
	{ "2026-04-31", 0 },
	{ "2026-1-1", 0 },
	{ "26-01-01", 0 },
	{ "1969-12-31T23:59:59Z", 0 },
	{ "31.12.2026", 0 },
	{ "tomorrow", 0 },
	{ "", 0 },
};

static void test_date__parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t seconds = -1;
		int result = np_date_parse(rows[i].text, &seconds);

		if (result != (rows[i].seconds != 0) ||
		    (result == 1 && seconds != rows[i].seconds))
			fail_msg("%s: %d, %lld", rows[i].text, result,
				 (long long)seconds);
	}
}

static void test_date__print(void **state)
{
	char out[NP_MAX_DATE];
	int64_t back;

	(void)state;
	assert_string_equal(np_date_print(1798740000, out),
			    "2026-12-31T18:00:00Z");
	for (int64_t when = 1; when < 4102444800; when += 86399 * 31) {
		assert_int_equal(np_date_parse(np_date_print(when, out),
					       &back), 1);
		assert_int_equal(back, when);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date__parse),
		cmocka_unit_test(test_date__print),
	};

	(void)setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
