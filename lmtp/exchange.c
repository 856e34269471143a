/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a transaction with the store knows of itself; see exchange.h. */
#include "lmtp/exchange.h"

#include <string.h>

static void recipient_clear(gpointer data)
{
	struct np_exchange_recipient *recipient = data;

	g_free(recipient->path);
	g_free(recipient->orcpt);
	g_free(recipient->mailbox);
}

struct np_exchange *
np_exchange_create(const struct np_envelope *envelope,
		   const struct np_exchange_callbacks *callbacks, void *owner)
{
	struct np_exchange *exchange = g_new0(struct np_exchange, 1);

	exchange->envelope = envelope;
	exchange->callbacks = callbacks;
	exchange->owner = owner;
	exchange->state = NP_EXCHANGE_DONE;
	exchange->waiting_link.data = exchange;
	exchange->kept_link.data = exchange;
	exchange->recipients = g_array_new(
		FALSE, TRUE, sizeof(struct np_exchange_recipient));
	g_array_set_clear_func(exchange->recipients, recipient_clear);
	return exchange;
}

unsigned int np_exchange_add(struct np_exchange *exchange, const char *path,
			     const char *orcpt, const char *mailbox)
{
	struct np_exchange_recipient recipient = {
		.path = g_strdup(path),
		.orcpt = g_strdup(orcpt),
		.mailbox = g_strdup(mailbox),
	};

	g_array_append_val(exchange->recipients, recipient);
	return exchange->recipients->len - 1;
}

void np_exchange_set_data(struct np_exchange *exchange, struct np_spool *spool,
			  GString *stamps)
{
	exchange->spool = np_spool_ref(spool);
	exchange->stamps = stamps;
}

bool np_exchange_kept(const struct np_exchange *exchange)
{
	return exchange->state == NP_EXCHANGE_KEPT && !exchange->waiting;
}

unsigned int np_exchange_same(struct np_exchange *exchange, const char *mailbox)
{
	unsigned int i, same = 0;

	for (i = 0; i < exchange->recipients->len; i++)
		if (strcmp(np_exchange_recipient(exchange, i)->mailbox,
			   mailbox) == 0)
			same++;
	return same;
}

bool np_exchange_is_open(struct np_exchange *exchange, unsigned int index)
{
	return np_exchange_recipient(exchange, index)->state ==
	       NP_RECIPIENT_OPEN;
}

void np_exchange_hand_over(struct np_exchange *exchange,
			   const struct np_exchange_callbacks *callbacks,
			   void *owner)
{
	exchange->callbacks = callbacks;
	exchange->owner = owner;
}

bool np_exchange_sending(const struct np_exchange *exchange)
{
	return exchange->state == NP_EXCHANGE_SENDING;
}

unsigned int np_exchange_open_count(struct np_exchange *exchange)
{
	unsigned int i, count = 0;

	for (i = 0; i < exchange->recipients->len; i++)
		if (np_exchange_recipient(exchange, i)->state ==
		    NP_RECIPIENT_OPEN)
			count++;
	return count;
}

void np_exchange_give_up(struct np_exchange *exchange)
{
	struct np_exchange_recipient *recipient;
	unsigned int i;

	exchange->state = NP_EXCHANGE_DONE;
	exchange->replaced = false;
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient->state == NP_RECIPIENT_UNASKED)
			recipient->state = NP_RECIPIENT_REFUSED;
	}
}

bool np_exchange_detach(struct np_exchange *exchange)
{
	struct np_exchange_recipient *recipient;
	bool delivery = exchange->spool != NULL, lost = false;
	unsigned int i;

	exchange->line = NULL;
	exchange->state = exchange->waiting ? NP_EXCHANGE_WAITING
					    : NP_EXCHANGE_DONE;
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient->state == NP_RECIPIENT_ASKED ||
		    (recipient->state == NP_RECIPIENT_OPEN && delivery)) {
			recipient->state = NP_RECIPIENT_UNASKED;
		} else if (recipient->state == NP_RECIPIENT_OPEN) {
			recipient->state = NP_RECIPIENT_FORGOTTEN;
			lost = true;
		}
	}
	return lost;
}

void np_exchange_free(struct np_exchange *exchange)
{
	np_spool_unref(&exchange->spool);
	if (exchange->stamps != NULL)
		g_string_free(exchange->stamps, TRUE);
	g_array_free(exchange->recipients, TRUE);
	g_free(exchange);
}
