/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the map says to an address, told rule by rule for explain. */
#ifndef CLI_EXPLAIN_MAP_H
#define CLI_EXPLAIN_MAP_H

#include "aliasmap/resolve.h"

/* Prints each lookup of rules 1 to 3 and what it found; np_resolve decides.
   Returns 1 or -1. */
int np_explain_map(struct np_map *map, const struct np_address *addr,
		   int64_t now, struct np_error *err);

#endif
