/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening a generation in one of three ways, and reading it. The first file
 * of the library to read; resolve.c asks it, generation.c finds and checks the
 * file, map-db.c knows Berkeley DB.
 */
#include "np-config.h"

#include "aliasmap/map-int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAP_SHARED_SUM_LIMIT (32 * 1024 * 1024)
#define MAP_CHECKED_FILES 4

struct np_map_cursor {
	struct np_db_cursor *cursor;
	struct np_map *map;
};

/* The generations whose sum this process has checked, for NP_MAP_SHARED only:
   Dovecot's processes have one thread and open the map again and again. */
static struct map_checked {
	struct stat st;
	char name[NP_MAX_FILE_NAME];
	uint64_t sum;
} map_checked[MAP_CHECKED_FILES];
static unsigned int map_checked_next;

static bool map_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
		a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The sum of the file, and the comparison with its name. */
static int map_check(struct np_map *map, int fd, struct np_error *err)
{
	uint64_t size, sum;

	if (np_generation_sum(fd, NULL, &size, &sum) < 0)
		return np_error_set(err, NP_ERROR_UNREADABLE,
				    "%s: cannot read %s: %s", map->path.link,
				    map->name, strerror(errno));
	if (np_generation_check_size(&map->path, &map->gen, size, err) < 0)
		return -1;
	return np_generation_check_sum(&map->path, &map->gen, sum, err);
}

/* The same, once for each file. A bad one is remembered as well: it must not
   be read again at every delivery. */
static int map_check_once(struct np_map *map, int fd, struct np_error *err)
{
	struct map_checked *checked;
	uint64_t size;

	if (map->gen.size > MAP_SHARED_SUM_LIMIT)
		return 1;
	for (unsigned int i = 0; i < MAP_CHECKED_FILES; i++) {
		checked = &map_checked[i];
		if (strcmp(checked->name, map->name) == 0 &&
		    map_same_file(&checked->st, &map->st))
			return np_generation_check_sum(&map->path, &map->gen,
						       checked->sum, err);
	}
	checked = &map_checked[map_checked_next];
	checked->name[0] = '\0';
	if (np_generation_sum(fd, NULL, &size, &checked->sum) < 0)
		return np_error_set(err, NP_ERROR_UNREADABLE,
				    "%s: cannot read %s: %s", map->path.link,
				    map->name, strerror(errno));
	if (np_generation_check_size(&map->path, &map->gen, size, err) < 0)
		return -1;
	strcpy(checked->name, map->name);
	checked->st = map->st;
	map_checked_next = (map_checked_next + 1) % MAP_CHECKED_FILES;
	return np_generation_check_sum(&map->path, &map->gen, checked->sum,
				       err);
}

/* Reads fd into memory_fd, checks what arrived there, and seals it. */
static int map_fill(struct np_map *map, int fd, int memory_fd,
		    struct np_error *err)
{
	uint64_t size = map->gen.size, sum;
	unsigned char *memory;
	int ret, error;

	/* fallocate: without memory it fails here, instead of by SIGBUS. */
	error = posix_fallocate(memory_fd, 0, (off_t)size);
	if (error != 0)
		return np_error_set(err, NP_ERROR_MEMORY,
				    "%s: no memory for a copy of %s: %s",
				    map->path.link, map->name,
				    strerror(error));
	memory = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memory_fd, 0);
	if (memory == MAP_FAILED)
		return np_error_set(err, NP_ERROR_MEMORY,
				    "%s: no memory for a copy of %s: %s",
				    map->path.link, map->name,
				    strerror(errno));
	ret = np_generation_sum(fd, memory, &size, &sum);
	error = errno;
	(void)munmap(memory, (size_t)map->gen.size);
	if (ret < 0)
		return np_error_set(err, NP_ERROR_UNREADABLE,
				    "%s: cannot read %s: %s", map->path.link,
				    map->name, strerror(error));
	if (np_generation_check_size(&map->path, &map->gen, size, err) < 0 ||
	    np_generation_check_sum(&map->path, &map->gen, sum, err) < 0)
		return -1;
	if (fcntl(memory_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW |
		  F_SEAL_WRITE | F_SEAL_SEAL) == -1)
		return np_error_set(err, NP_ERROR_INTERNAL,
				    "%s: cannot seal the copy: %s",
				    map->path.link, strerror(errno));
	return 1;
}

/* Opens the database over fd, the checked generation. */
static int map_open_fd(struct np_map *map, int fd, unsigned int flags,
		       struct np_error *err)
{
	if (np_db_open(fd, map->gen.size, map->path.link, flags, &map->db,
		       err) < 0)
		return -1;
	return np_map_read_meta(map, err);
}

static int map_open_copy(struct np_map *map, int fd, struct np_error *err)
{
	int memory_fd = memfd_create("nameplate-map",
				     MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int ret;

	if (memory_fd == -1)
		return np_error_set(err, NP_ERROR_MEMORY,
				    "%s: no memory for a copy: %s",
				    map->path.link, strerror(errno));
	ret = map_fill(map, fd, memory_fd, err);
	if (ret > 0)
		ret = map_open_fd(map, memory_fd, NP_DB_MMAP | NP_DB_TOUCH,
				  err);
	(void)close(memory_fd);
	return ret;
}

static int map_open_mode(struct np_map *map, int fd, enum np_map_mode mode,
			 struct np_error *err)
{
	switch (mode) {
	case NP_MAP_FILE:
		if (map_check(map, fd, err) < 0)
			return -1;
		return map_open_fd(map, fd, NP_DB_MMAP, err);
	case NP_MAP_COPY:
		return map_open_copy(map, fd, err);
	case NP_MAP_SHARED:
		if (map_check_once(map, fd, err) < 0)
			return -1;
		return map_open_fd(map, fd, 0, err);
	}
	return np_error_set(err, NP_ERROR_INTERNAL, "unknown mode %d",
			    (int)mode);
}

int np_map_open(const char *link, enum np_map_mode mode,
		struct np_map **map_r, struct np_error *err)
{
	struct np_map *map = calloc(1, sizeof(*map));
	int folder_fd, fd, ret;

	if (map == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	if (np_map_path_parse(link, &map->path, err) < 0 ||
	    (folder_fd = np_map_path_open(&map->path, false, err)) == -1) {
		free(map);
		return -1;
	}
	ret = np_generation_open_live(folder_fd, &map->path, &map->gen,
				      map->name, &fd, &map->st, err);
	(void)close(folder_fd);
	if (ret > 0) {
		ret = map_open_mode(map, fd, mode, err);
		(void)close(fd);
	}
	if (ret < 0) {
		np_map_close(&map);
		return -1;
	}
	*map_r = map;
	return 1;
}

void np_map_close(struct np_map **_map)
{
	struct np_map *map = *_map;

	if (map == NULL)
		return;
	*_map = NULL;
	np_db_close(&map->db);
	free(map);
}

int np_map_read_meta(struct np_map *map, struct np_error *err)
{
	unsigned char *record = malloc(NP_MAX_META);
	struct np_error why = {NP_ERROR_NONE, ""};
	size_t len;
	int ret;

	if (record == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	ret = np_db_get(map->db, NP_META_KEY, NP_META_KEY_LEN, record,
			NP_MAX_META, &len, &why);
	if (ret == 0)
		ret = np_error_set(&why, NP_ERROR_NOT_A_MAP,
				   "it has no meta record");
	else if (ret > 0)
		ret = np_meta_decode(record, len, &map->meta, &why);
	free(record);
	if (ret < 0)
		return np_error_set(err, why.kind, "%s: %s: %s",
				    map->path.link, map->name, why.text);
	return 1;
}

int np_map_is_current(const struct np_map *map, struct np_error *err)
{
	struct stat st;

	if (stat(map->path.link, &st) == -1)
		return np_error_set(err, errno == ENOENT ? NP_ERROR_MISSING :
				    NP_ERROR_UNREADABLE, "%s: %s",
				    map->path.link, strerror(errno));
	return map_same_file(&st, &map->st) ? 1 : 0;
}

const struct np_map_meta *np_map_meta(const struct np_map *map)
{
	return &map->meta.known;
}

const char *np_map_name(const struct np_map *map)
{
	return map->name;
}

int np_map_lookup(struct np_map *map, const char *key,
		  struct np_alias *alias_r, struct np_error *err)
{
	unsigned char record[NP_MAX_RECORD];
	size_t key_len = strnlen(key, NP_MAX_ADDRESS + 1), len;
	int ret;

	/* No entry has such a key; the meta record's is no string. */
	if (key_len == 0 || key_len > NP_MAX_ADDRESS)
		return 0;
	ret = np_db_get(map->db, key, key_len, record, sizeof(record), &len,
			err);
	if (ret <= 0)
		return ret;
	return np_alias_decode(key, key_len, record, len, alias_r, err);
}

int np_map_cursor_open(struct np_map *map, const char *owner,
		       struct np_map_cursor **cursor_r, struct np_error *err)
{
	struct np_map_cursor *cursor = calloc(1, sizeof(*cursor));

	if (cursor == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	cursor->map = map;
	if (np_db_cursor_open(map->db, owner, false, &cursor->cursor,
			      err) < 0) {
		free(cursor);
		return -1;
	}
	*cursor_r = cursor;
	return 1;
}

int np_map_cursor_next(struct np_map_cursor *cursor, struct np_alias *alias_r,
		       struct np_error *err)
{
	struct np_db_entry entry;
	int ret;

	do {
		ret = np_db_cursor_next(cursor->cursor, &entry, err);
		if (ret <= 0)
			return ret;
	} while (entry.key_len == NP_META_KEY_LEN && entry.key[0] == '\0');
	return np_alias_decode((const char *)entry.key, entry.key_len,
			       entry.record, entry.len, alias_r, err);
}

void np_map_cursor_close(struct np_map_cursor **_cursor)
{
	struct np_map_cursor *cursor = *_cursor;

	if (cursor == NULL)
		return;
	*_cursor = NULL;
	np_db_cursor_close(&cursor->cursor);
	free(cursor);
}

int np_map_count(struct np_map *map, const char *owner,
		 unsigned int *count_r, struct np_error *err)
{
	uint64_t count;

	if (np_db_count(map->db, owner, &count, err) < 0)
		return -1;
	*count_r = (unsigned int)count;
	return 1;
}
