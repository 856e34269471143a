/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Link and generation files: folder, size and sum. map.c and map-write.c
 * decide what to open; what passes here may go to Berkeley DB.
 */
#include "np-config.h"

#include "aliasmap/generation.h"

#include "aliasmap/map-step.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define GENERATION_CHUNK (256 * 1024)
#define GENERATION_LEAST (24 * 1024)	/* octets of an empty map */
/* A link that changes this often while one reader looks is no accident. */
#define GENERATION_TRIES 1000

/* The kind that errno stands for when a file could not be reached. */
static enum np_error_kind generation_kind(int error)
{
	return error == ENOENT || error == ENOTDIR ? NP_ERROR_MISSING :
						      NP_ERROR_UNREADABLE;
}

int np_map_path_open(const struct np_map_path *path, bool write,
		     struct np_error *err)
{
	int flags = O_DIRECTORY | O_CLOEXEC | (write ? O_RDONLY : O_PATH);
	int fd = open(path->folder, flags);

	if (fd == -1)
		return np_error_set(err, generation_kind(errno),
				    "%s: cannot open the folder %s: %s",
				    path->link, path->folder,
				    strerror(errno));
	return fd;
}

void np_generation_say_room(struct np_error *err, const char *link, int error)
{
	struct np_map_path path;
	struct stat st;
	size_t len;

	if (err == NULL || (error != ENOSPC && error != EDQUOT) ||
	    np_map_path_parse(link, &path, NULL) < 0)
		return;
	/* Of the live generation; of none, what the first one takes. */
	if (stat(link, &st) == -1 || st.st_size < GENERATION_LEAST)
		st.st_size = GENERATION_LEAST;
	len = strlen(err->text);
	(void)snprintf(err->text + len, sizeof(err->text) - len,
		       ": a change needs room for one more copy of the map, "
		       "%" PRIu64 " KB and a little, in the folder %s",
		       (uint64_t)st.st_size / 1024, path.folder);
}

static int generation_compare(const void *a, const void *b)
{
	const struct np_generation *x = a, *y = b;

	if (x->number != y->number)
		return x->number > y->number ? -1 : 1;
	return x->sum == y->sum ? 0 : x->sum > y->sum ? -1 : 1;
}

/* Collects from an open folder; on failure *list still is the caller's. */
static int generation_collect(DIR *dir, const char *stem,
			      struct np_generation **list, size_t *count)
{
	size_t room = 0;
	struct dirent *entry;

	while (errno = 0, (entry = readdir(dir)) != NULL) {
		struct np_generation gen, *bigger;

		if (!np_generation_parse(stem, entry->d_name, &gen))
			continue;
		if (*count == room) {
			room = room == 0 ? 8 : room * 2;
			bigger = realloc(*list, room * sizeof(gen));
			if (bigger == NULL)
				return -1;
			*list = bigger;
		}
		(*list)[(*count)++] = gen;
	}
	return errno == 0 ? 1 : -1;
}

int np_generation_scan(int folder_fd, const struct np_map_path *path,
		       struct np_generation **list_r, size_t *count_r,
		       struct np_error *err)
{
	struct np_generation *list = NULL;
	size_t count = 0;
	DIR *dir = NULL;
	int fd, ret = -1, error;

	fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1 && (dir = fdopendir(fd)) == NULL)
		(void)close(fd);
	if (dir != NULL)
		ret = generation_collect(dir, path->stem, &list, &count);
	error = errno;
	if (dir != NULL)
		(void)closedir(dir);
	if (ret < 0) {
		free(list);
		return np_error_set(err, NP_ERROR_UNREADABLE,
				    "%s: cannot read the folder: %s",
				    path->folder, strerror(error));
	}
	if (count > 0)
		qsort(list, count, sizeof(*list), generation_compare);
	*list_r = list;
	*count_r = count;
	return 1;
}

/* Something else stands where the link belongs: what it is, in words, and the
   way out for that. A folder cannot be adopted, nor renamed over. */
static int generation_not_a_link(int folder_fd, const struct np_map_path *path,
				 struct np_error *err)
{
	struct stat st;

	if (fstatat(folder_fd, path->base, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return np_error_set(err, generation_kind(errno), "%s: %s",
				    path->link, strerror(errno));
	if (S_ISREG(st.st_mode))
		return np_error_set(
			err, NP_ERROR_NOT_A_LINK,
			"%s: is a plain file, not the link to a generation; "
			"its content has no checksum: run nameplate verify "
			"--adopt %s, or nameplate rollback", path->link,
			path->link);
	return np_error_set(err, NP_ERROR_NOT_A_LINK,
			    "%s: is %s, not the link to a generation: move it "
			    "away, then run nameplate rollback, or nameplate "
			    "apply where there was no map", path->link,
			    S_ISDIR(st.st_mode) ? "a folder" :
			    "neither file nor link");
}

/* What readlink of the map's name failed with, in words. */
static int generation_no_link(int folder_fd, const struct np_map_path *path,
			      int error, struct np_error *err)
{
	struct np_generation *list;
	size_t count;

	if (error == EINVAL)
		return generation_not_a_link(folder_fd, path, err);
	if (error != ENOENT)
		return np_error_set(err, generation_kind(error),
				    "%s: cannot read the link: %s", path->link,
				    strerror(error));
	/* An empty map would refuse every alias that there was. */
	if (np_generation_scan(folder_fd, path, &list, &count, NULL) < 0)
		count = 0;
	else
		free(list);
	return np_error_set(err, NP_ERROR_MISSING,
			    count == 0 ?
			    "%s: there is no map: run nameplate apply to make "
			    "the first one" :
			    "%s: the link is missing, but generations are "
			    "left: run nameplate rollback", path->link);
}

int np_generation_live(int folder_fd, const struct np_map_path *path,
		       struct np_generation *gen_r, char *name_r,
		       struct np_error *err)
{
	char name[NP_MAX_FILE_NAME];
	ssize_t len = readlinkat(folder_fd, path->base, name, sizeof(name));

	if (len == -1)
		return generation_no_link(folder_fd, path, errno, err);
	if ((size_t)len < sizeof(name)) {
		name[len] = '\0';
		/* A slash is in no generation's name: same folder only. */
		if (np_generation_parse(path->stem, name, gen_r)) {
			strcpy(name_r, name);
			return 1;
		}
	}
	return np_error_set(err, NP_ERROR_BAD_LINK,
			    "%s: the link does not name a generation "
			    "(%s.NUMBER.SIZE.SUM.db in the same folder): run "
			    "nameplate rollback", path->link, path->stem);
}

int np_generation_check_size(const struct np_map_path *path,
			     const struct np_generation *gen, uint64_t size,
			     struct np_error *err)
{
	char name[NP_MAX_FILE_NAME];

	if (size == gen->size && size > 0)
		return 1;
	if (!np_generation_print(path->stem, gen, name))
		name[0] = '\0';
	if (size == 0)
		return np_error_set(err, NP_ERROR_EMPTY,
				    "%s: %s is empty: run nameplate rollback",
				    path->link, name);
	return np_error_set(err, NP_ERROR_TRUNCATED,
			    "%s: %s has %" PRIu64 " octets, not the %" PRIu64
			    " of its name: run nameplate rollback, or "
			    "nameplate verify --adopt %s/%s", path->link, name,
			    size, gen->size, path->folder, name);
}

int np_generation_check_sum(const struct np_map_path *path,
			    const struct np_generation *gen, uint64_t sum,
			    struct np_error *err)
{
	char name[NP_MAX_FILE_NAME];

	if (sum == gen->sum)
		return 1;
	if (!np_generation_print(path->stem, gen, name))
		name[0] = '\0';
	return np_error_set(err, NP_ERROR_DAMAGED,
			    "%s: %s is damaged (checksum %016" PRIx64
			    "): run nameplate rollback, or nameplate verify "
			    "--adopt %s/%s", path->link, name, sum,
			    path->folder, name);
}

int np_generation_open(int folder_fd, const struct np_map_path *path,
		       const struct np_generation *gen, int *fd_r,
		       struct stat *st_r, bool *gone_r, struct np_error *err)
{
	char name[NP_MAX_FILE_NAME];
	struct stat st;
	int fd;

	if (gone_r != NULL)
		*gone_r = false;
	if (!np_generation_print(path->stem, gen, name))
		return np_error_set(err, NP_ERROR_BAD_LINK,
				    "%s: name too long", path->link);
	/* O_NONBLOCK: a fifo of that name must not stop us. */
	fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
		    O_NONBLOCK | O_NOCTTY);
	if (fd == -1 || fstat(fd, &st) == -1) {
		int error = errno;

		if (fd != -1)
			(void)close(fd);
		else if (gone_r != NULL)
			*gone_r = error == ENOENT;
		return np_error_set(err, error == ELOOP ? NP_ERROR_BAD_LINK :
				    generation_kind(error),
				    "%s: cannot open %s/%s: %s%s", path->link,
				    path->folder, name, strerror(error),
				    error == ENOENT || error == ELOOP ?
				    ": run nameplate rollback" : "");
	}
	if (!S_ISREG(st.st_mode)) {
		(void)close(fd);
		return np_error_set(err, NP_ERROR_BAD_LINK,
				    "%s: %s/%s is not a regular file: run "
				    "nameplate rollback", path->link,
				    path->folder, name);
	}
	if (np_generation_check_size(path, gen, (uint64_t)st.st_size,
				     err) < 0) {
		(void)close(fd);
		return -1;
	}
	*fd_r = fd;
	*st_r = st;
	return 1;
}

int np_generation_open_live(int folder_fd, const struct np_map_path *path,
			    struct np_generation *gen_r, char *name_r,
			    int *fd_r, struct stat *st_r,
			    struct np_error *err)
{
	struct np_generation before = {0, 0, 0}, gen;
	char name[NP_MAX_FILE_NAME];
	bool gone;

	for (unsigned int i = 0; i < GENERATION_TRIES; i++) {
		if (np_generation_live(folder_fd, path, &gen, name, err) < 0)
			return -1;
		(void)np_map_step("look");
		/* The same name again: nobody is at work, it is just gone. */
		if (i > 0 && gen.number == before.number &&
		    gen.sum == before.sum && gen.size == before.size)
			return -1;
		if (np_generation_open(folder_fd, path, &gen, fd_r, st_r,
				       &gone, err) > 0) {
			*gen_r = gen;
			strcpy(name_r, name);
			return 1;
		}
		if (!gone)
			return -1;
		before = gen;
	}
	return -1;
}

int np_generation_sum(int fd, unsigned char *copy, uint64_t *size_r,
		      uint64_t *sum_r)
{
	unsigned char *chunk = copy == NULL ? malloc(GENERATION_CHUNK) : NULL;
	uint64_t room = copy == NULL ? UINT64_MAX : *size_r, size = 0;
	XXH3_state_t *state = XXH3_createState();
	ssize_t n = -1;

	if ((copy != NULL || chunk != NULL) && state != NULL)
		n = 1;
	else
		errno = ENOMEM;
	if (n > 0)
		(void)XXH3_64bits_reset(state);
	while (n > 0 && size < room) {
		unsigned char *to = copy == NULL ? chunk : copy + size;
		uint64_t want = room - size;

		if (want > GENERATION_CHUNK)
			want = GENERATION_CHUNK;
		n = pread(fd, to, (size_t)want, (off_t)size);
		if (n == -1 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n > 0) {
			(void)XXH3_64bits_update(state, to, (size_t)n);
			size += (uint64_t)n;
		}
	}
	if (n >= 0) {
		*size_r = size;
		*sum_r = XXH3_64bits_digest(state);
	}
	(void)XXH3_freeState(state);
	free(chunk);
	return n >= 0 ? 1 : -1;
}
