/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One client of the agent; see session.h. */
#include "lmtp/session-command.h"

#include "lmtp/log.h"

#include <errno.h>
#include <string.h>

#define SESSION_CHUNK 65536	/* octets of data taken at a time */
#define SESSION_MAX_OUTPUT 16384	/* octets of replies not yet read */

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
		np_session_close(session, NP_REPLY_STOPPING);
	session_continue(session);
}

const struct np_transaction_callbacks np_session_transaction_callbacks = {
	.on_reply = on_transaction_reply,
	.on_settled = on_transaction_settled,
	.on_ended = on_transaction_ended,
};

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
	bool crlf, waiting;
	size_t len;

	if (input == NULL)
		return false;
	waiting = session->transaction != NULL &&
		  np_transaction_pending(session->transaction) > 0;
	end = evbuffer_search(input, "\n", 1, NULL);
	if (end.pos < 0 &&
	    evbuffer_get_length(input) <= NP_MAX_COMMAND_LINE + 1)
		return false;
	if (end.pos < 0 || end.pos > NP_MAX_COMMAND_LINE + 1) {
		if (waiting)
			return false;	/* its reply comes behind theirs */
		/* What follows cannot be told from commands any more. */
		np_log(session->agent, NP_LOG_WARNING, session->id,
		       "command line too long, connection closed");
		np_session_close(session, NP_REPLY_LINE_TOO_LONG);
		return false;
	}
	len = (size_t)end.pos;
	evbuffer_copyout(input, line, len);
	command.name = NP_COMMAND_NOOP;
	command.refused[0] = '\0';
	crlf = len > 0 && line[len - 1] == '\r';
	len -= crlf ? 1 : 0;
	line[len] = '\0';
	result = crlf ? np_command_parse(line, len,
					 session_smtputf8(session, line),
					 &command)
		      : NP_COMMAND_SYNTAX;
	if (waiting &&
	    (result != NP_COMMAND_OK || command.name != NP_COMMAND_RCPT ||
	     np_session_recipients_full(session)))
		return false;
	evbuffer_drain(input, (size_t)end.pos + 1);
	np_session_command(session, result, &command);
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

/* What was answered leaves together with the replies to the RCPTs that came
   with it (RFC 2920 3.2): each piece would wake the client. */
static void session_flush(struct np_session *session)
{
	if (session->transaction == NULL ||
	    np_transaction_pending(session->transaction) == 0)
		np_stream_flush(&session->stream);
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
		session_flush(session);
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
	np_session_close(session, NP_REPLY_TIMEOUT);
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
	np_session_close(session, NP_REPLY_STOPPING);
	session_continue(session);
}

void np_sessions_close_all(struct agent *agent)
{
	while (agent->sessions.head != NULL)
		session_free(agent->sessions.head->data);
}
