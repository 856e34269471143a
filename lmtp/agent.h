/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all parts of the agent share: settings, the live map, the pool of store
 * connections, counters. One per process, owned by main.c; the parts see it
 * through this header and keep no globals.
 */
#ifndef LMTP_AGENT_H
#define LMTP_AGENT_H

#include "conf/settings.h"
#include "lmtp/metrics.h"
#include "lmtp/stamp.h"

#include <event2/event.h>
#include <glib.h>

struct np_pool;
struct np_lookup;

struct agent {
	struct event_base *base;
	struct np_settings *settings;
	struct np_mark_keys *keys;
	struct np_lookup *lookup;
	struct np_pool *pool;
	struct np_metrics metrics;
	/* Shared durations, see np_stream_timeout. */
	const struct timeval *client_timeout;
	const struct timeval *store_connect_timeout;
	const struct timeval *store_timeout;
	const struct timeval *store_final_timeout;
	const struct timeval *store_idle_timeout;
	/* Counts connects that failed: the next one tries the next address. */
	unsigned int store_attempt;
	/* The last LHLO of the store offered SMTPUTF8. */
	bool store_smtputf8;
	/* SIGTERM has come: no new transactions. */
	bool stopping;
	GQueue sessions;	/* struct np_session, linked by themselves */
	GPtrArray *flush_due;	/* sessions with replies to be sent */
	struct event *flush;
	GQueue requests;	/* socketmap clients, linked by themselves */
	bool warned_domains;	/* that [map] domains is not set: said once */
	GQueue transactions;	/* struct np_transaction, not yet ended, with
				   or without a client */
	uint64_t next_id;	/* of sessions, for the log */
	/* Called when a session or transaction has ended while stopping. */
	void (*on_ended)(struct agent *agent);
};

#endif
