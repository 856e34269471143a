/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The meta record: there and back, newer fields, and what is refused. */
#include "tests/unit/check.h"
#include "aliasmap/map-meta.h"

#include <stdlib.h>

static const unsigned char newer_field[] = {0xc8, 0, 3, 'x', 0, 'z'};

static void meta_example(struct np_meta *meta)
{
	memset(meta, 0, sizeof(*meta));
	meta->known.generation = 0x0102030405060708ULL;
	strcpy(meta->known.writer, "nameplate 0.9.0");
	strcpy(meta->known.settings.delimiters, "+=");
	strcpy(meta->known.settings.domains, "x.org,y.org");
	strcpy(meta->known.settings.postmaster, "root@x.org");
	strcpy(meta->known.settings.reserved, "abuse,hostmaster");
	meta->known.settings.max_aliases_per_mailbox = 70000;
	memcpy(meta->unknown, newer_field, sizeof(newer_field));
	meta->unknown_len = sizeof(newer_field);
}

static void test_map_meta__comes_back_with_newer_fields(void **state)
{
	static struct np_meta in, out;
	unsigned char record[NP_MAX_META];
	struct np_error err = {NP_ERROR_NONE, ""};
	size_t len;

	(void)state;
	meta_example(&in);
	memset(&out, 0x55, sizeof(out));
	assert_int_equal(np_meta_encode(&in, record, &len, &err), 1);
	assert_int_equal(np_meta_decode(record, len, &out, &err), 1);
	assert_memory_equal(&in.known, &out.known, sizeof(in.known));
	assert_int_equal(out.unknown_len, sizeof(newer_field));
	assert_memory_equal(out.unknown, newer_field, sizeof(newer_field));
	/* A newer minor version is read. */
	record[1] = 9;
	assert_int_equal(np_meta_decode(record, len, &out, &err), 1);
}

static void test_map_meta__holds_the_longest_of_all(void **state)
{
	static struct np_meta in, out;
	unsigned char record[NP_MAX_META];
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map_settings *settings = &in.known.settings;
	size_t len;

	(void)state;
	meta_example(&in);
	memset(in.known.writer, 'w', sizeof(in.known.writer) - 1);
	memset(settings->delimiters, '+', sizeof(settings->delimiters) - 1);
	memset(settings->domains, 'd', sizeof(settings->domains) - 1);
	memset(settings->reserved, 'r', sizeof(settings->reserved) - 1);
	memset(settings->postmaster, 'p', sizeof(settings->postmaster) - 1);
	assert_int_equal(np_meta_encode(&in, record, &len, &err), 1);
	assert_int_equal(np_meta_decode(record, len, &out, &err), 1);
	assert_memory_equal(&in.known, &out.known, sizeof(in.known));
	settings->domains[sizeof(settings->domains) - 1] = 'd';
	assert_int_equal(np_meta_encode(&in, record, &len, &err), -1);
	assert_int_equal(err.kind, NP_ERROR_INTERNAL);
}

static void test_map_meta__refuses_each_cut(void **state)
{
	static struct np_meta in, out, before;
	unsigned char record[NP_MAX_META];
	struct np_error err = {NP_ERROR_NONE, ""};
	size_t len, good = 0;

	(void)state;
	meta_example(&in);
	memset(&before, 0x55, sizeof(before));
	out = before;
	assert_int_equal(np_meta_encode(&in, record, &len, &err), 1);
	for (size_t cut = 0; cut < len; cut++) {
		unsigned char *copy = malloc(cut > 0 ? cut : 1);

		assert_non_null(copy);
		memcpy(copy, record, cut);
		if (np_meta_decode(copy, cut, &out, &err) > 0) {
			good++;
			out = before;
		} else {
			assert_int_equal(err.kind, NP_ERROR_NOT_A_MAP);
			assert_memory_equal(&out, &before, sizeof(out));
		}
		free(copy);
	}
	/* Whole fields may be missing at the end: domains, postmaster,
	   reserved, limit, the newer one. */
	assert_int_equal(good, 5);
}

static const struct {
	const char *label;
	size_t len;
	unsigned char record[32];
	enum np_error_kind kind;
} bad[] = {
	{"another major version", 2, {2, 0}, NP_ERROR_VERSION},
	{"major version 0", 2, {0, 0}, NP_ERROR_VERSION},
	{"nothing inside", 2, {1, 0}, NP_ERROR_NOT_A_MAP},
	{"short number", 9, {1, 0, 1, 0, 4, 0, 0, 0, 1}, NP_ERROR_NOT_A_MAP},
	{"nul in a text", 17, {1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 1,
	 0}, NP_ERROR_NOT_A_MAP},
	{"text too long", 25, {1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 9,
	 '+', '+', '+', '+', '+', '+', '+', '+', '+'}, NP_ERROR_NOT_A_MAP},
	{"field twice", 21, {1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 1,
	 '+', 3, 0, 1, '='}, NP_ERROR_NOT_A_MAP},
	{"length beyond the end", 16, {1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1,
	 3, 0xff, 0xff}, NP_ERROR_NOT_A_MAP},
};

static void test_map_meta__refuses_bad_fields(void **state)
{
	static struct np_meta out;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct np_error err = {NP_ERROR_NONE, ""};

		check_int(bad[i].label, np_meta_decode(bad[i].record,
						       bad[i].len, &out, &err),
			  -1);
		check_int(bad[i].label, err.kind, bad[i].kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map_meta__comes_back_with_newer_fields),
		cmocka_unit_test(test_map_meta__holds_the_longest_of_all),
		cmocka_unit_test(test_map_meta__refuses_each_cut),
		cmocka_unit_test(test_map_meta__refuses_bad_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
