/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What struct np_map is made of, for map.c and the writer's view of it. */
#ifndef ALIASMAP_MAP_INT_H
#define ALIASMAP_MAP_INT_H

#include "aliasmap/map.h"
#include "aliasmap/map-db.h"
#include "aliasmap/generation.h"

struct np_map {
	struct np_db *db;
	struct np_meta meta;
	struct np_map_path path;
	struct np_generation gen;
	char name[NP_MAX_FILE_NAME];
	struct stat st;		/* of the generation file, as it was opened */
};

/* Reads the meta record of an open map into it. 1, or -1. */
int np_map_read_meta(struct np_map *map, struct np_error *err);

#endif
