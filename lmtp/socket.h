/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sockets from the addresses of nameplate.conf ("unix:PATH",
 * "inet:HOST:PORT"), non-blocking and close-on-exec, and who may connect. No events, no log.
 */
#ifndef LMTP_SOCKET_H
#define LMTP_SOCKET_H

#include "aliasmap/error.h"

#include <stdbool.h>
#include <sys/socket.h>

/* Begins to connect to address. Returns the descriptor, or -1 with errno;
   *connecting_r: it is not connected yet. A host name is looked up (blocking;
   /etc/hosts or a number is meant); where it has several addresses, attempt
   chooses: "localhost" may be ::1 first, where nobody listens. TCP_NODELAY is
   set on TCP. */
int np_socket_connect(const char *address, unsigned int attempt,
		      bool *connecting_r);

/* Binds and listens. A stale unix socket file is replaced, a live one is an
   error; the file gets mode 0660 and the folder's group. Returns the
   descriptor, or -1. */
int np_socket_listen(const char *address, struct np_error *err);

/* Whether peer may connect: unix and loopback always, else a CIDR of list
   (ends with NULL) must hold it. */
bool np_socket_allowed(const struct sockaddr *peer, char *const *list);

#endif
