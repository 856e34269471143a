/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One transaction with the store, asked for by recipient.c or delivery.c,
 * queued by pool.c, carried out by relay.c. Here: what it consists of, and what
 * can be said of it without knowing where it is.
 */
#ifndef LMTP_EXCHANGE_H
#define LMTP_EXCHANGE_H

#include "lmtp/reply.h"
#include "lmtp/spool.h"

#include <glib.h>

/* RCPTs of one mailbox that are open at the store at any moment. */
#define NP_MAX_OPEN_PER_MAILBOX 4

struct np_line;

/* The sender's side of a transaction; outlives its exchanges. */
struct np_envelope {
	char *sender;		/* without brackets, as received */
	bool has_utf8;		/* sender or a recipient is not ASCII */
	bool smtputf8;
	bool body_8bit;
	unsigned int pending;	/* RCPTs of the client without a reply */
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
	int64_t kept_since;	/* monotonic microseconds */
	bool waiting;		/* in the pool's queue */
	bool kept;		/* a question that may be taken away */
	bool replaced;		/* one dead connection was replaced already */
	uint64_t serial;	/* of its place in the queue */
};

static inline struct np_exchange_recipient *
np_exchange_recipient(struct np_exchange *exchange, unsigned int index)
{
	return &g_array_index(exchange->recipients,
			      struct np_exchange_recipient, index);
}

/* A question (spool NULL) or a delivery of spool with stamps above it (taken
   over). envelope is borrowed and must outlive it. Nothing happens before
   np_pool_start. */
struct np_exchange *
np_exchange_create(const struct np_envelope *envelope,
		   const struct np_exchange_callbacks *callbacks, void *owner);
/* Adds a recipient (strings are copied; orcpt NULL = none); returns its index.
   On a question that is started or kept, np_pool_start again asks it. */
unsigned int np_exchange_add(struct np_exchange *exchange, const char *path,
			     const char *orcpt, const char *mailbox);
/* How many of its recipients have this mailbox, in whatever state. */
unsigned int np_exchange_same(struct np_exchange *exchange,
			      const char *mailbox);
/* Whether recipient index is accepted and still open at the store. */
bool np_exchange_is_open(struct np_exchange *exchange, unsigned int index);
/* From now on another owner hears of it. */
void np_exchange_hand_over(struct np_exchange *exchange,
			   const struct np_exchange_callbacks *callbacks,
			   void *owner);
/* For a delivery, before np_pool_start. stamps is taken over. */
void np_exchange_set_data(struct np_exchange *exchange, struct np_spool *spool,
			  GString *stamps);

/* Whether data has been begun: then it must be left to its end. */
bool np_exchange_sending(const struct np_exchange *exchange);
/* Whether it is a question that is still open at the store. */
bool np_exchange_kept(const struct np_exchange *exchange);

/* Recipients that are accepted and still open at the store. */
unsigned int np_exchange_open_count(struct np_exchange *exchange);

/* For pool.c: nothing more will come of what was not answered. */
void np_exchange_give_up(struct np_exchange *exchange);
/* For pool.c: it is on no connection any more. Accepted recipients are not open
   any more, unanswered ones may be asked again. Returns whether any accepted
   one of a question was lost. */
bool np_exchange_detach(struct np_exchange *exchange);
/* For pool.c, when it is in no queue and on no connection. */
void np_exchange_free(struct np_exchange *exchange);

#endif
