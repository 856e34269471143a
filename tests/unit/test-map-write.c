/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes as their makers and the readers beside them see them. */
#include "np-config.h"

#include "tests/unit/map-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const enum np_map_mode modes[] = {NP_MAP_FILE, NP_MAP_COPY,
					 NP_MAP_SHARED};

static void test_map_write__keeps_what_was_put(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map *map;
	struct np_map_cursor *cursor;
	struct np_alias alias;
	unsigned int count;

	map_create(folder);
	map_put(folder, "sales@x.org", "bob@x.org");
	map_put(folder, "info@x.org", "bob@x.org");
	map_put(folder, "@old.org", "@x.org");
	map_put(folder, "@y.org", "ann@x.org");
	for (size_t i = 0; i < 3; i++) {
		check_int(err.text, np_map_open(folder->link, modes[i], &map,
						&err), 1);
		assert_int_equal(np_map_meta(map)->generation, 5);
		assert_string_equal(np_map_meta(map)->writer, PACKAGE_STRING);
		assert_string_equal(np_map_meta(map)->settings.domains,
				    "x.org,y.org");
		assert_string_equal(np_map_name(map), map_live(folder));
		assert_int_equal(np_map_lookup(map, "sales@x.org", &alias,
					       &err), 1);
		assert_string_equal(alias.mailbox, "bob@x.org");
		assert_int_equal(np_map_lookup(map, "sale@x.org", &alias,
					       &err), 0);
		assert_int_equal(np_map_lookup(map, "", &alias, &err), 0);
		assert_int_equal(np_map_count(map, "bob@x.org", &count, &err),
				 1);
		assert_int_equal(count, 2);
		assert_int_equal(np_map_count(map, "eve@x.org", &count, &err),
				 1);
		assert_int_equal(count, 0);
		assert_int_equal(np_map_cursor_open(map, "bob@x.org", &cursor,
						    &err), 1);
		assert_int_equal(np_map_cursor_next(cursor, &alias, &err), 1);
		assert_string_equal(alias.address, "info@x.org");
		assert_int_equal(np_map_cursor_next(cursor, &alias, &err), 1);
		assert_string_equal(alias.address, "sales@x.org");
		assert_int_equal(np_map_cursor_next(cursor, &alias, &err), 0);
		np_map_cursor_close(&cursor);
		assert_int_equal(np_map_cursor_open(map, NULL, &cursor, &err),
				 1);
		for (count = 0; np_map_cursor_next(cursor, &alias, &err) == 1;
		     count++)
			;
		np_map_cursor_close(&cursor);
		assert_int_equal(count, 4);
		assert_int_equal(np_map_is_current(map, &err), 1);
		np_map_close(&map);
	}
	/* The new one and the one before. */
	assert_int_equal(folder_count(folder, "aliases."), 4);
	assert_int_equal(folder_count(folder, ".lock"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_map_write__keeps_what_was_put, folder_setup,
			folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
