/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing the map: lock, copy the live generation, check the copy, edit,
 * close, checksum, fsync, rename, new link over the old, fsync the folder,
 * unlink what is older than the one before. A crash at any step leaves the old
 * generation live and the next writer working.
 */
#ifndef ALIASMAP_MAP_WRITE_H
#define ALIASMAP_MAP_WRITE_H

#include "aliasmap/map.h"

struct np_change;

#define NP_LOCK_SECONDS 30

/* Takes the write lock (waits at most wait_seconds, then -1 with NP_ERROR_BUSY
   and the holder's text) and opens a copy of the live generation for editing.
   holder: one line for whoever waits, "nameplate add, pid 123". Returns 1 or
   -1. A missing map is refused: the text names "nameplate apply", or
   "nameplate rollback" when generations are left. */
int np_change_begin(const char *link, const char *holder,
		    unsigned int wait_seconds,
		    struct np_change **change_r, struct np_error *err);

/* The map as it will be: lookups, cursors and np_resolve see the edits made
   so far. Owned by the change. No edit while a cursor on it is open. */
struct np_map *np_change_map(struct np_change *change);

/* Adds or replaces the entry alias->address. 1 or -1. Many are put fastest in
   the order of their keys. */
int np_change_put(struct np_change *change, const struct np_alias *alias,
		  struct np_error *err);
/* 1 removed, 0 was not there, -1. */
int np_change_delete(struct np_change *change, const char *key,
		     struct np_error *err);
/* Replaces the [map] settings kept in the map. */
int np_change_set_settings(struct np_change *change,
			   const struct np_map_settings *settings,
			   struct np_error *err);

/* Live, but not known to be durable, since the last fsync, that of the folder,
   failed: err says so. It cannot be taken back: for whoever asked, it is done,
   with a warning. */
#define NP_CHANGE_NOT_DURABLE 2

/* Makes the change live and durable. Returns 1 or NP_CHANGE_NOT_DURABLE with
   the new generation's number, or -1: the old map is then still the live one.
   Frees *change either way. */
int np_change_commit(struct np_change **change, uint64_t *generation_r,
		     struct np_error *err);
/* Gives the change up; nothing of it remains. Accepts NULL. */
void np_change_rollback(struct np_change **change);

/* Makes the first, empty generation, only where the folder holds neither link
   nor generation. 1 or NP_CHANGE_NOT_DURABLE made, 0 there is one already,
   -1. */
int np_map_create(const char *link, const char *holder,
		  const struct np_map_settings *settings,
		  struct np_error *err);

/* Copies the highest good generation below the live one (without a readable
   link: the highest good one) into a new one and makes it live. A plain file
   in the link's place is kept as LINK.replaced. 1 or NP_CHANGE_NOT_DURABLE
   with both numbers, 0 there is none (err: and what to do), -1. */
int np_map_rollback(const char *link, const char *holder,
		    uint64_t *from_r, uint64_t *generation_r,
		    struct np_error *err);

/* Walks every record of file (a generation; its sum need not be right) in a
   child process with a time limit in seconds; file may be the link. *good_r
   and *bad_r count records. With adopt, what could be read becomes the new
   live generation, with the file's settings, else the live one's. 1 all good,
   0 something is bad (err says what; adopted all the same),
   NP_CHANGE_NOT_DURABLE (all good), -1 could not, or nothing was there to
   adopt: the map is unchanged. */
int np_map_verify(const char *link, const char *file, bool adopt,
		  const char *holder, unsigned int seconds,
		  uint64_t *good_r, uint64_t *bad_r, struct np_error *err);

#endif
