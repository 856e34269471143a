/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One writer at a time: an open-file-description lock on LINK.lock. The file
 * is never unlinked (two writers could then lock two files of one name); the
 * kernel frees the lock when the writer dies; its text names the holder.
 */
#ifndef ALIASMAP_MAP_LOCK_H
#define ALIASMAP_MAP_LOCK_H

#include "aliasmap/generation.h"

/* Waits at most wait_seconds. Returns the descriptor that holds the lock, or
   -1 with NP_ERROR_BUSY and the holder's text, or another kind. */
int np_map_lock(int folder_fd, const struct np_map_path *path,
		const char *holder, unsigned int wait_seconds,
		struct np_error *err);
void np_map_unlock(int *lock_fd);

#endif
