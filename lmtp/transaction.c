/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message from MAIL to the last reply; see transaction.h. */
#include "lmtp/transaction.h"

#include "lmtp/log.h"

#include <string.h>

/* Postfix waits 600 seconds for the reply after the data. */
#define TRANSACTION_BEGIN_SECONDS 480

struct np_transaction {
	struct agent *agent;
	GList link;			/* in agent->transactions */
	char id[24];
	struct np_envelope envelope;
	GPtrArray *recipients;		/* all, in the client's order */
	GPtrArray *accepted;		/* borrowed from recipients */
	unsigned int answered;		/* RCPT replies given */
	unsigned int replied;		/* replies after the data given */
	struct np_question *common;
	struct np_spool *spool;
	bool data_failed;		/* ...and which reply says so: */
	enum np_reply data_reply;
	bool data_ended;
	bool ended;
	struct np_deliveries *deliveries;
	unsigned int finished;
	struct event *begin_timer;
	/* NULL owner: the client is gone. */
	const struct np_transaction_callbacks *callbacks;
	void *owner;
};

static bool text_has_utf8(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return true;
	return false;
}

struct np_transaction *
np_transaction_create(struct agent *agent, const char *id,
		      const struct np_command *mail,
		      const struct np_transaction_callbacks *callbacks,
		      void *owner)
{
	struct np_transaction *transaction = g_new0(struct np_transaction, 1);

	transaction->agent = agent;
	g_strlcpy(transaction->id, id, sizeof(transaction->id));
	transaction->envelope.sender = g_strdup(mail->path);
	transaction->envelope.smtputf8 = mail->smtputf8;
	transaction->envelope.body_8bit = mail->body_8bit;
	transaction->envelope.has_utf8 = text_has_utf8(mail->path);
	transaction->recipients = g_ptr_array_new();
	transaction->accepted = g_ptr_array_new();
	transaction->callbacks = callbacks;
	transaction->owner = owner;
	transaction->link.data = transaction;
	g_queue_push_tail_link(&agent->transactions, &transaction->link);
	return transaction;
}

static void transaction_free(struct np_transaction *transaction)
{
	struct agent *agent = transaction->agent;
	struct np_recipient *recipient;
	unsigned int i;

	np_deliveries_destroy(&transaction->deliveries);
	for (i = 0; i < transaction->recipients->len; i++) {
		recipient = g_ptr_array_index(transaction->recipients, i);
		np_recipient_destroy(&recipient);
	}
	np_question_destroy(agent, &transaction->common);
	np_spool_unref(&transaction->spool);
	if (transaction->begin_timer != NULL)
		event_free(transaction->begin_timer);
	g_ptr_array_unref(transaction->recipients);
	g_ptr_array_unref(transaction->accepted);
	g_free(transaction->envelope.sender);
	g_queue_unlink(&agent->transactions, &transaction->link);
	g_free(transaction);
	agent->on_ended(agent);
}

static void transaction_reply(struct np_transaction *transaction,
			      const struct np_recipient *recipient)
{
	bool utf8 = transaction->envelope.smtputf8;
	char line[NP_MAX_REPLY_LINE + 1];
	size_t len;

	if (recipient->store_reply != NULL)
		len = np_reply_relay(recipient->store_reply, recipient->final,
				     recipient->received, recipient->path,
				     transaction->id, utf8, line);
	else
		len = np_reply_print(recipient->reply, recipient->received,
				     utf8, line);
	transaction->callbacks->on_reply(transaction->owner, line, len);
}

/* RCPT */

static void transaction_log_refusal(struct np_transaction *transaction,
				    const struct np_recipient *recipient)
{
	const struct np_verdict *verdict = &recipient->verdict;
	const char *why = verdict->answer == NP_VERDICT_REFUSED
				  ? np_reason_name(verdict->reason)
				  : np_rule_name(verdict->rule);

	np_log(transaction->agent, NP_LOG_INFO, transaction->id,
	       "from=<%s> to=<%s> mailbox=<%s> rule=%s code=%d refused at rcpt",
	       transaction->envelope.sender, recipient->received,
	       verdict->answer == NP_VERDICT_REFUSED ? "" : recipient->path,
	       why, np_recipient_code(recipient));
}

static void transaction_answer_rcpt(struct np_transaction *transaction,
				    struct np_recipient *recipient)
{
	struct np_metrics *metrics = &transaction->agent->metrics;

	metrics->recipients[np_recipient_code(recipient) / 100 % 6]++;
	transaction_reply(transaction, recipient);
	if (recipient->accepted) {
		metrics->rules[recipient->verdict.rule % 8]++;
		g_ptr_array_add(transaction->accepted, recipient);
		/* 1 KB that nobody needs any more. */
		np_recipient_answer(recipient, NP_REPLY_STORE_TROUBLE);
		return;
	}
	transaction_log_refusal(transaction, recipient);
	g_ptr_array_index(transaction->recipients, transaction->answered - 1) =
		NULL;
	np_recipient_destroy(&recipient);
}

static void on_recipient_done(void *owner, struct np_recipient *recipient)
{
	struct np_transaction *transaction = owner;
	unsigned int before = transaction->answered;

	(void)recipient;
	while (transaction->answered < transaction->recipients->len) {
		recipient = g_ptr_array_index(transaction->recipients,
					      transaction->answered);
		if (recipient->step != NP_STEP_DONE)
			break;
		transaction->answered++;
		transaction->envelope.pending--;
		transaction_answer_rcpt(transaction, recipient);
	}
	if (transaction->answered > before &&
	    np_transaction_pending(transaction) == 0)
		transaction->callbacks->on_settled(transaction->owner);
}

void np_transaction_rcpt(struct np_transaction *transaction,
			 const struct np_command *rcpt)
{
	struct np_recipient *recipient = np_recipient_create(
		transaction->agent, transaction->id, &transaction->envelope,
		rcpt->path, &rcpt->address, &transaction->common);

	if (text_has_utf8(rcpt->path))
		transaction->envelope.has_utf8 = true;
	g_ptr_array_add(transaction->recipients, recipient);
	transaction->envelope.pending++;
	np_recipient_ask(recipient, on_recipient_done, transaction);
}

unsigned int np_transaction_pending(const struct np_transaction *transaction)
{
	return transaction->recipients->len - transaction->answered;
}

bool np_transaction_smtputf8(const struct np_transaction *transaction)
{
	return transaction->envelope.smtputf8;
}

unsigned int np_transaction_recipients(const struct np_transaction *transaction)
{
	return transaction->recipients->len;
}

unsigned int np_transaction_accepted(const struct np_transaction *transaction)
{
	return transaction->accepted->len;
}

/* The data */

static void transaction_fail_data(struct np_transaction *transaction,
				  enum np_reply reply)
{
	transaction->data_failed = true;
	transaction->data_reply = reply;
	np_spool_unref(&transaction->spool);
}

void np_transaction_data(struct np_transaction *transaction, const char *data,
			 size_t len)
{
	const struct np_settings *settings = transaction->agent->settings;
	struct np_error error;

	if (transaction->data_failed)
		return;		/* read on to the end, keep nothing */
	if (transaction->spool == NULL)
		transaction->spool =
			np_spool_create(settings->lmtp_memory_per_message,
					settings->lmtp_spool_dir);
	if (settings->lmtp_max_message_size > 0 &&
	    np_spool_size(transaction->spool) + len >
		    settings->lmtp_max_message_size) {
		np_log(transaction->agent, NP_LOG_WARNING, transaction->id,
		       "from=<%s> message is larger than max_message_size",
		       transaction->envelope.sender);
		transaction_fail_data(transaction, NP_REPLY_TOO_LARGE);
	} else if (np_spool_write(transaction->spool, data, len, &error) < 0) {
		np_log(transaction->agent, NP_LOG_ERROR, transaction->id, "%s",
		       error.text);
		transaction_fail_data(transaction, NP_REPLY_NO_SPOOL);
	}
}

/* Replies in order, each as soon as it and those before it are known. */
static void transaction_reply_finished(struct np_transaction *transaction)
{
	struct np_recipient *recipient;

	while (transaction->owner != NULL &&
	       transaction->replied < transaction->accepted->len) {
		recipient = g_ptr_array_index(transaction->accepted,
					      transaction->replied);
		if (!recipient->finished)
			return;
		transaction->replied++;
		transaction_reply(transaction, recipient);
	}
}

/* Whether nothing more is to be waited for; then the transaction is gone. */
static void transaction_check_end(struct np_transaction *transaction)
{
	if (transaction->finished < transaction->accepted->len ||
	    !transaction->data_ended)
		return;
	transaction->ended = true;
	if (transaction->owner != NULL)
		transaction->callbacks->on_ended(transaction->owner);
	else
		transaction_free(transaction);
}

static void on_transaction_end_due(evutil_socket_t fd, short what,
				   void *context)
{
	(void)fd;
	(void)what;
	transaction_check_end(context);
}

/* The end is always told from the event loop: whoever reported the last
   recipient still stands in the middle of its deliveries. */
static void transaction_end_later(struct np_transaction *transaction)
{
	struct timeval now = {.tv_sec = 0};

	if (event_base_once(transaction->agent->base, -1, EV_TIMEOUT,
			    on_transaction_end_due, transaction, &now) < 0)
		abort();
}

static void on_recipient_finished(void *owner, struct np_recipient *recipient)
{
	struct np_transaction *transaction = owner;

	(void)recipient;
	transaction->finished++;
	transaction_reply_finished(transaction);
	if (transaction->finished == transaction->accepted->len)
		transaction_end_later(transaction);
}

static void transaction_finish_all(struct np_transaction *transaction,
				   enum np_reply reply)
{
	struct np_recipient *recipient;
	unsigned int i;

	for (i = 0; i < transaction->accepted->len; i++) {
		recipient = g_ptr_array_index(transaction->accepted, i);
		np_recipient_release(recipient);
		np_recipient_answer(recipient, reply);
		recipient->finished = true;
		np_log(transaction->agent, NP_LOG_WARNING, transaction->id,
		       "from=<%s> to=<%s> mailbox=<%s> code=%d",
		       transaction->envelope.sender, recipient->received,
		       recipient->path, np_reply_code(reply));
		transaction->agent->metrics
			.deliveries[np_reply_code(reply) / 100 % 6]++;
		on_recipient_finished(transaction, recipient);
	}
}

static void on_begin_timeout(evutil_socket_t fd, short what, void *context)
{
	struct np_transaction *transaction = context;

	(void)fd;
	(void)what;
	np_deliveries_give_up(transaction->deliveries, NP_REPLY_NOT_BEGUN);
}

static void transaction_start_timer(struct np_transaction *transaction)
{
	struct timeval limit = {.tv_sec = TRANSACTION_BEGIN_SECONDS};

	transaction->begin_timer = event_new(transaction->agent->base, -1, 0,
					     on_begin_timeout, transaction);
	if (transaction->begin_timer != NULL)
		event_add(transaction->begin_timer, &limit);
}

void np_transaction_end_data(struct np_transaction *transaction)
{
	struct np_message message = {
		.agent = transaction->agent,
		.id = transaction->id,
		.envelope = &transaction->envelope,
		.common = &transaction->common,
		.on_finished = on_recipient_finished,
		.owner = transaction,
	};
	struct np_error error;

	transaction->data_ended = true;
	transaction->agent->metrics.messages++;
	if (transaction->spool == NULL && !transaction->data_failed)
		transaction->spool = np_spool_create(0, "");	/* empty */
	if (!transaction->data_failed &&
	    np_spool_finish(transaction->spool, &error) < 0) {
		np_log(transaction->agent, NP_LOG_ERROR, transaction->id, "%s",
		       error.text);
		transaction_fail_data(transaction, NP_REPLY_NO_SPOOL);
	}
	if (transaction->data_failed) {
		transaction_finish_all(transaction, transaction->data_reply);
		return;
	}
	message.spool = transaction->spool;
	transaction_start_timer(transaction);
	transaction->deliveries =
		np_deliveries_start(&message, transaction->accepted);
}

void np_transaction_abandon(struct np_transaction **_transaction)
{
	struct np_transaction *transaction = *_transaction;

	*_transaction = NULL;
	if (transaction == NULL)
		return;
	transaction->owner = NULL;
	if (!transaction->data_ended || transaction->ended) {
		transaction_free(transaction);
		return;
	}
	if (transaction->deliveries != NULL)
		np_deliveries_give_up(transaction->deliveries,
				      NP_REPLY_STORE_LOST);
}

/* The store may have stored it: nobody was told, so it will come again. */
static void transaction_log_cut(struct np_transaction *transaction)
{
	struct np_recipient *recipient;
	unsigned int i;

	for (i = 0; transaction->data_ended && i < transaction->accepted->len;
	     i++) {
		recipient = g_ptr_array_index(transaction->accepted, i);
		if (!recipient->finished)
			np_log(transaction->agent, NP_LOG_WARNING,
			       transaction->id,
			       "from=<%s> to=<%s> mailbox=<%s> cut off at the "
			       "stop, not answered",
			       transaction->envelope.sender,
			       recipient->received, recipient->path);
	}
}

void np_transactions_close_all(struct agent *agent)
{
	while (agent->transactions.head != NULL) {
		transaction_log_cut(agent->transactions.head->data);
		transaction_free(agent->transactions.head->data);
	}
}
