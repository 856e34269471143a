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

#include "lmtp/reply.h"
#include "lmtp/spool.h"

#include <glib.h>

struct agent;
struct np_line;
struct np_relay;
struct np_exchange;

/* The sender's side of a transaction; outlives its exchanges. */
struct np_envelope {
	char *sender;		/* without brackets, as received */
	bool has_utf8;		/* sender or a recipient is not ASCII */
	bool smtputf8;
	bool body_8bit;
};

enum np_exchange_state {
	NP_EXCHANGE_WAITING,	/* in the pool's queue */
	NP_EXCHANGE_ASKING,	/* MAIL or RCPT sent, replies outstanding */
	NP_EXCHANGE_KEPT,	/* a question, answered, still open */
	NP_EXCHANGE_SENDING,	/* data begun, final replies outstanding */
	NP_EXCHANGE_DONE	/* nothing more will come, nothing is open */
};

enum np_recipient_state {
	NP_RECIPIENT_UNASKED,
	NP_RECIPIENT_ASKED,
	NP_RECIPIENT_OPEN,	/* accepted, and the store still holds it */
	NP_RECIPIENT_REFUSED,
	NP_RECIPIENT_FINAL,	/* the final reply has come */
	NP_RECIPIENT_FORGOTTEN	/* was accepted; the exchange was taken away */
};

struct np_exchange_recipient {
	char *path;		/* RCPT TO */
	char *orcpt;		/* xtext behind "rfc822;", NULL = none */
	char *mailbox;		/* for the limit of open RCPTs */
	enum np_recipient_state state;
	bool counted;		/* holds one of its mailbox's slots */
};

struct np_exchange_callbacks {
	/* The store's answer to RCPT index (or to MAIL, for each). */
	void (*on_recipient)(void *owner, unsigned int index,
			     const struct np_store_reply *reply);
	/* The final reply for an accepted recipient. */
	void (*on_final)(void *owner, unsigned int index,
			 const struct np_store_reply *reply);
	/* No more will come: every recipient without an answer (or, once
	   accepted for a delivery, without a final reply) gets why. */
	void (*on_trouble)(void *owner, enum np_reply why);
	/* A kept question was taken away: accepted recipients must be asked
	   again when there is data. Must not call the pool; may be NULL for
	   deliveries. */
	void (*on_forgotten)(void *owner);
};

/* One transaction with the store: a question (MAIL and RCPT only, kept while
   connections are free) or a delivery (with data). */
struct np_exchange {
	const struct np_envelope *envelope;
	GArray *recipients;	/* struct np_exchange_recipient */
	struct np_spool *spool;	/* the data; NULL for a question */
	GString *stamps;
	const struct np_exchange_callbacks *callbacks;
	void *owner;
	/* Kept by pool.c and relay.c. */
	enum np_exchange_state state;
	struct np_line *line;	/* the connection it is on, NULL = none */
	GList waiting_link;
	GList kept_link;
	bool waiting;		/* in the pool's queue */
	bool kept;		/* a question that may be taken away */
	bool replaced;		/* one dead connection was replaced already */
	uint64_t serial;	/* of its place in the queue */
};

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

static inline struct np_exchange_recipient *
np_exchange_recipient(struct np_exchange *exchange, unsigned int index)
{
	return &g_array_index(exchange->recipients,
			      struct np_exchange_recipient, index);
}

#endif
