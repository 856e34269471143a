/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection to the store; see relay.h. */
#include "lmtp/relay-send.h"

#include "lmtp/agent.h"
#include "lmtp/log.h"
#include "lmtp/socket.h"

#include <errno.h>
#include <string.h>

static void command_free(gpointer data)
{
	struct relay_command *command = data;

	g_free(command->text);
	g_free(command);
}

static void relay_free(struct np_relay *relay)
{
	np_stream_deinit(&relay->stream);
	g_queue_free_full(relay->commands, command_free);
	g_array_free(relay->asked, TRUE);
	g_free(relay);
}

/* The end of this relay, whatever it was doing. Only a connection that is
   found dead may be replaced: nonsense is not asked for twice. */
static void relay_die(struct np_relay *relay, enum np_reply why, bool gone)
{
	struct np_exchange *exchange = relay->exchange;

	if (relay->state == NP_RELAY_DEAD)
		return;
	if (relay->state == NP_RELAY_CONNECTING) {
		relay->agent->store_attempt++;
		why = NP_REPLY_STORE_UNREACHABLE;
	}
	relay->state = NP_RELAY_DEAD;
	relay->exchange = NULL;
	np_stream_deinit(&relay->stream);
	relay->callbacks->on_dead(relay->owner, relay, exchange, why,
				  gone && !relay->data_begun);
	if (!relay->reading)
		relay_free(relay);
}

static void relay_idle(struct np_relay *relay)
{
	relay->state = NP_RELAY_IDLE;
	relay->exchange = NULL;
	relay->mail_given = false;
	relay->sending = false;
	relay->data_begun = false;
	np_stream_set_timeout(&relay->stream, relay->agent->store_idle_timeout);
	relay->callbacks->on_idle(relay->owner, relay);
}

/* LHLO lines: the first names the host, each other one capability. */
static void relay_capability(struct np_relay *relay, const char *line,
			     size_t len)
{
	char word[32];
	size_t end;

	if (relay->first_lhlo_line) {
		relay->first_lhlo_line = false;
		return;
	}
	if (len <= 4)
		return;
	for (end = 4; end < len && line[end] != ' '; end++)
		;
	g_strlcpy(word, line + 4, MIN(sizeof(word), end - 4 + 1));
	if (g_ascii_strcasecmp(word, "PIPELINING") == 0)
		relay->pipelining = true;
	else if (g_ascii_strcasecmp(word, "CHUNKING") == 0)
		relay->chunking = true;
	else if (g_ascii_strcasecmp(word, "8BITMIME") == 0)
		relay->eightbitmime = true;
	else if (g_ascii_strcasecmp(word, "SMTPUTF8") == 0)
		relay->smtputf8 = true;
}

static void relay_greeted(struct np_relay *relay,
			  const struct np_store_reply *reply)
{
	if (reply->code != 220) {
		np_log(relay->agent, NP_LOG_ERROR, NULL,
		       "store: greeting is %d %s", reply->code, reply->text);
		relay_die(relay, NP_REPLY_STORE_TROUBLE, false);
		return;
	}
	relay->first_lhlo_line = true;
	np_relay_command(relay, EXPECT_LHLO, 0,
		      g_strdup_printf("LHLO %s\r\n",
				      relay->agent->settings->lmtp_hostname));
	np_relay_flush(relay);
}

static void relay_hello(struct np_relay *relay,
			const struct np_store_reply *reply)
{
	if (reply->code != 250) {
		np_log(relay->agent, NP_LOG_ERROR, NULL,
		       "store: LHLO is answered %d %s", reply->code,
		       reply->text);
		relay_die(relay, NP_REPLY_STORE_TROUBLE, false);
		return;
	}
	relay->agent->store_smtputf8 = relay->smtputf8;
	relay_idle(relay);
}

static void relay_recipient(struct np_relay *relay, unsigned int index,
			    const struct np_store_reply *reply)
{
	struct np_exchange *exchange = relay->exchange;
	struct np_exchange_recipient *recipient;

	if (exchange == NULL)
		return;		/* given up meanwhile, RSET follows */
	recipient = np_exchange_recipient(exchange, index);
	/* After a refused MAIL the store only says 503 to RCPT. */
	if (relay->mail_refusal.code != 0)
		reply = &relay->mail_refusal;
	recipient->state = reply->code / 100 == 2 ? NP_RECIPIENT_OPEN
						  : NP_RECIPIENT_REFUSED;
	relay->callbacks->on_recipient(relay->owner, exchange, index, reply);
}

static void relay_answered(struct np_relay *relay)
{
	if (relay->state == NP_RELAY_BUSY && relay->commands->length == 0 &&
	    !relay->sending)
		relay->callbacks->on_answered(relay->owner, relay->exchange);
}

static void relay_final(struct np_relay *relay, unsigned int index,
			const struct np_store_reply *reply)
{
	struct np_exchange *exchange = relay->exchange;

	/* A reply before the data has left answers something else. */
	if (np_stream_pending(&relay->stream) > 0 || relay->stuffing ||
	    relay->stream.broken ||
	    reply->code == 421 || reply->code / 100 == 3) {
		relay_die(relay, reply->code == 421 ? NP_REPLY_STORE_LOST
						    : NP_REPLY_STORE_TROUBLE,
			  false);
		return;
	}
	np_exchange_recipient(exchange, index)->state = NP_RECIPIENT_FINAL;
	if (relay->commands->length == 0) {
		relay->callbacks->on_delivered(relay->owner, exchange);
		relay_idle(relay);
	}
	relay->callbacks->on_final(relay->owner, exchange, index, reply);
}

static void relay_data_answered(struct np_relay *relay,
				const struct np_store_reply *reply)
{
	if (reply->code != 354 || np_relay_stuff_begin(relay) < 0)
		relay_die(relay, NP_REPLY_STORE_TROUBLE, false);
}

/* One complete reply; what it answers is the oldest command. */
static void relay_reply(struct np_relay *relay,
			const struct np_store_reply *reply)
{
	struct relay_command *command = g_queue_peek_head(relay->commands);
	enum relay_expect expect;
	unsigned int index;

	if (command == NULL || command->text != NULL) {
		/* Nothing was asked: 421 of a store that stops, or nonsense. */
		relay_die(relay, NP_REPLY_STORE_LOST, true);
		return;
	}
	expect = command->expect;
	index = command->index;
	if (reply->code == 421 && expect != EXPECT_FINAL) {
		relay_die(relay, NP_REPLY_STORE_LOST, true);
		return;
	}
	command_free(g_queue_pop_head(relay->commands));
	switch (expect) {
	case EXPECT_GREETING:
		relay_greeted(relay, reply);
		return;
	case EXPECT_LHLO:
		relay_hello(relay, reply);
		return;
	case EXPECT_MAIL:
		if (reply->code / 100 != 2)
			relay->mail_refusal = *reply;
		break;
	case EXPECT_RCPT:
		relay_recipient(relay, index, reply);
		break;
	case EXPECT_DATA:
		relay_data_answered(relay, reply);
		return;
	case EXPECT_FINAL:
		relay_final(relay, index, reply);
		return;
	case EXPECT_RSET:
		if (reply->code / 100 != 2)
			relay_die(relay, NP_REPLY_STORE_TROUBLE, false);
		else
			relay_idle(relay);
		return;
	}
	relay_answered(relay);
}

/* Takes one line from the input: 1 done, 0 there is none, -1 it is no reply. */
static int relay_line(struct np_relay *relay)
{
	struct evbuffer *input = np_stream_input(&relay->stream);
	struct relay_command *command = g_queue_peek_head(relay->commands);
	struct np_store_reply reply;
	char *line;
	size_t len;
	int ret;

	if (input == NULL)
		return 0;
	line = evbuffer_readln(input, &len, EVBUFFER_EOL_LF);
	if (line == NULL)
		return evbuffer_get_length(input) <= NP_MAX_STORE_LINE ? 0 : -1;
	if (len == 0 || line[len - 1] != '\r' || len > NP_MAX_STORE_LINE) {
		free(line);
		return -1;
	}
	len--;
	if (command != NULL && command->expect == EXPECT_LHLO)
		relay_capability(relay, line, len);
	ret = np_store_reply_line(&relay->parser, line, len);
	free(line);
	if (ret < 0)
		return -1;
	if (ret > 0) {
		reply = relay->parser.reply;
		np_store_reply_init(&relay->parser);
		relay_reply(relay, &reply);
	}
	return 1;
}

static void on_relay_readable(void *owner)
{
	struct np_relay *relay = owner;
	int ret = 1;

	relay->reading = true;
	if (relay->nonsense)
		ret = -1;
	while (ret > 0 && relay->state != NP_RELAY_DEAD)
		ret = relay_line(relay);
	if (ret < 0) {
		np_log(relay->agent, NP_LOG_ERROR, NULL,
		       "store: not an LMTP reply, connection given up");
		relay_die(relay, NP_REPLY_STORE_TROUBLE, false);
	}
	relay->reading = false;
	if (relay->state == NP_RELAY_DEAD) {
		relay_free(relay);
		return;
	}
	np_stream_trim(&relay->stream);
	np_relay_flush(relay);
}

static void on_relay_drained(void *owner)
{
	struct np_relay *relay = owner;

	if (relay->stuffing && np_relay_stuff_more(relay) < 0)
		relay_die(relay, NP_REPLY_STORE_TROUBLE, false);
}

static void on_relay_closed(void *owner, int error)
{
	struct np_relay *relay = owner;

	if (relay->nonsense) {
		relay_die(relay, NP_REPLY_STORE_TROUBLE, false);
		return;
	}
	if (relay->state == NP_RELAY_CONNECTING || error != 0)
		np_log(relay->agent, NP_LOG_WARNING, NULL,
		       "store %s: %s", relay->agent->settings->lmtp_store,
		       error != 0 ? strerror(error) : "closed the connection");
	relay_die(relay, NP_REPLY_STORE_LOST, true);
}

static void on_relay_timeout(void *owner)
{
	struct np_relay *relay = owner;

	switch (relay->state) {
	case NP_RELAY_IDLE:
		/* Dovecot would hang up after 300 seconds. */
		np_stream_write(&relay->stream, "QUIT\r\n", 6);
		np_stream_flush(&relay->stream);
		relay_die(relay, NP_REPLY_STORE_LOST, true);
		return;
	case NP_RELAY_BUSY:
		if (relay->commands->length == 0 && !relay->sending)
			return;	/* a kept question: the store hangs up first */
		break;
	default:
		break;
	}
	np_log(relay->agent, NP_LOG_ERROR, NULL, "store %s: no answer in time",
	       relay->agent->settings->lmtp_store);
	relay_die(relay, NP_REPLY_STORE_LOST, true);
}

static const struct np_stream_callbacks relay_stream_callbacks = {
	.on_readable = on_relay_readable,
	.on_drained = on_relay_drained,
	.on_closed = on_relay_closed,
	.on_timeout = on_relay_timeout,
};

struct np_relay *np_relay_create(struct agent *agent,
				 const struct np_relay_callbacks *callbacks,
				 void *owner)
{
	struct np_relay *relay;
	bool connecting;
	int fd = np_socket_connect(agent->settings->lmtp_store,
				   agent->store_attempt, &connecting);

	if (fd < 0) {
		agent->store_attempt++;
		return NULL;
	}
	relay = g_new0(struct np_relay, 1);
	relay->agent = agent;
	relay->callbacks = callbacks;
	relay->owner = owner;
	relay->state = NP_RELAY_CONNECTING;
	relay->commands = g_queue_new();
	relay->asked = g_array_new(FALSE, FALSE, sizeof(unsigned int));
	np_store_reply_init(&relay->parser);
	np_stream_init(&relay->stream, agent->base, fd, connecting,
		       agent->store_connect_timeout, &relay_stream_callbacks,
		       relay);
	np_relay_command(relay, EXPECT_GREETING, 0, NULL);
	return relay;
}

void np_relay_close(struct np_relay **_relay)
{
	struct np_relay *relay = *_relay;

	*_relay = NULL;
	if (relay == NULL)
		return;
	if (relay->state == NP_RELAY_IDLE) {
		np_stream_write(&relay->stream, "QUIT\r\n", 6);
		np_stream_flush(&relay->stream);
	}
	relay_free(relay);
}

enum np_relay_state np_relay_state(const struct np_relay *relay)
{
	return relay->state;
}

bool np_relay_used(const struct np_relay *relay)
{
	return relay->used;
}

/* Commands that have not been sent yet are not sent any more. */
static void relay_forget_unsent(struct np_relay *relay)
{
	struct relay_command *command;

	while ((command = g_queue_peek_tail(relay->commands)) != NULL &&
	       command->text != NULL)
		command_free(g_queue_pop_tail(relay->commands));
}

void np_relay_reset(struct np_relay *relay)
{
	relay->exchange = NULL;
	relay_forget_unsent(relay);
	if (relay->sending) {
		/* The message must not end: only closing says so. */
		relay_die(relay, NP_REPLY_STORE_LOST, true);
		return;
	}
	relay->state = NP_RELAY_RESETTING;
	np_stream_set_timeout(&relay->stream, relay->agent->store_timeout);
	np_relay_command(relay, EXPECT_RSET, 0, g_strdup("RSET\r\n"));
	np_relay_flush(relay);
}
