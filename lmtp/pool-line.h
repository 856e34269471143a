/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What pool.c and pool-pass.c share and nobody else sees: the pool itself, its
 * connections, and how many RCPTs of each mailbox are open.
 */
#ifndef LMTP_POOL_LINE_H
#define LMTP_POOL_LINE_H

#include "lmtp/agent.h"
#include "lmtp/exchange.h"

struct np_relay;

/* One connection, and the mailboxes whose RCPTs may still be open on it though
   its exchange is gone: until RSET is answered the store counts them. */
struct np_line {
	struct np_pool *pool;
	struct np_relay *relay;
	GPtrArray *held;	/* mailboxes */
	char *store;		/* the address it was made to */
};

struct np_pool {
	struct agent *agent;
	GPtrArray *lines;
	GQueue waiting;		/* exchanges, first come first */
	GQueue kept;		/* questions, longest kept first */
	GHashTable *open;	/* mailbox -> number of open RCPTs */
	struct event *service;
	struct event *grace;	/* a kept question may be taken then */
	uint64_t serial;
	int64_t failing_since;	/* monotonic microseconds; 0 = not */
	struct event *retry;	/* pending: no new connection before it */
};

/* RCPTs of mailbox that the store may hold open. */
unsigned int np_open_count(struct np_pool *pool, const char *mailbox);
void np_open_change(struct np_pool *pool, const char *mailbox, int by);
/* Of these, the ones that go with a RSET under way. */
unsigned int np_open_leaving(struct np_pool *pool, const char *mailbox);

/* What exchange holds stays counted until the line's RSET is answered... */
void np_line_hold(struct np_line *line, struct np_exchange *exchange);
/* ...which is now. */
void np_line_release(struct np_line *line);
/* Closes the connection where there is one. */
void np_line_free(struct np_line *line);

/* An idle connection, NULL where there is none; fresh: one that no exchange
   went over yet. */
struct np_line *np_pool_idle_line(struct np_pool *pool, bool fresh);
/* Connections that will be idle soon. */
unsigned int np_pool_coming(struct np_pool *pool);

/* Out of the queue of those that wait, out of that of kept questions. */
void np_pool_unwait(struct np_pool *pool, struct np_exchange *exchange);
void np_pool_unkeep(struct np_pool *pool, struct np_exchange *exchange);

/* Callbacks of the relays, with a struct np_line for owner. */
extern const struct np_relay_callbacks np_pool_relay_callbacks;

/* See pool.h. */
void np_pool_warm(struct np_pool *pool);

/* Goes through those that wait, first come first served, and gives each what he
   needs where it can be had. Returns 0, or the errno of a connection that could
   not even be begun. */
int np_pool_pass(struct np_pool *pool);

#endif
