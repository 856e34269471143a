/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counters, and the local socket on which they are read: GET /metrics
 * (OpenMetrics text) and GET /health. Counting is a plain increment wherever
 * the event happens; metrics.c alone knows how they are shown.
 */
#ifndef LMTP_METRICS_H
#define LMTP_METRICS_H

#include <stdint.h>

struct agent;
struct evhttp;

struct np_metrics {
	uint64_t connections;		/* clients accepted */
	uint64_t connections_refused;	/* over the limit or not allowed */
	uint64_t messages;		/* data ended */
	uint64_t recipients[6];		/* by first digit of the code at RCPT */
	uint64_t deliveries[6];		/* by first digit of the final code */
	uint64_t rules[8];		/* accepted, by enum np_rule */
	uint64_t loops;			/* 554 5.4.6 */
	uint64_t returned;		/* delivered with n > 0 */
	uint64_t store_connects;
	uint64_t store_failures;	/* connects failed, connections lost */
	uint64_t questions_taken;	/* kept questions given up for others */
	uint64_t lookups_failed;	/* answered 451 */
	uint64_t map_loads;
	uint64_t map_failures;		/* a generation could not be loaded */
	uint64_t catch_all_missing;	/* catch-all mailbox unknown to the store */
	uint64_t socketmap_requests;
};

/* Serves on the agent's [metrics] listen addresses and on fds (systemd; may be
   empty). 1 or -1 (logged). */
int np_metrics_listen(struct agent *agent, const int *fds, unsigned int count,
		      struct evhttp **server_r);
void np_metrics_close(struct evhttp **server);

#endif
