/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nameplate verify: what in a file can be read, and a new generation from it.
 * verify-walk.c reads, map-write.c writes; records go over, pages never do.
 */
#include "np-config.h"

#include "aliasmap/map-write.h"
#include "aliasmap/map-change.h"
#include "aliasmap/verify-walk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct verify {
	struct np_map_path path;
	const char *file;
	int fd;
	struct stat st;
	struct np_change *change;	/* with adopt */
	/* The name, where it is a generation's. */
	bool is_generation;
	struct np_generation gen;
	/* What was found. */
	uint64_t good, bad;
	bool has_meta;
	struct np_meta meta;
	struct np_error why;		/* the first thing that is wrong */
};

static void verify_bad(struct verify *verify, const struct np_error *why)
{
	if (verify->why.kind == NP_ERROR_NONE)
		verify->why = *why;
}

/* The last part of a path. */
static const char *verify_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Opens the file; where it is a link that a writer puts elsewhere meanwhile,
   what it names then. Returns the descriptor, or -1 with errno. */
static int verify_open_file(const char *file)
{
	char before[NP_MAX_PATH] = "", now[NP_MAX_PATH];
	int fd;

	while ((fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
			  O_NOCTTY)) == -1 && errno == ENOENT) {
		ssize_t len = readlink(file, now, sizeof(now) - 1);

		now[len > 0 ? len : 0] = '\0';
		/* The same twice: nobody is at work, it is just gone. */
		if (len <= 0 || strcmp(now, before) == 0) {
			errno = ENOENT;
			break;
		}
		strcpy(before, now);
	}
	return fd;
}

/* The name of what is open: asked of the path again, it could be that of
   another generation. */
static int verify_name(struct verify *verify, struct np_error *err)
{
	static const char deleted[] = " (deleted)";
	char path[64], name[NP_MAX_PATH];
	ssize_t len;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", verify->fd);
	len = readlink(path, name, sizeof(name) - 1);
	if (len == -1)
		return np_error_set(err, NP_ERROR_UNREADABLE,
				    "%s: cannot be named without /proc: %s",
				    verify->file, strerror(errno));
	name[len] = '\0';
	/* Pruned meanwhile, and still as good as its name says. */
	if ((size_t)len >= sizeof(deleted) &&
	    strcmp(name + len - (sizeof(deleted) - 1), deleted) == 0)
		name[(size_t)len - (sizeof(deleted) - 1)] = '\0';
	verify->is_generation = np_generation_parse(verify->path.stem,
						    verify_base(name),
						    &verify->gen);
	return 1;
}

/* file may be the link itself: then the name is that of what it names. */
static int verify_open(struct verify *verify, struct np_error *err)
{
	verify->fd = verify_open_file(verify->file);
	if (verify->fd == -1 || fstat(verify->fd, &verify->st) == -1)
		return np_error_set(err, errno == ENOENT ? NP_ERROR_MISSING :
				    NP_ERROR_UNREADABLE, "%s: %s",
				    verify->file, strerror(errno));
	if (!S_ISREG(verify->st.st_mode))
		return np_error_set(err, NP_ERROR_NOT_A_MAP,
				    "%s: is not a regular file", verify->file);
	return verify_name(verify, err);
}

/* Size and sum against the name. 1, or -1 where it cannot be read at all. */
static int verify_sum(struct verify *verify, struct np_error *err)
{
	struct np_error why = {NP_ERROR_NONE, ""};
	uint64_t size, sum;

	if (!verify->is_generation)
		return 1;
	if (np_generation_sum(verify->fd, NULL, &size, &sum) < 0)
		return np_error_set(err, NP_ERROR_UNREADABLE, "%s: %s",
				    verify->file, strerror(errno));
	if (size != verify->gen.size)
		(void)np_error_set(&why, NP_ERROR_TRUNCATED,
				   "%s: has %" PRIu64 " octets, not the "
				   "%" PRIu64 " of its name", verify->file,
				   size, verify->gen.size);
	else if (sum != verify->gen.sum)
		(void)np_error_set(&why, NP_ERROR_DAMAGED,
				   "%s: the checksum is not that of its name",
				   verify->file);
	if (why.kind != NP_ERROR_NONE)
		verify_bad(verify, &why);
	return 1;
}

static int on_record(void *context, const struct np_db_entry *entry,
		     struct np_error *err)
{
	struct verify *verify = context;
	struct np_error why = {NP_ERROR_NONE, ""};
	struct np_alias alias;

	if (entry->key_len == NP_META_KEY_LEN && entry->key[0] == '\0') {
		if (np_meta_decode(entry->record, entry->len, &verify->meta,
				   &why) > 0)
			verify->has_meta = true;
		else
			verify_bad(verify, &why);
		return 1;
	}
	if (np_alias_decode((const char *)entry->key, entry->key_len,
			    entry->record, entry->len, &alias, &why) < 0) {
		verify->bad++;
		verify_bad(verify, &why);
		return 1;
	}
	verify->good++;
	if (verify->change == NULL)
		return 1;
	return np_change_put(verify->change, &alias, err);
}

/* 1, or -1. What is wrong with the file goes to verify->why. */
static int verify_walk(struct verify *verify, unsigned int seconds,
		       struct np_error *err)
{
	const struct np_walk walk = {
		.fd = verify->fd,
		.size = (uint64_t)verify->st.st_size,
		.name = verify->file,
		.not_for_child = verify->change == NULL ? -1 :
			verify->change->lock_fd,
		.on_record = on_record,
		.context = verify,
	};
	struct np_error why = {NP_ERROR_NONE, ""};
	int ret = np_walk_run(&walk, seconds, &why);

	if (ret < 0)
		return np_error_set(err, why.kind, "%s", why.text);
	if (ret == 0)
		verify_bad(verify, &why);
	if (!verify->has_meta) {
		(void)np_error_set(&why, NP_ERROR_NOT_A_MAP,
				   "%s: has no meta record", verify->file);
		verify_bad(verify, &why);
	}
	return 1;
}

/* The settings of the new generation: the file's own, else those of the live
   one, else the defaults. */
static void verify_settings(struct verify *verify)
{
	struct np_map *live;

	if (verify->has_meta) {
		verify->change->map.meta = verify->meta;
	} else if (np_map_open(verify->path.link, NP_MAP_FILE, &live,
			       NULL) > 0) {
		verify->change->map.meta = live->meta;
		np_map_close(&live);
	}
}

/* The new generation, under the lock that is held already. */
static int verify_begin(struct verify *verify, struct np_error *err)
{
	static const struct np_map_settings settings = {.delimiters = "+"};
	struct np_change *change = verify->change;
	struct np_generation live;
	char name[NP_MAX_FILE_NAME];
	struct stat st;

	/* A rollback goes back to what was live; where nothing was, the file
	   itself is kept if it stands here. */
	if (np_generation_live(change->folder_fd, &verify->path, &live, name,
			       NULL) > 0 &&
	    fstatat(change->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		change->before = live;
	else if (verify->is_generation)
		change->before = verify->gen;
	return np_change_empty(change, &settings, err);
}

static int verify_adopt(struct verify *verify, struct np_error *err)
{
	/* An empty map in place of one that cannot be read would refuse every
	   alias. */
	if (verify->good == 0 && verify->why.kind != NP_ERROR_NONE)
		return np_error_set(err, verify->why.kind,
				    "%s; nothing could be read, the map is "
				    "unchanged", verify->why.text);
	verify_settings(verify);
	return np_change_commit(&verify->change, NULL, err);
}

static int verify_run(struct verify *verify, bool adopt, const char *holder,
		      unsigned int seconds, struct np_error *err)
{
	struct np_error late = {NP_ERROR_NONE, ""};
	int ret = 1;

	/* The lock first: a change between opening the live map and taking the
	   lock would be lost. */
	if (adopt && np_change_start(verify->path.link, holder,
				     NP_LOCK_SECONDS, &verify->change,
				     err) < 0)
		return -1;
	if (verify_open(verify, err) < 0 || verify_sum(verify, err) < 0)
		return -1;
	if (adopt && verify_begin(verify, err) < 0)
		return -1;
	if (verify_walk(verify, seconds, err) < 0)
		return -1;
	if (adopt)
		ret = verify_adopt(verify, &late);
	if (ret < 0 || verify->why.kind == NP_ERROR_NONE) {
		if (late.kind != NP_ERROR_NONE)
			(void)np_error_set(err, late.kind, "%s", late.text);
		return ret;
	}
	(void)np_error_set(err, verify->why.kind, "%s%s%s", verify->why.text,
			   late.text[0] == '\0' ? "" : "; ", late.text);
	return 0;
}

int np_map_verify(const char *link, const char *file, bool adopt,
		  const char *holder, unsigned int seconds,
		  uint64_t *good_r, uint64_t *bad_r, struct np_error *err)
{
	struct verify *verify = calloc(1, sizeof(*verify));
	int ret;

	if (verify == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	verify->file = file;
	verify->fd = -1;
	ret = np_map_path_parse(link, &verify->path, err);
	if (ret > 0)
		ret = verify_run(verify, adopt, holder, seconds, err);
	np_change_rollback(&verify->change);
	if (verify->fd != -1)
		(void)close(verify->fd);
	if (ret >= 0) {
		*good_r = verify->good;
		*bad_r = verify->bad;
	}
	free(verify);
	return ret;
}
