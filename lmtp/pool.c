/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections and mailboxes, and who gets them; see pool.h. */
#include "lmtp/pool.h"

#include "lmtp/agent.h"
#include "lmtp/log.h"

#include <errno.h>
#include <string.h>

/* A store that cannot be reached just now (a full backlog, a failed connect
   while others live) is tried again after this. */
#define POOL_RETRY_USEC 50000

/* One connection, and the mailboxes whose RCPTs may still be open on it though
   its exchange is gone: until RSET is answered the store counts them. */
struct np_line {
	struct np_pool *pool;
	struct np_relay *relay;
	GPtrArray *held;	/* mailboxes */
};

struct np_pool {
	struct agent *agent;
	GPtrArray *lines;
	GQueue waiting;		/* exchanges, first come first */
	GQueue kept;		/* questions, longest kept first */
	GHashTable *open;	/* mailbox -> number of open RCPTs */
	struct event *service;
	uint64_t serial;
	int64_t failing_since;	/* monotonic microseconds; 0 = not */
	bool holding_off;	/* no new connection before the timer */
};

static const struct np_relay_callbacks pool_relay_callbacks;

/* open RCPTs by mailbox */

static unsigned int open_count(struct np_pool *pool, const char *mailbox)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(pool->open, mailbox));
}

static void open_change(struct np_pool *pool, const char *mailbox, int by)
{
	unsigned int count = open_count(pool, mailbox) + (unsigned int)by;

	if (count == 0)
		g_hash_table_remove(pool->open, mailbox);
	else
		g_hash_table_replace(pool->open, g_strdup(mailbox),
				     GUINT_TO_POINTER(count));
}

static void recipient_uncount(struct np_pool *pool,
			      struct np_exchange_recipient *recipient)
{
	if (recipient->counted)
		open_change(pool, recipient->mailbox, -1);
	recipient->counted = false;
}

static void exchange_uncount(struct np_pool *pool, struct np_exchange *exchange)
{
	unsigned int i;

	for (i = 0; i < exchange->recipients->len; i++)
		recipient_uncount(pool, np_exchange_recipient(exchange, i));
}

/* What exchange holds stays counted until the line's RSET is answered. */
static void line_hold(struct np_line *line, struct np_exchange *exchange)
{
	struct np_exchange_recipient *recipient;
	unsigned int i;

	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient->counted)
			g_ptr_array_add(line->held,
					g_strdup(recipient->mailbox));
		recipient->counted = false;
	}
}

static void line_release(struct np_line *line)
{
	unsigned int i;

	for (i = 0; i < line->held->len; i++)
		open_change(line->pool, g_ptr_array_index(line->held, i), -1);
	g_ptr_array_set_size(line->held, 0);
}

static unsigned int held_count(struct np_pool *pool, const char *mailbox)
{
	unsigned int i, j, count = 0;
	struct np_line *line;

	for (i = 0; i < pool->lines->len; i++) {
		line = g_ptr_array_index(pool->lines, i);
		for (j = 0; j < line->held->len; j++)
			if (strcmp(g_ptr_array_index(line->held, j),
				   mailbox) == 0)
				count++;
	}
	return count;
}

/* the two queues */

static void pool_wake(struct np_pool *pool)
{
	event_active(pool->service, EV_TIMEOUT, 0);
}

static void exchange_unwait(struct np_pool *pool, struct np_exchange *exchange)
{
	if (exchange->waiting)
		g_queue_unlink(&pool->waiting, &exchange->waiting_link);
	exchange->waiting = false;
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

static void exchange_unkeep(struct np_pool *pool, struct np_exchange *exchange)
{
	if (exchange->kept)
		g_queue_unlink(&pool->kept, &exchange->kept_link);
	exchange->kept = false;
}

/* Nothing more will come of what was not answered. */
static void exchange_give_up(struct np_exchange *exchange)
{
	struct np_exchange_recipient *recipient;
	unsigned int i;

	exchange->state = NP_EXCHANGE_DONE;
	exchange->replaced = false;
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient->state == NP_RECIPIENT_UNASKED)
			recipient->state = NP_RECIPIENT_REFUSED;
	}
}

/* The exchange is on no connection any more. Accepted recipients are not open
   any more, unanswered ones may be asked again. Returns whether any accepted
   one was lost. */
static bool exchange_detach(struct np_pool *pool, struct np_exchange *exchange)
{
	struct np_exchange_recipient *recipient;
	bool delivery = exchange->spool != NULL, lost = false;
	unsigned int i;

	exchange_unkeep(pool, exchange);
	exchange->line = NULL;
	exchange->state = exchange->waiting ? NP_EXCHANGE_WAITING
					    : NP_EXCHANGE_DONE;
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient->state == NP_RECIPIENT_ASKED ||
		    (recipient->state == NP_RECIPIENT_OPEN && delivery)) {
			recipient->state = NP_RECIPIENT_UNASKED;
		} else if (recipient->state == NP_RECIPIENT_OPEN) {
			recipient->state = NP_RECIPIENT_FORGOTTEN;
			lost = true;
		}
	}
	return lost;
}

/* Takes a kept question away for somebody who waits. */
static void pool_take(struct np_pool *pool, struct np_exchange *exchange)
{
	struct np_line *line = exchange->line;

	pool->agent->metrics.questions_taken++;
	line_hold(line, exchange);
	exchange_detach(pool, exchange);
	np_relay_reset(line->relay);
	exchange->callbacks->on_forgotten(exchange->owner);
}

/* One pass over the queue */

struct pool_pass {
	struct np_pool *pool;
	GHashTable *claimed;	/* mailboxes somebody further ahead waits for */
	unsigned int wanted;	/* connections wanted so far and not had */
	unsigned int coming;	/* connections that will be idle soon */
	int error;		/* errno of a connection that could not begin */
};

static bool recipient_wants(const struct np_exchange_recipient *recipient)
{
	return recipient->state == NP_RECIPIENT_UNASKED;
}

/* How many RCPTs of the mailbox of recipient index the exchange still has to
   open, counted at its first one (0 for the others). */
static unsigned int exchange_need(struct np_exchange *exchange,
				  unsigned int index)
{
	const char *mailbox = np_exchange_recipient(exchange, index)->mailbox;
	struct np_exchange_recipient *other;
	unsigned int i, need = 0;

	if (!recipient_wants(np_exchange_recipient(exchange, index)))
		return 0;
	for (i = 0; i < exchange->recipients->len; i++) {
		other = np_exchange_recipient(exchange, i);
		if (!recipient_wants(other) ||
		    strcmp(other->mailbox, mailbox) != 0)
			continue;
		if (i < index)
			return 0;
		need++;
	}
	return need;
}

/* Takes the longest-kept question that holds the mailbox, unless enough is on
   its way back already. */
static void pass_take_mailbox(struct pool_pass *pass, const char *mailbox,
			      unsigned int need)
{
	struct np_pool *pool = pass->pool;
	struct np_exchange *kept;
	unsigned int i;
	GList *link;

	if (open_count(pool, mailbox) - held_count(pool, mailbox) + need <=
	    NP_MAX_OPEN_PER_MAILBOX)
		return;
	for (link = pool->kept.head; link != NULL; link = link->next) {
		kept = link->data;
		for (i = 0; i < kept->recipients->len; i++)
			if (np_exchange_recipient(kept, i)->counted &&
			    strcmp(np_exchange_recipient(kept, i)->mailbox,
				   mailbox) == 0) {
				pool_take(pool, kept);
				return;
			}
	}
}

/* Whether all mailboxes can be had now. Where not, the exchange claims them, so
   that later ones cannot get ahead of it for ever. */
static bool pass_mailboxes(struct pool_pass *pass, struct np_exchange *exchange)
{
	struct np_pool *pool = pass->pool;
	struct np_exchange_recipient *recipient;
	unsigned int i, need;
	bool free = true;

	for (i = 0; i < exchange->recipients->len; i++) {
		need = exchange_need(exchange, i);
		recipient = np_exchange_recipient(exchange, i);
		if (need == 0)
			continue;
		if (g_hash_table_contains(pass->claimed, recipient->mailbox)) {
			free = false;
		} else if (open_count(pool, recipient->mailbox) + need >
			   NP_MAX_OPEN_PER_MAILBOX) {
			pass_take_mailbox(pass, recipient->mailbox, need);
			free = false;
		}
	}
	for (i = 0; !free && i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient_wants(recipient))
			g_hash_table_add(pass->claimed,
					 g_strdup(recipient->mailbox));
	}
	return free;
}

static struct np_line *pool_idle_line(struct np_pool *pool, bool fresh)
{
	struct np_line *line;
	unsigned int i;

	/* The last made first: surplus ones stay idle and retire. */
	for (i = pool->lines->len; i-- > 0;) {
		line = g_ptr_array_index(pool->lines, i);
		if (np_relay_state(line->relay) == NP_RELAY_IDLE &&
		    !(fresh && np_relay_used(line->relay)))
			return line;
	}
	return NULL;
}

static void line_free(struct np_line *line)
{
	line_release(line);
	np_relay_close(&line->relay);
	g_ptr_array_remove(line->pool->lines, line);
	g_ptr_array_free(line->held, TRUE);
	g_free(line);
}

static void pass_connect(struct pool_pass *pass)
{
	struct np_pool *pool = pass->pool;
	struct np_line *line;

	if (pool->holding_off)
		return;
	line = g_new0(struct np_line, 1);
	line->pool = pool;
	line->held = g_ptr_array_new_with_free_func(g_free);
	line->relay = np_relay_create(pool->agent, &pool_relay_callbacks, line);
	pool->agent->metrics.store_connects++;
	if (line->relay == NULL) {
		pass->error = errno;
		pool->agent->metrics.store_failures++;
		np_log(pool->agent, NP_LOG_WARNING, NULL, "store %s: %s",
		       pool->agent->settings->lmtp_store, strerror(pass->error));
		g_ptr_array_free(line->held, TRUE);
		g_free(line);
		return;
	}
	g_ptr_array_add(pool->lines, line);
	pass->coming++;
}

/* No connection is idle: makes one, or takes one from a kept question. */
static void pass_want_line(struct pool_pass *pass, struct np_exchange *exchange)
{
	struct np_pool *pool = pass->pool;
	struct np_line *used;

	pass->wanted++;
	if (pass->wanted <= pass->coming || pass->error != 0)
		return;
	used = exchange->replaced ? pool_idle_line(pool, false) : NULL;
	if (used != NULL)
		line_free(used);
	if (pool->lines->len < pool->agent->settings->lmtp_store_connections) {
		pass_connect(pass);
	} else if (pool->kept.head != NULL) {
		pool_take(pool, pool->kept.head->data);
		pass->coming++;
	}
}

static void pool_grant(struct np_pool *pool, struct np_exchange *exchange,
		       struct np_line *line)
{
	struct np_exchange_recipient *recipient;
	unsigned int i;

	exchange_unwait(pool, exchange);
	exchange_unkeep(pool, exchange);
	exchange->line = line;
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (!recipient_wants(recipient))
			continue;
		recipient->counted = true;
		open_change(pool, recipient->mailbox, 1);
	}
	np_relay_ask(line->relay, exchange);
}

static unsigned int pool_coming(struct np_pool *pool)
{
	unsigned int i, count = 0;
	struct np_line *line;

	for (i = 0; i < pool->lines->len; i++) {
		line = g_ptr_array_index(pool->lines, i);
		if (np_relay_state(line->relay) == NP_RELAY_CONNECTING ||
		    np_relay_state(line->relay) == NP_RELAY_RESETTING)
			count++;
	}
	return count;
}

static void pool_pass(struct np_pool *pool, struct pool_pass *pass)
{
	struct np_exchange *exchange;
	struct np_line *line;
	GList *link, *next;

	for (link = pool->waiting.head; link != NULL; link = next) {
		next = link->next;
		exchange = link->data;
		if (pass->wanted >= pool->agent->settings->lmtp_store_connections)
			break;
		if (!pass_mailboxes(pass, exchange))
			continue;
		line = exchange->line != NULL
			       ? exchange->line
			       : pool_idle_line(pool, exchange->replaced);
		if (line != NULL)
			pool_grant(pool, exchange, line);
		else
			pass_want_line(pass, exchange);
	}
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
		exchange_unwait(pool, exchange);
		exchange_give_up(exchange);
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
	pool->holding_off = true;
	event_add(pool->service, &retry);
}

static void on_service(evutil_socket_t fd, short what, void *context)
{
	struct np_pool *pool = context;
	struct pool_pass pass = {.pool = pool};

	(void)fd;
	(void)what;
	pool->holding_off = pool->holding_off &&
			    event_pending(pool->service, EV_TIMEOUT, NULL);
	if (pool->waiting.head == NULL) {
		pool->failing_since = 0;
		return;
	}
	pass.claimed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					     NULL);
	pass.coming = pool_coming(pool);
	pool_pass(pool, &pass);
	g_hash_table_destroy(pass.claimed);
	if (pass.error != 0)
		pool_connect_failed(pool, pass.error);
}

/* What the relays report */

static void on_line_idle(void *owner, struct np_relay *relay)
{
	struct np_line *line = owner;

	(void)relay;
	line->pool->failing_since = 0;
	line_release(line);
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
	lost = exchange_detach(pool, exchange);
	if (lost)
		exchange->callbacks->on_forgotten(exchange->owner);
	if (!asking && !sending)
		return;
	if (replaceable && !exchange->replaced) {
		exchange->replaced = true;
		exchange_wait(pool, exchange, true);
		return;
	}
	exchange_unwait(pool, exchange);
	exchange_give_up(exchange);
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
	line_free(line);
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

static unsigned int exchange_open(struct np_exchange *exchange)
{
	unsigned int i, count = 0;

	for (i = 0; i < exchange->recipients->len; i++)
		if (np_exchange_recipient(exchange, i)->state ==
		    NP_RECIPIENT_OPEN)
			count++;
	return count;
}

static void on_line_answered(void *owner, struct np_exchange *exchange)
{
	struct np_line *line = owner;
	struct np_pool *pool = line->pool;

	exchange->replaced = false;
	if (exchange_open(exchange) == 0) {
		exchange_detach(pool, exchange);
		np_relay_reset(line->relay);
	} else if (exchange->spool != NULL) {
		np_relay_send(line->relay);
	} else {
		exchange->state = NP_EXCHANGE_KEPT;
		exchange->kept = true;
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
	exchange->callbacks->on_final(exchange->owner, index, reply);
}

static void on_line_delivered(void *owner, struct np_exchange *exchange)
{
	struct np_line *line = owner;

	exchange->line = NULL;
	exchange->state = NP_EXCHANGE_DONE;
	pool_wake(line->pool);
}

static const struct np_relay_callbacks pool_relay_callbacks = {
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
	if (pool->service == NULL)
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
		line_free(g_ptr_array_index(pool->lines, 0));
	g_ptr_array_free(pool->lines, TRUE);
	g_hash_table_destroy(pool->open);
	event_free(pool->service);
	g_free(pool);
}

static void recipient_clear(gpointer data)
{
	struct np_exchange_recipient *recipient = data;

	g_free(recipient->path);
	g_free(recipient->orcpt);
	g_free(recipient->mailbox);
}

struct np_exchange *
np_exchange_create(const struct np_envelope *envelope,
		   const struct np_exchange_callbacks *callbacks, void *owner)
{
	struct np_exchange *exchange = g_new0(struct np_exchange, 1);

	exchange->envelope = envelope;
	exchange->callbacks = callbacks;
	exchange->owner = owner;
	exchange->state = NP_EXCHANGE_DONE;
	exchange->waiting_link.data = exchange;
	exchange->kept_link.data = exchange;
	exchange->recipients = g_array_new(
		FALSE, TRUE, sizeof(struct np_exchange_recipient));
	g_array_set_clear_func(exchange->recipients, recipient_clear);
	return exchange;
}

unsigned int np_exchange_add(struct np_exchange *exchange, const char *path,
			     const char *orcpt, const char *mailbox)
{
	struct np_exchange_recipient recipient = {
		.path = g_strdup(path),
		.orcpt = g_strdup(orcpt),
		.mailbox = g_strdup(mailbox),
	};

	g_array_append_val(exchange->recipients, recipient);
	return exchange->recipients->len - 1;
}

void np_exchange_start(struct np_pool *pool, struct np_exchange *exchange)
{
	exchange_wait(pool, exchange, false);
}

void np_exchange_set_data(struct np_exchange *exchange, struct np_spool *spool,
			  GString *stamps)
{
	exchange->spool = np_spool_ref(spool);
	exchange->stamps = stamps;
}

bool np_exchange_kept(const struct np_exchange *exchange)
{
	return exchange->state == NP_EXCHANGE_KEPT && !exchange->waiting;
}

bool np_exchange_deliver(struct np_pool *pool, struct np_exchange *exchange,
			 unsigned int wanted, struct np_spool *spool,
			 GString *stamps)
{
	if (!np_exchange_kept(exchange) || exchange_open(exchange) != wanted)
		return false;
	exchange_unkeep(pool, exchange);
	np_exchange_set_data(exchange, spool, stamps);
	np_relay_send(exchange->line->relay);
	return true;
}

bool np_exchange_is_open(struct np_exchange *exchange, unsigned int index)
{
	return np_exchange_recipient(exchange, index)->state ==
	       NP_RECIPIENT_OPEN;
}

void np_exchange_hand_over(struct np_exchange *exchange,
			   const struct np_exchange_callbacks *callbacks,
			   void *owner)
{
	exchange->callbacks = callbacks;
	exchange->owner = owner;
}

bool np_exchange_sending(const struct np_exchange *exchange)
{
	return exchange->state == NP_EXCHANGE_SENDING;
}

void np_exchange_destroy(struct np_pool *pool, struct np_exchange **_exchange)
{
	struct np_exchange *exchange = *_exchange;
	struct np_line *line;

	*_exchange = NULL;
	if (exchange == NULL)
		return;
	exchange_unwait(pool, exchange);
	exchange_unkeep(pool, exchange);
	line = exchange->line;
	if (line != NULL) {
		line_hold(line, exchange);
		np_relay_reset(line->relay);
	}
	np_spool_unref(&exchange->spool);
	if (exchange->stamps != NULL)
		g_string_free(exchange->stamps, TRUE);
	g_array_free(exchange->recipients, TRUE);
	g_free(exchange);
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
