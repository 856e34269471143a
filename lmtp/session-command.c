/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The commands of LMTP, one function each: what they need to have come before,
 * what they reply. session.c has read the line, transaction.c takes over.
 */
#include "lmtp/session-command.h"

#include "lmtp/log.h"

#include <string.h>

#define SESSION_MAX_ERRORS 20	/* bad commands before 421 */

/* Refused recipients count too, but not as much. */
#define SESSION_RCPTS_PER_RECIPIENT 10

static void session_reply(struct np_session *session, enum np_reply reply,
			  const char *about)
{
	char line[NP_MAX_REPLY_LINE + 1];
	size_t len = np_reply_print(reply, about, session->offered_utf8, line);

	np_stream_write(&session->stream, line, len);
}

void np_session_close(struct np_session *session, enum np_reply reply)
{
	session_reply(session, reply, session->agent->settings->lmtp_hostname);
	np_transaction_abandon(&session->transaction);
	session->in_data = false;
	session->awaiting = false;
	session->closing = true;
}

void np_session_error(struct np_session *session, enum np_reply reply,
		      const char *about)
{
	session_reply(session, reply, about);
	if (++session->errors < SESSION_MAX_ERRORS)
		return;
	np_log(session->agent, NP_LOG_WARNING, session->id,
	       "too many bad commands, connection closed");
	np_session_close(session, NP_REPLY_TOO_MANY_ERRORS);
}

static void session_lhlo(struct np_session *session)
{
	const struct np_settings *settings = session->agent->settings;
	struct evbuffer *output = np_stream_output(&session->stream);

	np_transaction_abandon(&session->transaction);
	session->greeted = true;
	session->offered_utf8 = session->agent->store_smtputf8;
	evbuffer_add_printf(output,
			    "250-%s\r\n250-PIPELINING\r\n"
			    "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n",
			    settings->lmtp_hostname);
	if (session->offered_utf8)
		evbuffer_add_printf(output, "250-SMTPUTF8\r\n");
	if (settings->lmtp_max_message_size > 0)
		evbuffer_add_printf(
			output, "250 SIZE %llu\r\n",
			(unsigned long long)settings->lmtp_max_message_size);
	else
		evbuffer_add_printf(output, "250 SIZE\r\n");
}

static void session_mail(struct np_session *session,
			 const struct np_command *command)
{
	uint64_t limit = session->agent->settings->lmtp_max_message_size;

	if (!session->greeted || session->transaction != NULL) {
		np_session_error(session, NP_REPLY_BAD_SEQUENCE, NULL);
	} else if (session->agent->stopping) {
		np_session_close(session, NP_REPLY_STOPPING);
	} else if (limit > 0 && command->has_size && command->size > limit) {
		np_log(session->agent, NP_LOG_WARNING, session->id,
		       "from=<%s> SIZE=%llu is larger than max_message_size",
		       command->path, (unsigned long long)command->size);
		session_reply(session, NP_REPLY_TOO_LARGE, NULL);
	} else {
		session->transaction = np_transaction_create(
			session->agent, session->id, command,
			&np_session_transaction_callbacks, session);
		session_reply(session, NP_REPLY_SENDER_OK, NULL);
	}
}

bool np_session_recipients_full(const struct np_session *session)
{
	unsigned int limit = session->agent->settings->lmtp_max_recipients;

	return np_transaction_accepted(session->transaction) +
			       np_transaction_pending(session->transaction) >=
		       limit ||
	       np_transaction_recipients(session->transaction) >=
		       SESSION_RCPTS_PER_RECIPIENT * limit;
}

static void session_rcpt(struct np_session *session,
			 const struct np_command *command)
{
	struct np_transaction *transaction = session->transaction;

	if (transaction == NULL) {
		np_session_error(session, NP_REPLY_BAD_SEQUENCE, NULL);
		return;
	}
	if (np_session_recipients_full(session)) {
		np_log(session->agent, NP_LOG_WARNING, session->id,
		       "to=<%s> more than max_recipients", command->path);
		session_reply(session, NP_REPLY_TOO_MANY_RECIPIENTS,
			      command->path);
		return;
	}
	np_transaction_rcpt(transaction, command);
}

static void session_data(struct np_session *session)
{
	if (session->transaction == NULL) {
		np_session_error(session, NP_REPLY_BAD_SEQUENCE, NULL);
	} else if (np_transaction_accepted(session->transaction) == 0) {
		np_session_error(session, NP_REPLY_NO_RECIPIENTS, NULL);
	} else {
		memset(&session->unstuff, 0, sizeof(session->unstuff));
		session->in_data = true;
		session_reply(session, NP_REPLY_SEND_DATA, NULL);
	}
}

static void session_do(struct np_session *session,
		       const struct np_command *command)
{
	switch (command->name) {
	case NP_COMMAND_LHLO:
		session_lhlo(session);
		return;
	case NP_COMMAND_MAIL:
		session_mail(session, command);
		return;
	case NP_COMMAND_RCPT:
		session_rcpt(session, command);
		return;
	case NP_COMMAND_DATA:
		session_data(session);
		return;
	case NP_COMMAND_RSET:
		np_transaction_abandon(&session->transaction);
		session_reply(session, NP_REPLY_OK, NULL);
		return;
	case NP_COMMAND_NOOP:
		session_reply(session, NP_REPLY_OK, NULL);
		return;
	case NP_COMMAND_VRFY:
		session_reply(session, NP_REPLY_CANNOT_VERIFY, NULL);
		return;
	case NP_COMMAND_QUIT:
		np_session_close(session, NP_REPLY_BYE);
		return;
	case NP_COMMAND_HELO:
		np_session_error(session, NP_REPLY_NOT_LMTP, NULL);
		return;
	}
}

void np_session_command(struct np_session *session,
			enum np_command_result result,
			const struct np_command *command)
{
	bool mail = command->name == NP_COMMAND_MAIL;
	const char *about = command->refused;

	switch (result) {
	case NP_COMMAND_OK:
		session_do(session, command);
		return;
	case NP_COMMAND_UNKNOWN:
		np_session_error(session, NP_REPLY_UNKNOWN_COMMAND, NULL);
		return;
	case NP_COMMAND_SYNTAX:
		np_session_error(session, NP_REPLY_SYNTAX, NULL);
		return;
	case NP_COMMAND_BAD_ADDRESS:
		np_session_error(session,
			      mail ? NP_REPLY_BAD_SENDER
				   : NP_REPLY_BAD_RECIPIENT, NULL);
		return;
	case NP_COMMAND_BAD_PARAMETER:
		np_session_error(session, NP_REPLY_BAD_PARAMETER, about);
		return;
	case NP_COMMAND_UNKNOWN_PARAMETER:
		np_session_error(session, NP_REPLY_UNKNOWN_PARAMETER, about);
		return;
	case NP_COMMAND_NEEDS_UTF8:
		np_session_error(session, NP_REPLY_NEEDS_UTF8, NULL);
		return;
	}
}
