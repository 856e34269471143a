/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files behind the map's name, without a look inside them: which one is
 * live, which are there, and whether one is what its name says.
 */
#ifndef ALIASMAP_GENERATION_H
#define ALIASMAP_GENERATION_H

#include "aliasmap/generation-name.h"

#include <stddef.h>
#include <sys/stat.h>

/* Opens the folder (O_PATH where it is only read through). Returns the
   descriptor or -1. */
int np_map_path_open(const struct np_map_path *path, bool write,
		     struct np_error *err);

/* Where error is that the disk (or the quota) is full: adds to err's text how
   much room a change of the map link needs, and where. err may be NULL. */
void np_generation_say_room(struct np_error *err, const char *link, int error);

/* All generations in the folder, highest number first. Returns 1, or -1;
   *list_r is to be freed by the caller and may be NULL where *count_r is 0. */
int np_generation_scan(int folder_fd, const struct np_map_path *path,
		       struct np_generation **list_r, size_t *count_r,
		       struct np_error *err);

/* Reads the link. 1 with the generation and its file name (NP_MAX_FILE_NAME
   octets), or -1: NP_ERROR_MISSING, _NOT_A_LINK, _BAD_LINK, _UNREADABLE. */
int np_generation_live(int folder_fd, const struct np_map_path *path,
		       struct np_generation *gen_r, char *name_r,
		       struct np_error *err);

/* Opens one generation for reading and compares its size with its name. 1,
   or -1; *gone_r (may be NULL) says whether -1 means that there is no such
   file. */
int np_generation_open(int folder_fd, const struct np_map_path *path,
		       const struct np_generation *gen, int *fd_r,
		       struct stat *st_r, bool *gone_r, struct np_error *err);

/* Opens the generation that the link names; where it vanishes in between, the
   one that the link names then. */
int np_generation_open_live(int folder_fd, const struct np_map_path *path,
			    struct np_generation *gen_r, char *name_r,
			    int *fd_r, struct stat *st_r,
			    struct np_error *err);

/* Compares a size or a sum with what the name says; the text names the file
   and the way out. 1, or -1 with NP_ERROR_EMPTY, _TRUNCATED or _DAMAGED. */
int np_generation_check_size(const struct np_map_path *path,
			     const struct np_generation *gen, uint64_t size,
			     struct np_error *err);
int np_generation_check_sum(const struct np_map_path *path,
			    const struct np_generation *gen, uint64_t sum,
			    struct np_error *err);

/* XXH3-64 over the whole file. If copy is not NULL it has *size_r octets of
   room, the file is read into it and the sum is that of the copy. 1, or -1
   with errno set; *size_r is the number of octets read, which for a copy is
   never more than its room. */
int np_generation_sum(int fd, unsigned char *copy, uint64_t *size_r,
		      uint64_t *sum_r);

#endif
