/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is said to the store: MAIL and RCPT, then the data by BDAT, which needs
 * no end sequence, or stuffed by DATA. relay.c reads what the store answers.
 */
#include "lmtp/relay-send.h"

#include "lmtp/agent.h"
#include "lmtp/log.h"

#include <errno.h>
#include <string.h>

#define RELAY_CHUNK 65536	/* octets of message stuffed at a time */

void np_relay_flush(struct np_relay *relay)
{
	struct relay_command *command;
	GList *link;

	for (link = relay->commands->head; link != NULL; link = link->next) {
		command = link->data;
		if (command->text != NULL) {
			np_stream_write(&relay->stream, command->text,
					strlen(command->text));
			g_free(command->text);
			command->text = NULL;
		}
		if (!relay->pipelining)
			break;
	}
	np_stream_flush(&relay->stream);
}

void np_relay_command(struct np_relay *relay, enum relay_expect expect,
		      unsigned int index, char *text)
{
	struct relay_command *command = g_new0(struct relay_command, 1);

	command->expect = expect;
	command->index = index;
	command->text = text;
	g_queue_push_tail(relay->commands, command);
}

/* Sends no parameter that this store did not offer (Dovecot: 555). */
static char *relay_mail(const struct np_relay *relay,
			const struct np_envelope *envelope)
{
	bool body = envelope->body_8bit && relay->eightbitmime;
	bool utf8 = envelope->smtputf8 && relay->smtputf8;

	return g_strdup_printf("MAIL FROM:<%s>%s%s\r\n", envelope->sender,
			       body ? " BODY=8BITMIME" : "",
			       utf8 ? " SMTPUTF8" : "");
}

static char *relay_rcpt(const struct np_exchange_recipient *recipient)
{
	if (recipient->orcpt == NULL)
		return g_strdup_printf("RCPT TO:<%s>\r\n", recipient->path);
	return g_strdup_printf("RCPT TO:<%s> ORCPT=rfc822;%s\r\n",
			       recipient->path, recipient->orcpt);
}

/* Whether the store has said something that nothing asked for: whatever it says
   next would be taken for the answer to something else. Every reply to what
   was sent has been read here. */
static bool relay_distrust(struct np_relay *relay)
{
	if (relay->commands->length > 0 || !np_stream_unread(&relay->stream))
		return false;
	relay->nonsense = true;
	np_stream_break(&relay->stream);
	return true;
}

void np_relay_ask(struct np_relay *relay, struct np_exchange *exchange)
{
	struct np_exchange_recipient *recipient;
	unsigned int i;

	relay->state = NP_RELAY_BUSY;
	relay->used = true;
	relay->exchange = exchange;
	exchange->state = NP_EXCHANGE_ASKING;
	np_stream_set_timeout(&relay->stream, relay->agent->store_timeout);
	if (exchange->envelope->has_utf8 && !relay->smtputf8) {
		/* The store offered it when the client was greeted. Dovecot
		   2.3 would make the sender <> without a word. */
		np_stream_break(&relay->stream);
		return;
	}
	if (relay_distrust(relay))
		return;
	if (!relay->mail_given) {
		relay->mail_given = true;
		g_array_set_size(relay->asked, 0);
		memset(&relay->mail_refusal, 0, sizeof(relay->mail_refusal));
		np_relay_command(relay, EXPECT_MAIL, 0,
			      relay_mail(relay, exchange->envelope));
	}
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient->state != NP_RECIPIENT_UNASKED ||
		    !recipient->counted)
			continue;	/* its mailbox is busy */
		recipient->state = NP_RECIPIENT_ASKED;
		g_array_append_val(relay->asked, i);
		np_relay_command(relay, EXPECT_RCPT, i, relay_rcpt(recipient));
	}
	np_relay_flush(relay);
}

int np_relay_stuff_more(struct np_relay *relay)
{
	struct np_spool *spool = relay->exchange->spool;
	static char in[RELAY_CHUNK], out[NP_STUFFED(RELAY_CHUNK)];
	ssize_t got;
	size_t len;

	while (relay->stuffing && !relay->stream.broken &&
	       np_stream_pending(&relay->stream) < RELAY_CHUNK) {
		got = np_spool_read(spool, relay->stuff_offset, in, sizeof(in));
		if (got < 0 || (got == 0 && relay->stuff_offset !=
						    np_spool_size(spool))) {
			np_log(relay->agent, NP_LOG_ERROR, NULL,
			       "spool: cannot read back: %s", strerror(errno));
			/* Never the end sequence: the store drops the rest. */
			relay->stuffing = false;
			return -1;
		}
		len = got > 0 ? np_stuff(&relay->stuff, in, (size_t)got, out)
			      : np_stuff_end(&relay->stuff, out);
		relay->stuff_offset += (uint64_t)got;
		relay->stuffing = got > 0;
		np_stream_write(&relay->stream, out, len);
		/* Small messages leave in one piece, with their end. */
		if (relay->stuffing &&
		    np_stream_pending(&relay->stream) < RELAY_CHUNK)
			continue;
		np_stream_flush(&relay->stream);
		if (np_stream_pending(&relay->stream) > 0)
			break;	/* the rest when there is room */
	}
	return 1;
}

int np_relay_stuff_begin(struct np_relay *relay)
{
	GString *stamps = relay->exchange->stamps;
	char *out;
	size_t len;

	if (np_stream_unread(&relay->stream))
		return -1;	/* a final reply before the data is none */
	relay->data_begun = true;
	out = g_malloc(NP_STUFFED(stamps->len));
	memset(&relay->stuff, 0, sizeof(relay->stuff));
	relay->stuff_offset = 0;
	relay->stuffing = true;
	len = np_stuff(&relay->stuff, stamps->str, stamps->len, out);
	np_stream_write(&relay->stream, out, len);
	g_free(out);
	return np_relay_stuff_more(relay);
}

static void relay_bdat(struct np_relay *relay)
{
	struct np_exchange *exchange = relay->exchange;
	uint64_t size = exchange->stamps->len + np_spool_size(exchange->spool);
	struct evbuffer *output = np_stream_output(&relay->stream);

	relay->data_begun = true;
	evbuffer_add_printf(output, "BDAT %llu LAST\r\n",
			    (unsigned long long)size);
	evbuffer_add(output, exchange->stamps->str, exchange->stamps->len);
	if (np_spool_append(exchange->spool, output) < 0)
		np_stream_break(&relay->stream);
}

void np_relay_send(struct np_relay *relay)
{
	struct np_exchange *exchange = relay->exchange;
	unsigned int i, index;

	relay->sending = true;
	exchange->state = NP_EXCHANGE_SENDING;
	np_stream_set_timeout(&relay->stream,
			      relay->agent->store_final_timeout);
	if (relay_distrust(relay))
		return;
	if (!relay->chunking)
		np_relay_command(relay, EXPECT_DATA, 0, g_strdup("DATA\r\n"));
	for (i = 0; i < relay->asked->len; i++) {
		index = g_array_index(relay->asked, unsigned int, i);
		if (np_exchange_recipient(exchange, index)->state ==
		    NP_RECIPIENT_OPEN)
			np_relay_command(relay, EXPECT_FINAL, index, NULL);
	}
	if (relay->chunking)
		relay_bdat(relay);
	np_relay_flush(relay);
}
