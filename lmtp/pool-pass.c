/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One pass over those that wait for the store; see np_pool_pass. Who cannot
 * have all he needs claims his mailboxes, so that later ones do not get ahead
 * of him for ever; who stands in the way with a kept question loses it.
 */
#include "lmtp/pool-line.h"

#include "lmtp/log.h"
#include "lmtp/relay.h"

#include <errno.h>
#include <string.h>

/* A client that was told "recipient OK" a moment ago has its data on the way:
   to take the question from it would only cost both a second one. */
#define POOL_GRACE_USEC 20000

struct pool_pass {
	struct np_pool *pool;
	int64_t now;		/* monotonic microseconds */
	int64_t look_again;	/* microseconds from now; 0 = need not */
	GHashTable *claimed;	/* mailboxes somebody further ahead waits for */
	unsigned int wanted;	/* connections wanted so far and not had */
	unsigned int coming;	/* connections that will be idle soon */
	int error;		/* errno of a connection that could not begin */
};

/* Takes a kept question away for somebody who waits. */
static void pool_take(struct np_pool *pool, struct np_exchange *exchange)
{
	struct np_line *line = exchange->line;

	pool->agent->metrics.questions_taken++;
	np_line_hold(line, exchange);
	np_pool_unkeep(pool, exchange);
	np_exchange_detach(exchange);
	np_relay_reset(line->relay);
	exchange->callbacks->on_forgotten(exchange->owner);
}

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

static bool exchange_holds(struct np_exchange *exchange, const char *mailbox)
{
	struct np_exchange_recipient *recipient;
	unsigned int i;

	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient->counted &&
		    strcmp(recipient->mailbox, mailbox) == 0)
			return true;
	}
	return false;
}

/* Not in its first moments, unless other RCPTs of its message wait: then no
   data can come. */
static bool pass_may_take(struct pool_pass *pass,
			  const struct np_exchange *kept)
{
	int64_t left = kept->kept_since + POOL_GRACE_USEC - pass->now;

	if (left <= 0 || kept->envelope->pending > 0)
		return true;
	if (pass->look_again == 0 || left < pass->look_again)
		pass->look_again = left;
	return false;
}

/* Takes the longest-kept question that may be taken; mailbox not NULL: of those
   that hold it. Returns whether there was one. */
static bool pass_take(struct pool_pass *pass, const char *mailbox)
{
	struct np_exchange *kept;
	GList *link;

	for (link = pass->pool->kept.head; link != NULL; link = link->next) {
		kept = link->data;
		if ((mailbox == NULL || exchange_holds(kept, mailbox)) &&
		    pass_may_take(pass, kept)) {
			pool_take(pass->pool, kept);
			return true;
		}
	}
	return false;
}

/* The same, unless enough is on its way back already. */
static void pass_take_mailbox(struct pool_pass *pass, const char *mailbox,
			      unsigned int need)
{
	struct np_pool *pool = pass->pool;

	if (np_open_count(pool, mailbox) - np_open_leaving(pool, mailbox) + need <=
	    NP_MAX_OPEN_PER_MAILBOX)
		return;
	(void)pass_take(pass, mailbox);
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
		} else if (np_open_count(pool, recipient->mailbox) + need >
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

static void pass_connect(struct pool_pass *pass)
{
	struct np_pool *pool = pass->pool;
	struct np_line *line;

	if (pool->holding_off)
		return;
	line = g_new0(struct np_line, 1);
	line->pool = pool;
	line->held = g_ptr_array_new_with_free_func(g_free);
	line->relay = np_relay_create(pool->agent, &np_pool_relay_callbacks, line);
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
	line->store = g_strdup(pool->agent->settings->lmtp_store);
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
	used = exchange->replaced ? np_pool_idle_line(pool, false) : NULL;
	if (used != NULL)
		np_line_free(used);
	if (pool->lines->len < pool->agent->settings->lmtp_store_connections) {
		pass_connect(pass);
	} else if (pass_take(pass, NULL)) {
		pass->coming++;
	}
}

static void pool_grant(struct np_pool *pool, struct np_exchange *exchange,
		       struct np_line *line)
{
	struct np_exchange_recipient *recipient;
	unsigned int i;

	np_pool_unwait(pool, exchange);
	np_pool_unkeep(pool, exchange);
	exchange->line = line;
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (!recipient_wants(recipient))
			continue;
		recipient->counted = true;
		np_open_change(pool, recipient->mailbox, 1);
	}
	np_relay_ask(line->relay, exchange);
}

static void pass_run(struct np_pool *pool, struct pool_pass *pass)
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
			       : np_pool_idle_line(pool, exchange->replaced);
		if (line != NULL)
			pool_grant(pool, exchange, line);
		else
			pass_want_line(pass, exchange);
	}
}

int np_pool_pass(struct np_pool *pool)
{
	struct pool_pass pass = {
		.pool = pool, .now = g_get_monotonic_time()};
	struct timeval again = {.tv_sec = 0};

	pass.claimed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					     NULL);
	pass.coming = np_pool_coming(pool);
	pass_run(pool, &pass);
	g_hash_table_destroy(pass.claimed);
	if (pass.look_again > 0) {
		again.tv_usec = (suseconds_t)pass.look_again;
		event_add(pool->grace, &again);
	}
	return pass.error;
}
