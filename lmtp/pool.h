/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who may speak to the store, and when. The pool owns the connections (at most
 * store_connections), and sees that at most NP_MAX_OPEN_PER_MAILBOX RCPTs of
 * one mailbox are open at any moment (Dovecot 2.4 refuses the 11th).
 *
 * First come, first served. A delivery waits until it can have its connection
 * and all its mailboxes, holding none meanwhile; a question asks for each
 * mailbox as soon as there is room. Whoever waits takes the longest-kept
 * question that is in the way, but leaves it a moment for its data: no client
 * can hold a connection against another.
 *
 * What came before: recipient.c asks, delivery.c delivers. What comes next:
 * relay.c speaks.
 */
#ifndef LMTP_POOL_H
#define LMTP_POOL_H

#include "lmtp/exchange.h"

struct agent;
struct np_pool;

struct np_pool *np_pool_create(struct agent *agent);
/* Closes all connections; no exchange may be left. */
void np_pool_destroy(struct np_pool **pool);

/* Puts the exchange in the queue; callbacks come from the event loop only. */
void np_pool_start(struct np_pool *pool, struct np_exchange *exchange);

/* Makes a kept question with exactly wanted open recipients the delivery of
   spool with stamps (taken over on true), and begins the data. False: it is not
   kept any more, or not with all of them. */
bool np_pool_deliver(struct np_pool *pool, struct np_exchange *exchange,
			 unsigned int wanted, struct np_spool *spool,
			 GString *stamps);
/* Gives it up in whatever state; no callback comes after. */
void np_pool_drop(struct np_pool *pool, struct np_exchange **exchange);

/* Connects where there is no connection yet, so that what the store offers is
   known before the first client asks. */
void np_pool_warm(struct np_pool *pool);

/* Numbers for metrics. */
unsigned int np_pool_connections(const struct np_pool *pool);
unsigned int np_pool_waiting(const struct np_pool *pool);
unsigned int np_pool_kept(const struct np_pool *pool);

#endif
