/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening the map: every accident has its own kind and names the way out. */
#include "np-config.h"

#include "tests/unit/map-fixture.h"
#include "aliasmap/map-edit-db.h"
#include "aliasmap/map-meta.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SUM "0123456789abcdef"

static const enum np_map_mode modes[] = {NP_MAP_FILE, NP_MAP_COPY,
					 NP_MAP_SHARED};

static void no_folder(const struct folder *folder)
{
	assert_int_equal(rmdir(folder->dir), 0);
}

static void nothing(const struct folder *folder)
{
	(void)folder;
}

static void no_link(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(unlink(folder->link), 0);
}

static void dangling(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(unlink(map_live_path(folder)), 0);
}

static void plain_file(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(rename(map_live_path(folder), folder->link), 0);
}

static void folder_instead(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(unlink(folder->link), 0);
	assert_int_equal(mkdir(folder->link, 0755), 0);
}

static void folder_in_place(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(unlink(folder->link), 0);
	relink(folder, "..");
}

static void link_to_other_folder(const struct folder *folder)
{
	char target[512];

	map_create(folder);
	(void)snprintf(target, sizeof(target), "%s", map_live_path(folder));
	relink(folder, target);
}

static void link_to_free_name(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(link(map_live_path(folder),
			      folder_path(folder, "backup.db")), 0);
	relink(folder, "backup.db");
}

static void generation_is_a_link(const struct folder *folder)
{
	char live[256], other[512];

	map_create(folder);
	strcpy(live, map_live(folder));
	(void)snprintf(other, sizeof(other), "%s/other", folder->dir);
	assert_int_equal(rename(folder_path(folder, live), other), 0);
	assert_int_equal(symlink("other", folder_path(folder, live)), 0);
}

static void generation_is_a_fifo(const struct folder *folder)
{
	const char *name = "aliases.1.8192." SUM ".db";

	assert_int_equal(mkfifo(folder_path(folder, name), 0644), 0);
	relink(folder, name);
}

static void empty(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(truncate(map_live_path(folder), 0), 0);
}

static void empty_by_name(const struct folder *folder)
{
	publish(folder, 1, "", 0);
}

static void truncated(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(truncate(map_live_path(folder), 8192), 0);
}

static void grown(const struct folder *folder)
{
	map_create(folder);
	assert_int_equal(truncate(map_live_path(folder), 1024 * 1024), 0);
}

static void damaged(const struct folder *folder)
{
	unsigned char *data;
	size_t len;

	map_create(folder);
	data = file_read(map_live_path(folder), &len);
	data[len / 2] ^= 1;
	file_write(map_live_path(folder), data, len);
	free(data);
}

static void not_berkeley(const struct folder *folder)
{
	char text[8192];

	memset(text, 'x', sizeof(text));
	publish(folder, 1, text, sizeof(text));
}

static void short_file(const struct folder *folder)
{
	publish(folder, 1, "root: bob\n", 10);
}

/* A map whose meta record is this one, or without any. */
static void publish_meta(const struct folder *folder,
			 const unsigned char *record, size_t record_len)
{
	struct np_error err;
	struct np_edit *edit;
	unsigned char *data;
	char path[256];
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/x.db", folder->dir);
	assert_int_equal(np_edit_open(path, true, "x", &edit, &err), 1);
	if (record != NULL)
		assert_int_equal(np_edit_put(edit, NP_META_KEY,
					     NP_META_KEY_LEN, record,
					     record_len, &err), 1);
	assert_int_equal(np_edit_close(&edit, &err), 1);
	data = file_read(path, &len);
	publish(folder, 1, data, len);
	free(data);
}

static void other_version(const struct folder *folder)
{
	publish_meta(folder, (const unsigned char *)"\2\0", 2);
}

static void no_meta(const struct folder *folder)
{
	publish_meta(folder, NULL, 0);
}

static void bad_meta(const struct folder *folder)
{
	publish_meta(folder, (const unsigned char *)"\1\0\1", 3);
}

static const struct {
	const char *label;
	void (*make)(const struct folder *folder);
	enum np_error_kind kind;
	const char *text;
} accidents[] = {
	{"no folder", no_folder, NP_ERROR_MISSING, "cannot open the folder"},
	{"nothing", nothing, NP_ERROR_MISSING, "run nameplate apply"},
	{"no link", no_link, NP_ERROR_MISSING, "run nameplate rollback"},
	{"dangling", dangling, NP_ERROR_MISSING, "run nameplate rollback"},
	{"plain file", plain_file, NP_ERROR_NOT_A_LINK, "verify --adopt /tmp"},
	{"folder", folder_instead, NP_ERROR_NOT_A_LINK,
	 "is a folder, not the link to a generation: move it away"},
	{"link to a folder", folder_in_place, NP_ERROR_BAD_LINK,
	 "does not name a generation"},
	{"link to another folder", link_to_other_folder, NP_ERROR_BAD_LINK,
	 "does not name a generation"},
	{"link to a free name", link_to_free_name, NP_ERROR_BAD_LINK,
	 "does not name a generation"},
	{"generation is a link", generation_is_a_link, NP_ERROR_BAD_LINK,
	 "cannot open"},
	{"generation is a fifo", generation_is_a_fifo, NP_ERROR_BAD_LINK,
	 "not a regular file"},
	{"empty", empty, NP_ERROR_EMPTY, "is empty"},
	{"empty by name", empty_by_name, NP_ERROR_EMPTY, "is empty"},
	{"truncated", truncated, NP_ERROR_TRUNCATED, "has 8192 octets"},
	{"grown", grown, NP_ERROR_TRUNCATED, "has 1048576 octets"},
	{"damaged", damaged, NP_ERROR_DAMAGED, "run nameplate rollback, or "
	 "nameplate verify --adopt"},
	{"not Berkeley DB", not_berkeley, NP_ERROR_NOT_A_MAP,
	 "cannot be opened as a map"},
	{"ten octets", short_file, NP_ERROR_NOT_A_MAP,
	 "cannot be opened as a map"},
	{"other version", other_version, NP_ERROR_VERSION,
	 "format 2.0, this program knows 1"},
	{"no meta record", no_meta, NP_ERROR_NOT_A_MAP, "no meta record"},
	{"bad meta record", bad_meta, NP_ERROR_NOT_A_MAP, "cut short"},
};

/* What cannot be read cannot be changed, for the same reason. */
static void check_no_change(const char *label, const struct folder *folder,
			    enum np_error_kind kind)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change = NULL;

	check_int(label, np_change_begin(folder->link, "test", 0, &change,
					 &err), -1);
	check_true(label, change == NULL);
	if (err.kind != kind)
		fail_msg("%s: kind %d: %s", label, (int)err.kind, err.text);
	if (kind != NP_ERROR_MISSING)
		check_int(label, folder_count(folder, ".new"), 0);
}

static void test_map_open__names_each_accident(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accidents) / sizeof(*accidents); i++) {
		const char *label = accidents[i].label;
		struct folder *folder;
		void *mine;

		(void)folder_setup(&mine);
		folder = mine;
		accidents[i].make(folder);
		/* The second time from what the first has remembered. */
		for (size_t mode = 0; mode < 6; mode++) {
			struct np_error err = {NP_ERROR_NONE, ""};
			struct np_map *map = NULL;

			check_int(label, np_map_open(folder->link,
						     modes[mode % 3], &map,
						     &err), -1);
			check_true(label, map == NULL);
			if (err.kind != accidents[i].kind)
				fail_msg("%s: kind %d: %s", label,
					 (int)err.kind, err.text);
			if (strstr(err.text, accidents[i].text) == NULL)
				fail_msg("%s: %s", label, err.text);
			check_true(label, strstr(err.text, folder->dir) !=
				   NULL);
		}
		check_no_change(label, folder, accidents[i].kind);
		if (accidents[i].make == no_folder)
			assert_int_equal(mkdir(folder->dir, 0755), 0);
		(void)folder_teardown(&mine);
	}
}

/* root may read everything, so somebody else must try. */
static void test_map_open__names_a_missing_permission(void **state)
{
	struct folder *folder = *state;
	int status;
	pid_t pid;

	map_create(folder);
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(map_live_path(folder), 0600), 0);
	pid = fork();
	if (pid == 0) {
		struct np_error err = {NP_ERROR_NONE, ""};
		struct np_map *map;
		struct np_change *change;

		if (setgid(65534) != 0 || setuid(65534) != 0 ||
		    np_map_open(folder->link, NP_MAP_SHARED, &map, &err) != -1 ||
		    err.kind != NP_ERROR_UNREADABLE ||
		    strstr(err.text, "Permission denied") == NULL)
			_exit(1);
		if (np_change_begin(folder->link, "x", 0, &change, &err) !=
		    -1 || err.kind != NP_ERROR_UNREADABLE ||
		    strstr(err.text, "by root") == NULL)
			_exit(2);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A limit that stops the opening somewhere, until it does not: never is the
   map said to be bad. */
static void test_map_open__blames_no_map_for_a_limit(void **state)
{
	struct folder *folder = *state;
	int status;
	pid_t pid;

	map_create(folder);
	map_put(folder, "a@x.org", "b@x.org");
	pid = fork();
	if (pid == 0) {
		unsigned int failed = 0;

		for (size_t i = 0; i < 3; i++) {
			int ret = -1;

			for (rlim_t n = 3; n < 40 && ret == -1; n++) {
				const struct rlimit limit = {n, 1024};
				struct np_error err = {NP_ERROR_NONE, ""};
				struct np_map *map = NULL;

				if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
					_exit(1);
				ret = np_map_open(folder->link, modes[i],
						  &map, &err);
				np_map_close(&map);
				if (ret == -1 &&
				    err.kind != NP_ERROR_UNREADABLE &&
				    err.kind != NP_ERROR_MEMORY)
					_exit(2);
				failed += ret == -1;
			}
			if (ret != 1)
				_exit(3);
		}
		_exit(failed >= 9 ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map_open__names_each_accident),
		cmocka_unit_test_setup_teardown(
			test_map_open__names_a_missing_permission,
			folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(
			test_map_open__blames_no_map_for_a_limit,
			folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
