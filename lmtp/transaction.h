/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One message from MAIL to the last reply: the sender, the recipients in their
 * order, the message itself, the replies in the client's order. It outlives
 * its session where the client goes while data is on its way to the store.
 *
 * What came before: session.c read the commands. What comes next: recipient.c
 * for each RCPT, delivery.c after the end of data.
 */
#ifndef LMTP_TRANSACTION_H
#define LMTP_TRANSACTION_H

#include "lmtp/delivery.h"

struct np_transaction;

struct np_transaction_callbacks {
	/* A line for the client, CRLF included. */
	void (*on_reply)(void *owner, const char *line, size_t len);
	/* No RCPT is waiting for its answer any more. */
	void (*on_settled)(void *owner);
	/* The last reply was given; the owner abandons the transaction now. */
	void (*on_ended)(void *owner);
};

/* After MAIL was read. id: of the session. */
struct np_transaction *
np_transaction_create(struct agent *agent, const char *id,
		      const struct np_command *mail,
		      const struct np_transaction_callbacks *callbacks,
		      void *owner);

/* RCPT: answers through on_reply, in order with other RCPTs. */
void np_transaction_rcpt(struct np_transaction *transaction,
			 const struct np_command *rcpt);
/* RCPTs without an answer yet. */
unsigned int np_transaction_pending(const struct np_transaction *transaction);
/* Whether MAIL said SMTPUTF8. */
bool np_transaction_smtputf8(const struct np_transaction *transaction);
/* RCPTs in all, refused ones too. */
unsigned int
np_transaction_recipients(const struct np_transaction *transaction);
/* Recipients that were accepted. */
unsigned int np_transaction_accepted(const struct np_transaction *transaction);

/* Octets of the message as they come in (dots taken out). */
void np_transaction_data(struct np_transaction *transaction, const char *data,
			 size_t len);
/* The end of data: one reply for each accepted recipient will come. */
void np_transaction_end_data(struct np_transaction *transaction);

/* RSET, QUIT, or the client is gone: what has sent no data to the store is
   dropped, the rest finishes without a client. No callback comes after. */
void np_transaction_abandon(struct np_transaction **transaction);
/* The agent ends: cuts off all that are left. No session may be left. */
void np_transactions_close_all(struct agent *agent);

#endif
