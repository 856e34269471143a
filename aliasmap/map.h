/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The alias map as its readers see it: one generation, open, that never
 * changes under them. /var/lib/nameplate/aliases.db is a link to
 * aliases.<generation>.<size>.<XXH3-64>.db in the same folder; a change makes a
 * new generation and renames a new link over the old one (map-write.h).
 *
 * No call reaches Berkeley DB before the file has been checked against its
 * name: on damaged files libdb gives wrong answers, hangs or dies.
 */
#ifndef ALIASMAP_MAP_H
#define ALIASMAP_MAP_H

#include "aliasmap/alias.h"
#include "aliasmap/map-meta.h"

struct np_map;
struct np_map_cursor;

#define NP_DEFAULT_MAP "/var/lib/nameplate/aliases.db"

enum np_map_mode {
	/* Checks size and sum; serves the generation file itself. For
	   commands. */
	NP_MAP_FILE,
	/* Copies into a sealed memfd and checks size and sum of the copy:
	   nothing that is done to the file afterwards can reach the reader.
	   Touches every page. May take a second at 1M records, so the agent
	   calls it in a thread of its own. */
	NP_MAP_COPY,
	/* For Dovecot's processes: the size always, the sum once per process
	   and generation and only up to 32 MB; read without mmap. */
	NP_MAP_SHARED
};

/* Opens the generation that the link names. Returns 1, or -1 with a kind that
   says which accident it was. *map_r is the caller's, to np_map_close. A map
   is for one thread at a time, not for ever the same one; two maps are
   independent, but NP_MAP_SHARED is for programs with one thread. */
int np_map_open(const char *link, enum np_map_mode mode,
		struct np_map **map_r, struct np_error *err);
/* Accepts NULL. Giving the memory of a copy back may take 0.1 s at 1M records:
   whoever must not wait does this, too, in another thread. */
void np_map_close(struct np_map **map);

/* Whether the link still leads to what was opened: device, inode, mtime and
   size. 1 the same, 0 another generation, -1 cannot tell (ENOENT and the
   like; err says which). One stat. */
int np_map_is_current(const struct np_map *map, struct np_error *err);

const struct np_map_meta *np_map_meta(const struct np_map *map);

/* The file name (no folder) of the generation that is open. */
const char *np_map_name(const struct np_map *map);

/* Looks a key up ("sales@company.com", "@company.com"; lower case, see
   np_address_key). 1 found, 0 not there, -1 could not look. */
int np_map_lookup(struct np_map *map, const char *key,
		  struct np_alias *alias_r, struct np_error *err);

/* All entries in key order, or (owner not NULL) those that lead to that
   mailbox or domain ("@new"). The meta record is not among them. A cursor must
   be closed before its map. */
int np_map_cursor_open(struct np_map *map, const char *owner,
		       struct np_map_cursor **cursor_r, struct np_error *err);
/* 1 and the next entry, 0 at the end, -1 on failure; after NP_ERROR_RECORD or
   NP_ERROR_VERSION, which are about one entry, the next call goes on behind
   it. */
int np_map_cursor_next(struct np_map_cursor *cursor, struct np_alias *alias_r,
		       struct np_error *err);
void np_map_cursor_close(struct np_map_cursor **cursor);

/* The number of entries that lead to owner. 1, or -1 on failure. */
int np_map_count(struct np_map *map, const char *owner,
		 unsigned int *count_r, struct np_error *err);

/* Whether domain is one of a comma-separated list; an empty list has none. */
bool np_list_has(const char *list, const char *word);

#endif
