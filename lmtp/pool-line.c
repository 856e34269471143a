/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections of the pool and what is open on them; see pool-line.h. */
#include "lmtp/pool-line.h"

#include "lmtp/relay.h"

#include <string.h>

unsigned int np_open_count(struct np_pool *pool, const char *mailbox)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(pool->open, mailbox));
}

void np_open_change(struct np_pool *pool, const char *mailbox, int by)
{
	unsigned int count = np_open_count(pool, mailbox) + (unsigned int)by;

	if (count == 0)
		g_hash_table_remove(pool->open, mailbox);
	else
		g_hash_table_replace(pool->open, g_strdup(mailbox),
				     GUINT_TO_POINTER(count));
}

unsigned int np_open_leaving(struct np_pool *pool, const char *mailbox)
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

void np_line_hold(struct np_line *line, struct np_exchange *exchange)
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

void np_line_release(struct np_line *line)
{
	unsigned int i;

	for (i = 0; i < line->held->len; i++)
		np_open_change(line->pool, g_ptr_array_index(line->held, i), -1);
	g_ptr_array_set_size(line->held, 0);
}

void np_line_free(struct np_line *line)
{
	np_line_release(line);
	np_relay_close(&line->relay);
	g_ptr_array_remove(line->pool->lines, line);
	g_ptr_array_free(line->held, TRUE);
	g_free(line->store);
	g_free(line);
}

struct np_line *np_pool_idle_line(struct np_pool *pool, bool fresh)
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

unsigned int np_pool_coming(struct np_pool *pool)
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

void np_pool_unwait(struct np_pool *pool, struct np_exchange *exchange)
{
	if (exchange->waiting)
		g_queue_unlink(&pool->waiting, &exchange->waiting_link);
	exchange->waiting = false;
}

void np_pool_unkeep(struct np_pool *pool, struct np_exchange *exchange)
{
	if (exchange->kept)
		g_queue_unlink(&pool->kept, &exchange->kept_link);
	exchange->kept = false;
}
