/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a file that may be damaged: Berkeley DB can die, hang or go round in
 * circles on it, so a child process reads and this one listens, with a clock.
 */
#ifndef ALIASMAP_VERIFY_WALK_H
#define ALIASMAP_VERIFY_WALK_H

#include "aliasmap/map-db.h"

struct np_walk {
	/* The file, open; its size; and its name for texts. */
	int fd;
	uint64_t size;
	const char *name;
	/* A descriptor that the child must not keep (the write lock), or -1 */
	int not_for_child;
	/* Called for each record, keys strictly rising, then (where something
	   could not be read) falling towards the last one of the first part.
	   1 to go on, -1 (with err set) to stop. */
	int (*on_record)(void *context, const struct np_db_entry *entry,
			 struct np_error *err);
	void *context;
};

/* 1 everything was read, 0 not everything (err says why), -1 where on_record
   stopped it or no child could be had. */
int np_walk_run(const struct np_walk *walk, unsigned int seconds,
		struct np_error *err);

#endif
