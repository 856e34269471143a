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
	/* How many RCPTs of each mailbox those further ahead still wait for:
	   what becomes free is theirs first. */
	GHashTable *claimed;
	unsigned int wanted;	/* connections wanted so far and not had */
	unsigned int coming;	/* connections that will be idle soon */
	int error;		/* errno of a connection that could not begin */
};

/* Returns the claims on mailbox, changed by that much. */
static unsigned int pass_claim(struct pool_pass *pass, const char *mailbox,
			       int by)
{
	unsigned int count = GPOINTER_TO_UINT(g_hash_table_lookup(
				     pass->claimed, mailbox)) +
			     (unsigned int)by;

	if (by != 0)
		g_hash_table_replace(pass->claimed, g_strdup(mailbox),
				     GUINT_TO_POINTER(count));
	return count;
}

static bool recipient_wants(const struct np_exchange_recipient *recipient)
{
	return recipient->state == NP_RECIPIENT_UNASKED && !recipient->counted;
}

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

/* Claims one RCPT of mailbox. Where that is one too many for now, takes the
   longest-kept question that holds the mailbox, unless enough is on its way
   back already. Returns whether there is room at once. */
static bool pass_room(struct pool_pass *pass, const char *mailbox)
{
	struct np_pool *pool = pass->pool;
	unsigned int claimed = pass_claim(pass, mailbox, 1);
	unsigned int open = np_open_count(pool, mailbox);

	if (open + claimed <= NP_MAX_OPEN_PER_MAILBOX)
		return true;
	if (open - np_open_leaving(pool, mailbox) + claimed <=
	    NP_MAX_OPEN_PER_MAILBOX)
		return false;
	(void)pass_take(pass, mailbox);
	return false;
}

/* Begins a connection. Returns 0, or the errno of its failure. */
static int pool_connect(struct np_pool *pool)
{
	struct np_line *line = g_new0(struct np_line, 1);
	int error;

	line->pool = pool;
	line->held = g_ptr_array_new_with_free_func(g_free);
	line->relay = np_relay_create(pool->agent, &np_pool_relay_callbacks,
				      line);
	error = errno;
	pool->agent->metrics.store_connects++;
	if (line->relay != NULL) {
		line->store = g_strdup(pool->agent->settings->lmtp_store);
		g_ptr_array_add(pool->lines, line);
		return 0;
	}
	pool->agent->metrics.store_failures++;
	np_log(pool->agent, NP_LOG_WARNING, NULL, "store %s: %s",
	       pool->agent->settings->lmtp_store, strerror(error));
	g_ptr_array_free(line->held, TRUE);
	g_free(line);
	return error;
}

static void pass_connect(struct pool_pass *pass)
{
	if (event_pending(pass->pool->retry, EV_TIMEOUT, NULL))
		return;
	pass->error = pool_connect(pass->pool);
	if (pass->error == 0)
		pass->coming++;
}

void np_pool_warm(struct np_pool *pool)
{
	if (pool->lines->len == 0)
		(void)pool_connect(pool);
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

/* The claim becomes an open RCPT, asked for with the next np_relay_ask. */
static void pass_grant(struct pool_pass *pass,
		       struct np_exchange_recipient *recipient)
{
	pass_claim(pass, recipient->mailbox, -1);
	np_open_change(pass->pool, recipient->mailbox, 1);
	recipient->counted = true;
}

static void pass_ask(struct pool_pass *pass, struct np_exchange *exchange,
		     struct np_line *line)
{
	np_pool_unkeep(pass->pool, exchange);
	exchange->line = line;
	np_relay_ask(line->relay, exchange);
}

/* A delivery needs a connection and all its mailboxes, and holds none before
   it has them. */
static void pass_delivery(struct pool_pass *pass, struct np_exchange *exchange)
{
	struct np_exchange_recipient *recipient;
	struct np_line *line;
	bool room = true;
	unsigned int i;

	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient_wants(recipient) &&
		    !pass_room(pass, recipient->mailbox))
			room = false;
	}
	if (!room)
		return;
	line = np_pool_idle_line(pass->pool, exchange->replaced);
	if (line == NULL) {
		pass_want_line(pass, exchange);
		return;
	}
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient_wants(recipient))
			pass_grant(pass, recipient);
	}
	np_pool_unwait(pass->pool, exchange);
	pass_ask(pass, exchange, line);
}

/* A question asks for each mailbox as soon as there is room: one that is busy
   does not hold up the others. */
static void pass_question(struct pool_pass *pass, struct np_exchange *exchange)
{
	struct np_line *line = exchange->line;
	struct np_exchange_recipient *recipient;
	unsigned int i, left = 0, granted = 0;
	bool had_line = line != NULL;

	if (line == NULL)
		line = np_pool_idle_line(pass->pool, exchange->replaced);
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (!recipient_wants(recipient))
			continue;
		left++;
		if (!pass_room(pass, recipient->mailbox) || line == NULL)
			continue;
		if (had_line && exchange->line == NULL)
			break;	/* it stood in its own way and was taken */
		pass_grant(pass, recipient);
		/* From here on it is nobody's to take. */
		np_pool_unkeep(pass->pool, exchange);
		granted++;
		left--;
	}
	if (had_line && exchange->line == NULL)
		return;
	if (line == NULL && left > 0)
		pass_want_line(pass, exchange);
	if (granted == 0)
		return;
	if (left == 0)
		np_pool_unwait(pass->pool, exchange);
	pass_ask(pass, exchange, line);
}

static void pass_run(struct np_pool *pool, struct pool_pass *pass)
{
	struct np_exchange *exchange;
	GList *link, *next;

	for (link = pool->waiting.head; link != NULL; link = next) {
		next = link->next;
		exchange = link->data;
		if (pass->wanted >= pool->agent->settings->lmtp_store_connections)
			break;
		if (exchange->spool != NULL)
			pass_delivery(pass, exchange);
		else
			pass_question(pass, exchange);
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
