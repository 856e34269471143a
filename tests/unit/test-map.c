/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a map that is there, in each of the three modes. */
#include "np-config.h"

#include "tests/unit/map-fixture.h"
#include "aliasmap/map-step.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUM "0123456789abcdef"
/* From the end of the file to octets that no entry uses. */
#define PAGE_HOLE 3000

static const enum np_map_mode modes[] = {NP_MAP_FILE, NP_MAP_COPY,
					 NP_MAP_SHARED};

static void test_map__is_readable_for_all_whatever_the_umask(void **state)
{
	struct folder *folder = *state;
	mode_t mask = umask(077);
	struct stat st;

	map_create(folder);
	map_put(folder, "a@x.org", "b@x.org");
	(void)umask(mask);
	assert_int_equal(stat(folder->link, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(stat(folder_path(folder, "aliases.db.lock"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* Sets the time of the live file, so that a reader sees the same file again,
   or another one. */
static void set_time(const struct folder *folder, time_t seconds)
{
	const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

	assert_int_equal(utimensat(AT_FDCWD, folder->link, times, 0), 0);
}

static void test_map__knows_whether_it_is_current(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map *map;

	map_create(folder);
	for (size_t i = 0; i < 3; i++) {
		map_put(folder, "a@x.org", "b@x.org");
		assert_int_equal(np_map_open(folder->link, modes[i], &map,
					     &err), 1);
		assert_int_equal(np_map_is_current(map, &err), 1);
		map_put(folder, "a@x.org", "b@x.org");
		assert_int_equal(np_map_is_current(map, &err), 0);
		np_map_close(&map);
		assert_int_equal(np_map_open(folder->link, modes[i], &map,
					     &err), 1);
		set_time(folder, 1);
		assert_int_equal(np_map_is_current(map, &err), 0);
		assert_int_equal(unlink(folder->link), 0);
		assert_int_equal(np_map_is_current(map, &err), -1);
		assert_int_equal(err.kind, NP_ERROR_MISSING);
		relink(folder, np_map_name(map));
		np_map_close(&map);
	}
	/* Another size alone. */
	set_time(folder, 1);
	assert_int_equal(np_map_open(folder->link, NP_MAP_COPY, &map, &err),
			 1);
	assert_int_equal(truncate(map_live_path(folder), 1), 0);
	set_time(folder, 1);
	assert_int_equal(np_map_is_current(map, &err), 0);
	np_map_close(&map);
}

/* Two generations open at once, as while the agent goes over to a new one. */
static void test_map__keeps_generations_apart(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_alias alias;

	map_create(folder);
	for (size_t i = 0; i < 3; i++) {
		struct np_map *old, *new;

		map_put(folder, "a@x.org", "old@x.org");
		assert_int_equal(np_map_open(folder->link, modes[i], &old,
					     &err), 1);
		assert_int_equal(np_map_lookup(old, "a@x.org", &alias, &err),
				 1);
		map_put(folder, "a@x.org", "new@x.org");
		assert_int_equal(np_map_open(folder->link, modes[i], &new,
					     &err), 1);
		assert_int_equal(np_map_lookup(new, "a@x.org", &alias, &err),
				 1);
		assert_string_equal(alias.mailbox, "new@x.org");
		assert_int_equal(np_map_lookup(old, "a@x.org", &alias, &err),
				 1);
		assert_string_equal(alias.mailbox, "old@x.org");
		np_map_close(&old);
		assert_int_equal(np_map_lookup(new, "a@x.org", &alias, &err),
				 1);
		assert_string_equal(alias.mailbox, "new@x.org");
		np_map_close(&new);
	}
}

/* A record of a newer major version: could not look, and only there. */
static void test_map__tells_a_newer_record_from_none(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_alias alias;
	struct np_map *map;
	struct np_map_cursor *cursor;
	unsigned char *data;
	size_t len, found = 0;
	int ret;

	map_create(folder);
	map_put(folder, "newer@x.org", "b@x.org");
	map_put(folder, "same@x.org", "c@x.org");
	data = file_read(map_live_path(folder), &len);
	/* A record starts with its version, 1.0, and the mailbox. */
	for (size_t i = 0; i + 12 < len; i++) {
		if (memcmp(data + i, "\1\0\1\0\7b@x.org", 12) == 0) {
			assert_int_equal(found, 0);
			found = i;
		}
	}
	assert_true(found > 0);
	data[found] = 2;
	publish(folder, 9, data, len);
	free(data);
	assert_int_equal(np_map_open(folder->link, NP_MAP_COPY, &map, &err),
			 1);
	assert_int_equal(np_map_lookup(map, "newer@x.org", &alias, &err), -1);
	assert_int_equal(err.kind, NP_ERROR_VERSION);
	assert_int_equal(np_map_lookup(map, "same@x.org", &alias, &err), 1);
	/* A cursor goes on behind it. */
	assert_int_equal(np_map_cursor_open(map, NULL, &cursor, &err), 1);
	for (found = 0; (ret = np_map_cursor_next(cursor, &alias, &err)) != 0;
	     found++)
		;
	assert_int_equal(found, 2);
	np_map_cursor_close(&cursor);
	np_map_close(&map);
}

/* The file is truncated under a reader: a copy does not notice. */
static void test_map__copy_outlives_its_file(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_alias alias;
	struct np_map *map;
	char key[32];

	map_create(folder);
	map_put_many(folder, 2000);
	assert_int_equal(np_map_open(folder->link, NP_MAP_COPY, &map, &err),
			 1);
	assert_int_equal(truncate(map_live_path(folder), 0), 0);
	for (unsigned int i = 0; i < 2000; i++) {
		(void)snprintf(key, sizeof(key), "a%05u@x.org", i);
		check_int(key, np_map_lookup(map, key, &alias, &err), 1);
	}
	np_map_close(&map);
	/* One that reads the file itself lives on as well and says so. */
	assert_int_equal(unlink(folder->link), 0);
	assert_int_equal(np_map_open(folder->link, NP_MAP_COPY, &map, &err),
			 -1);
}

/* Whoever finds the copy's descriptor cannot change it either. */
static void test_map__copy_is_sealed(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	unsigned int found = 0;
	struct np_map *map;

	map_create(folder);
	assert_int_equal(np_map_open(folder->link, NP_MAP_COPY, &map, &err),
			 1);
	for (int fd = 0; fd < 64; fd++) {
		int seals = fcntl(fd, F_GET_SEALS);
		char path[64], name[64] = "";

		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (readlink(path, name, sizeof(name) - 1) == -1 ||
		    strstr(name, "nameplate-map") == NULL)
			continue;
		found++;
		assert_int_equal(seals, F_SEAL_SEAL | F_SEAL_SHRINK |
				 F_SEAL_GROW | F_SEAL_WRITE);
	}
	assert_true(found > 0);
	np_map_close(&map);
}

static void test_map__shared_survives_truncation(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_alias alias;
	struct np_map *map;
	char key[32];
	unsigned int failed = 0;

	map_create(folder);
	map_put_many(folder, 5000);
	assert_int_equal(np_map_open(folder->link, NP_MAP_SHARED, &map, &err),
			 1);
	assert_int_equal(truncate(map_live_path(folder), 0), 0);
	for (unsigned int i = 0; i < 5000; i += 10) {
		int ret;

		(void)snprintf(key, sizeof(key), "a%05u@x.org", i);
		ret = np_map_lookup(map, key, &alias, &err);
		check_true(key, ret != 0);
		failed += ret == -1;
	}
	assert_true(failed > 0);
	np_map_close(&map);
}

static const struct folder *look_folder;
static unsigned int look_count;

/* Two changes between readlink and open: the file read about is gone. */
static int on_look(const char *name)
{
	if (strcmp(name, "look") != 0 || look_count++ > 0)
		return 0;
	np_map_step_hook = NULL;
	map_put(look_folder, "a@x.org", "b@x.org");
	map_put(look_folder, "a@x.org", "c@x.org");
	np_map_step_hook = on_look;
	return 0;
}

static void test_map__looks_again_when_overtaken(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map *map;

	map_create(folder);
	look_folder = folder;
	look_count = 0;
	np_map_step_hook = on_look;
	check_int(err.text, np_map_open(folder->link, NP_MAP_COPY, &map, &err),
		  1);
	np_map_step_hook = NULL;
	assert_int_equal(look_count, 2);
	assert_int_equal(np_map_meta(map)->generation, 3);
	np_map_close(&map);
}

static int open_shared(const struct folder *folder, struct np_error *err)
{
	struct np_map *map = NULL;
	int ret = np_map_open(folder->link, NP_MAP_SHARED, &map, err);

	np_map_close(&map);
	return ret;
}

static void test_map__shared_sums_a_file_once(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	unsigned char *data;
	struct np_map *map;
	size_t len;

	map_create(folder);
	map_put_many(folder, 100);
	set_time(folder, 1000);
	data = file_read(map_live_path(folder), &len);
	assert_int_equal(open_shared(folder, &err), 1);
	data[len - PAGE_HOLE] ^= 1;
	file_write(map_live_path(folder), data, len);
	set_time(folder, 1000);
	assert_int_equal(open_shared(folder, &err), 1);
	assert_int_equal(np_map_open(folder->link, NP_MAP_FILE, &map, &err),
			 -1);
	/* Seen as another file it is summed, and the result kept as well. */
	set_time(folder, 2000);
	assert_int_equal(open_shared(folder, &err), -1);
	assert_int_equal(err.kind, NP_ERROR_DAMAGED);
	data[len - PAGE_HOLE] ^= 1;
	file_write(map_live_path(folder), data, len);
	set_time(folder, 2000);
	assert_int_equal(open_shared(folder, &err), -1);
	assert_int_equal(err.kind, NP_ERROR_DAMAGED);
	set_time(folder, 3000);
	assert_int_equal(open_shared(folder, &err), 1);
	free(data);
}

/* Above 32 MB only the size is compared. The file is no database, so that
   the two kinds of error tell what was done. */
static void test_map__shared_sums_up_to_a_limit(void **state)
{
	static const struct {
		long long size;
		enum np_error_kind kind;
	} rows[] = {
		{32LL * 1024 * 1024, NP_ERROR_DAMAGED},
		{32LL * 1024 * 1024 + 1, NP_ERROR_NOT_A_MAP},
	};
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map *map;
	char name[256];

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(name, sizeof(name), "aliases.1.%lld." SUM ".db",
			       rows[i].size);
		file_write(folder_path(folder, name), "", 0);
		assert_int_equal(truncate(folder_path(folder, name),
					  rows[i].size), 0);
		relink(folder, name);
		assert_int_equal(open_shared(folder, &err), -1);
		assert_int_equal(err.kind, rows[i].kind);
		assert_int_equal(np_map_open(folder->link, NP_MAP_COPY, &map,
					     &err), -1);
		assert_int_equal(err.kind, NP_ERROR_DAMAGED);
	}
}

/* As the agent does it: one thread loads, the other one serves. */
static void *loader_run(void *argument)
{
	const struct folder *folder = argument;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map *map = NULL;

	(void)np_map_open(folder->link, NP_MAP_COPY, &map, &err);
	return map;
}

static void test_map__copy_is_made_in_another_thread(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_alias alias;
	struct np_map *map;
	void *next;

	map_create(folder);
	map_put_many(folder, 1000);
	assert_int_equal(np_map_open(folder->link, NP_MAP_COPY, &map, &err),
			 1);
	for (unsigned int i = 0; i < 50; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, loader_run,
						folder), 0);
		for (unsigned int j = 0; j < 1000; j++) {
			char key[32];

			(void)snprintf(key, sizeof(key), "a%05u@x.org", j);
			check_int(key, np_map_lookup(map, key, &alias, &err),
				  1);
		}
		assert_int_equal(pthread_join(thread, &next), 0);
		assert_non_null(next);
		np_map_close(&map);
		map = next;
	}
	np_map_close(&map);
}

#define WITH_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(test_map__is_readable_for_all_whatever_the_umask),
		WITH_FOLDER(test_map__knows_whether_it_is_current),
		WITH_FOLDER(test_map__keeps_generations_apart),
		WITH_FOLDER(test_map__tells_a_newer_record_from_none),
		WITH_FOLDER(test_map__copy_outlives_its_file),
		WITH_FOLDER(test_map__copy_is_sealed),
		WITH_FOLDER(test_map__shared_survives_truncation),
		WITH_FOLDER(test_map__looks_again_when_overtaken),
		WITH_FOLDER(test_map__shared_sums_a_file_once),
		WITH_FOLDER(test_map__shared_sums_up_to_a_limit),
		WITH_FOLDER(test_map__copy_is_made_in_another_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
