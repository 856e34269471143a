/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes to the map, from the lock to the new live generation: begin, edits,
 * commit; the first map; and the way back. map-change.c begins, map-publish.c
 * ends it.
 */
#include "np-config.h"

#include "aliasmap/map-write.h"

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

int np_change_begin(const char *link, const char *holder,
		    unsigned int wait_seconds,
		    struct np_change **change_r, struct np_error *err)
{
	struct np_change *change;
	struct np_generation gen;
	int fd, ret;

	if (np_change_start(link, holder, wait_seconds, &change, err) < 0)
		return -1;
	ret = np_generation_open_live(change->folder_fd, &change->map.path,
				      &gen, change->map.name, &fd,
				      &change->map.st, err);
	if (ret > 0) {
		ret = np_change_from(change, &gen, fd, err);
		(void)close(fd);
	}
	if (ret < 0) {
		np_change_rollback(&change);
		return -1;
	}
	change->before = gen;
	*change_r = change;
	return 1;
}

struct np_map *np_change_map(struct np_change *change)
{
	return &change->map;
}

static int write_step(struct np_change *change, const char *name,
		      struct np_error *err)
{
	if (np_map_step(name) == 0)
		return 1;
	return np_error_set(err, NP_ERROR_WRITE, "%s: %s; the map is unchanged",
			    change->map.path.link, strerror(errno));
}

int np_change_put(struct np_change *change, const struct np_alias *alias,
		  struct np_error *err)
{
	unsigned char record[NP_MAX_RECORD];
	size_t len;

	/* Such a key could never be looked up. */
	if (alias->address[0] == '\0' || alias->mailbox[0] == '\0')
		return np_error_set(err, NP_ERROR_INTERNAL,
				    "an entry needs an address and a mailbox");
	if (np_alias_encode(alias, record, sizeof(record), &len, err) < 0 ||
	    write_step(change, "put", err) < 0)
		return -1;
	return np_edit_put(change->edit, alias->address,
			   strlen(alias->address), record, len, err);
}

int np_change_delete(struct np_change *change, const char *key,
		     struct np_error *err)
{
	size_t len = strlen(key);

	if (len == 0)
		return 0;
	if (write_step(change, "delete", err) < 0)
		return -1;
	return np_edit_delete(change->edit, key, len, err);
}

int np_change_set_settings(struct np_change *change,
			   const struct np_map_settings *settings,
			   struct np_error *err)
{
	(void)err;
	change->map.meta.known.settings = *settings;
	return 1;
}

/* The meta record, last of all edits. */
static int write_meta(struct np_change *change, struct np_error *err)
{
	unsigned char *record = malloc(NP_MAX_META);
	struct np_map_meta *known = &change->map.meta.known;
	size_t len;
	int ret;

	if (record == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	known->generation = change->number;
	(void)snprintf(known->writer, sizeof(known->writer), "%s",
		       PACKAGE_STRING);
	ret = np_meta_encode(&change->map.meta, record, &len, err);
	if (ret > 0)
		ret = write_step(change, "meta", err);
	if (ret > 0)
		ret = np_edit_put(change->edit, NP_META_KEY, NP_META_KEY_LEN,
				  record, len, err);
	free(record);
	return ret;
}

int np_change_commit(struct np_change **_change, uint64_t *generation_r,
		     struct np_error *err)
{
	struct np_change *change = *_change;
	struct np_generation gen = {0, 0, 0};
	int ret;

	ret = write_meta(change, err);
	if (ret > 0)
		ret = write_step(change, "close", err);
	if (ret > 0) {
		change->map.db = NULL;
		ret = np_edit_close(&change->edit, err);
	}
	if (ret > 0) {
		ret = np_publish_live(change->folder_fd, &change->map.path,
				      change->number, &gen, err);
		if (ret == 0)
			ret = NP_CHANGE_NOT_DURABLE;
	}
	if (ret > 0) {
		change->made = false;
		np_publish_prune(change->folder_fd, &change->map.path, &gen,
				 change->before.number == 0 ? NULL :
				 &change->before);
		(void)np_map_step("done");
		if (generation_r != NULL)
			*generation_r = gen.number;
	}
	np_change_free(_change);
	return ret;
}

void np_change_rollback(struct np_change **change)
{
	np_change_free(change);
}

/* Whether the folder holds a link (or whatever has its name) or a generation.
   1, 0, -1. */
static int write_has_map(int folder_fd, const struct np_map_path *path,
			 struct np_error *err)
{
	struct np_generation *list;
	struct stat st;
	size_t count;

	if (fstatat(folder_fd, path->base, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	if (errno != ENOENT)
		return np_error_set(err, NP_ERROR_UNREADABLE, "%s: %s",
				    path->link, strerror(errno));
	if (np_generation_scan(folder_fd, path, &list, &count, err) < 0)
		return -1;
	free(list);
	return count > 0 ? 1 : 0;
}

int np_map_create(const char *link, const char *holder,
		  const struct np_map_settings *settings,
		  struct np_error *err)
{
	struct np_change *change;
	int ret;

	if (np_change_start(link, holder, NP_LOCK_SECONDS, &change, err) < 0)
		return -1;
	ret = write_has_map(change->folder_fd, &change->map.path, err);
	if (ret == 0) {
		ret = np_change_empty(change, settings, err);
		if (ret > 0)
			return np_change_commit(&change, NULL, err);
	} else if (ret > 0) {
		ret = 0;
	}
	np_change_rollback(&change);
	return ret;
}

/* Opens the best generation below limit: the highest one whose size and sum
   are right. 1, 0 there is none, -1. */
static int write_find_good(struct np_change *change, uint64_t limit,
			   struct np_generation *gen_r, int *fd_r,
			   struct np_error *err)
{
	const struct np_map_path *path = &change->map.path;
	struct np_generation *list;
	size_t count;
	int ret;

	ret = np_generation_scan(change->folder_fd, path, &list, &count, err);
	if (ret < 0)
		return -1;
	ret = 0;
	for (size_t i = 0; i < count && ret == 0; i++) {
		uint64_t size, sum;
		struct stat st;
		int fd;

		if (list[i].number >= limit ||
		    np_generation_open(change->folder_fd, path, &list[i], &fd,
				       &st, NULL, NULL) < 0)
			continue;
		if (np_generation_sum(fd, NULL, &size, &sum) > 0 &&
		    size == list[i].size && sum == list[i].sum) {
			*gen_r = list[i];
			*fd_r = fd;
			ret = 1;
		} else {
			(void)close(fd);
		}
	}
	free(list);
	return ret;
}

/* The generation that the link names, if there is such a file. */
static bool write_live_there(struct np_change *change,
			     const struct np_generation *live,
			     const char *name)
{
	struct stat st;

	return live->number != UINT64_MAX &&
		fstatat(change->folder_fd, name, &st,
			AT_SYMLINK_NOFOLLOW) == 0;
}

/* Whether something that is no link stands in the way: 1 a file, which can be
   put aside, 0 no, -1 what no rename replaces (err). */
static int write_in_the_way(struct np_change *change,
			    const struct np_error *why, struct np_error *err)
{
	struct stat st;

	if (why->kind != NP_ERROR_NOT_A_LINK)
		return 0;
	if (fstatat(change->folder_fd, change->map.path.base, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
		return 1;
	return np_error_set(err, why->kind, "%s", why->text);
}

int np_map_rollback(const char *link, const char *holder,
		    uint64_t *from_r, uint64_t *generation_r,
		    struct np_error *err)
{
	struct np_change *change;
	struct np_generation live, good;
	char name[NP_MAX_FILE_NAME];
	struct np_error why = {NP_ERROR_NONE, ""};
	int ret, fd, plain;

	if (np_change_start(link, holder, NP_LOCK_SECONDS, &change, err) < 0)
		return -1;
	if (np_generation_live(change->folder_fd, &change->map.path, &live,
			       name, &why) < 0)
		live.number = UINT64_MAX;
	ret = plain = write_in_the_way(change, &why, err);
	if (ret >= 0)
		ret = write_find_good(change, live.number, &good, &fd, err);
	if (ret > 0) {
		ret = np_change_from(change, &good, fd, err);
		(void)close(fd);
	}
	if (ret == 0)
		(void)np_error_set(err, NP_ERROR_MISSING,
				   "%s: there is no good generation to go back "
				   "to%s%s", link, plain > 0 ? ", but it is a "
				   "plain file: run nameplate verify --adopt " :
				   "", plain > 0 ? link : "");
	if (ret <= 0) {
		np_change_rollback(&change);
		return ret;
	}
	/* Without a file that was live before, the source is kept. */
	change->before = write_live_there(change, &live, name) ? live : good;
	ret = np_change_commit(&change, generation_r, err);
	if (ret > 0 && from_r != NULL)
		*from_r = good.number;
	return ret;
}
