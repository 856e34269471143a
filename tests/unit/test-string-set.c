/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings once each: order, numbers, growth over many tables. */
#include "aliasmap/string-set.h"
#include "tests/unit/check.h"

#include <stdbool.h>
#include <stdio.h>

static void test_string_set__once(void **state)
{
	struct np_string_set *set = np_string_set_create();
	unsigned int number = 77;

	(void)state;
	assert_int_equal(np_string_set_count(set), 0);
	np_string_set_set(set, "a", 5);
	assert_int_equal(np_string_set_add(set, "a", 1, &number), 1);
	assert_int_equal(number, 77);
	assert_int_equal(np_string_set_add(set, "", 2, &number), 1);
	assert_int_equal(np_string_set_add(set, "a", 3, &number), 0);
	assert_int_equal(number, 1);
	assert_int_equal(np_string_set_add(set, "", 3, NULL), 0);
	np_string_set_set(set, "a", 9);
	assert_int_equal(np_string_set_find(set, "a", &number), 1);
	assert_int_equal(number, 9);
	assert_int_equal(np_string_set_find(set, "b", &number), 0);
	number = 0;
	np_string_set_set(set, "b", 9);
	assert_int_equal(np_string_set_add(set, "a", 3, &number), 0);
	assert_int_equal(number, 9);
	assert_int_equal(np_string_set_count(set), 2);
	assert_string_equal(np_string_set_get(set, 0), "a");
	assert_string_equal(np_string_set_get(set, 1), "");
	np_string_set_destroy(&set);
	assert_null(set);
	np_string_set_destroy(&set);
}

static void test_string_set__many(void **state)
{
	struct np_string_set *set = np_string_set_create();
	unsigned int number;
	char text[20];

	(void)state;
	for (unsigned int pass = 0; pass < 2; pass++) {
		for (unsigned int i = 0; i < 20000; i++) {
			(void)snprintf(text, sizeof(text), "a%u@x", i);
			check_int(text, np_string_set_add(set, text, i,
							  &number), !pass);
			if (pass == 1)
				check_int(text, number, i);
		}
	}
	assert_int_equal(np_string_set_count(set), 20000);
	assert_string_equal(np_string_set_get(set, 19999), "a19999@x");
	np_string_set_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_string_set__once),
		cmocka_unit_test(test_string_set__many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
