/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One RCPT: finds the mailbox behind the address and asks the store whether it
 * takes mail for it, on 550 5.1.1 also for what DESIGN's rules try next (the
 * mailbox without the tag, postmaster, the catch-all). The socketmap asks the
 * same way.
 *
 * What came before: transaction.c read RCPT. What comes next: question.c; once
 * there is data, delivery.c.
 */
#ifndef LMTP_RECIPIENT_H
#define LMTP_RECIPIENT_H

#include "aliasmap/resolve.h"
#include "lmtp/command.h"
#include "lmtp/lookup.h"
#include "lmtp/question.h"

struct np_recipient;

typedef void np_recipient_done(void *owner, struct np_recipient *recipient);

enum np_recipient_step {
	NP_STEP_LOOKUP,
	NP_STEP_PATH,
	NP_STEP_UNTAGGED,
	NP_STEP_POSTMASTER,
	NP_STEP_BASE,
	NP_STEP_CATCH_ALL,
	NP_STEP_DONE
};

/* Read-only outside recipient.c but for what delivery.c keeps. */
struct np_recipient {
	struct agent *agent;
	const char *id;			/* of the session, borrowed */
	const struct np_envelope *envelope;
	char *received;			/* the address as received */
	struct np_address address;
	struct np_verdict verdict;	/* .rule is what won in the end */
	/* What the store took, and is asked for again when there is data. */
	char path[NP_MAX_PATH_TEXT];
	char mailbox[NP_MAX_ADDRESS + 1];	/* lower case, without tag */
	char *orcpt;			/* xtext; NULL = none is sent */
	bool primary;			/* bare primary: shares a transaction */
	/* The answer for RCPT, then (delivery.c) the one after the data: the
	   store's where store_reply is not NULL, else reply. */
	bool accepted;
	bool final;			/* the answer came after the data */
	enum np_reply reply;
	struct np_store_reply *store_reply;
	/* The question, kept or not, and its place there. */
	struct np_question *question;	/* own or the common one */
	unsigned int question_index;
	/* delivery.c: the answer after the data is known. */
	bool finished;

	enum np_recipient_step step;
	struct np_store_reply *first_refusal;	/* 550 for the address itself */
	struct np_lookup_wait *wait;
	struct np_question **common;
	np_recipient_done *on_done;
	void *owner;
};

/* received: as it stood between the brackets; address: parsed from it.
   envelope, id and *common are borrowed and must outlive the recipient.
   common: where the shared question of bare primaries is kept (made here when
   first needed); NULL: every question is its own. */
struct np_recipient *np_recipient_create(struct agent *agent, const char *id,
					 const struct np_envelope *envelope,
					 const char *received,
					 const struct np_address *address,
					 struct np_question **common);
/* Calls on_done(owner, recipient) once, maybe before returning. */
void np_recipient_ask(struct np_recipient *recipient,
		      np_recipient_done *on_done, void *owner);
/* Gives a kept question of its own up. */
void np_recipient_release(struct np_recipient *recipient);
/* Before the common question is destroyed. Accepts NULL. */
void np_recipient_destroy(struct np_recipient **recipient);

/* Sets the answer: ours, or (reply copied) the store's. */
void np_recipient_answer(struct np_recipient *recipient, enum np_reply reply);
void np_recipient_answer_store(struct np_recipient *recipient,
			       const struct np_store_reply *reply);
/* The code of the answer: 250, 550, ... */
int np_recipient_code(const struct np_recipient *recipient);

#endif
