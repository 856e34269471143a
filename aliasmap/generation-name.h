/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names of the map's files, without any I/O:
 *
 *   link       = stem ".db"                            aliases.db
 *   generation = stem "." number "." size "." sum ".db"
 *   number     = 1*DIGIT, from 1, without padding
 *   size       = 1*DIGIT, octets, without padding
 *   sum        = 16 lower-case hex digits: XXH3-64 of the whole file
 *
 * The name says what the file must be, so a reader can tell before it lets
 * Berkeley DB near it.
 */
#ifndef ALIASMAP_GENERATION_NAME_H
#define ALIASMAP_GENERATION_NAME_H

#include "aliasmap/error.h"

#include <stdbool.h>
#include <stdint.h>

#define NP_MAX_FILE_NAME 256	/* with the final NUL */
/* The same for the link: room for number, size and sum. */
#define NP_MAX_BASE (NP_MAX_FILE_NAME - 80)
#define NP_MAX_PATH 4096	/* with the final NUL */

struct np_generation {
	uint64_t number;
	uint64_t size;
	uint64_t sum;
};

/* The link taken apart. */
struct np_map_path {
	char link[NP_MAX_PATH];		/* as given */
	char folder[NP_MAX_PATH];
	char base[NP_MAX_BASE];	/* aliases.db */
	char stem[NP_MAX_BASE];	/* aliases */
};

/* Returns 1, or -1 where link is too long or names no file. */
int np_map_path_parse(const char *link, struct np_map_path *path_r,
		      struct np_error *err);

/* Whether name is exactly what np_generation_print makes of stem. */
bool np_generation_parse(const char *stem, const char *name,
			 struct np_generation *gen_r);

/* The file name into out (NP_MAX_FILE_NAME octets). Returns false where it
   does not fit. */
bool np_generation_print(const char *stem, const struct np_generation *gen,
			 char *out);

#endif
