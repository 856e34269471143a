/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A question to the store: would you take mail for this path? MAIL and RCPT
 * on a connection of the pool; kept open for the data while connections are
 * free. Bare primary addresses of one message share a question, every other
 * recipient has his own.
 *
 * What came before: recipient.c chose the path. What comes next: pool.c.
 */
#ifndef LMTP_QUESTION_H
#define LMTP_QUESTION_H

#include "lmtp/agent.h"
#include "lmtp/pool.h"

struct np_question {
	struct np_exchange *exchange;
	GPtrArray *askers;	/* by index of the recipient; NULL once answered */
};

/* reply NULL: trouble says why there is none. */
typedef void np_question_answer(void *asker, const struct np_store_reply *reply,
				enum np_reply trouble);

struct np_question *np_question_create(const struct np_envelope *envelope,
				       np_question_answer *on_answer);
void np_question_destroy(struct agent *agent, struct np_question **question);

/* Takes the exchange out (it is the caller's) and destroys the rest. */
struct np_exchange *np_question_take(struct np_question **question);

/* Asks for path too; on_answer(asker) comes from the event loop. Returns the
   index among the question's recipients. */
unsigned int np_question_ask(struct agent *agent, struct np_question *question,
			     const char *path, const char *orcpt,
			     const char *mailbox, void *asker);
/* The asker is gone: no answer is given to it any more. */
void np_question_forget(struct np_question *question, void *asker);

#endif
