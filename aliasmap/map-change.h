/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What struct np_change is made of, for map-write.c and map-verify.c. */
#ifndef ALIASMAP_MAP_CHANGE_H
#define ALIASMAP_MAP_CHANGE_H

#include "aliasmap/map-int.h"
#include "aliasmap/map-edit-db.h"

struct np_change {
	int folder_fd, lock_fd;
	/* The copy, open as long as the edit: libdb opens it again by its
	   descriptor's name when it writes. */
	int copy_fd;
	bool made;			/* LINK.new is ours to remove */
	struct np_edit *edit;
	/* The map as it will be. Path and meta are the change's too; st and
	   name are those of the generation that it was copied from. */
	struct np_map map;
	/* Kept beside the new generation; number 0: none. */
	struct np_generation before;
	uint64_t number;		/* of the generation to be */
};

/* Takes the lock, clears away what a dead writer left, finds the number. 1,
   or -1. */
int np_change_start(const char *link, const char *holder,
		    unsigned int wait_seconds, struct np_change **change_r,
		    struct np_error *err);

/* Ends a change without a new generation, or after it: file, lock, memory.
   Accepts NULL. */
void np_change_free(struct np_change **change);

/* Opens a copy of a generation (from_fd, open and with the right size), or an
   empty file with these settings, for editing. 1, or -1. */
int np_change_from(struct np_change *change, const struct np_generation *gen,
		   int from_fd, struct np_error *err);
int np_change_empty(struct np_change *change,
		    const struct np_map_settings *settings,
		    struct np_error *err);

#endif
