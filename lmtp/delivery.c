/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From accepted recipients to deliveries; see delivery.h. */
#include "lmtp/delivery.h"

#include "lmtp/log.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

/* One transaction with data. */
struct delivery {
	struct np_deliveries *deliveries;
	struct np_exchange *exchange;
	/* By index of the exchange's recipients; NULL for one that is none of
	   ours (refused while it was a question). */
	GPtrArray *members;
};

struct np_deliveries {
	struct np_message message;
	GPtrArray *recipients;	/* accepted, borrowed */
	GPtrArray *list;	/* struct delivery */
	char message_id[NP_MAX_MESSAGE_ID];
	int64_t begun;		/* monotonic microseconds */
	time_t now;
};

static const char *rule_text(const struct np_recipient *recipient)
{
	if (recipient->verdict.domain_alias &&
	    recipient->verdict.rule == NP_RULE_STORE)
		return "domain";
	return np_rule_name(recipient->verdict.rule);
}

static void delivery_log(struct np_deliveries *deliveries,
			 struct np_recipient *recipient, int code)
{
	const struct np_message *message = &deliveries->message;
	double seconds = (double)(g_get_monotonic_time() - deliveries->begun) /
			 G_USEC_PER_SEC;
	const struct np_store_reply *reply = recipient->store_reply;

	np_log(message->agent, code / 100 == 2 ? NP_LOG_INFO : NP_LOG_WARNING,
	       message->id,
	       "from=<%s> to=<%s> mailbox=<%s> rule=%s msgid=<%s> size=%llu "
	       "time=%.3f code=%d%s%s",
	       message->envelope->sender, recipient->received, recipient->path,
	       rule_text(recipient), deliveries->message_id,
	       (unsigned long long)np_spool_size(message->spool), seconds, code,
	       reply == NULL || code / 100 == 2 ? "" : " store said: ",
	       reply == NULL || code / 100 == 2 ? "" : reply->text);
}

static void delivery_finish(struct np_deliveries *deliveries,
			    struct np_recipient *recipient)
{
	struct np_message *message = &deliveries->message;
	int code = np_recipient_code(recipient);

	if (recipient->finished)
		return;
	recipient->finished = true;
	message->agent->metrics.deliveries[code / 100 % 6]++;
	delivery_log(deliveries, recipient, code);
	message->on_finished(message->owner, recipient);
}

static struct np_recipient *delivery_member(struct delivery *delivery,
					    unsigned int index)
{
	return index < delivery->members->len
		       ? g_ptr_array_index(delivery->members, index)
		       : NULL;
}

static void on_delivery_recipient(void *owner, unsigned int index,
				  const struct np_store_reply *reply)
{
	struct delivery *delivery = owner;
	struct np_recipient *recipient = delivery_member(delivery, index);

	/* Asked again: only now the store has changed its mind. */
	if (recipient == NULL || reply->code / 100 == 2)
		return;
	np_recipient_answer_store(recipient, reply);
	delivery_finish(delivery->deliveries, recipient);
}

static void on_delivery_final(void *owner, unsigned int index,
			      const struct np_store_reply *reply)
{
	struct delivery *delivery = owner;
	struct np_recipient *recipient = delivery_member(delivery, index);

	if (recipient == NULL)
		return;
	np_recipient_answer_store(recipient, reply);
	recipient->final = true;
	delivery_finish(delivery->deliveries, recipient);
}

static void delivery_end(struct delivery *delivery, enum np_reply why)
{
	struct np_deliveries *deliveries = delivery->deliveries;
	struct np_recipient *recipient;
	unsigned int i;

	for (i = 0; i < delivery->members->len; i++) {
		recipient = g_ptr_array_index(delivery->members, i);
		if (recipient == NULL || recipient->finished)
			continue;
		np_recipient_answer(recipient, why);
		delivery_finish(deliveries, recipient);
	}
}

static void on_delivery_trouble(void *owner, enum np_reply why)
{
	delivery_end(owner, why);
}

static void on_delivery_forgotten(void *owner)
{
	(void)owner;	/* deliveries are never taken away */
}

static const struct np_exchange_callbacks delivery_callbacks = {
	.on_recipient = on_delivery_recipient,
	.on_final = on_delivery_final,
	.on_trouble = on_delivery_trouble,
	.on_forgotten = on_delivery_forgotten,
};

/* The stamps of a group: recipient NULL for a shared one. */
static GString *delivery_stamps(struct np_deliveries *deliveries,
				const struct np_recipient *recipient,
				unsigned int earlier)
{
	struct agent *agent = deliveries->message.agent;
	const struct np_header *header =
		np_spool_header(deliveries->message.spool);
	struct np_stamp stamp = {
		.message_id = deliveries->message_id,
		.earlier = earlier,
		.now = deliveries->now,
	};
	unsigned char nonce[8];
	char text[NP_MAX_STAMP];
	GString *stamps;
	size_t len;

	if (recipient != NULL) {
		stamp.mailbox = recipient->mailbox;
		stamp.received = recipient->address.domain[0] == '\0'
					 ? NULL
					 : recipient->received;
	}
	if (getrandom(nonce, sizeof(nonce), 0) != (ssize_t)sizeof(nonce))
		memcpy(nonce, &deliveries->begun, sizeof(nonce));
	len = np_stamp_write(agent->keys, &stamp, nonce, text, sizeof(text));
	if (len == 0)
		return NULL;
	stamps = g_string_new_len(text, (gssize)len);
	/* A first line that begins with a space would fold into the stamp:
	   such a message has no header, and an empty line says so. */
	if (header->starts_with_space)
		g_string_append(stamps, "\r\n");
	return stamps;
}

static struct delivery *delivery_create(struct np_deliveries *deliveries)
{
	struct delivery *delivery = g_new0(struct delivery, 1);

	delivery->deliveries = deliveries;
	delivery->members = g_ptr_array_new();
	g_ptr_array_add(deliveries->list, delivery);
	return delivery;
}

/* Whether all of group, and nobody else, is in question, and open there. */
static bool question_fits(struct np_deliveries *deliveries,
			  struct np_question *question, GPtrArray *group)
{
	struct np_recipient *recipient;
	unsigned int i, members = 0;

	if (question == NULL || !np_exchange_kept(question->exchange))
		return false;
	/* Somebody may be in it who goes another way, or whom the store has
	   been made to forget since. */
	for (i = 0; i < deliveries->recipients->len; i++) {
		recipient = g_ptr_array_index(deliveries->recipients, i);
		members += recipient->question == question ? 1 : 0;
	}
	if (members != group->len)
		return false;
	for (i = 0; i < group->len; i++) {
		recipient = g_ptr_array_index(group, i);
		if (recipient->question != question ||
		    !np_exchange_is_open(question->exchange,
					 recipient->question_index))
			return false;
	}
	return true;
}

/* The question that was kept becomes the delivery: no second RCPT. */
static bool delivery_continue(struct delivery *delivery, GPtrArray *group,
			      GString *stamps)
{
	struct np_message *message = &delivery->deliveries->message;
	struct np_recipient *recipient = g_ptr_array_index(group, 0);
	struct np_question *question = recipient->question;
	unsigned int i;

	if (!question_fits(delivery->deliveries, question, group) ||
	    !np_pool_deliver(message->agent->pool, question->exchange,
				 group->len, message->spool, stamps))
		return false;
	np_exchange_hand_over(question->exchange, &delivery_callbacks,
			      delivery);
	g_ptr_array_set_size(delivery->members,
			     (gint)question->exchange->recipients->len);
	for (i = 0; i < group->len; i++) {
		recipient = g_ptr_array_index(group, i);
		g_ptr_array_index(delivery->members,
				  recipient->question_index) = recipient;
		recipient->question = NULL;
	}
	if (question == *message->common)
		*message->common = NULL;
	delivery->exchange = np_question_take(&question);
	return true;
}

static void delivery_begin(struct delivery *delivery, GPtrArray *group,
			   GString *stamps)
{
	struct np_message *message = &delivery->deliveries->message;
	struct np_recipient *recipient;
	unsigned int i;

	delivery->exchange = np_exchange_create(message->envelope,
						&delivery_callbacks, delivery);
	for (i = 0; i < group->len; i++) {
		recipient = g_ptr_array_index(group, i);
		np_recipient_release(recipient);
		np_exchange_add(delivery->exchange, recipient->path,
				recipient->orcpt, recipient->mailbox);
		g_ptr_array_add(delivery->members, recipient);
	}
	np_exchange_set_data(delivery->exchange, message->spool, stamps);
	np_pool_start(message->agent->pool, delivery->exchange);
}

/* No message leaves without its mark. */
static void delivery_fail(struct delivery *delivery, GPtrArray *group)
{
	struct np_message *message = &delivery->deliveries->message;
	struct np_recipient *recipient;
	unsigned int i;

	np_log(message->agent, NP_LOG_ERROR, message->id,
	       "the stamps of this message are too long");
	for (i = 0; i < group->len; i++) {
		recipient = g_ptr_array_index(group, i);
		np_recipient_release(recipient);
		g_ptr_array_add(delivery->members, recipient);
	}
	delivery_end(delivery, NP_REPLY_STORE_TROUBLE);
}

/* group: its recipients, freed here; earlier: n of the mark. */
static void delivery_start(struct np_deliveries *deliveries, GPtrArray *group,
			   bool shared, unsigned int earlier)
{
	struct delivery *delivery = delivery_create(deliveries);
	GString *stamps = delivery_stamps(
		deliveries, shared ? NULL : g_ptr_array_index(group, 0),
		earlier);

	if (stamps == NULL)
		delivery_fail(delivery, group);
	else if (!delivery_continue(delivery, group, stamps))
		delivery_begin(delivery, group, stamps);
	g_ptr_array_unref(group);
}

static void delivery_start_own(struct np_deliveries *deliveries,
			       struct np_recipient *recipient,
			       unsigned int earlier)
{
	GPtrArray *group = g_ptr_array_new();

	g_ptr_array_add(group, recipient);
	delivery_start(deliveries, group, false, earlier);
}

/* Whether group may take one more RCPT of this mailbox. */
static bool group_has_room(GPtrArray *group, const struct np_recipient *other)
{
	unsigned int i, same = 0;

	for (i = 0; i < group->len; i++)
		if (strcmp(((struct np_recipient *)g_ptr_array_index(group, i))
				   ->mailbox,
			   other->mailbox) == 0)
			same++;
	return same < NP_MAX_OPEN_PER_MAILBOX;
}

static bool recipient_loops(struct np_deliveries *deliveries,
			    struct np_recipient *recipient,
			    const struct np_returns *returns)
{
	struct agent *agent = deliveries->message.agent;
	const struct np_header *header =
		np_spool_header(deliveries->message.spool);

	if (header->received < NP_MAX_RECEIVED &&
	    returns->own_same_message <= agent->settings->lmtp_max_returns)
		return false;
	agent->metrics.loops++;
	np_recipient_release(recipient);
	np_recipient_answer(recipient, NP_REPLY_LOOP);
	delivery_finish(deliveries, recipient);
	return true;
}

static bool recipient_shares(struct np_deliveries *deliveries,
			     const struct np_recipient *recipient,
			     const struct np_returns *returns)
{
	return recipient->primary && returns->own == 0 &&
	       returns->shared == 0 &&
	       deliveries->message.agent->settings->lmtp_stamp == NP_STAMP_AUTO;
}

static void deliveries_form(struct np_deliveries *deliveries,
			    GPtrArray *recipients)
{
	struct np_message *message = &deliveries->message;
	const struct np_header *header = np_spool_header(message->spool);
	GPtrArray *shared = g_ptr_array_new();
	struct np_recipient *recipient;
	struct np_returns returns;
	unsigned int i;

	for (i = 0; i < recipients->len; i++) {
		recipient = g_ptr_array_index(recipients, i);
		np_returns_count(message->agent->keys, header,
				 deliveries->message_id, recipient->mailbox,
				 deliveries->now, &returns);
		if (recipient_loops(deliveries, recipient, &returns))
			continue;
		if (returns.own > 0)
			message->agent->metrics.returned++;
		if (recipient_shares(deliveries, recipient, &returns) &&
		    group_has_room(shared, recipient))
			g_ptr_array_add(shared, recipient);
		else
			delivery_start_own(deliveries, recipient, returns.own);
	}
	if (shared->len > 0)
		delivery_start(deliveries, shared, shared->len > 1, 0);
	else
		g_ptr_array_unref(shared);
}

struct np_deliveries *np_deliveries_start(const struct np_message *message,
					  GPtrArray *recipients)
{
	struct np_deliveries *deliveries = g_new0(struct np_deliveries, 1);

	deliveries->message = *message;
	deliveries->recipients = recipients;
	deliveries->list = g_ptr_array_new();
	deliveries->begun = g_get_monotonic_time();
	deliveries->now = time(NULL);
	(void)np_message_id(np_spool_header(message->spool)->message_id,
			    deliveries->message_id,
			    sizeof(deliveries->message_id));
	deliveries_form(deliveries, recipients);
	/* Recipients that the shared question still holds open, and that went
	   another way, must not keep its connection. */
	np_question_destroy(message->agent, message->common);
	return deliveries;
}

void np_deliveries_give_up(struct np_deliveries *deliveries, enum np_reply why)
{
	struct delivery *delivery;
	unsigned int i;

	for (i = 0; i < deliveries->list->len; i++) {
		delivery = g_ptr_array_index(deliveries->list, i);
		if (delivery->exchange == NULL ||
		    np_exchange_sending(delivery->exchange))
			continue;
		np_pool_drop(deliveries->message.agent->pool,
				    &delivery->exchange);
		delivery_end(delivery, why);
	}
}

void np_deliveries_destroy(struct np_deliveries **_deliveries)
{
	struct np_deliveries *deliveries = *_deliveries;
	struct delivery *delivery;
	unsigned int i;

	*_deliveries = NULL;
	if (deliveries == NULL)
		return;
	for (i = 0; i < deliveries->list->len; i++) {
		delivery = g_ptr_array_index(deliveries->list, i);
		np_pool_drop(deliveries->message.agent->pool,
				    &delivery->exchange);
		g_ptr_array_unref(delivery->members);
		g_free(delivery);
	}
	g_ptr_array_unref(deliveries->list);
	g_free(deliveries);
}
