/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be read of a damaged file, in time, and what becomes of it. */
#include "np-config.h"

#include "tests/unit/map-fixture.h"
#include "aliasmap/map-step.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#define PAGE 4096

static int verify(const struct folder *folder, const char *file, bool adopt,
		  uint64_t *good_r, uint64_t *bad_r, struct np_error *err)
{
	err->kind = NP_ERROR_NONE;
	err->text[0] = '\0';
	*good_r = *bad_r = 12345;
	return np_map_verify(folder->link, file, adopt, "test", 4, good_r,
			     bad_r, err);
}

static void test_map_verify__counts_what_is_good(void **state)
{
	struct folder *folder = *state;
	struct np_error err;
	uint64_t good, bad;
	char path[512];

	map_create(folder);
	assert_int_equal(verify(folder, folder->link, false, &good, &bad,
				&err), 1);
	assert_int_equal(good + bad, 0);
	map_put_many(folder, 1000);
	assert_int_equal(verify(folder, folder->link, false, &good, &bad,
				&err), 1);
	assert_int_equal(good, 1000);
	assert_int_equal(bad, 0);
	(void)snprintf(path, sizeof(path), "%s", map_live_path(folder));
	assert_int_equal(verify(folder, path, false, &good, &bad, &err), 1);
	assert_int_equal(good, 1000);
	assert_int_equal(verify(folder, "/nowhere", false, &good, &bad, &err),
			 -1);
	assert_int_equal(err.kind, NP_ERROR_MISSING);
	assert_int_equal(verify(folder, folder->dir, false, &good, &bad,
				&err), -1);
	assert_int_equal(err.kind, NP_ERROR_NOT_A_MAP);
}

static int on_walk(const char *name)
{
	if (strcmp(name, "walk") == 0)
		for (;;)
			(void)pause();
	return 0;
}

static int on_walk_crash(const char *name)
{
	if (strcmp(name, "walk") == 0)
		(void)raise(SIGSEGV);
	return 0;
}

static void test_map_verify__ends_when_the_reader_hangs_or_dies(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	uint64_t good, bad;
	struct timespec from, to;
	char before[256];

	map_create(folder);
	map_put_many(folder, 10);
	strcpy(before, map_live(folder));
	np_map_step_hook = on_walk;
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(np_map_verify(folder->link, folder->link, true, "t",
				       1, &good, &bad, &err), -1);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(to.tv_sec - from.tv_sec < 20);
	assert_non_null(strstr(err.text, "does not end"));
	assert_non_null(strstr(err.text, "the map is unchanged"));
	np_map_step_hook = on_walk_crash;
	assert_int_equal(verify(folder, folder->link, true, &good, &bad,
				&err), -1);
	assert_non_null(strstr(err.text, "dies of it"));
	np_map_step_hook = NULL;
	assert_string_equal(map_live(folder), before);
	assert_int_equal(folder_count(folder, ".new"), 0);
}

static void on_alarm(int number)
{
	/* A second one ends a test that waits without end. */
	(void)signal(number, SIG_DFL);
	(void)alarm(30);
}

static void test_map_verify__ends_in_time_after_a_signal(void **state)
{
	const struct itimerval once = {{0, 0}, {0, 200000}};
	const struct sigaction action = {.sa_handler = on_alarm};
	struct sigaction before;
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	uint64_t good, bad;

	map_create(folder);
	map_put_many(folder, 10);
	np_map_step_hook = on_walk;
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &once, NULL), 0);
	assert_int_equal(np_map_verify(folder->link, folder->link, false, "t",
				       1, &good, &bad, &err), 0);
	(void)alarm(0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	np_map_step_hook = NULL;
	assert_non_null(strstr(err.text, "does not end"));
}

/* Spoils each leaf page (type 5) with key in it: entry, index, and what an
   earlier split has left behind. Returns their number. */
static unsigned int spoil_leaves(unsigned char *data, size_t len,
				 const char *key)
{
	unsigned int count = 0;

	for (size_t page = 0; page < len; page += PAGE) {
		if (data[page + 25] != 5 ||
		    memmem(data + page, PAGE, key, strlen(key)) == NULL)
			continue;
		memset(data + page, 0xff, PAGE);
		count++;
	}
	return count;
}

static void test_map_verify__adopts_from_both_ends(void **state)
{
	struct folder *folder = *state;
	struct np_error err;
	uint64_t good, bad, from, to;
	unsigned char *data;
	char path[512];
	size_t len;

	map_create(folder);
	map_put_many(folder, 2000);
	(void)snprintf(path, sizeof(path), "%s", map_live_path(folder));
	data = file_read(path, &len);
	assert_true(spoil_leaves(data, len, "a01000@x.org") >= 2);
	file_write(path, data, len);
	free(data);
	assert_int_equal(verify(folder, folder->link, false, &good, &bad,
				&err), 0);
	assert_int_equal(err.kind, NP_ERROR_DAMAGED);
	if (good <= 1800 || good >= 2000)
		fail_msg("%" PRIu64 " good: %s", good, err.text);
	assert_int_equal(verify(folder, path, true, &good, &bad, &err), 0);
	if (good <= 1800 || good >= 2000)
		fail_msg("%" PRIu64 " good: %s", good, err.text);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a00000@x.org"),
			    "b00000@x.org");
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a01999@x.org"),
			    "b00499@x.org");
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a01000@x.org"),
			    "");
	/* Its settings came along, and it is whole. */
	assert_int_equal(verify(folder, folder->link, false, &from, &bad,
				&err), 1);
	assert_int_equal(from, good);
	/* What was live before is still there; it is no good source. */
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(np_map_rollback(folder->link, "t", &from, &to, &err),
			 0);
}

static void test_map_verify__adopts_a_plain_file(void **state)
{
	struct folder *folder = *state;
	struct np_error err;
	struct np_map *map;
	uint64_t good, bad;

	map_create(folder);
	map_put_many(folder, 30);
	assert_int_equal(rename(map_live_path(folder), folder->link), 0);
	assert_int_equal(np_map_open(folder->link, NP_MAP_FILE, &map, &err),
			 -1);
	assert_non_null(strstr(err.text, "--adopt"));
	assert_int_equal(verify(folder, folder->link, true, &good, &bad,
				&err), 1);
	assert_int_equal(good, 30);
	assert_int_equal(np_map_open(folder->link, NP_MAP_FILE, &map, &err),
			 1);
	assert_string_equal(np_map_meta(map)->settings.domains,
			    "x.org,y.org");
	np_map_close(&map);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a00029@x.org"),
			    "b00007@x.org");
	assert_int_equal(folder_count(folder, "aliases.db.replaced"), 1);
}

static void test_map_verify__refuses_to_adopt_nothing(void **state)
{
	struct folder *folder = *state;
	struct np_error err;
	uint64_t good, bad;
	char path[512], before[256];
	char noise[2 * PAGE];

	map_create(folder);
	map_put(folder, "a@x.org", "b@x.org");
	strcpy(before, map_live(folder));
	(void)snprintf(path, sizeof(path), "%s/backup", folder->dir);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(i * 31 >> 2);
	file_write(path, noise, sizeof(noise));
	assert_int_equal(verify(folder, path, true, &good, &bad, &err), -1);
	assert_non_null(strstr(err.text, "nothing could be read"));
	file_write(path, "", 0);
	assert_int_equal(verify(folder, path, true, &good, &bad, &err), -1);
	assert_string_equal(map_live(folder), before);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "a@x.org"),
			    "b@x.org");
}

/* A record that cannot be decoded is counted, and not adopted. */
static void test_map_verify__leaves_bad_records_out(void **state)
{
	struct folder *folder = *state;
	struct np_error err;
	uint64_t good, bad;
	unsigned char *data;
	char path[512];
	size_t len;

	map_create(folder);
	map_put(folder, "good@x.org", "c@x.org");
	map_put(folder, "bad@x.org", "b@x.org");
	data = file_read(map_live_path(folder), &len);
	for (size_t i = 0; i + 12 < len; i++) {
		if (memcmp(data + i, "\1\0\1\0\7b@x.org", 12) == 0)
			data[i] = 7;
	}
	(void)snprintf(path, sizeof(path), "%s/aliases.77.%zu.%016" PRIx64
		       ".db", folder->dir, len,
		       (uint64_t)XXH3_64bits(data, len));
	file_write(path, data, len);
	free(data);
	assert_int_equal(verify(folder, path, true, &good, &bad, &err), 0);
	assert_int_equal(err.kind, NP_ERROR_VERSION);
	assert_int_equal(good, 1);
	assert_int_equal(bad, 1);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "bad@x.org"), "");
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "good@x.org"),
			    "c@x.org");
	/* One above the highest in the folder, and the live one is kept. */
	assert_true(strncmp(map_live(folder), "aliases.78.", 11) == 0);
	assert_int_equal(folder_count(folder, "aliases.3."), 1);
}

/* An index that has lost an entry: all records are good, the file is not. */
static void test_map_verify__counts_the_index(void **state)
{
	struct folder *folder = *state;
	unsigned int found = 0;
	struct np_error err;
	uint64_t good, bad;
	unsigned char *data;
	char path[512];
	size_t len;

	map_create(folder);
	map_put(folder, "one@x.org", "b@x.org");
	map_put(folder, "two@x.org", "c@x.org");
	data = file_read(map_live_path(folder), &len);
	for (size_t page = 0; page < len; page += PAGE) {
		/* The leaf of two keys and two entries, with no record. */
		if (data[page + 25] != 5 || data[page + 20] != 4 ||
		    memmem(data + page, PAGE, "\1b@x.org", 8) == NULL)
			continue;
		data[page + 20] = 2;
		found++;
	}
	assert_int_equal(found, 1);
	(void)snprintf(path, sizeof(path), "%s/x", folder->dir);
	file_write(path, data, len);
	free(data);
	assert_int_equal(verify(folder, path, true, &good, &bad, &err), 0);
	assert_non_null(strstr(err.text, "index by mailbox has 1 entries for "
			       "2 records"));
	assert_int_equal(good, 2);
	assert_int_equal(bad, 0);
	/* Adopted, it has a new index. */
	assert_int_equal(verify(folder, folder->link, false, &good, &bad,
				&err), 1);
	assert_int_equal(good, 2);
}

/* The linker puts this in the library's way (map.mk). */
ssize_t __real_readlink(const char *path, char *buffer, size_t size);
ssize_t __wrap_readlink(const char *path, char *buffer, size_t size);

static void (*on_readlink)(void);
static const struct folder *readlink_folder;
static int readlink_put;

ssize_t __wrap_readlink(const char *path, char *buffer, size_t size)
{
	void (*hook)(void) = on_readlink;
	ssize_t len;

	on_readlink = NULL;
	if (hook != NULL && strcmp(path, readlink_folder->link) != 0)
		hook();
	len = __real_readlink(path, buffer, size);
	if (hook != NULL && strcmp(path, readlink_folder->link) == 0)
		hook();
	return len;
}

static void change_once(void)
{
	map_put(readlink_folder, "one@x.org", "b@x.org");
}

static void change_twice(void)
{
	map_put(readlink_folder, "one@x.org", "b@x.org");
	map_put(readlink_folder, "two@x.org", "b@x.org");
}

/* Between its name and its octets, the map changes. */
static void test_map_verify__stays_with_one_generation(void **state)
{
	static void (*const hooks[])(void) = {change_once, change_twice};
	struct folder *folder = *state;
	struct np_error err;
	uint64_t good, bad;

	map_create(folder);
	map_put_many(folder, 20);
	readlink_folder = folder;
	for (size_t i = 0; i < 2; i++) {
		on_readlink = hooks[i];
		check_int(err.text, verify(folder, folder->link, false, &good,
					   &bad, &err), 1);
		assert_null(on_readlink);
	}
}

/* A change that waits for nobody. */
static void change_late(void)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;

	readlink_put = 0;
	if (np_change_begin(readlink_folder->link, "late", 0, &change,
			    &err) < 0) {
		assert_int_equal(err.kind, NP_ERROR_BUSY);
		return;
	}
	np_change_rollback(&change);
	readlink_put = 1;
}

static void test_map_verify__adopts_under_the_lock(void **state)
{
	struct folder *folder = *state;
	struct np_error err;
	uint64_t good, bad;

	map_create(folder);
	map_put_many(folder, 20);
	readlink_folder = folder;
	readlink_put = -1;
	on_readlink = change_late;
	check_int(err.text, verify(folder, folder->link, true, &good, &bad,
				   &err), 1);
	/* Whoever came in between has been told to try again. */
	assert_int_equal(readlink_put, 0);
	assert_int_equal(good, 20);
}

/* Whatever is in the file: an answer, in time, and never more than there is. */
static void test_map_verify__survives_noise(void **state)
{
	struct folder *folder = *state;
	struct np_error err = {NP_ERROR_NONE, ""};
	uint64_t random = 88172645463325252ULL, good, bad;
	unsigned char *data, *copy;
	char path[512];
	size_t len;

	map_create(folder);
	map_put_many(folder, 300);
	data = file_read(map_live_path(folder), &len);
	copy = malloc(len);
	assert_non_null(copy);
	(void)snprintf(path, sizeof(path), "%s/x", folder->dir);
	for (unsigned int i = 0; i < 60; i++) {
		int ret;

		memcpy(copy, data, len);
		for (unsigned int j = 0; j < 4; j++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			/* Page headers, which libdb believes. */
			copy[(random >> 8) % (len / PAGE) * PAGE +
			     (random >> 40) % 26] = (unsigned char)random;
		}
		file_write(path, copy, len);
		ret = np_map_verify(folder->link, path, false, "t", 1, &good,
				    &bad, &err);
		assert_true(ret == 0 || ret == 1);
		assert_true(good + bad <= 310);
		assert_true(ret == 0 || good + bad <= 301);
	}
	free(copy);
	free(data);
}

#define WITH_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(test_map_verify__counts_what_is_good),
		WITH_FOLDER(
			test_map_verify__ends_when_the_reader_hangs_or_dies),
		WITH_FOLDER(test_map_verify__ends_in_time_after_a_signal),
		WITH_FOLDER(test_map_verify__adopts_from_both_ends),
		WITH_FOLDER(test_map_verify__adopts_a_plain_file),
		WITH_FOLDER(test_map_verify__refuses_to_adopt_nothing),
		WITH_FOLDER(test_map_verify__leaves_bad_records_out),
		WITH_FOLDER(test_map_verify__counts_the_index),
		WITH_FOLDER(test_map_verify__stays_with_one_generation),
		WITH_FOLDER(test_map_verify__adopts_under_the_lock),
		WITH_FOLDER(test_map_verify__survives_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
