/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The live map. Each RCPT looks (one stat) whether the map's link leads to
 * another generation; where it does, a thread loads and checks it, and this
 * RCPT waits for a load that began after it looked. Nobody else waits. A
 * generation that is damaged is not tried again until the link changes; the
 * last good one goes on serving.
 */
#ifndef LMTP_LOOKUP_H
#define LMTP_LOOKUP_H

#include "aliasmap/resolve.h"

struct agent;
struct np_lookup;
struct np_lookup_wait;

struct np_lookup *np_lookup_create(struct agent *agent);
/* Waits for a load that is under way. No waiter may be left. */
void np_lookup_destroy(struct np_lookup **lookup);

/* Calls on_ready(owner) when the map is as fresh as now: before returning, or
   from the event loop. Until then *wait_r is set, and the wait may be given up
   with np_lookup_cancel; it is NULL again when on_ready is called. */
void np_lookup_refresh(struct np_lookup *lookup, void (*on_ready)(void *owner),
		       void *owner, struct np_lookup_wait **wait_r);
void np_lookup_cancel(struct np_lookup *lookup, struct np_lookup_wait **wait);

/* The settings were read again: says where they differ from the map's. */
void np_lookup_configured(struct np_lookup *lookup);

/* The map to look in; NULL where no good one was ever seen. It stays open
   until the event loop turns. */
struct np_map *np_lookup_map(struct np_lookup *lookup);

#endif
