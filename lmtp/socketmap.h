/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Postfix's socketmap (socketmap_table(5)): requests "NAME KEY" and replies
 * as netstrings. "mailbox" says whether mail for an address would be taken,
 * "sender" which mailbox may send with it.
 *
 * What came before: listener.c accepted the connection. What comes next:
 * recipient.c resolves and asks the store, as for an RCPT.
 */
#ifndef LMTP_SOCKETMAP_H
#define LMTP_SOCKETMAP_H

struct agent;

/* Takes fd over. */
void np_socketmap_create(struct agent *agent, int fd);
/* The agent stops. */
void np_socketmap_close_all(struct agent *agent);

#endif
