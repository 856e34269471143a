/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the load driver is to do, what it has done, and its sessions. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "tests/bench/times.h"

#include <stdbool.h>
#include <sys/un.h>

struct session;

struct load {
	unsigned int sessions, recipients, addresses;
	uint64_t octets;	/* of the body of each message */
	uint64_t messages;	/* to send; 0: until the deadline */
	uint64_t deadline;
	bool one_by_one;	/* no command before the reply to the last */
	const char *name, *domain;
	struct sockaddr_un server;
	int poll_fd;
	/* What came of it. */
	unsigned int live;	/* sessions that are open */
	unsigned int next_address;
	uint64_t begun, errors;
	struct times times;	/* one for each message delivered */
	char first_error[160];
};

extern struct load load;

void load_give_up(const char *what) __attribute__((noreturn));

/* Before the first session; rounds load.octets down to whole lines. */
void sessions_prepare(void);
struct session *session_open(void);
/* What epoll reported for it. */
void session_on_event(struct session *session, bool readable);
void session_free(struct session *session);

#endif
