/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * After the end of data: who gets the message in which transaction, and with
 * which stamps. An alias, tag, domain-alias or catch-all recipient gets his own
 * transaction, because his stamp is his own; two or more bare primary addresses
 * share one. Marks decide whether the message has been here before.
 *
 * What came before: transaction.c took the message in. What comes next:
 * stamp.c writes the stamps, pool.c and relay.c deliver.
 */
#ifndef LMTP_DELIVERY_H
#define LMTP_DELIVERY_H

#include "lmtp/recipient.h"

#define NP_MAX_RECEIVED 100	/* RFC 5321 6.3: at least 100 */

struct np_deliveries;

struct np_message {
	struct agent *agent;
	const char *id;			/* of the session */
	const struct np_envelope *envelope;
	struct np_spool *spool;
	struct np_question **common;	/* of the bare primaries; taken or given
					   up here */
	/* recipient->finished is set, its answer is the one after the data;
	   may be called before np_deliveries_start returns. */
	void (*on_finished)(void *owner, struct np_recipient *recipient);
	void *owner;
};

/* recipients: struct np_recipient, accepted, in the client's order; borrowed,
   as everything in message, until the deliveries are destroyed. */
struct np_deliveries *np_deliveries_start(const struct np_message *message,
					  GPtrArray *recipients);
/* Those that have sent no data end now with why; the others go on. */
void np_deliveries_give_up(struct np_deliveries *deliveries, enum np_reply why);
/* Closes connections on which data is under way. Accepts NULL. */
void np_deliveries_destroy(struct np_deliveries **deliveries);

#endif
