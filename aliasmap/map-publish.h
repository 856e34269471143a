/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way of a finished file into the map's name, and what is cleared away
 * around it. All of it under the write lock.
 *
 * LINK.new is the file being written, LINK.link the link about to be renamed;
 * neither can be a generation's name, so no reader and no prune meets them.
 */
#ifndef ALIASMAP_MAP_PUBLISH_H
#define ALIASMAP_MAP_PUBLISH_H

#include "aliasmap/generation.h"

/* The name of the file being written, NP_MAX_FILE_NAME octets. */
void np_publish_new_name(const struct np_map_path *path, char *out);

/* Removes what a writer that died has left behind. 1, or -1. */
int np_publish_clean(int folder_fd, const struct np_map_path *path,
		     struct np_error *err);

/* Makes LINK.new from the generation open as from_fd and checks the sum of
   the copy, not of the original. Returns its descriptor, or -1. */
int np_publish_copy(int folder_fd, const struct np_map_path *path,
		    const struct np_generation *gen, int from_fd,
		    struct np_error *err);

/* LINK.new, closed by whoever wrote it, becomes generation number and live.
   1, or -1: what was live before is still live. 0 (err says so): it is live,
   but the last step, the fsync of the folder, failed. */
int np_publish_live(int folder_fd, const struct np_map_path *path,
		    uint64_t number, struct np_generation *gen_r,
		    struct np_error *err);

/* Unlinks every generation but these two (before may be NULL). A failure
   leaves files for the next writer. */
void np_publish_prune(int folder_fd, const struct np_map_path *path,
		      const struct np_generation *live,
		      const struct np_generation *before);

#endif
