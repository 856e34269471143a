/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading one Berkeley DB file with its two databases: "alias" (key to record)
 * and "owner" (mailbox to keys, Berkeley DB's own secondary index). Octets in,
 * octets out; what they mean is map.c's business.
 *
 * db.h stays in map-db.c and map-edit-db.c, so that the format could move.
 */
#ifndef ALIASMAP_MAP_DB_H
#define ALIASMAP_MAP_DB_H

#include "aliasmap/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct np_db;
struct np_db_cursor;

/* For the owner callback and for whoever reads raw. */
#define NP_DB_MAX_KEY 512	/* octets */
#define NP_DB_MAX_RECORD 20480	/* octets: the meta record is the longest */

enum np_db_flags {
	/* Map the file into memory: only where nobody can truncate it, since
	   that would end the process (SIGBUS). Otherwise it is read. */
	NP_DB_MMAP = 0x01,
	/* Read every page now, so that no lookup waits later. */
	NP_DB_TOUCH = 0x02
};

/* Opens fd (which stays the caller's, and may be closed afterwards), size
   octets, in an environment of its own: two generations in one environment
   silently serve the old one's pages. name is for error texts. 1, or -1 with
   NP_ERROR_NOT_A_MAP, _UNREADABLE or _MEMORY. */
int np_db_open(int fd, uint64_t size, const char *name, unsigned int flags,
	       struct np_db **db_r, struct np_error *err);

/* Reads through handles that are open already (DB_ENV *, DB *, DB *) and stay
   the caller's: np_db_close then closes none of them. */
int np_db_wrap(void *env, void *primary, void *owner, const char *name,
	       struct np_db **db_r, struct np_error *err);
void np_db_close(struct np_db **db);

/* Copies the record under key into out (size octets). 1 and its length, 0 not
   there, -1. */
int np_db_get(struct np_db *db, const void *key, size_t key_len,
	      unsigned char *out, size_t size, size_t *len_r,
	      struct np_error *err);

/* The number of entries of the index: of owner, or (NULL) all. 1, or -1. */
int np_db_count(struct np_db *db, const char *owner, uint64_t *count_r,
		struct np_error *err);

struct np_db_entry {
	/* The cursor's, until its next call. */
	const unsigned char *key, *record;
	size_t key_len, len;
};

/* All records in key order (owner NULL; backward: from the last), the meta
   record among them, or those that lead to owner. */
int np_db_cursor_open(struct np_db *db, const char *owner, bool backward,
		      struct np_db_cursor **cursor_r, struct np_error *err);
/* 1 and the next one, 0 at the end, -1. */
int np_db_cursor_next(struct np_db_cursor *cursor,
		      struct np_db_entry *entry_r, struct np_error *err);
void np_db_cursor_close(struct np_db_cursor **cursor);

/* What the reader and the writer ask of an environment alike: nothing shared,
   no DB_CONFIG from anywhere but "/", no output of its own. Not for others. */
int np_db_env_open(unsigned int cache_mb, void **env_r);
/* The text for a failure that Berkeley DB reported. Always -1. */
int np_db_fail(struct np_error *err, enum np_error_kind kind,
	       const char *name, const char *what, int error);

#endif
