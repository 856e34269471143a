/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What session.c and session-command.c share and nobody else sees: one client,
 * and what its commands do.
 */
#ifndef LMTP_SESSION_COMMAND_H
#define LMTP_SESSION_COMMAND_H

#include "lmtp/dots.h"
#include "lmtp/session.h"
#include "lmtp/stream.h"
#include "lmtp/transaction.h"

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

/* What a session does when its transaction replies, settles or ends. */
extern const struct np_transaction_callbacks np_session_transaction_callbacks;

/* Does what a command line, parsed with result, asks for. */
void np_session_command(struct np_session *session,
			enum np_command_result result,
			const struct np_command *command);
/* Whether one RCPT more is over max_recipients, counting those that wait for
   their answer. */
bool np_session_recipients_full(const struct np_session *session);

/* Replies to a command that cannot be done; too many of them end it. */
void np_session_error(struct np_session *session, enum np_reply reply,
		      const char *about);
/* Says why, and closes when that has left. */
void np_session_close(struct np_session *session, enum np_reply reply);

#endif
