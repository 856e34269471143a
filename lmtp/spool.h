/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The message as it came, once for all its recipients: in memory up to a
 * limit, then in an unlinked temporary file. Nothing of it survives the
 * process, and nothing has to: no reply was given yet.
 *
 * What came before: session.c took the dots out. What comes next: every
 * delivery sends it from here, from its own position.
 */
#ifndef LMTP_SPOOL_H
#define LMTP_SPOOL_H

#include "aliasmap/error.h"
#include "lmtp/header.h"

#include <event2/buffer.h>

#include <stdbool.h>
#include <stdint.h>

struct np_spool;

/* memory: octets kept in memory; folder: where the file goes then (kept until
   np_spool_unref, borrowed). Never NULL. */
struct np_spool *np_spool_create(size_t memory, const char *folder);
/* Deliveries under way hold references of their own. */
struct np_spool *np_spool_ref(struct np_spool *spool);
void np_spool_unref(struct np_spool **spool);

/* Appends; feeds the header scan. 1, or -1 (disk full, no folder): the text
   names the folder. */
int np_spool_write(struct np_spool *spool, const char *data, size_t len,
		   struct np_error *err);
/* The message is complete. 1 or -1. */
int np_spool_finish(struct np_spool *spool, struct np_error *err);

uint64_t np_spool_size(const struct np_spool *spool);
/* What the scan found; valid after np_spool_finish. */
const struct np_header *np_spool_header(const struct np_spool *spool);

/* Adds the whole message to out without copying it. 1 or -1. */
int np_spool_append(struct np_spool *spool, struct evbuffer *out);
/* Reads up to size octets at offset. Returns the number, or -1. */
ssize_t np_spool_read(const struct np_spool *spool, uint64_t offset,
		      char *out, size_t size);

#endif
