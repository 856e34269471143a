/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of generations, and what the link leads to. */
#include "np-config.h"

#include "tests/unit/map-fixture.h"
#include "aliasmap/generation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define SUM "0123456789abcdef"
#define SUM_VALUE 0x0123456789abcdefULL

static const struct {
	const char *name;
	uint64_t number, size, sum;
} good_names[] = {
	{"aliases.1.8192." SUM ".db", 1, 8192, SUM_VALUE},
	{"aliases.1.0." SUM ".db", 1, 0, SUM_VALUE},
	{"aliases.10.1.0000000000000000.db", 10, 1, 0},
	{"aliases.18446744073709551615.18446744073709551615."
	 "ffffffffffffffff.db", UINT64_MAX, UINT64_MAX, UINT64_MAX},
};

static const char *const bad_names[] = {
	"", "aliases", "aliases.", "aliases.db", "aliases.db.new",
	"aliases.db.link", "aliases.db.lock", "aliases.1.db",
	"aliases.0.8192." SUM ".db", "aliases.01.8192." SUM ".db",
	"aliases.1.08192." SUM ".db", "aliases.+1.8192." SUM ".db",
	"aliases.-1.8192." SUM ".db", "aliases. 1.8192." SUM ".db",
	"aliases.1..8192." SUM ".db", "aliases..8192." SUM ".db",
	"aliases.18446744073709551616.1." SUM ".db",
	"aliases.99999999999999999999.1." SUM ".db",
	"aliases.1.8192.0123456789ABCDEF.db", "aliases.1.8192." SUM "0.db",
	"aliases.1.8192.0123456789abcde.db", "aliases.1.8192." SUM,
	"aliases.1.8192." SUM ".db ", "aliases.1.8192." SUM ".db\n",
	"aliases.1.8192." SUM ".dbx", "aliases.1.8192." SUM ".d",
	"alias.1.8192." SUM ".db", "Aliases.1.8192." SUM ".db",
	"./aliases.1.8192." SUM ".db", "../aliases.1.8192." SUM ".db",
	"/x/aliases.1.8192." SUM ".db", "aliases.1.8192/" SUM ".db",
	"aliases.1.0x10." SUM ".db", "aliases1.8192." SUM ".db",
};

static void test_generation__parses_only_what_it_prints(void **state)
{
	struct np_generation gen;
	char name[NP_MAX_FILE_NAME];

	(void)state;
	for (size_t i = 0; i < sizeof(good_names) / sizeof(*good_names); i++) {
		const char *label = good_names[i].name;

		check_true(label, np_generation_parse("aliases", label, &gen));
		check_true(label, gen.number == good_names[i].number);
		check_true(label, gen.size == good_names[i].size);
		check_true(label, gen.sum == good_names[i].sum);
		check_true(label, np_generation_print("aliases", &gen, name));
		check_str(label, name, label);
	}
	for (size_t i = 0; i < sizeof(bad_names) / sizeof(*bad_names); i++)
		check_true(bad_names[i],
			   !np_generation_parse("aliases", bad_names[i], &gen));
}

static const struct {
	const char *link, *folder, *base, *stem;
} paths[] = {
	{"/var/lib/nameplate/aliases.db", "/var/lib/nameplate", "aliases.db",
	 "aliases"},
	{"/aliases.db", "/", "aliases.db", "aliases"},
	{"aliases.db", ".", "aliases.db", "aliases"},
	{"./aliases", ".", "aliases", "aliases"},
	{"a/b.c.db", "a", "b.c.db", "b.c"},
	{"a/.db", "a", ".db", ".db"},
	{"a/", NULL, NULL, NULL},
	{"", NULL, NULL, NULL},
	{"/", NULL, NULL, NULL},
	{"a/..", NULL, NULL, NULL},
};

static void test_generation__takes_the_link_apart(void **state)
{
	struct np_map_path path;
	struct np_error err;
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		const char *label = paths[i].link;

		check_int(label, np_map_path_parse(label, &path, &err),
			  paths[i].base == NULL ? -1 : 1);
		if (paths[i].base == NULL)
			continue;
		check_str(label, path.folder, paths[i].folder);
		check_str(label, path.base, paths[i].base);
		check_str(label, path.stem, paths[i].stem);
	}
	memset(longest, 'x', sizeof(longest));
	longest[NP_MAX_BASE - 1] = '\0';
	assert_int_equal(np_map_path_parse(longest, &path, &err), 1);
	longest[NP_MAX_BASE - 1] = 'x';
	longest[NP_MAX_BASE] = '\0';
	assert_int_equal(np_map_path_parse(longest, &path, &err), -1);
}

static void test_generation__sums_the_whole_file(void **state)
{
	struct folder *folder = *state;
	const size_t len = 3 * 256 * 1024 + 17;
	unsigned char *data = malloc(len), *copy = malloc(len);
	uint64_t size, sum;
	int fd;

	assert_non_null(data);
	assert_non_null(copy);
	for (size_t i = 0; i < len; i++)
		data[i] = (unsigned char)(i * 31 >> 3);
	file_write(folder_path(folder, "x"), data, len);
	fd = open(folder_path(folder, "x"), O_RDONLY);
	assert_int_equal(np_generation_sum(fd, NULL, &size, &sum), 1);
	assert_int_equal(size, len);
	assert_true(sum == XXH3_64bits(data, len));
	size = len;
	assert_int_equal(np_generation_sum(fd, copy, &size, &sum), 1);
	assert_true(sum == XXH3_64bits(data, len));
	assert_memory_equal(copy, data, len);
	/* A file that has grown since: no octet beyond the room. */
	size = len - 1;
	assert_int_equal(np_generation_sum(fd, copy, &size, &sum), 1);
	assert_int_equal(size, len - 1);
	assert_true(sum == XXH3_64bits(data, len - 1));
	(void)close(fd);
	assert_int_equal(np_generation_sum(-1, NULL, &size, &sum), -1);
	free(data);
	free(copy);
}

static void test_generation__scans_highest_first(void **state)
{
	static const char *const files[] = {
		"aliases.2.1." SUM ".db", "aliases.10.1." SUM ".db",
		"aliases.9.1." SUM ".db", "aliases.db.new", "other.11.1."
		SUM ".db", "aliases.012.1." SUM ".db",
	};
	struct folder *folder = *state;
	struct np_map_path path;
	struct np_generation *list;
	struct np_error err;
	size_t count;
	int fd;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		file_write(folder_path(folder, files[i]), "x", 1);
	assert_int_equal(np_map_path_parse(folder->link, &path, &err), 1);
	fd = np_map_path_open(&path, false, &err);
	assert_true(fd != -1);
	assert_int_equal(np_generation_scan(fd, &path, &list, &count, &err), 1);
	assert_int_equal(count, 3);
	assert_int_equal(list[0].number, 10);
	assert_int_equal(list[1].number, 9);
	assert_int_equal(list[2].number, 2);
	free(list);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generation__parses_only_what_it_prints),
		cmocka_unit_test(test_generation__takes_the_link_apart),
		cmocka_unit_test_setup_teardown(
			test_generation__sums_the_whole_file, folder_setup,
			folder_teardown),
		cmocka_unit_test_setup_teardown(
			test_generation__scans_highest_first, folder_setup,
			folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
