/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One client, usually the MTA: reads command lines and data, answers in order
 * (RFC 2033, RFC 2920 pipelining).
 *
 * What came before: listener.c accepted the connection. What comes next:
 * command.c takes a line apart, transaction.c acts on it.
 */
#ifndef LMTP_SESSION_H
#define LMTP_SESSION_H

#include "lmtp/transaction.h"

struct np_session;

/* Takes fd over and greets. peer: for the log. The agent's list of sessions
   holds it until it ends by itself. */
void np_session_create(struct agent *agent, int fd, const char *peer);

/* The agent stops: 421 and close now where no transaction is open, else when
   it has ended. */
void np_session_stop(struct np_session *session);
/* Sends the replies that became known in this turn of the event loop. */
void np_sessions_flush(struct agent *agent);
/* The agent ends: no client is waited for any more. */
void np_sessions_close_all(struct agent *agent);
/* 421 and close, whatever is open. */
void np_session_end(struct np_session *session);

#endif
