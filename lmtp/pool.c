/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections and mailboxes, and who gets them; see pool.h. */
#include "lmtp/pool.h"

#include "lmtp/pool-line.h"
#include "lmtp/relay.h"

#include <errno.h>
#include <string.h>

/* A store that cannot be reached just now (a full backlog, a failed connect
   while others live) is tried again after this. */
#define POOL_RETRY_USEC 50000

static void recipient_uncount(struct np_pool *pool,
			      struct np_exchange_recipient *recipient)
{
	if (recipient->counted)
		np_open_change(pool, recipient->mailbox, -1);
	recipient->counted = false;
}

static void exchange_uncount(struct np_pool *pool, struct np_exchange *exchange)
{
	unsigned int i;

	for (i = 0; i < exchange->recipients->len; i++)
		recipient_uncount(pool, np_exchange_recipient(exchange, i));
}

/* the two queues */

static void pool_wake(struct np_pool *pool)
{
	event_active(pool->service, EV_TIMEOUT, 0);
}

static void exchange_wait(struct np_pool *pool, struct np_exchange *exchange,
			  bool first)
{
	if (exchange->line == NULL)
		exchange->state = NP_EXCHANGE_WAITING;
	if (!exchange->waiting) {
		exchange->waiting = true;
		exchange->serial = ++pool->serial;
		if (first)
			g_queue_push_head_link(&pool->waiting,
					       &exchange->waiting_link);
		else
			g_queue_push_tail_link(&pool->waiting,
					       &exchange->waiting_link);
	}
	pool_wake(pool);
}

/* The store cannot be reached: whoever waits for a connection is told. Those
   that come in meanwhile try again. */
static void pool_fail_waiting(struct np_pool *pool)
{
	uint64_t last = pool->serial;
	struct np_exchange *exchange;
	GList *link;

	pool->failing_since = 0;
	for (;;) {
		for (link = pool->waiting.head; link != NULL; link = link->next) {
			exchange = link->data;
			if (exchange->line == NULL && exchange->serial <= last)
				break;
		}
		if (link == NULL)
			return;
		exchange = link->data;
		np_pool_unwait(pool, exchange);
		np_exchange_give_up(exchange);
		exchange->callbacks->on_trouble(exchange->owner,
						NP_REPLY_STORE_UNREACHABLE);
	}
}

/* A connect has failed: for good when nothing else is connected, else (and for
   a full backlog) it is tried again for a while. */
static void pool_connect_failed(struct np_pool *pool, int error)
{
	struct timeval retry = {.tv_usec = POOL_RETRY_USEC};
	int64_t now = g_get_monotonic_time();
	int64_t limit = (int64_t)pool->agent->settings
				->lmtp_store_connect_timeout * G_USEC_PER_SEC;

	if (pool->failing_since == 0)
		pool->failing_since = now;
	if (now - pool->failing_since >= limit ||
	    (pool->lines->len == 0 && error != EAGAIN)) {
		pool_fail_waiting(pool);
		return;
	}
	event_add(pool->retry, &retry);
}

/* After a SIGHUP the store may be another one: idle connections to the one of
   before are not used again. */
static void pool_drop_old(struct np_pool *pool)
{
	const char *store = pool->agent->settings->lmtp_store;
	struct np_line *line;
	unsigned int i;

	for (i = pool->lines->len; i-- > 0;) {
		line = g_ptr_array_index(pool->lines, i);
		if (np_relay_state(line->relay) == NP_RELAY_IDLE &&
		    strcmp(line->store, store) != 0)
			np_line_free(line);
	}
}

static void on_service(evutil_socket_t fd, short what, void *context)
{
	struct np_pool *pool = context;
	int error;

	(void)fd;
	(void)what;
	if (pool->waiting.head == NULL) {
		pool->failing_since = 0;
		return;
	}
	pool_drop_old(pool);
	error = np_pool_pass(pool);
	if (error != 0)
		pool_connect_failed(pool, error);
}

/* What the relays report */

static void on_line_idle(void *owner, struct np_relay *relay)
{
	struct np_line *line = owner;

	(void)relay;
	line->pool->failing_since = 0;
	np_line_release(line);
	pool_wake(line->pool);
}

/* A connection died under an exchange: once, before any data, it is replaced
   without telling anybody. */
static void exchange_orphaned(struct np_pool *pool,
			      struct np_exchange *exchange, enum np_reply why,
			      bool replaceable)
{
	bool asking = exchange->state == NP_EXCHANGE_ASKING;
	bool sending = exchange->state == NP_EXCHANGE_SENDING;
	bool lost;

	exchange_uncount(pool, exchange);
	np_pool_unkeep(pool, exchange);
	lost = np_exchange_detach(exchange);
	if (lost)
		exchange->callbacks->on_forgotten(exchange->owner);
	if (!asking && !sending)
		return;
	if (replaceable && !exchange->replaced) {
		exchange->replaced = true;
		exchange_wait(pool, exchange, true);
		return;
	}
	np_pool_unwait(pool, exchange);
	np_exchange_give_up(exchange);
	exchange->callbacks->on_trouble(exchange->owner, why);
}

static void on_line_dead(void *owner, struct np_relay *relay,
			 struct np_exchange *exchange, enum np_reply why,
			 bool replaceable)
{
	struct np_line *line = owner;
	struct np_pool *pool = line->pool;

	(void)relay;
	line->relay = NULL;	/* frees itself */
	np_line_free(line);
	if (exchange != NULL) {
		pool->agent->metrics.store_failures++;
		exchange_orphaned(pool, exchange, why, replaceable);
	} else if (why == NP_REPLY_STORE_UNREACHABLE) {
		pool->agent->metrics.store_failures++;
		pool_connect_failed(pool, 0);
	}
	pool_wake(pool);
}

static void on_line_recipient(void *owner, struct np_exchange *exchange,
			      unsigned int index,
			      const struct np_store_reply *reply)
{
	struct np_line *line = owner;

	if (np_exchange_recipient(exchange, index)->state ==
	    NP_RECIPIENT_REFUSED) {
		recipient_uncount(line->pool,
				  np_exchange_recipient(exchange, index));
		pool_wake(line->pool);
	}
	exchange->callbacks->on_recipient(exchange->owner, index, reply);
}

static void on_line_answered(void *owner, struct np_exchange *exchange)
{
	struct np_line *line = owner;
	struct np_pool *pool = line->pool;

	exchange->replaced = false;
	if (np_exchange_open_count(exchange) == 0) {
		np_exchange_detach(exchange);
		np_relay_reset(line->relay);
	} else if (exchange->spool != NULL) {
		np_relay_send(line->relay);
	} else {
		exchange->state = NP_EXCHANGE_KEPT;
		exchange->kept = true;
		exchange->kept_since = g_get_monotonic_time();
		g_queue_push_tail_link(&pool->kept, &exchange->kept_link);
		pool_wake(pool);
	}
}

static void on_line_final(void *owner, struct np_exchange *exchange,
			  unsigned int index,
			  const struct np_store_reply *reply)
{
	struct np_line *line = owner;

	recipient_uncount(line->pool, np_exchange_recipient(exchange, index));
	pool_wake(line->pool);
	exchange->callbacks->on_final(exchange->owner, index, reply);
}

static void on_line_delivered(void *owner, struct np_exchange *exchange)
{
	struct np_line *line = owner;

	exchange->line = NULL;
	exchange->state = NP_EXCHANGE_DONE;
	pool_wake(line->pool);
}

const struct np_relay_callbacks np_pool_relay_callbacks = {
	.on_idle = on_line_idle,
	.on_dead = on_line_dead,
	.on_recipient = on_line_recipient,
	.on_answered = on_line_answered,
	.on_final = on_line_final,
	.on_delivered = on_line_delivered,
};

/* What recipient.c and delivery.c call */

struct np_pool *np_pool_create(struct agent *agent)
{
	struct np_pool *pool = g_new0(struct np_pool, 1);

	pool->agent = agent;
	pool->lines = g_ptr_array_new();
	g_queue_init(&pool->waiting);
	g_queue_init(&pool->kept);
	pool->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					   NULL);
	pool->service = event_new(agent->base, -1, 0, on_service, pool);
	pool->grace = event_new(agent->base, -1, 0, on_service, pool);
	pool->retry = event_new(agent->base, -1, 0, on_service, pool);
	if (pool->service == NULL || pool->grace == NULL || pool->retry == NULL)
		abort();
	return pool;
}

void np_pool_destroy(struct np_pool **_pool)
{
	struct np_pool *pool = *_pool;

	*_pool = NULL;
	if (pool == NULL)
		return;
	while (pool->lines->len > 0)
		np_line_free(g_ptr_array_index(pool->lines, 0));
	g_ptr_array_free(pool->lines, TRUE);
	g_hash_table_destroy(pool->open);
	event_free(pool->service);
	event_free(pool->grace);
	event_free(pool->retry);
	g_free(pool);
}

void np_pool_start(struct np_pool *pool, struct np_exchange *exchange)
{
	exchange_wait(pool, exchange, false);
}

bool np_pool_deliver(struct np_pool *pool, struct np_exchange *exchange,
			 unsigned int wanted, struct np_spool *spool,
			 GString *stamps)
{
	if (!np_exchange_kept(exchange) || np_exchange_open_count(exchange) != wanted)
		return false;
	np_pool_unkeep(pool, exchange);
	np_exchange_set_data(exchange, spool, stamps);
	np_relay_send(exchange->line->relay);
	return true;
}

void np_pool_drop(struct np_pool *pool, struct np_exchange **_exchange)
{
	struct np_exchange *exchange = *_exchange;
	struct np_line *line;

	*_exchange = NULL;
	if (exchange == NULL)
		return;
	pool_wake(pool);	/* others may have waited behind its claims */
	np_pool_unwait(pool, exchange);
	np_pool_unkeep(pool, exchange);
	line = exchange->line;
	if (line != NULL) {
		np_line_hold(line, exchange);
		np_relay_reset(line->relay);
	}
	np_exchange_free(exchange);
}

unsigned int np_pool_connections(const struct np_pool *pool)
{
	return pool->lines->len;
}

unsigned int np_pool_waiting(const struct np_pool *pool)
{
	return pool->waiting.length;
}

unsigned int np_pool_kept(const struct np_pool *pool)
{
	return pool->kept.length;
}
