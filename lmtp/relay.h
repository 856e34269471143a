/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One connection to the store, as its LMTP client (RFC 2033): greeting, LHLO,
 * MAIL and RCPT, the data by BDAT (RFC 3030) where it is offered and by DATA
 * else, the replies, RSET. A relay carries one exchange at a time.
 *
 * What came before: pool.c chose the connection. What comes next: the store.
 * Whatever the store says is input: parsed strictly, bounded, and in doubt the
 * connection is given up.
 */
#ifndef LMTP_RELAY_H
#define LMTP_RELAY_H

#include "lmtp/exchange.h"

struct agent;
struct np_relay;

enum np_relay_state {
	NP_RELAY_CONNECTING,	/* until the reply to LHLO */
	NP_RELAY_IDLE,
	NP_RELAY_BUSY,		/* carries an exchange */
	NP_RELAY_RESETTING,	/* RSET sent */
	NP_RELAY_DEAD
};

struct np_relay_callbacks {
	/* Connected or reset: idle now. */
	void (*on_idle)(void *owner, struct np_relay *relay);
	/* The relay is dead and frees itself after this. exchange: what it
	   carried (NULL: nothing); why: the reply if it is not replaced;
	   replaceable: it was found dead, or answering 421, and no octet of
	   data had been sent. */
	void (*on_dead)(void *owner, struct np_relay *relay,
			struct np_exchange *exchange, enum np_reply why,
			bool replaceable);
	/* RCPT index is answered, its state is set. */
	void (*on_recipient)(void *owner, struct np_exchange *exchange,
			     unsigned int index,
			     const struct np_store_reply *reply);
	/* Nothing outstanding: all RCPTs that were asked are answered. */
	void (*on_answered)(void *owner, struct np_exchange *exchange);
	void (*on_final)(void *owner, struct np_exchange *exchange,
			 unsigned int index,
			 const struct np_store_reply *reply);
	/* The last final reply has come (its on_final follows, the last that
	   is heard of exchange). */
	void (*on_delivered)(void *owner, struct np_exchange *exchange);
};

/* Begins to connect. Returns NULL with errno where that fails at once
   (ECONNREFUSED, ENOENT, EAGAIN for a full backlog). */
struct np_relay *np_relay_create(struct agent *agent,
				 const struct np_relay_callbacks *callbacks,
				 void *owner);
/* QUIT where idle, and close. No callback. */
void np_relay_close(struct np_relay **relay);

enum np_relay_state np_relay_state(const struct np_relay *relay);
/* Whether an exchange went over it before. */
bool np_relay_used(const struct np_relay *relay);

/* Takes up exchange (the relay is idle): sends MAIL, and RCPT for all that are
   UNASKED; on a busy relay with the same exchange only the new RCPTs. */
void np_relay_ask(struct np_relay *relay, struct np_exchange *exchange);
/* Sends the data: all open recipients are wanted, there is at least one. */
void np_relay_send(struct np_relay *relay);
/* Gives the exchange up: RSET where the connection is in order, else it dies.
   on_idle follows. The exchange is no longer touched. */
void np_relay_reset(struct np_relay *relay);

#endif
