/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Editing one Berkeley DB file that nobody reads yet. Puts and deletes on
 * "alias" keep the index "owner" right by themselves.
 */
#ifndef ALIASMAP_MAP_EDIT_DB_H
#define ALIASMAP_MAP_EDIT_DB_H

#include "aliasmap/map-db.h"

struct np_edit;

/* path: absolute. create: the file must not exist. name is for error texts.
   1, or -1. */
int np_edit_open(const char *path, bool create, const char *name,
		 struct np_edit **edit_r, struct np_error *err);

/* The same file for reading, edits included; owned by the edit. */
struct np_db *np_edit_reader(struct np_edit *edit);

/* 1, or -1. */
int np_edit_put(struct np_edit *edit, const void *key, size_t key_len,
		const unsigned char *record, size_t len,
		struct np_error *err);
/* 1, 0 was not there, or -1. */
int np_edit_delete(struct np_edit *edit, const void *key, size_t key_len,
		   struct np_error *err);

/* Writes everything out and closes. 1, or -1 where any part of it failed: the
   file is then good for nothing. */
int np_edit_close(struct np_edit **edit, struct np_error *err);
/* Closes without writing. Accepts NULL. */
void np_edit_abandon(struct np_edit **edit);

#endif
