/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One RCPT, from the address to the store's answer; see recipient.h. */
#include "lmtp/recipient.h"

#include "lmtp/log.h"

#include <string.h>
#include <time.h>

static void recipient_step(struct np_recipient *recipient,
			   enum np_recipient_step step);

static bool text_is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

struct np_recipient *np_recipient_create(struct agent *agent, const char *id,
					 const struct np_envelope *envelope,
					 const char *received,
					 const struct np_address *address,
					 struct np_question **common)
{
	struct np_recipient *recipient = g_new0(struct np_recipient, 1);
	char plain[NP_MAX_ADDRESS + 1];

	/* "sales"@x is sales@x: quotes only where they are needed, so that a
	   rule on Delivered-To finds the address. */
	if (received[0] == '"')
		received = np_address_print(address, plain);
	recipient->agent = agent;
	recipient->id = id;
	recipient->envelope = envelope;
	recipient->received = g_strdup(received);
	recipient->address = *address;
	recipient->common = common;
	return recipient;
}

void np_recipient_release(struct np_recipient *recipient)
{
	struct np_question *question = recipient->question;

	if (question == NULL)
		return;
	recipient->question = NULL;
	if (recipient->common != NULL && question == *recipient->common)
		np_question_forget(question, recipient);
	else
		np_question_destroy(recipient->agent, &question);
}

void np_recipient_destroy(struct np_recipient **_recipient)
{
	struct np_recipient *recipient = *_recipient;

	*_recipient = NULL;
	if (recipient == NULL)
		return;
	np_lookup_cancel(recipient->agent->lookup, &recipient->wait);
	np_recipient_release(recipient);
	g_free(recipient->received);
	g_free(recipient->orcpt);
	g_free(recipient->store_reply);
	g_free(recipient->first_refusal);
	g_free(recipient);
}

void np_recipient_answer(struct np_recipient *recipient, enum np_reply reply)
{
	g_free(recipient->store_reply);
	recipient->store_reply = NULL;
	recipient->reply = reply;
}

void np_recipient_answer_store(struct np_recipient *recipient,
			       const struct np_store_reply *reply)
{
	struct np_store_reply *copy = g_memdup2(reply, sizeof(*reply));

	g_free(recipient->store_reply);
	recipient->store_reply = copy;
}

int np_recipient_code(const struct np_recipient *recipient)
{
	if (recipient->store_reply == NULL)
		return np_reply_code(recipient->reply);
	if (np_store_reply_trouble(recipient->store_reply))
		return np_reply_code(NP_REPLY_STORE_TROUBLE);
	return recipient->store_reply->code;
}

static void recipient_done(struct np_recipient *recipient, bool accepted)
{
	recipient->step = NP_STEP_DONE;
	recipient->accepted = accepted;
	if (!accepted)
		np_recipient_release(recipient);
	recipient->on_done(recipient->owner, recipient);
}

static void recipient_refuse(struct np_recipient *recipient,
			     enum np_reply reply)
{
	np_recipient_answer(recipient, reply);
	recipient_done(recipient, false);
}

static void recipient_refuse_store(struct np_recipient *recipient,
				   const struct np_store_reply *reply)
{
	np_recipient_answer_store(recipient, reply);
	recipient_done(recipient, false);
}

/* The store's "user unknown" for the address itself is what stands in the end
   where nothing else takes the mail. */
static void recipient_refusal_stands(struct np_recipient *recipient)
{
	recipient_refuse_store(recipient, recipient->first_refusal);
}

/* What to try after 550 5.1.1 for the address: each step only where the
   verdict has something for it. */
static void recipient_next(struct np_recipient *recipient)
{
	const struct np_verdict *verdict = &recipient->verdict;

	if (recipient->step == NP_STEP_PATH && verdict->untagged[0] != '\0')
		recipient_step(recipient, NP_STEP_UNTAGGED);
	else if (recipient->step < NP_STEP_POSTMASTER &&
		 verdict->postmaster[0] != '\0')
		recipient_step(recipient, NP_STEP_POSTMASTER);
	else if (recipient->step < NP_STEP_BASE &&
		 verdict->catch_all[0] != '\0' && verdict->base[0] != '\0')
		recipient_step(recipient, NP_STEP_BASE);
	else if (recipient->step < NP_STEP_CATCH_ALL &&
		 verdict->catch_all[0] != '\0')
		recipient_step(recipient, NP_STEP_CATCH_ALL);
	else
		recipient_refusal_stands(recipient);
}

/* Whether the store knows the address without its tag decides whether the
   catch-all may take it. */
static void recipient_base_answered(struct np_recipient *recipient,
				    const struct np_store_reply *reply)
{
	np_recipient_release(recipient);
	if (np_store_reply_unknown_user(reply))
		recipient_step(recipient, NP_STEP_CATCH_ALL);
	else if (np_store_reply_trouble(reply) || reply->code / 100 == 4)
		recipient_refuse(recipient, NP_REPLY_STORE_TROUBLE);
	else
		recipient_refusal_stands(recipient);
}

static void recipient_catch_all_missing(struct np_recipient *recipient)
{
	recipient->agent->metrics.catch_all_missing++;
	np_log(recipient->agent, NP_LOG_ERROR, recipient->id,
	       "catch-all of %s: its mailbox %s is unknown to the store",
	       recipient->received, recipient->verdict.catch_all);
	recipient_refusal_stands(recipient);
}

static void recipient_accepted(struct np_recipient *recipient,
			       const struct np_store_reply *reply)
{
	if (recipient->step == NP_STEP_POSTMASTER)
		recipient->verdict.rule = NP_RULE_POSTMASTER;
	else if (recipient->step == NP_STEP_CATCH_ALL)
		recipient->verdict.rule = NP_RULE_CATCH_ALL;
	np_recipient_answer_store(recipient, reply);
	recipient_done(recipient, true);
}

static void on_recipient_answer(void *asker, const struct np_store_reply *reply,
				enum np_reply trouble)
{
	struct np_recipient *recipient = asker;

	if (reply == NULL) {
		recipient_refuse(recipient, trouble);
		return;
	}
	if (recipient->step == NP_STEP_BASE) {
		recipient_base_answered(recipient, reply);
		return;
	}
	if (reply->code / 100 == 2) {
		recipient_accepted(recipient, reply);
		return;
	}
	np_log(recipient->agent, NP_LOG_DEBUG, recipient->id,
	       "store on <%s>: %d %s %s", recipient->path, reply->code,
	       reply->enhanced, reply->text);
	if (!np_store_reply_unknown_user(reply)) {
		recipient_refuse_store(recipient, reply);
		return;
	}
	np_recipient_release(recipient);
	if (recipient->first_refusal == NULL)
		recipient->first_refusal = g_memdup2(reply, sizeof(*reply));
	if (recipient->step == NP_STEP_CATCH_ALL)
		recipient_catch_all_missing(recipient);
	else
		recipient_next(recipient);
}

/* One RCPT more of a mailbox than may be open would take the shared question
   from those before it; on a question of its own it can go on to a delivery of
   its own, which it gets after the data anyway. */
static bool recipient_may_share(const struct np_question *shared,
				const char *mailbox)
{
	return shared == NULL || np_exchange_same(shared->exchange, mailbox) <
					 NP_MAX_OPEN_PER_MAILBOX;
}

static void recipient_question(struct np_recipient *recipient, bool common)
{
	struct np_question **shared = recipient->common;
	struct np_question *question;

	if (!text_is_ascii(recipient->path) &&
	    !recipient->envelope->smtputf8) {
		/* RFC 6531 3.3; the store would say 501, a bounce. */
		np_log(recipient->agent, NP_LOG_ERROR, recipient->id,
		       "mailbox <%s> behind <%s> needs SMTPUTF8, which the "
		       "client has not asked for", recipient->path,
		       recipient->received);
		recipient_refuse(recipient, NP_REPLY_STORE_TROUBLE);
		return;
	}
	if (common && shared != NULL &&
	    recipient_may_share(*shared, recipient->mailbox)) {
		if (*shared == NULL)
			*shared = np_question_create(recipient->envelope,
						     on_recipient_answer);
		question = *shared;
	} else {
		question = np_question_create(recipient->envelope,
					      on_recipient_answer);
	}
	recipient->question = question;
	recipient->question_index = np_question_ask(
		recipient->agent, question, recipient->path, recipient->orcpt,
		recipient->mailbox, recipient);
}

/* The address as received for ORCPT, which Dovecot's Sieve then sees; NULL
   where it would not be a valid address there. */
static char *recipient_orcpt(const struct np_recipient *recipient)
{
	char xtext[501];	/* RFC 3461 4.2 */

	if (recipient->address.domain[0] == '\0' ||
	    !text_is_ascii(recipient->received) ||
	    !np_xtext_encode(recipient->received, xtext, sizeof(xtext)))
		return NULL;
	return g_strdup(xtext);
}

/* A tag that moves may have to be written with the store's own delimiter. */
static void recipient_set_path(struct np_recipient *recipient)
{
	const struct np_verdict *verdict = &recipient->verdict;
	const char *delimiter = recipient->agent->settings->lmtp_store_delimiter;
	const char *at = strrchr(verdict->mailbox, '@');
	size_t name = at == NULL ? 0 : (size_t)(at - verdict->mailbox);

	if (verdict->path[0] == '\0') {
		g_strlcpy(recipient->path, recipient->received,
			  sizeof(recipient->path));
		return;
	}
	g_strlcpy(recipient->path, verdict->path, sizeof(recipient->path));
	/* Quoted names keep what they came with: their cut lies elsewhere. */
	if (delimiter[0] != '\0' && verdict->tag[0] != '\0' &&
	    recipient->path[0] != '"' && recipient->path[name] == verdict->tag[0])
		recipient->path[name] = delimiter[0];
}

static void recipient_step(struct np_recipient *recipient,
			   enum np_recipient_step step)
{
	const struct np_verdict *verdict = &recipient->verdict;
	const char *path = NULL;

	recipient->step = step;
	switch (step) {
	case NP_STEP_PATH:
		recipient_set_path(recipient);
		g_strlcpy(recipient->mailbox, verdict->mailbox,
			  sizeof(recipient->mailbox));
		recipient_question(recipient, recipient->primary);
		return;
	case NP_STEP_UNTAGGED:
		path = verdict->untagged;
		break;
	case NP_STEP_POSTMASTER:
		path = verdict->postmaster;
		break;
	case NP_STEP_BASE:
		path = verdict->base;
		break;
	case NP_STEP_CATCH_ALL:
		path = verdict->catch_all;
		break;
	case NP_STEP_LOOKUP:
	case NP_STEP_DONE:
		return;
	}
	recipient->primary = false;
	g_strlcpy(recipient->path, path, sizeof(recipient->path));
	g_strlcpy(recipient->mailbox, path, sizeof(recipient->mailbox));
	g_free(recipient->orcpt);
	recipient->orcpt = recipient_orcpt(recipient);
	recipient_question(recipient, false);
}

static void on_map_fresh(void *owner)
{
	struct np_recipient *recipient = owner;
	struct np_map *map = np_lookup_map(recipient->agent->lookup);
	struct np_verdict *verdict = &recipient->verdict;
	struct np_error error = {.kind = NP_ERROR_NONE};

	if (map == NULL ||
	    np_resolve(map, &recipient->address, NP_FOR_RECEIVE, time(NULL),
		       verdict, &error) < 0) {
		recipient->agent->metrics.lookups_failed++;
		np_log(recipient->agent, NP_LOG_ERROR, recipient->id,
		       "lookup of <%s> failed: %s", recipient->received,
		       map == NULL ? "there is no good map" : error.text);
		recipient_refuse(recipient, NP_REPLY_LOOKUP_FAILED);
		return;
	}
	if (verdict->answer == NP_VERDICT_REFUSED) {
		recipient_refuse(recipient, NP_REPLY_NO_SUCH_USER);
		return;
	}
	recipient->primary = verdict->primary;
	if (!recipient->primary)
		recipient->orcpt = recipient_orcpt(recipient);
	recipient_step(recipient, NP_STEP_PATH);
}

void np_recipient_ask(struct np_recipient *recipient,
		      np_recipient_done *on_done, void *owner)
{
	recipient->on_done = on_done;
	recipient->owner = owner;
	np_lookup_refresh(recipient->agent->lookup, on_map_fresh, recipient,
			  &recipient->wait);
}
