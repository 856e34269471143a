/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A question to the store; see question.h. */
#include "lmtp/question.h"

struct question_owner {
	struct np_question question;
	np_question_answer *on_answer;
};

static void question_answer(struct question_owner *owner, unsigned int index,
			    const struct np_store_reply *reply,
			    enum np_reply trouble)
{
	void *asker = g_ptr_array_index(owner->question.askers, index);

	g_ptr_array_index(owner->question.askers, index) = NULL;
	if (asker != NULL)
		owner->on_answer(asker, reply, trouble);
}

static void on_question_recipient(void *context, unsigned int index,
				  const struct np_store_reply *reply)
{
	question_answer(context, index, reply, NP_REPLY_OK);
}

static void on_question_trouble(void *context, enum np_reply why)
{
	struct question_owner *owner = context;
	GPtrArray *askers = g_ptr_array_ref(owner->question.askers);
	np_question_answer *on_answer = owner->on_answer;
	unsigned int i, count = askers->len;
	void *asker;

	/* An answer may destroy the question, so the list is held. */
	for (i = 0; i < count; i++) {
		asker = g_ptr_array_index(askers, i);
		g_ptr_array_index(askers, i) = NULL;
		if (asker != NULL)
			on_answer(asker, NULL, why);
	}
	g_ptr_array_unref(askers);
}

static void on_question_forgotten(void *context)
{
	/* Found out when the data is there: np_pool_deliver refuses. */
	(void)context;
}

static const struct np_exchange_callbacks question_callbacks = {
	.on_recipient = on_question_recipient,
	.on_trouble = on_question_trouble,
	.on_forgotten = on_question_forgotten,
};

struct np_question *np_question_create(const struct np_envelope *envelope,
				       np_question_answer *on_answer)
{
	struct question_owner *owner = g_new0(struct question_owner, 1);

	owner->on_answer = on_answer;
	owner->question.askers = g_ptr_array_new();
	owner->question.exchange =
		np_exchange_create(envelope, &question_callbacks, owner);
	return &owner->question;
}

void np_question_destroy(struct agent *agent, struct np_question **question)
{
	if (*question == NULL)
		return;
	np_pool_drop(agent->pool, &(*question)->exchange);
	g_ptr_array_unref((*question)->askers);
	g_free(*question);	/* the first member of its owner */
	*question = NULL;
}

struct np_exchange *np_question_take(struct np_question **question)
{
	struct np_exchange *exchange = (*question)->exchange;

	g_ptr_array_unref((*question)->askers);
	g_free(*question);
	*question = NULL;
	return exchange;
}

unsigned int np_question_ask(struct agent *agent, struct np_question *question,
			     const char *path, const char *orcpt,
			     const char *mailbox, void *asker)
{
	unsigned int index =
		np_exchange_add(question->exchange, path, orcpt, mailbox);

	g_ptr_array_add(question->askers, asker);
	np_pool_start(agent->pool, question->exchange);
	return index;
}

void np_question_forget(struct np_question *question, void *asker)
{
	unsigned int i;

	for (i = 0; i < question->askers->len; i++)
		if (g_ptr_array_index(question->askers, i) == asker)
			g_ptr_array_index(question->askers, i) = NULL;
}
