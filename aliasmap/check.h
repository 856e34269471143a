/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks the whole map through for what does not harm today's mail enough to be
 * noticed: ghost targets, chains, aliases that hide a mailbox made later,
 * catch-alls onto somebody's mailbox, missing postmaster and abuse (RFC 2142),
 * aliases that expire soon. Host-neutral: the host asks its store or userdb,
 * and prints.
 */
#ifndef ALIASMAP_CHECK_H
#define ALIASMAP_CHECK_H

#include "aliasmap/known.h"
#include "aliasmap/map.h"

#define NP_CHECK_SOON_DAYS 14

struct np_check {
	struct np_map *map;
	const char *command;	/* "nameplate": in the ways out */
	int64_t now;
	np_known_function *known;
	/* One finding: text names the entry and the way out. */
	void (*found)(void *context, const char *text);
	void *context;
	/* The check's own. */
	unsigned int findings;
};

/* Returns the number of findings through *findings_r and 1, or -1 where the
   map could not be read to its end. */
int np_check_map(struct np_check *check, unsigned int *findings_r,
		 struct np_error *err);

#endif
