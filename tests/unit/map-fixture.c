/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps and folders for the tests of the map; see map-fixture.h. */
#include "np-config.h"

#include "tests/unit/map-fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

int folder_setup(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	assert_non_null(folder);
	strcpy(folder->dir, "/tmp/np-test-map-XXXXXX");
	assert_non_null(mkdtemp(folder->dir));
	assert_int_equal(chmod(folder->dir, 0755), 0);
	(void)snprintf(folder->link, sizeof(folder->link), "%s/aliases.db",
		       folder->dir);
	*state = folder;
	return 0;
}

int folder_teardown(void **state)
{
	struct folder *folder = *state;
	DIR *dir = opendir(folder->dir);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (unlinkat(dirfd(dir), entry->d_name, 0) == -1)
			(void)unlinkat(dirfd(dir), entry->d_name,
				       AT_REMOVEDIR);
	(void)closedir(dir);
	(void)rmdir(folder->dir);
	free(folder);
	return 0;
}

const char *folder_path(const struct folder *folder, const char *name)
{
	static char paths[2][512];
	static unsigned int next;
	char *path = paths[next++ % 2];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder->dir, name);
	return path;
}

unsigned int folder_count(const struct folder *folder, const char *part)
{
	DIR *dir = opendir(folder->dir);
	struct dirent *entry;
	unsigned int count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.' &&
			strstr(entry->d_name, part) != NULL;
	(void)closedir(dir);
	return count;
}

void map_create(const struct folder *folder)
{
	struct np_map_settings settings = {.delimiters = "+",
					   .domains = "x.org,y.org"};
	struct np_error err = {NP_ERROR_NONE, ""};

	check_int(err.text, np_map_create(folder->link, "test", &settings,
					  &err), 1);
}

static void change_put(struct np_change *change, const char *address,
		       const char *mailbox)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_alias alias;

	np_alias_init(&alias);
	strcpy(alias.address, address);
	strcpy(alias.mailbox, mailbox);
	check_int(err.text, np_change_put(change, &alias, &err), 1);
}

void map_put(const struct folder *folder, const char *address,
	     const char *mailbox)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;
	uint64_t generation;

	check_int(err.text, np_change_begin(folder->link, "test", 30, &change,
					    &err), 1);
	change_put(change, address, mailbox);
	check_int(err.text, np_change_commit(&change, &generation, &err), 1);
	assert_null(change);
}

void map_put_many(const struct folder *folder, unsigned int count)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;
	uint64_t generation;
	char address[32], mailbox[32];

	check_int(err.text, np_change_begin(folder->link, "test", 30, &change,
					    &err), 1);
	for (unsigned int i = 0; i < count; i++) {
		(void)snprintf(address, sizeof(address), "a%05u@x.org", i);
		(void)snprintf(mailbox, sizeof(mailbox), "b%05u@x.org", i / 4);
		change_put(change, address, mailbox);
	}
	check_int(err.text, np_change_commit(&change, &generation, &err), 1);
}

const char *map_mailbox(const struct folder *folder, enum np_map_mode mode,
			const char *address)
{
	static struct np_alias alias;
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map *map;
	int ret;

	if (np_map_open(folder->link, mode, &map, &err) != 1)
		fail_msg("open: %s", err.text);
	ret = np_map_lookup(map, address, &alias, &err);
	np_map_close(&map);
	assert_null(map);
	if (ret == -1)
		fail_msg("lookup: %s", err.text);
	return ret == 1 ? alias.mailbox : "";
}

const char *map_live(const struct folder *folder)
{
	static char name[256];
	ssize_t len = readlink(folder->link, name, sizeof(name) - 1);

	assert_true(len > 0);
	name[len] = '\0';
	return name;
}

const char *map_live_path(const struct folder *folder)
{
	return folder_path(folder, map_live(folder));
}

void file_write(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd != -1);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	(void)close(fd);
}

unsigned char *file_read(const char *path, size_t *len_r)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	unsigned char *data;

	assert_true(fd != -1);
	assert_int_equal(fstat(fd, &st), 0);
	data = malloc((size_t)st.st_size + 1);
	assert_non_null(data);
	assert_int_equal(read(fd, data, (size_t)st.st_size), st.st_size);
	(void)close(fd);
	*len_r = (size_t)st.st_size;
	return data;
}

void relink(const struct folder *folder, const char *target)
{
	(void)unlink(folder->link);
	assert_int_equal(symlink(target, folder->link), 0);
}

void publish(const struct folder *folder, uint64_t number,
		    const void *data, size_t len)
{
	char name[256];

	(void)snprintf(name, sizeof(name),
		       "aliases.%" PRIu64 ".%zu.%016" PRIx64 ".db", number,
		       len, (uint64_t)XXH3_64bits(data, len));
	file_write(folder_path(folder, name), data, len);
	relink(folder, name);
}
