/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Netstrings of the socketmap protocol: strict, bounded, in pieces. */
#include "lmtp/netstring.h"
#include "tests/unit/check.h"

#include <stdio.h>

static void test_netstring__parse(void **state)
{
	static const struct {
		const char *data;
		int result;
		const char *text;
		size_t used;
	} rows[] = {
		{ "3:abc,", 1, "abc", 6 },
		{ "3:abc,rest", 1, "abc", 6 },
		{ "0:,", 1, "", 3 },
		{ "13:mailbox a@b.c,", 1, "mailbox a@b.c", 17 },
		{ "3:1:,,", 1, "1:,", 6 },
		{ "", 0, NULL, 0 },
		{ "1", 0, NULL, 0 },
		{ "0", 0, NULL, 0 },
		{ "3:", 0, NULL, 0 },
		{ "3:ab", 0, NULL, 0 },
		{ "3:abc", 0, NULL, 0 },
		{ "3:abcd", -1, NULL, 0 },
		{ "2:abc,", -1, NULL, 0 },
		{ ":,", -1, NULL, 0 },
		{ ",", -1, NULL, 0 },
		{ "abc", -1, NULL, 0 },
		{ "-1:,", -1, NULL, 0 },
		{ "+1:a,", -1, NULL, 0 },
		{ " 1:a,", -1, NULL, 0 },
		{ "1 :a,", -1, NULL, 0 },
		{ "03:abc,", -1, NULL, 0 },
		{ "00:,", -1, NULL, 0 },
		{ "0x1:a,", -1, NULL, 0 },
		{ "3;abc,", -1, NULL, 0 },
		{ "1024:", 0, NULL, 0 },
		{ "1025", -1, NULL, 0 },
		{ "18446744073709551617:a,", -1, NULL, 0 },
		{ "9999999999999999999999999999999999999999", -1, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = NULL;
		size_t len = 0, used = 0;

		check_int(rows[i].data,
			  np_netstring_parse(rows[i].data, strlen(rows[i].data),
					     &text, &len, &used),
			  rows[i].result);
		check_int(rows[i].data, used, rows[i].used);
		if (rows[i].text == NULL)
			continue;
		check_int(rows[i].data, len, strlen(rows[i].text));
		check_true(rows[i].data, memcmp(text, rows[i].text, len) == 0);
	}
}

/* Until its last octet is there, a netstring wants more. */
static void test_netstring__reads_back_what_it_prints(void **state)
{
	static const size_t lengths[] = { 0, 1, 9, 10, 99, 100, 999, 1000, 1024 };
	char text[NP_MAX_REQUEST], out[NP_NETSTRING_SIZE(NP_MAX_REQUEST)];

	(void)state;
	memset(text, ',', sizeof(text));
	text[0] = '\0';
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t size = np_netstring_print(text, lengths[i], out);
		const char *back = NULL;
		size_t len = 0, used = 0;

		assert_true(size <= NP_NETSTRING_SIZE(lengths[i]));
		for (size_t cut = 0; cut < size; cut++)
			assert_int_equal(np_netstring_parse(out, cut, &back,
							    &len, &used), 0);
		assert_int_equal(np_netstring_parse(out, size, &back, &len,
						    &used), 1);
		assert_int_equal(used, size);
		assert_int_equal(len, lengths[i]);
		assert_memory_equal(back, text, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_netstring__parse),
		cmocka_unit_test(test_netstring__reads_back_what_it_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
