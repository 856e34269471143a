/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writers and readers at once, each a process: no change is lost, and no
 * reader sees a torn or missing map or an older one after a newer.
 */
#include "np-config.h"

#include "tests/unit/map-fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 3
#define READERS 3
#define CHANGES 40	/* of each writer */

/* Sets left@ and right@, always together, and a key of its own. */
static int writer_change(const struct folder *folder, unsigned int writer,
			 unsigned int n)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;
	struct np_alias alias;
	uint64_t generation;
	char holder[64];

	(void)snprintf(holder, sizeof(holder), "writer %u", writer);
	np_alias_init(&alias);
	(void)snprintf(alias.mailbox, sizeof(alias.mailbox), "w%u.%u@x.org",
		       writer, n);
	if (np_change_begin(folder->link, holder, 60, &change, &err) < 0)
		return -1;
	strcpy(alias.address, "left@x.org");
	if (np_change_put(change, &alias, &err) < 0)
		return -1;
	strcpy(alias.address, "right@x.org");
	if (np_change_put(change, &alias, &err) < 0)
		return -1;
	(void)snprintf(alias.address, sizeof(alias.address), "k%u.%u@x.org",
		       writer, n);
	if (np_change_put(change, &alias, &err) < 0)
		return -1;
	return np_change_commit(&change, &generation, &err);
}

static void writer_run(const struct folder *folder, unsigned int writer)
{
	for (unsigned int n = 0; n < CHANGES; n++) {
		if (writer_change(folder, writer, n) != 1)
			_exit(1);
	}
	_exit(0);
}

/* One look at the map as it is now. 0, or what is wrong. */
static int reader_look(const struct folder *folder, enum np_map_mode mode,
		       uint64_t *newest)
{
	static struct np_alias left, right;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map *map;
	int a, b, ret = 0;

	if (np_map_open(folder->link, mode, &map, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	a = np_map_lookup(map, "left@x.org", &left, &err);
	b = np_map_lookup(map, "right@x.org", &right, &err);
	if (a < 0 || b < 0)
		ret = 2;
	else if (a != b || (a == 1 && strcmp(left.mailbox, right.mailbox) !=
			    0))
		ret = 3;
	else if (np_map_meta(map)->generation < *newest)
		ret = 4;
	*newest = np_map_meta(map)->generation;
	np_map_close(&map);
	return ret;
}

static volatile sig_atomic_t reader_stop;

static void on_stop(int number)
{
	(void)number;
	reader_stop = 1;
}

static void reader_run(const struct folder *folder, unsigned int reader)
{
	uint64_t newest = 0, first = 0;

	(void)signal(SIGTERM, on_stop);
	while (!reader_stop) {
		int ret = reader_look(folder, (enum np_map_mode)(reader % 3),
				      &newest);

		if (ret != 0)
			_exit(ret);
		if (first == 0)
			first = newest;
	}
	/* It has seen the map change, or it has proved nothing. */
	_exit(newest > first ? 0 : 5);
}

static void test_map_loop__loses_nothing(void **state)
{
	struct folder *folder = *state;
	pid_t writers[WRITERS], readers[READERS];
	char key[32], mailbox[32];
	int status;

	map_create(folder);
	map_put_many(folder, 500);
	for (unsigned int i = 0; i < READERS; i++) {
		readers[i] = fork();
		if (readers[i] == 0)
			reader_run(folder, i);
	}
	for (unsigned int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		if (writers[i] == 0)
			writer_run(folder, i);
	}
	for (unsigned int i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
		assert_int_equal(status, 0);
	}
	for (unsigned int i = 0; i < READERS; i++) {
		(void)kill(readers[i], SIGTERM);
		assert_int_equal(waitpid(readers[i], &status, 0), readers[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	for (unsigned int i = 0; i < WRITERS * CHANGES; i++) {
		(void)snprintf(key, sizeof(key), "k%u.%u@x.org", i / CHANGES,
			       i % CHANGES);
		(void)snprintf(mailbox, sizeof(mailbox), "w%u.%u@x.org",
			       i / CHANGES, i % CHANGES);
		check_str(key, map_mailbox(folder, NP_MAP_SHARED, key),
			  mailbox);
	}
	assert_int_equal(folder_count(folder, "aliases."), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_map_loop__loses_nothing,
						folder_setup,
						folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
