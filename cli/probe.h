/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks the store whether it knows an address, as the agent will: LHLO, then
 * MAIL FROM:<> and RCPT, never data. Blocking, each step with a time limit.
 */
#ifndef CLI_PROBE_H
#define CLI_PROBE_H

#include "aliasmap/error.h"
#include "lmtp/reply.h"

struct np_probe;

/* Connects to store ("unix:PATH", "inet:HOST:PORT") and says LHLO hostname.
   seconds: the limit of connecting and of each reply. Returns 1 or -1. */
int np_probe_open(const char *store, const char *hostname,
		  unsigned int seconds, struct np_probe **probe_r,
		  struct np_error *err);
void np_probe_close(struct np_probe **probe);

/* The store's answer to RCPT TO:<address>. Returns 1, or -1 where it did not
   come to that; the probe is then of no more use. */
int np_probe_ask(struct np_probe *probe, const char *address,
		 struct np_store_reply *reply_r, struct np_error *err);

#endif
