/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes as their makers and the readers beside them see them. */
#include "np-config.h"

#include "tests/unit/map-fixture.h"
#include "aliasmap/map-change.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
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


static void alias_fill(struct np_alias *alias, const char *address,
		       const char *mailbox)
{
	np_alias_init(alias);
	strcpy(alias->address, address);
	strcpy(alias->mailbox, mailbox);
}

static void test_map_write__shows_edits_before_they_are_live(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;
	struct np_map_cursor *cursor;
	struct np_alias alias;
	struct np_map *map;
	unsigned int count;

	map_create(folder);
	map_put(folder, "a@x.org", "bob@x.org");
	assert_int_equal(np_change_begin(folder->link, "test", 0, &change,
					 &err), 1);
	map = np_change_map(change);
	assert_int_equal(np_map_meta(map)->generation, 3);
	assert_string_equal(np_map_meta(map)->settings.delimiters, "+");
	assert_int_equal(np_map_is_current(map, &err), 1);
	alias_fill(&alias, "b@x.org", "bob@x.org");
	assert_int_equal(np_change_put(change, &alias, &err), 1);
	assert_int_equal(np_map_count(map, "bob@x.org", &count, &err), 1);
	assert_int_equal(count, 2);
	/* Another mailbox: the index goes along. */
	alias_fill(&alias, "a@x.org", "ann@x.org");
	assert_int_equal(np_change_put(change, &alias, &err), 1);
	assert_int_equal(np_map_count(map, "bob@x.org", &count, &err), 1);
	assert_int_equal(count, 1);
	assert_int_equal(np_map_cursor_open(map, "ann@x.org", &cursor, &err),
			 1);
	assert_int_equal(np_map_cursor_next(cursor, &alias, &err), 1);
	assert_string_equal(alias.address, "a@x.org");
	np_map_cursor_close(&cursor);
	assert_int_equal(np_change_delete(change, "b@x.org", &err), 1);
	assert_int_equal(np_change_delete(change, "b@x.org", &err), 0);
	assert_int_equal(np_change_delete(change, "", &err), 0);
	assert_int_equal(np_map_lookup(map, "b@x.org", &alias, &err), 0);
	assert_int_equal(np_map_count(map, "bob@x.org", &count, &err), 1);
	assert_int_equal(count, 0);
	np_change_rollback(&change);
	assert_null(change);
	np_change_rollback(&change);
	/* None of it has happened. */
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a@x.org"),
			    "bob@x.org");
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "b@x.org"), "");
	assert_int_equal(folder_count(folder, "aliases."), 4);
}

static void test_map_write__keeps_every_field(void **state)
{
	/* One of a newer program, as long as can be carried along. */
	static const unsigned char newer[NP_MAX_UNKNOWN] = {
		0xc8, (NP_MAX_UNKNOWN - 3) >> 8, (NP_MAX_UNKNOWN - 3) & 0xff,
		'x'};
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;
	static struct np_alias in, out;
	struct np_map *map;
	uint64_t generation;

	map_create(folder);
	alias_fill(&in, "a@x.org", "b@x.org");
	memset(in.note, 'n', NP_MAX_NOTE);
	in.enabled = false;
	in.receive = false;
	in.send = true;
	in.expires = 1900000000;
	in.created = 1700000000;
	memcpy(in.unknown, newer, sizeof(newer));
	in.unknown_len = sizeof(newer);
	assert_int_equal(np_change_begin(folder->link, "test", 0, &change,
					 &err), 1);
	assert_int_equal(np_change_put(change, &in, &err), 1);
	assert_int_equal(np_change_commit(&change, &generation, &err), 1);
	assert_int_equal(generation, 2);
	assert_int_equal(np_map_open(folder->link, NP_MAP_FILE, &map, &err),
			 1);
	assert_int_equal(np_map_lookup(map, "a@x.org", &out, &err), 1);
	assert_memory_equal(&in, &out, sizeof(in));
	np_map_close(&map);
}

static void test_map_write__keeps_settings_and_newer_fields(void **state)
{
	static const unsigned char newer[] = {0xc8, 0, 2, 'x', 'y'};
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	static struct np_map_settings settings = {.delimiters = "=",
					   .domains = "z.org",
					   .max_aliases_per_mailbox = 5};
	struct np_change *change;
	struct np_map *map;
	uint64_t generation;

	memset(settings.reserved, 'r', sizeof(settings.reserved) - 1);
	map_create(folder);
	assert_int_equal(np_change_begin(folder->link, "test", 0, &change,
					 &err), 1);
	assert_int_equal(np_change_set_settings(change, &settings, &err), 1);
	assert_string_equal(np_map_meta(np_change_map(change))->settings
			    .domains, "z.org");
	memcpy(change->map.meta.unknown, newer, sizeof(newer));
	change->map.meta.unknown_len = sizeof(newer);
	assert_int_equal(np_change_commit(&change, &generation, &err), 1);
	map_put(folder, "a@z.org", "b@z.org");
	assert_int_equal(np_map_open(folder->link, NP_MAP_FILE, &map, &err),
			 1);
	assert_memory_equal(&np_map_meta(map)->settings, &settings,
			    sizeof(settings));
	assert_int_equal(map->meta.unknown_len, sizeof(newer));
	assert_memory_equal(map->meta.unknown, newer, sizeof(newer));
	np_map_close(&map);
}

static void test_map_write__refuses_an_entry_without_a_key(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;
	struct np_alias alias;

	map_create(folder);
	assert_int_equal(np_change_begin(folder->link, "test", 0, &change,
					 &err), 1);
	alias_fill(&alias, "", "b@x.org");
	assert_int_equal(np_change_put(change, &alias, &err), -1);
	alias_fill(&alias, "a@x.org", "");
	assert_int_equal(np_change_put(change, &alias, &err), -1);
	np_change_rollback(&change);
}

static void test_map_write__waits_and_names_the_holder(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change, *second = NULL;
	uint64_t a, b;
	int status;
	pid_t pid;

	map_create(folder);
	assert_int_equal(np_change_begin(folder->link,
					 "nameplate add, pid 123", 0, &change,
					 &err), 1);
	assert_int_equal(np_change_begin(folder->link, "x", 0, &second, &err),
			 -1);
	assert_null(second);
	assert_int_equal(err.kind, NP_ERROR_BUSY);
	assert_non_null(strstr(err.text, "(nameplate add, pid 123)"));
	/* One that waits gets it when the first is done. */
	pid = fork();
	if (pid == 0) {
		/* Not the parent's: that would keep it locked. */
		(void)close(change->lock_fd);
		_exit(np_change_begin(folder->link, "x", 30, &second, &err) ==
		      1 ? 0 : 1);
	}
	assert_int_equal(np_change_commit(&change, &a, &err), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* The child died with the lock and a file: both are no obstacle. */
	assert_int_equal(folder_count(folder, ".new"), 1);
	assert_int_equal(np_change_begin(folder->link, "x", 0, &second, &err),
			 1);
	assert_int_equal(np_change_commit(&second, &b, &err), 1);
	assert_int_equal(b, a + 1);
	assert_int_equal(folder_count(folder, ".new"), 0);
}

static void test_map_write__starts_no_map_by_itself(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map_settings settings = {.delimiters = "+"};
	struct np_change *change;

	assert_int_equal(np_change_begin(folder->link, "x", 0, &change, &err),
			 -1);
	assert_int_equal(err.kind, NP_ERROR_MISSING);
	assert_non_null(strstr(err.text, "nameplate apply"));
	map_create(folder);
	map_put(folder, "a@x.org", "b@x.org");
	assert_int_equal(np_map_create(folder->link, "x", &settings, &err), 0);
	assert_int_equal(unlink(folder->link), 0);
	assert_int_equal(np_change_begin(folder->link, "x", 0, &change, &err),
			 -1);
	assert_non_null(strstr(err.text, "nameplate rollback"));
	assert_int_equal(np_map_create(folder->link, "x", &settings, &err), 0);
	file_write(folder->link, "x", 1);
	assert_int_equal(np_map_create(folder->link, "x", &settings, &err), 0);
	assert_int_equal(np_change_begin(folder->link, "x", 0, &change, &err),
			 -1);
	assert_int_equal(err.kind, NP_ERROR_NOT_A_LINK);
}

/* The file is for all to read: nothing of the program's memory may be in it. */
static void test_map_write__leaks_no_memory_into_the_file(void **state)
{
	static const char secret[] = "correct horse battery";
	struct folder *folder = *state;
	unsigned char *data;
	/* Volatile, or the compiler leaves the writing out. */
	char *volatile blocks[2000];
	char *last;
	size_t len;

	for (size_t i = 0; i < 2000; i++) {
		blocks[i] = malloc(4000 + i % 300);
		assert_non_null(blocks[i]);
		for (size_t j = 0; j + sizeof(secret) < 4000;
		     j += sizeof(secret))
			memcpy(blocks[i] + j, secret, sizeof(secret));
		__asm__ volatile("" : : "r"(blocks[i]) : "memory");
	}
	/* So that the heap keeps what is below. */
	last = malloc(16);
	for (size_t i = 0; i < 2000; i++)
		free(blocks[i]);
	map_create(folder);
	map_put_many(folder, 5000);
	for (unsigned int i = 0; i < 2; i++) {
		data = file_read(map_live_path(folder), &len);
		assert_null(memmem(data, len, secret, sizeof(secret)));
		free(data);
		map_put(folder, "one-more@x.org", "b@x.org");
	}
	free(last);
}

static void check_rollback(const struct folder *folder, uint64_t from,
			   uint64_t to)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	uint64_t f = 0, t = 0;

	check_int(err.text, np_map_rollback(folder->link, "x", &f, &t, &err),
		  1);
	assert_int_equal(f, from);
	assert_int_equal(t, to);
}

static void test_map_write__rollback_goes_back_and_forth(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	uint64_t from, to;

	map_create(folder);
	assert_int_equal(np_map_rollback(folder->link, "x", &from, &to, &err),
			 0);
	map_put(folder, "a@x.org", "first@x.org");
	map_put(folder, "a@x.org", "second@x.org");
	check_rollback(folder, 2, 4);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a@x.org"),
			    "first@x.org");
	check_rollback(folder, 3, 5);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a@x.org"),
			    "second@x.org");
	/* A damaged live one is no source, and is kept beside the new one. */
	assert_int_equal(truncate(map_live_path(folder), 4096), 0);
	check_rollback(folder, 4, 6);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a@x.org"),
			    "first@x.org");
	assert_int_equal(np_map_rollback(folder->link, "x", &from, &to, &err),
			 0);
}

static void test_map_write__rollback_needs_no_link(void **state)
{
	struct folder *folder = *state;

	map_create(folder);
	map_put(folder, "a@x.org", "first@x.org");
	map_put(folder, "a@x.org", "second@x.org");
	assert_int_equal(unlink(folder->link), 0);
	check_rollback(folder, 3, 4);
	/* The source was kept: there is still a way back. */
	assert_int_equal(folder_count(folder, "aliases."), 4);
	/* A plain file in the link's place is put aside, not lost. */
	assert_int_equal(unlink(folder->link), 0);
	file_write(folder->link, "backup", 6);
	check_rollback(folder, 4, 5);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a@x.org"),
			    "second@x.org");
	assert_int_equal(folder_count(folder, "aliases.db.replaced"), 1);
	/* A link that names nothing there. */
	assert_int_equal(unlink(folder->link), 0);
	assert_int_equal(symlink("/nowhere", folder->link), 0);
	check_rollback(folder, 5, 6);
	/* The file that it names is gone. */
	map_put(folder, "a@x.org", "third@x.org");
	assert_int_equal(unlink(map_live_path(folder)), 0);
	check_rollback(folder, 6, 8);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a@x.org"),
			    "second@x.org");
}

#define WITH_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, while free memory is what it has freed itself. */
		WITH_FOLDER(test_map_write__leaks_no_memory_into_the_file),
		WITH_FOLDER(test_map_write__keeps_what_was_put),
		WITH_FOLDER(test_map_write__shows_edits_before_they_are_live),
		WITH_FOLDER(test_map_write__keeps_every_field),
		WITH_FOLDER(test_map_write__keeps_settings_and_newer_fields),
		WITH_FOLDER(test_map_write__refuses_an_entry_without_a_key),
		WITH_FOLDER(test_map_write__waits_and_names_the_holder),
		WITH_FOLDER(test_map_write__starts_no_map_by_itself),
		WITH_FOLDER(test_map_write__rollback_goes_back_and_forth),
		WITH_FOLDER(test_map_write__rollback_needs_no_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
