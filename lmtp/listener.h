/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sockets on which the agent listens: those of nameplate.conf, or those
 * that systemd hands over (told apart by FileDescriptorName lmtp, socketmap,
 * metrics, which then replace the [..] listen of the same name).
 *
 * What came before: main.c. What comes next: session.c for an LMTP client,
 * socketmap.c for Postfix's lookups, metrics.c.
 */
#ifndef LMTP_LISTENER_H
#define LMTP_LISTENER_H

struct agent;
struct np_listeners;

/* Opens all of them. 1, or -1 where one cannot be opened (logged). */
int np_listeners_open(struct agent *agent, struct np_listeners **listeners_r);
/* Accepts no more. Accepts NULL. */
void np_listeners_close(struct np_listeners **listeners);

#endif
