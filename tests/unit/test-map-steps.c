/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A writer that dies or fails at each of its steps: the old map stays live,
 * or the new one is, and the next command works and clears up.
 */
#include "np-config.h"

#include "tests/unit/map-fixture.h"
#include "aliasmap/map-step.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_STEPS 100

/* What the hook does at which call. */
static unsigned int step_count, step_at;
static int step_error;		/* 0: kill */
static char step_name[64];

static int on_step(const char *name)
{
	/* Readers have these too; see test-map and test-map-verify. */
	if (strcmp(name, "look") == 0 || strcmp(name, "walk") == 0 ||
	    ++step_count != step_at)
		return 0;
	(void)snprintf(step_name, sizeof(step_name), "%s", name);
	if (step_error == 0)
		(void)kill(getpid(), SIGKILL);
	return step_error;
}

static int act_put(const struct folder *folder, struct np_error *err)
{
	struct np_change *change;
	struct np_alias alias;
	uint64_t generation;

	np_alias_init(&alias);
	strcpy(alias.address, "new@x.org");
	strcpy(alias.mailbox, "b@x.org");
	if (np_change_begin(folder->link, "test", 30, &change, err) < 0)
		return -1;
	if (np_change_put(change, &alias, err) < 0 ||
	    np_change_delete(change, "old@x.org", err) < 0) {
		np_change_rollback(&change);
		return -1;
	}
	return np_change_commit(&change, &generation, err);
}

static int act_rollback(const struct folder *folder, struct np_error *err)
{
	uint64_t from, generation;

	return np_map_rollback(folder->link, "test", &from, &generation, err);
}

static int act_adopt(const struct folder *folder, struct np_error *err)
{
	uint64_t good, bad;

	return np_map_verify(folder->link, folder->link, true, "test", 20,
			     &good, &bad, err);
}

static const struct {
	const char *label;
	int (*act)(const struct folder *folder, struct np_error *err);
	/* Which of old@, new@, older@ are there before and after. */
	const char *before, *after;
} acts[] = {
	{"put", act_put, "old older ", "new older "},
	{"rollback", act_rollback, "old older ", "older "},
	{"adopt", act_adopt, "old older ", "old older "},
};

static void acts_prepare(const struct folder *folder)
{
	map_create(folder);
	map_put(folder, "older@x.org", "b@x.org");
	map_put(folder, "old@x.org", "b@x.org");
}

static const char *content(const struct folder *folder)
{
	static const char *const names[] = {"new", "old", "older"};
	static char text[64];
	char key[32];

	text[0] = '\0';
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(key, sizeof(key), "%s@x.org", names[i]);
		if (map_mailbox(folder, NP_MAP_FILE, key)[0] != '\0') {
			strcat(text, names[i]);
			strcat(text, " ");
		}
	}
	return text;
}

static void check_next_command(const char *label, const struct folder *folder)
{
	map_put(folder, "next@x.org", "b@x.org");
	check_str(label, map_mailbox(folder, NP_MAP_COPY, "next@x.org"),
		  "b@x.org");
	/* link, lock, new generation, the one before. */
	check_int(label, folder_count(folder, "aliases."), 4);
}

static void check_killed(size_t act, unsigned int at, bool *done_r)
{
	struct folder *folder;
	char label[128];
	int status;
	void *mine;
	pid_t pid;

	(void)folder_setup(&mine);
	folder = mine;
	acts_prepare(folder);
	pid = fork();
	if (pid == 0) {
		struct np_error err = {NP_ERROR_NONE, ""};

		step_count = 0;
		step_at = at;
		step_error = 0;
		np_map_step_hook = on_step;
		_exit(acts[act].act(folder, &err) == 1 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	*done_r = WIFEXITED(status);
	(void)snprintf(label, sizeof(label), "%s killed at step %u",
		       acts[act].label, at);
	if (*done_r)
		check_int(label, status, 0);
	if (strcmp(content(folder), acts[act].before) != 0 || *done_r)
		check_str(label, content(folder), acts[act].after);
	check_next_command(label, folder);
	(void)folder_teardown(&mine);
}

static void test_map_steps__may_end_in_a_kill(void **state)
{
	(void)state;
	for (size_t act = 0; act < sizeof(acts) / sizeof(acts[0]); act++) {
		unsigned int at = 1;
		bool done = false;

		for (; !done && at < MAX_STEPS; at++)
			check_killed(act, at, &done);
		/* All steps were tried, and there are that many. */
		check_true(acts[act].label, done && at > 12);
	}
}

/* Dies at a step of the first map's making; then what its text says helps. */
static bool first_killed(unsigned int at)
{
	struct np_map_settings settings = {.delimiters = "+"};
	struct np_error err = {NP_ERROR_NONE, ""};
	struct folder *folder;
	struct np_map *map;
	int status;
	void *mine;
	pid_t pid;

	(void)folder_setup(&mine);
	folder = mine;
	pid = fork();
	if (pid == 0) {
		step_count = 0;
		step_at = at;
		step_error = 0;
		np_map_step_hook = on_step;
		_exit(np_map_create(folder->link, "test", &settings,
				    &err) < 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (np_map_open(folder->link, NP_MAP_FILE, &map, &err) > 0)
		np_map_close(&map);
	else if (strstr(err.text, "nameplate apply") != NULL)
		map_create(folder);
	else if (strstr(err.text, "nameplate rollback") != NULL)
		assert_int_equal(act_rollback(folder, &err), 1);
	else
		fail_msg("step %u: %s", at, err.text);
	assert_string_equal(content(folder), "");
	map_put(folder, "next@x.org", "b@x.org");
	assert_int_equal(np_map_create(folder->link, "test", &settings, &err),
			 0);
	assert_string_equal(map_mailbox(folder, NP_MAP_FILE, "next@x.org"),
			    "b@x.org");
	(void)folder_teardown(&mine);
	return WIFSIGNALED(status);
}

static void test_map_steps__first_map_may_end_in_a_kill(void **state)
{
	unsigned int at = 1;

	(void)state;
	while (first_killed(at) && at < MAX_STEPS)
		at++;
	assert_true(at > 10 && at < MAX_STEPS);
}

static void check_failed(size_t act, unsigned int at, int error, bool *done_r)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	char label[128], before[256];
	struct folder *folder;
	void *mine;
	int ret;

	(void)folder_setup(&mine);
	folder = mine;
	acts_prepare(folder);
	strcpy(before, map_live(folder));
	step_count = 0;
	step_at = at;
	step_error = error;
	strcpy(step_name, "");
	np_map_step_hook = on_step;
	ret = acts[act].act(folder, &err);
	np_map_step_hook = NULL;
	*done_r = step_name[0] == '\0';
	(void)snprintf(label, sizeof(label), "%s, step %u %s: %s",
		       acts[act].label, at, step_name, err.text);
	if (*done_r || strcmp(step_name, "prune") == 0 ||
	    strcmp(step_name, "done") == 0) {
		check_int(label, ret, 1);
		check_str(label, content(folder), acts[act].after);
	} else {
		check_int(label, ret, strcmp(step_name, "folder") == 0 ?
			  NP_CHANGE_NOT_DURABLE : -1);
		check_int(label, err.kind, NP_ERROR_WRITE);
		check_true(label, strstr(err.text, strerror(error)) != NULL);
		if (strcmp(step_name, "folder") == 0) {
			check_true(label, strstr(err.text, "in force") !=
				   NULL);
			check_str(label, content(folder), acts[act].after);
			/* As pruned as after any other change. */
			check_int(label, folder_count(folder, "aliases."), 4);
		} else {
			check_str(label, map_live(folder), before);
			check_str(label, content(folder), acts[act].before);
			/* Nothing stays behind, not even until the next. */
			check_int(label, folder_count(folder, "aliases."), 4);
		}
	}
	check_next_command(label, folder);
	(void)folder_teardown(&mine);
}

static void test_map_steps__may_fail(void **state)
{
	(void)state;
	for (size_t act = 0; act < sizeof(acts) / sizeof(acts[0]); act++) {
		unsigned int at = 1;
		bool done = false;

		for (; !done && at < MAX_STEPS; at++)
			check_failed(act, at, at % 2 == 0 ? ENOSPC : EIO,
				     &done);
		check_true(acts[act].label, done && at > 12);
	}
}

/* The linker puts these in the library's way (map.mk). */
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);

static char order[256];
static const char *order_fail = "";

static int order_note(const char *what)
{
	(void)strncat(order, what, sizeof(order) - strlen(order) - 1);
	if (strcmp(order_fail, what) != 0)
		return 0;
	errno = EIO;
	return -1;
}

int __wrap_fsync(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	if (order_note(S_ISDIR(st.st_mode) ? "fsync folder;" :
		       (st.st_mode & 0777) == 0644 ? "fsync file;" :
		       "fsync before chmod;") < 0)
		return -1;
	return __real_fsync(fd);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	if (order_note(strcmp(to, "aliases.db") == 0 ? "rename link;" :
		       "rename file;") < 0)
		return -1;
	return __real_renameat(from_fd, from, to_fd, to);
}

/* The order that is durable, and the real failure of each part of it. */
static void test_map_steps__are_durable_in_order(void **state)
{
	static const char *const parts[] = {
		"", "fsync file;", "rename file;", "rename link;",
		"fsync folder;"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct np_error err = {NP_ERROR_NONE, ""};
		struct folder *folder;
		bool live = i == 0 || i == 4;
		void *mine;

		(void)folder_setup(&mine);
		folder = mine;
		acts_prepare(folder);
		order[0] = '\0';
		order_fail = parts[i];
		check_int(parts[i], act_put(folder, &err), i == 0 ? 1 :
			  live ? NP_CHANGE_NOT_DURABLE : -1);
		order_fail = "";
		if (live)
			check_str(parts[i], order, "fsync file;rename file;"
				  "rename link;fsync folder;");
		if (i > 0)
			check_int(parts[i], err.kind, NP_ERROR_WRITE);
		check_str(parts[i], content(folder),
			  live ? acts[0].after : acts[0].before);
		check_next_command(parts[i], folder);
		(void)folder_teardown(&mine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map_steps__may_end_in_a_kill),
		cmocka_unit_test(test_map_steps__first_map_may_end_in_a_kill),
		cmocka_unit_test(test_map_steps__may_fail),
		cmocka_unit_test(test_map_steps__are_durable_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
