/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The beginning of a change: lock, number, and the private file that is to be
 * edited. map-write.c edits and ends it.
 */
#include "np-config.h"

#include "aliasmap/map-change.h"

#include "aliasmap/map-publish.h"
#include "aliasmap/map-lock.h"
#include "aliasmap/map-step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One above the highest in the folder, so that a number is never used for two
   contents, not even after a writer died between rename and link. */
static int change_number(struct np_change *change, struct np_error *err)
{
	const struct np_map_path *path = &change->map.path;
	struct np_generation *list, live;
	char name[NP_MAX_FILE_NAME];
	uint64_t highest = 0;
	size_t count;

	if (np_generation_scan(change->folder_fd, path, &list, &count,
			       err) < 0)
		return -1;
	if (count > 0)
		highest = list[0].number;
	free(list);
	/* The link may name one that is gone. */
	if (np_generation_live(change->folder_fd, path, &live, name,
			       NULL) > 0 && live.number > highest)
		highest = live.number;
	if (highest == UINT64_MAX)
		return np_error_set(err, NP_ERROR_WRITE,
				    "%s: the folder holds the highest number "
				    "that a generation can have", path->link);
	change->number = highest + 1;
	return 1;
}

int np_change_start(const char *link, const char *holder,
		    unsigned int wait_seconds, struct np_change **change_r,
		    struct np_error *err)
{
	struct np_change *change = calloc(1, sizeof(*change));
	struct np_map_path *path;

	if (change == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	change->folder_fd = change->lock_fd = change->copy_fd = -1;
	path = &change->map.path;
	if (np_map_path_parse(link, path, err) > 0 &&
	    (change->folder_fd = np_map_path_open(path, true, err)) != -1 &&
	    (change->lock_fd = np_map_lock(change->folder_fd, path, holder,
					   wait_seconds, err)) != -1 &&
	    np_publish_clean(change->folder_fd, path, err) > 0 &&
	    change_number(change, err) > 0) {
		*change_r = change;
		return 1;
	}
	np_change_free(&change);
	return -1;
}

int np_change_from(struct np_change *change, const struct np_generation *gen,
		   int from_fd, struct np_error *err)
{
	struct np_map *map = &change->map;
	char path[64];
	int ret;

	change->made = true;
	change->copy_fd = np_publish_copy(change->folder_fd, &map->path, gen,
					  from_fd, err);
	if (change->copy_fd == -1)
		return -1;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", change->copy_fd);
	errno = 0;
	if (np_map_step("open") < 0)
		ret = np_error_set(err, NP_ERROR_WRITE, "%s: %s",
				   map->path.link, strerror(errno));
	else
		ret = np_edit_open(path, false, map->path.link, &change->edit,
				   err);
	if (ret < 0)
		return -1;
	map->db = np_edit_reader(change->edit);
	map->gen = *gen;
	(void)np_generation_print(map->path.stem, gen, map->name);
	if (np_map_read_meta(map, err) < 0)
		return -1;
	map->meta.known.generation = change->number;
	return 1;
}

int np_change_empty(struct np_change *change,
		    const struct np_map_settings *settings,
		    struct np_error *err)
{
	struct np_map *map = &change->map;
	char name[NP_MAX_FILE_NAME], path[NP_MAX_FILE_NAME + 64];

	change->made = true;
	np_publish_new_name(&map->path, name);
	/* Through the folder, since libdb cannot make a database in a file
	   that is there already and empty. */
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s",
		       change->folder_fd, name);
	if (np_map_step("open") < 0)
		return np_error_set(err, NP_ERROR_WRITE, "%s: %s",
				    map->path.link, strerror(errno));
	if (np_edit_open(path, true, map->path.link, &change->edit, err) < 0)
		return -1;
	map->db = np_edit_reader(change->edit);
	map->meta.known.generation = change->number;
	map->meta.known.settings = *settings;
	return 1;
}

void np_change_free(struct np_change **_change)
{
	struct np_change *change = *_change;
	char name[NP_MAX_FILE_NAME];

	if (change == NULL)
		return;
	*_change = NULL;
	np_edit_abandon(&change->edit);
	if (change->copy_fd != -1)
		(void)close(change->copy_fd);
	if (change->made) {
		np_publish_new_name(&change->map.path, name);
		(void)unlinkat(change->folder_fd, name, 0);
	}
	np_map_unlock(&change->lock_fd);
	if (change->folder_fd != -1)
		(void)close(change->folder_fd);
	free(change);
}
