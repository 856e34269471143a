/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* No room for a new generation: the old one stays live and whole. */
#include "np-config.h"

#include "tests/unit/map-fixture.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A change that needs room, under a limit for the size of a file. */
static void full_child(const struct folder *folder, rlim_t limit)
{
	const struct rlimit size = {limit, limit};
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;
	struct np_alias alias;
	uint64_t generation;
	int ret = 1;

	(void)signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &size) != 0)
		_exit(2);
	if (np_change_begin(folder->link, "test", 30, &change, &err) < 0)
		_exit(err.kind == NP_ERROR_WRITE ? 1 : 3);
	np_alias_init(&alias);
	strcpy(alias.mailbox, "b@x.org");
	memset(alias.note, 'n', NP_MAX_NOTE);
	for (unsigned int i = 0; ret > 0 && i < 500; i++) {
		(void)snprintf(alias.address, sizeof(alias.address),
			       "n%u@x.org", i);
		ret = np_change_put(change, &alias, &err);
	}
	if (ret > 0)
		ret = np_change_commit(&change, &generation, &err);
	np_change_rollback(&change);
	if (ret > 0)
		_exit(0);
	_exit(err.kind == NP_ERROR_WRITE ? 1 : 4);
}

static void test_map_full__file_limit_leaves_the_old_map(void **state)
{
	struct folder *folder = *state;
	unsigned int failed = 0;
	char before[256];

	map_create(folder);
	map_put_many(folder, 500);
	strcpy(before, map_live(folder));
	for (rlim_t limit = 4096; limit < 1024 * 1024; limit += 37 * 1024) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			full_child(folder, limit);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) == 0)
			break;
		assert_int_equal(WEXITSTATUS(status), 1);
		failed++;
		assert_string_equal(map_live(folder), before);
		assert_string_equal(map_mailbox(folder, NP_MAP_FILE,
						"a00499@x.org"),
				    "b00124@x.org");
		assert_int_equal(folder_count(folder, ".new"), 0);
	}
	assert_true(failed > 5);
	map_put(folder, "next@x.org", "b@x.org");
}

/* The same on a real small file system, where there may be one. */
static void full_tmpfs(const char *dir)
{
	struct np_map_settings settings = {.delimiters = "+"};
	struct np_error err = {NP_ERROR_NONE, ""};
	struct folder folder;
	struct np_change *change;
	struct np_alias alias;
	uint64_t generation;
	unsigned int n = 0;
	int ret = 1;

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", dir, "tmpfs", 0, "size=400k") != 0)
		_exit(77);
	(void)snprintf(folder.dir, sizeof(folder.dir), "%s", dir);
	(void)snprintf(folder.link, sizeof(folder.link), "%s/aliases.db",
		       dir);
	if (np_map_create(folder.link, "t", &settings, &err) != 1)
		_exit(1);
	np_alias_init(&alias);
	strcpy(alias.mailbox, "b@x.org");
	memset(alias.note, 'n', NP_MAX_NOTE);
	/* Until it is full; then nothing is lost and nothing is left. */
	while (ret > 0 && n < 1000) {
		if (np_change_begin(folder.link, "t", 0, &change, &err) < 0)
			break;
		for (unsigned int i = 0; ret > 0 && i < 20; i++) {
			(void)snprintf(alias.address, sizeof(alias.address),
				       "n%u@x.org", n + i);
			ret = np_change_put(change, &alias, &err);
		}
		if (ret > 0)
			ret = np_change_commit(&change, &generation, &err);
		np_change_rollback(&change);
		if (ret > 0)
			n += 20;
	}
	if (n == 0 || n >= 1000 || err.kind != NP_ERROR_WRITE)
		_exit(2);
	/* It says what to do. */
	if (strstr(err.text, " KB and a little, in the folder /tmp/") == NULL)
		_exit(5);
	for (unsigned int i = 0; i < n; i++) {
		char key[32];

		(void)snprintf(key, sizeof(key), "n%u@x.org", i);
		if (map_mailbox(&folder, NP_MAP_FILE, key)[0] == '\0')
			_exit(3);
	}
	_exit(folder_count(&folder, ".new") == 0 ? 0 : 4);
}

static void test_map_full__disk_leaves_the_old_map(void **state)
{
	struct folder *folder = *state;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		full_tmpfs(folder->dir);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define WITH_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(test_map_full__file_limit_leaves_the_old_map),
		WITH_FOLDER(test_map_full__disk_leaves_the_old_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
