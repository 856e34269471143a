/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One client of the agent; see session.h. */
#include "lmtp/session.h"

#include "lmtp/dots.h"
#include "lmtp/log.h"
#include "lmtp/stream.h"

#include <errno.h>
#include <string.h>

#define SESSION_MAX_ERRORS 20	/* bad commands before 421 */
#define SESSION_CHUNK 65536	/* octets of data taken at a time */
#define SESSION_MAX_OUTPUT 16384	/* octets of replies not yet read */

/* Kept small: ten thousand idle clients are to cost a few megabytes. */
struct np_session {
	struct agent *agent;
	struct np_stream stream;
	GList link;			/* in agent->sessions */
	struct np_transaction *transaction;
	struct np_unstuff unstuff;
	char id[16];
	unsigned short errors;
	bool greeted;			/* LHLO was given */
	bool offered_utf8;		/* ...and SMTPUTF8 offered in reply */
	bool in_data;
	bool awaiting;			/* data ended, replies outstanding */
	bool closing;			/* after the output has left */
	bool processing;
	bool flush_due;
	bool dead;
};

static void session_free(struct np_session *session)
{
	struct agent *agent = session->agent;

	np_transaction_abandon(&session->transaction);
	np_stream_deinit(&session->stream);
	if (session->flush_due)
		g_ptr_array_remove_fast(agent->flush_due, session);
	g_queue_unlink(&agent->sessions, &session->link);
	g_free(session);
	agent->on_ended(agent);
}

/* Ends the session; while its input is processed only marks it. */
static void session_die(struct np_session *session)
{
	np_transaction_abandon(&session->transaction);
	session->dead = true;
	if (!session->processing)
		session_free(session);
}

static void session_reply(struct np_session *session, enum np_reply reply,
			  const char *about)
{
	char line[NP_MAX_REPLY_LINE + 1];
	size_t len = np_reply_print(reply, about, session->offered_utf8, line);

	np_stream_write(&session->stream, line, len);
}

/* Says why, and closes when it has left. */
static void session_close(struct np_session *session, enum np_reply reply)
{
	session_reply(session, reply, session->agent->settings->lmtp_hostname);
	np_transaction_abandon(&session->transaction);
	session->in_data = false;
	session->awaiting = false;
	session->closing = true;
}

static void session_error(struct np_session *session, enum np_reply reply,
			  const char *about)
{
	session_reply(session, reply, about);
	if (++session->errors < SESSION_MAX_ERRORS)
		return;
	np_log(session->agent, NP_LOG_WARNING, session->id,
	       "too many bad commands, connection closed");
	session_close(session, NP_REPLY_TOO_MANY_ERRORS);
}

/* What transaction.c reports */

static void session_continue(struct np_session *session);

static void on_transaction_reply(void *owner, const char *line, size_t len)
{
	struct np_session *session = owner;

	np_stream_write(&session->stream, line, len);
	/* Many replies may become known in one turn of the event loop. */
	if (session->processing || session->flush_due)
		return;
	session->flush_due = true;
	g_ptr_array_add(session->agent->flush_due, session);
	event_active(session->agent->flush, EV_TIMEOUT, 0);
}

void np_sessions_flush(struct agent *agent)
{
	struct np_session *session;
	unsigned int i;

	for (i = 0; i < agent->flush_due->len; i++) {
		session = g_ptr_array_index(agent->flush_due, i);
		session->flush_due = false;
		np_stream_flush(&session->stream);
	}
	g_ptr_array_set_size(agent->flush_due, 0);
}

static void on_transaction_settled(void *owner)
{
	session_continue(owner);
}

static void on_transaction_ended(void *owner)
{
	struct np_session *session = owner;

	np_transaction_abandon(&session->transaction);
	session->awaiting = false;
	if (session->agent->stopping)
		session_close(session, NP_REPLY_STOPPING);
	session_continue(session);
}

static const struct np_transaction_callbacks session_transaction_callbacks = {
	.on_reply = on_transaction_reply,
	.on_settled = on_transaction_settled,
	.on_ended = on_transaction_ended,
};

/* The commands */

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
		session_error(session, NP_REPLY_BAD_SEQUENCE, NULL);
	} else if (session->agent->stopping) {
		session_close(session, NP_REPLY_STOPPING);
	} else if (limit > 0 && command->has_size && command->size > limit) {
		np_log(session->agent, NP_LOG_WARNING, session->id,
		       "from=<%s> SIZE=%llu is larger than max_message_size",
		       command->path, (unsigned long long)command->size);
		session_reply(session, NP_REPLY_TOO_LARGE, NULL);
	} else {
		session->transaction = np_transaction_create(
			session->agent, session->id, command,
			&session_transaction_callbacks, session);
		session_reply(session, NP_REPLY_SENDER_OK, NULL);
	}
}

/* Counting those that wait for their answer. */
static bool session_recipients_full(const struct np_session *session)
{
	return np_transaction_accepted(session->transaction) +
		       np_transaction_pending(session->transaction) >=
	       session->agent->settings->lmtp_max_recipients;
}

static void session_rcpt(struct np_session *session,
			 const struct np_command *command)
{
	struct np_transaction *transaction = session->transaction;

	if (transaction == NULL) {
		session_error(session, NP_REPLY_BAD_SEQUENCE, NULL);
		return;
	}
	if (session_recipients_full(session)) {
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
		session_error(session, NP_REPLY_BAD_SEQUENCE, NULL);
	} else if (np_transaction_accepted(session->transaction) == 0) {
		session_error(session, NP_REPLY_NO_RECIPIENTS, NULL);
	} else {
		memset(&session->unstuff, 0, sizeof(session->unstuff));
		session->in_data = true;
		session_reply(session, NP_REPLY_SEND_DATA, NULL);
	}
}

static void session_command(struct np_session *session,
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
		session_close(session, NP_REPLY_BYE);
		return;
	case NP_COMMAND_HELO:
		session_error(session, NP_REPLY_NOT_LMTP, NULL);
		return;
	}
}

static void session_refused(struct np_session *session,
			    enum np_command_result result,
			    const struct np_command *command)
{
	bool mail = command->name == NP_COMMAND_MAIL;
	const char *about = command->refused;

	switch (result) {
	case NP_COMMAND_OK:
		return;
	case NP_COMMAND_UNKNOWN:
		session_error(session, NP_REPLY_UNKNOWN_COMMAND, NULL);
		return;
	case NP_COMMAND_SYNTAX:
		session_error(session, NP_REPLY_SYNTAX, NULL);
		return;
	case NP_COMMAND_BAD_ADDRESS:
		session_error(session,
			      mail ? NP_REPLY_BAD_SENDER
				   : NP_REPLY_BAD_RECIPIENT, NULL);
		return;
	case NP_COMMAND_BAD_PARAMETER:
		session_error(session, NP_REPLY_BAD_PARAMETER, about);
		return;
	case NP_COMMAND_UNKNOWN_PARAMETER:
		session_error(session, NP_REPLY_UNKNOWN_PARAMETER, about);
		return;
	case NP_COMMAND_NEEDS_UTF8:
		session_error(session, NP_REPLY_NEEDS_UTF8, NULL);
		return;
	}
}

static bool session_smtputf8(const struct np_session *session,
			     const char *line)
{
	/* For MAIL: whether the parameter is known; for RCPT: whether this
	   transaction uses it. */
	if (g_ascii_strncasecmp(line, "RCPT", 4) == 0 &&
	    session->transaction != NULL)
		return np_transaction_smtputf8(session->transaction);
	return session->offered_utf8;
}

/* Takes one command line. Returns false where there is none yet, or it has to
   wait for replies before it. */
static bool session_take_line(struct np_session *session)
{
	struct evbuffer *input = np_stream_input(&session->stream);
	char line[NP_MAX_COMMAND_LINE + 2];
	enum np_command_result result;
	struct np_command command;
	struct evbuffer_ptr end;
	bool crlf;
	size_t len;

	if (input == NULL)
		return false;
	end = evbuffer_search(input, "\n", 1, NULL);
	if (end.pos < 0 &&
	    evbuffer_get_length(input) <= NP_MAX_COMMAND_LINE + 1)
		return false;
	if (end.pos < 0 || end.pos > NP_MAX_COMMAND_LINE + 1) {
		/* What follows cannot be told from commands any more. */
		np_log(session->agent, NP_LOG_WARNING, session->id,
		       "command line too long, connection closed");
		session_close(session, NP_REPLY_LINE_TOO_LONG);
		return false;
	}
	len = (size_t)end.pos;
	evbuffer_copyout(input, line, len);
	crlf = len > 0 && line[len - 1] == '\r';
	len -= crlf ? 1 : 0;
	line[len] = '\0';
	result = crlf ? np_command_parse(line, len,
					 session_smtputf8(session, line),
					 &command)
		      : NP_COMMAND_SYNTAX;
	if (session->transaction != NULL &&
	    np_transaction_pending(session->transaction) > 0 &&
	    (result != NP_COMMAND_OK || command.name != NP_COMMAND_RCPT ||
	     session_recipients_full(session)))
		return false;	/* its reply comes behind theirs */
	evbuffer_drain(input, (size_t)end.pos + 1);
	if (!crlf)
		session_error(session, NP_REPLY_SYNTAX, NULL);
	else if (result != NP_COMMAND_OK)
		session_refused(session, result, &command);
	else
		session_command(session, &command);
	return true;
}

/* Takes data. Returns false where all input is taken. */
static bool session_take_data(struct np_session *session)
{
	static char in[SESSION_CHUNK], out[SESSION_CHUNK + 1];
	struct evbuffer *input = np_stream_input(&session->stream);
	size_t taken, len;
	ssize_t got;

	got = input == NULL ? 0 : evbuffer_copyout(input, in, sizeof(in));
	if (got <= 0)
		return false;
	taken = np_unstuff(&session->unstuff, in, (size_t)got, out, &len);
	evbuffer_drain(input, taken);
	np_transaction_data(session->transaction, out, len);
	if (session->unstuff.state != NP_DOTS_END)
		return true;
	session->in_data = false;
	session->awaiting = true;
	np_transaction_end_data(session->transaction);
	return true;
}

/* A client that does not read its replies gets no more of them. */
static bool session_may_reply(struct np_session *session)
{
	if (np_stream_pending(&session->stream) > SESSION_MAX_OUTPUT)
		np_stream_flush(&session->stream);
	return np_stream_pending(&session->stream) <= SESSION_MAX_OUTPUT;
}

static void session_process(struct np_session *session)
{
	bool more = true;

	while (more && !session->closing && !session->dead) {
		if (session->awaiting || !session_may_reply(session))
			break;
		more = session->in_data ? session_take_data(session)
					: session_take_line(session);
	}
}

/* Takes as much input as can be taken now, then sends what was answered. */
static void session_continue(struct np_session *session)
{
	if (session->processing)
		return;
	session->processing = true;
	session_process(session);
	session->processing = false;
	if (!session->dead) {
		np_stream_trim(&session->stream);
		np_stream_flush(&session->stream);
		if (session->closing &&
		    np_stream_pending(&session->stream) == 0)
			session->dead = true;
	}
	if (session->dead)
		session_free(session);
}

/* What the stream reports */

static void on_session_readable(void *owner)
{
	session_continue(owner);
}

static void on_session_drained(void *owner)
{
	struct np_session *session = owner;

	if (session->closing)
		session_die(session);
	else
		session_continue(session);
}

static void on_session_closed(void *owner, int error)
{
	struct np_session *session = owner;

	if (session->transaction != NULL)
		np_log(session->agent, NP_LOG_INFO, session->id,
		       "client is gone in a transaction: %s",
		       error == 0 ? "closed" : strerror(error));
	session_die(session);
}

static void on_session_timeout(void *owner)
{
	struct np_session *session = owner;

	/* It is not the client who is slow while the store is asked. */
	if (session->awaiting ||
	    (session->transaction != NULL &&
	     np_transaction_pending(session->transaction) > 0))
		return;
	if (session->closing) {
		session_die(session);
		return;
	}
	np_log(session->agent, NP_LOG_INFO, session->id,
	       "client is silent, connection closed");
	session_close(session, NP_REPLY_TIMEOUT);
	session_continue(session);
}

static const struct np_stream_callbacks session_stream_callbacks = {
	.on_readable = on_session_readable,
	.on_drained = on_session_drained,
	.on_closed = on_session_closed,
	.on_timeout = on_session_timeout,
};

void np_session_create(struct agent *agent, int fd, const char *peer)
{
	struct np_session *session = g_new0(struct np_session, 1);

	session->agent = agent;
	(void)snprintf(session->id, sizeof(session->id), "%08x%04llx",
		       (unsigned int)(g_get_real_time() / G_USEC_PER_SEC),
		       (unsigned long long)(agent->next_id++ & 0xffff));
	session->link.data = session;
	g_queue_push_tail_link(&agent->sessions, &session->link);
	np_stream_init(&session->stream, agent->base, fd, false,
		       agent->client_timeout, &session_stream_callbacks,
		       session);
	np_log(agent, NP_LOG_DEBUG, session->id, "connect from %s", peer);
	evbuffer_add_printf(np_stream_output(&session->stream),
			    "220 %s nameplate LMTP\r\n",
			    agent->settings->lmtp_hostname);
	np_stream_flush(&session->stream);
}

void np_session_stop(struct np_session *session)
{
	if (session->transaction != NULL)
		return;
	np_session_end(session);
}

void np_session_end(struct np_session *session)
{
	session_close(session, NP_REPLY_STOPPING);
	session_continue(session);
}

void np_sessions_close_all(struct agent *agent)
{
	while (agent->sessions.head != NULL)
		session_free(agent->sessions.head->data);
}
