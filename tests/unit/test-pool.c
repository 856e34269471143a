/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pool against a store that is played here: relay.c is replaced by one
 * whose answers the test gives, in whatever order, so that every interleaving
 * of questions, deliveries, takes and dying connections can be had without a
 * socket. The played store counts what is open and complains.
 */
#include "lmtp/pool.h"

#include "lmtp/agent.h"
#include "lmtp/log.h"
#include "lmtp/relay.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MAILBOXES 5
#define CLIENTS 12
#define CONNECTIONS 3

/* The played relay */

struct np_relay {
	const struct np_relay_callbacks *callbacks;
	void *owner;
	enum np_relay_state state;
	struct np_exchange *exchange;
	bool used;
	bool sending;
	GArray *asked;		/* unsigned int: recipients to be answered */
	GPtrArray *open;	/* mailboxes open at the store */
};

static struct world {
	struct agent agent;
	GPtrArray *relays;
	unsigned int open[MAILBOXES];
	unsigned int most_open;
	int refuse_connect;	/* errno */
	unsigned int seed;
} world;

static unsigned int chance(unsigned int n)
{
	return (unsigned int)rand_r(&world.seed) % n;
}

static unsigned int mailbox_number(const char *mailbox)
{
	return (unsigned int)(mailbox[0] - 'a');
}

static void store_open(struct np_relay *relay, const char *mailbox)
{
	unsigned int count = ++world.open[mailbox_number(mailbox)];

	g_ptr_array_add(relay->open, g_strdup(mailbox));
	world.most_open = MAX(world.most_open, count);
}

static void store_close_all(struct np_relay *relay)
{
	unsigned int i;

	for (i = 0; i < relay->open->len; i++)
		world.open[mailbox_number(
			g_ptr_array_index(relay->open, i))]--;
	g_ptr_array_set_size(relay->open, 0);
}

struct np_relay *np_relay_create(struct agent *agent,
				 const struct np_relay_callbacks *callbacks,
				 void *owner)
{
	struct np_relay *relay;

	(void)agent;
	if (world.refuse_connect != 0) {
		errno = world.refuse_connect;
		return NULL;
	}
	relay = g_new0(struct np_relay, 1);
	relay->callbacks = callbacks;
	relay->owner = owner;
	relay->asked = g_array_new(FALSE, FALSE, sizeof(unsigned int));
	relay->open = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(world.relays, relay);
	assert_true(world.relays->len <= CONNECTIONS);
	return relay;
}

static void relay_free(struct np_relay *relay)
{
	store_close_all(relay);
	g_ptr_array_remove(world.relays, relay);
	g_array_free(relay->asked, TRUE);
	g_ptr_array_free(relay->open, TRUE);
	g_free(relay);
}

void np_relay_close(struct np_relay **relay)
{
	if (*relay != NULL)
		relay_free(*relay);
	*relay = NULL;
}

enum np_relay_state np_relay_state(const struct np_relay *relay)
{
	return relay->state;
}

bool np_relay_used(const struct np_relay *relay)
{
	return relay->used;
}

void np_relay_ask(struct np_relay *relay, struct np_exchange *exchange)
{
	struct np_exchange_recipient *recipient;
	unsigned int i;

	assert_true(relay->state == NP_RELAY_IDLE ||
		    relay->exchange == exchange);
	relay->state = NP_RELAY_BUSY;
	relay->used = true;
	relay->exchange = exchange;
	exchange->state = NP_EXCHANGE_ASKING;
	for (i = 0; i < exchange->recipients->len; i++) {
		recipient = np_exchange_recipient(exchange, i);
		if (recipient->state != NP_RECIPIENT_UNASKED ||
		    !recipient->counted)
			continue;
		recipient->state = NP_RECIPIENT_ASKED;
		store_open(relay, recipient->mailbox);
		g_array_append_val(relay->asked, i);
	}
}

void np_relay_send(struct np_relay *relay)
{
	assert_int_equal(relay->state, NP_RELAY_BUSY);
	relay->exchange->state = NP_EXCHANGE_SENDING;
	relay->sending = true;
}

static void relay_die(struct np_relay *relay, enum np_reply why)
{
	struct np_exchange *exchange = relay->exchange;

	relay->exchange = NULL;
	relay->state = NP_RELAY_DEAD;
	store_close_all(relay);
	relay->callbacks->on_dead(relay->owner, relay, exchange, why,
				  !relay->sending);
	relay_free(relay);
}

void np_relay_reset(struct np_relay *relay)
{
	relay->exchange = NULL;
	g_array_set_size(relay->asked, 0);
	if (relay->sending)
		relay_die(relay, NP_REPLY_STORE_LOST);
	else
		relay->state = NP_RELAY_RESETTING;
}

/* The played store answers what is oldest on a relay. */
static void store_idle(struct np_relay *relay)
{
	store_close_all(relay);
	relay->state = NP_RELAY_IDLE;
	relay->exchange = NULL;
	relay->sending = false;
	relay->callbacks->on_idle(relay->owner, relay);
}

static void store_answer_rcpt(struct np_relay *relay, bool accept)
{
	struct np_store_reply reply = {.code = accept ? 250 : 550};
	unsigned int index = g_array_index(relay->asked, unsigned int, 0);
	struct np_exchange *exchange = relay->exchange;
	struct np_exchange_recipient *recipient =
		np_exchange_recipient(exchange, index);
	unsigned int i;

	g_array_remove_index(relay->asked, 0);
	recipient->state = accept ? NP_RECIPIENT_OPEN : NP_RECIPIENT_REFUSED;
	for (i = 0; !accept && i < relay->open->len; i++)
		if (strcmp(g_ptr_array_index(relay->open, i),
			   recipient->mailbox) == 0) {
			world.open[mailbox_number(recipient->mailbox)]--;
			g_ptr_array_remove_index(relay->open, i);
			break;
		}
	relay->callbacks->on_recipient(relay->owner, exchange, index, &reply);
	if (relay->state == NP_RELAY_BUSY && relay->asked->len == 0)
		relay->callbacks->on_answered(relay->owner, exchange);
}

static void store_answer_final(struct np_relay *relay)
{
	struct np_store_reply reply = {.code = 250};
	struct np_exchange *exchange = relay->exchange;
	GArray *open = g_array_new(FALSE, FALSE, sizeof(unsigned int));
	unsigned int i, index;

	for (i = 0; i < exchange->recipients->len; i++)
		if (np_exchange_is_open(exchange, i))
			g_array_append_val(open, i);
	assert_true(open->len > 0);
	for (i = 0; i < open->len; i++) {
		index = g_array_index(open, unsigned int, i);
		np_exchange_recipient(exchange, index)->state =
			NP_RECIPIENT_FINAL;
		if (i + 1 == open->len) {
			relay->callbacks->on_delivered(relay->owner, exchange);
			store_idle(relay);
		}
		relay->callbacks->on_final(relay->owner, exchange, index,
					   &reply);
	}
	g_array_free(open, TRUE);
}

/* One step of the store on a relay. Returns false where it waits for us. */
static bool store_step(struct np_relay *relay, unsigned int refuse_percent)
{
	switch (relay->state) {
	case NP_RELAY_CONNECTING:
	case NP_RELAY_RESETTING:
		store_idle(relay);
		return true;
	case NP_RELAY_BUSY:
		if (relay->asked->len > 0)
			store_answer_rcpt(relay, chance(100) >= refuse_percent);
		else if (relay->sending)
			store_answer_final(relay);
		else
			return false;
		return true;
	case NP_RELAY_IDLE:
	case NP_RELAY_DEAD:
		return false;
	}
	return false;
}

void np_log(const struct agent *agent, enum np_log_level level, const char *id,
	    const char *format, ...)
{
	(void)agent;
	(void)level;
	(void)id;
	(void)format;
}

/* Clients of the pool */

struct client {
	struct np_exchange *exchange;
	unsigned int answers;	/* refused, final, or told of trouble */
	unsigned int accepted;
	unsigned int finals;
	bool trouble;
	bool forgotten;
};

static void on_client_recipient(void *owner, unsigned int index,
				const struct np_store_reply *reply)
{
	struct client *client = owner;

	(void)index;
	if (reply->code == 250)
		client->accepted++;
	else
		client->answers++;
}

static void on_client_final(void *owner, unsigned int index,
			    const struct np_store_reply *reply)
{
	struct client *client = owner;

	(void)index;
	(void)reply;
	client->finals++;
	client->answers++;
}

static void on_client_trouble(void *owner, enum np_reply why)
{
	struct client *client = owner;

	assert_int_equal(np_reply_code(why), 451);
	assert_false(client->trouble);
	client->trouble = true;
}

static void on_client_forgotten(void *owner)
{
	((struct client *)owner)->forgotten = true;
}

static const struct np_exchange_callbacks client_callbacks = {
	.on_recipient = on_client_recipient,
	.on_final = on_client_final,
	.on_trouble = on_client_trouble,
	.on_forgotten = on_client_forgotten,
};

/* RCPTs of it wait, so that no data can come: who wants a kept question's
   connection has it at once. */
static const struct np_envelope envelope = {.sender = (char *)"",
					    .pending = 1};
/* Its data may be on the way. */
static const struct np_envelope complete = {.sender = (char *)""};

static int pool_setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	world.seed = 1;
	world.relays = g_ptr_array_new();
	world.agent.base = event_base_new();
	world.agent.settings = g_new0(struct np_settings, 1);
	world.agent.settings->lmtp_store = g_strdup("unix:/store");
	world.agent.settings->lmtp_store_connections = CONNECTIONS;
	world.agent.settings->lmtp_store_connect_timeout = 1;
	world.agent.pool = np_pool_create(&world.agent);
	return 0;
}

static int pool_teardown(void **state)
{
	(void)state;
	np_pool_destroy(&world.agent.pool);
	assert_int_equal(world.relays->len, 0);
	g_ptr_array_free(world.relays, TRUE);
	event_base_free(world.agent.base);
	g_free(world.agent.settings->lmtp_store);
	g_free(world.agent.settings);
	return 0;
}

static void turn(void)
{
	event_base_loop(world.agent.base, EVLOOP_NONBLOCK);
}

/* Lets pool and store work until neither has anything to do. */
static void settle(unsigned int refuse_percent)
{
	bool more = true;
	unsigned int i;

	while (more) {
		turn();
		more = false;
		for (i = 0; i < world.relays->len; i++)
			if (store_step(g_ptr_array_index(world.relays, i),
				       refuse_percent)) {
				more = true;
				break;
			}
	}
}

static void client_ask(struct client *client, const char *mailbox)
{
	if (client->exchange == NULL)
		client->exchange = np_exchange_create(
			&envelope, &client_callbacks, client);
	np_exchange_add(client->exchange, mailbox, NULL, mailbox);
	np_pool_start(world.agent.pool, client->exchange);
}

static void client_deliver(struct client *client, struct np_spool *spool,
			   const char *mailboxes)
{
	char mailbox[2] = "";

	client->exchange =
		np_exchange_create(&envelope, &client_callbacks, client);
	for (; *mailboxes != '\0'; mailboxes++) {
		mailbox[0] = *mailboxes;
		np_exchange_add(client->exchange, mailbox, NULL, mailbox);
	}
	np_exchange_set_data(client->exchange, spool, g_string_new(""));
	np_pool_start(world.agent.pool, client->exchange);
}

static void client_end(struct client *client)
{
	np_pool_drop(world.agent.pool, &client->exchange);
	memset(client, 0, sizeof(*client));
}

static void test_pool__keeps_a_question_while_connections_are_free(void **state)
{
	struct client clients[CONNECTIONS + 1] = {{0}};
	unsigned int i;

	(void)state;
	for (i = 0; i < CONNECTIONS; i++)
		client_ask(&clients[i], "a");
	settle(0);
	for (i = 0; i < CONNECTIONS; i++)
		assert_true(np_exchange_kept(clients[i].exchange));
	/* One more wants a connection: the longest kept gives his up. */
	client_ask(&clients[CONNECTIONS], "b");
	settle(0);
	assert_true(clients[0].forgotten);
	assert_false(np_exchange_kept(clients[0].exchange));
	assert_false(clients[1].forgotten);
	assert_int_equal(clients[CONNECTIONS].accepted, 1);
	for (i = 0; i <= CONNECTIONS; i++)
		client_end(&clients[i]);
	settle(0);
}

/* Waits in real time, until the pool lets client in. */
static void client_await_answer(struct client *client)
{
	while (client->accepted == 0) {
		event_base_loop(world.agent.base, EVLOOP_ONCE);
		settle(0);
	}
}

static void test_pool__leaves_a_question_alone_at_first(void **state)
{
	struct client clients[CONNECTIONS + 1] = {{0}};
	unsigned int i;

	(void)state;
	for (i = 0; i <= CONNECTIONS; i++) {
		clients[i].exchange = np_exchange_create(
			&complete, &client_callbacks, &clients[i]);
		client_ask(&clients[i], i < CONNECTIONS ? "a" : "b");
		settle(0);
	}
	assert_int_equal(clients[CONNECTIONS].accepted, 0);
	for (i = 0; i < CONNECTIONS; i++)
		assert_true(np_exchange_kept(clients[i].exchange));
	/* Nobody sent data: whoever waits is not let down. */
	client_await_answer(&clients[CONNECTIONS]);
	assert_true(clients[0].forgotten);
	assert_false(clients[1].forgotten);
	for (i = 0; i <= CONNECTIONS; i++)
		client_end(&clients[i]);
	settle(0);
}

static void test_pool__leaves_a_mailbox_alone_at_first(void **state)
{
	struct client clients[2] = {{0}};
	unsigned int i;

	(void)state;
	clients[0].exchange = np_exchange_create(&complete, &client_callbacks,
						 &clients[0]);
	for (i = 0; i < 4; i++)
		client_ask(&clients[0], "a");
	settle(0);
	client_ask(&clients[1], "a");
	settle(0);
	assert_int_equal(clients[1].accepted, 0);
	assert_true(np_exchange_kept(clients[0].exchange));
	client_await_answer(&clients[1]);
	assert_true(clients[0].forgotten);
	assert_int_equal(world.most_open, 4);
	for (i = 0; i < 2; i++)
		client_end(&clients[i]);
	settle(0);
}

static void test_pool__opens_four_of_a_mailbox(void **state)
{
	struct client client = {0};
	struct np_spool *spool = np_spool_create(0, "");
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++)
		client_ask(&client, "a");
	settle(0);
	assert_int_equal(client.accepted, 4);
	client_ask(&client, "a");
	settle(0);
	/* His own kept question stood in the way. */
	assert_true(client.forgotten);
	assert_int_equal(client.accepted, 5);
	assert_int_equal(world.most_open, 4);
	assert_false(np_pool_deliver(world.agent.pool, client.exchange, 5,
					 spool, NULL));
	client_end(&client);
	settle(0);
	np_spool_unref(&spool);
}

static void test_pool__five_of_a_mailbox_at_once_are_all_answered(void **state)
{
	struct client many = {0}, other = {0};
	unsigned int i;

	(void)state;
	for (i = 0; i < 9; i++)
		client_ask(&many, "a");
	client_ask(&other, "a");
	settle(0);
	assert_int_equal(many.accepted, 9);
	assert_int_equal(other.accepted, 1);
	assert_int_equal(world.most_open, 4);
	client_end(&many);
	client_end(&other);
	settle(0);
}

/* Four deliveries keep mailbox a busy for as long as the test likes. */
static void occupy(struct client busy[1], struct np_spool *spool)
{
	client_deliver(&busy[0], spool, "aaaa");
	turn();
	store_step(g_ptr_array_index(world.relays, 0), 0);
	turn();
	assert_int_equal(world.open[0], 4);
}

static void test_pool__busy_mailbox_holds_up_nobody_else(void **state)
{
	struct np_spool *spool = np_spool_create(0, "");
	struct client busy[1] = {{0}}, mass = {0}, stranger = {0};
	unsigned int i;

	(void)state;
	occupy(busy, spool);
	client_ask(&mass, "a");
	client_ask(&mass, "b");
	client_ask(&stranger, "b");
	for (i = 0; i < 20; i++) {
		turn();
		/* All connections but the busy one. */
		if (world.relays->len > 1 + i % 2)
			store_step(g_ptr_array_index(world.relays, 1 + i % 2),
				   0);
	}
	assert_int_equal(mass.accepted, 1);
	assert_int_equal(stranger.accepted, 1);
	settle(0);
	assert_int_equal(mass.accepted, 2);
	client_end(&busy[0]);
	client_end(&mass);
	client_end(&stranger);
	settle(0);
	np_spool_unref(&spool);
}

static void test_pool__wakes_those_behind_one_who_leaves(void **state)
{
	struct np_spool *spool = np_spool_create(0, "");
	struct client busy[1] = {{0}}, first = {0}, second = {0};
	unsigned int i;

	(void)state;
	occupy(busy, spool);
	/* Waits for a, and has claimed all of b meanwhile. */
	client_deliver(&first, spool, "abbbb");
	client_ask(&second, "b");
	for (i = 0; i < 6; i++) {
		turn();
		if (world.relays->len > 1)
			store_step(g_ptr_array_index(world.relays, 1), 0);
	}
	assert_int_equal(second.accepted, 0);
	client_end(&first);
	for (i = 0; i < 6; i++) {
		turn();
		if (world.relays->len > 1)
			store_step(g_ptr_array_index(world.relays, 1), 0);
	}
	assert_int_equal(second.accepted, 1);
	settle(0);
	client_end(&busy[0]);
	client_end(&second);
	settle(0);
	np_spool_unref(&spool);
}

static void test_pool__waits_before_it_connects_again(void **state)
{
	struct np_spool *spool = np_spool_create(0, "");
	struct client busy[1] = {{0}}, client = {0};
	unsigned int i;

	(void)state;
	occupy(busy, spool);
	world.refuse_connect = ECONNREFUSED;
	client_ask(&client, "b");
	for (i = 0; i < 100; i++)
		turn();
	/* One for the busy connection, one refused; the rest is patience. */
	assert_true(world.agent.metrics.store_connects <= 3);
	assert_false(client.trouble);
	world.refuse_connect = 0;
	settle(0);
	while (client.accepted == 0) {
		event_base_loop(world.agent.base, EVLOOP_ONCE);
		settle(0);
	}
	client_end(&busy[0]);
	client_end(&client);
	settle(0);
	np_spool_unref(&spool);
}

static void test_pool__common_question_is_asked_on_one_connection(void **state)
{
	struct client client = {0};
	struct np_spool *spool = np_spool_create(0, "");

	(void)state;
	client_ask(&client, "a");
	client_ask(&client, "b");
	settle(0);
	client_ask(&client, "c");
	settle(0);
	assert_int_equal(world.relays->len, 1);
	assert_true(np_pool_deliver(world.agent.pool, client.exchange, 3,
					spool, g_string_new("")));
	settle(0);
	assert_int_equal(client.finals, 3);
	client_end(&client);
	np_spool_unref(&spool);
}

static void test_pool__replaces_a_dead_connection_once(void **state)
{
	struct np_spool *spool = np_spool_create(0, "");
	struct client client = {0};

	(void)state;
	client_deliver(&client, spool, "ab");
	turn();
	store_step(g_ptr_array_index(world.relays, 0), 0);	/* connected */
	turn();
	relay_die(g_ptr_array_index(world.relays, 0), NP_REPLY_STORE_LOST);
	assert_false(client.trouble);
	settle(0);
	assert_int_equal(client.finals, 2);
	client_end(&client);

	client_deliver(&client, spool, "ab");
	turn();
	relay_die(g_ptr_array_index(world.relays, 0), NP_REPLY_STORE_LOST);
	turn();
	store_step(g_ptr_array_index(world.relays, 0), 0);
	turn();
	relay_die(g_ptr_array_index(world.relays, 0), NP_REPLY_STORE_LOST);
	assert_true(client.trouble);
	client_end(&client);
	np_spool_unref(&spool);
}

static void test_pool__never_repeats_once_data_was_sent(void **state)
{
	struct np_spool *spool = np_spool_create(0, "");
	struct client client = {0};

	(void)state;
	client_deliver(&client, spool, "a");
	turn();
	store_step(g_ptr_array_index(world.relays, 0), 0);
	turn();
	store_step(g_ptr_array_index(world.relays, 0), 0);
	assert_true(np_exchange_sending(client.exchange));
	relay_die(g_ptr_array_index(world.relays, 0), NP_REPLY_STORE_LOST);
	assert_true(client.trouble);
	settle(0);
	assert_int_equal(client.finals, 0);
	client_end(&client);
	np_spool_unref(&spool);
}

static void test_pool__tells_all_who_wait_when_nothing_connects(void **state)
{
	struct client clients[3] = {{0}};
	unsigned int i;

	(void)state;
	world.refuse_connect = ECONNREFUSED;
	for (i = 0; i < 3; i++)
		client_ask(&clients[i], "a");
	settle(0);
	for (i = 0; i < 3; i++) {
		assert_true(clients[i].trouble);
		client_end(&clients[i]);
	}
	world.refuse_connect = 0;
	client_ask(&clients[0], "a");
	settle(0);
	assert_int_equal(clients[0].accepted, 1);
	client_end(&clients[0]);
	settle(0);
}

static void test_pool__tries_a_full_backlog_again(void **state)
{
	struct client client = {0};

	(void)state;
	world.refuse_connect = EAGAIN;
	client_ask(&client, "a");
	turn();
	assert_false(client.trouble);
	world.refuse_connect = 0;
	client_await_answer(&client);
	client_end(&client);
	settle(0);
}

/* Seeded rounds of everything at once: clients ask, keep, deliver, vanish; the
   store answers in any order and connections die. */
static void random_client_step(struct client *client, struct np_spool *spool)
{
	static const char *const sets[] = {"a", "b", "ab", "abc", "aab",
					   "cde", "edcba", "dd"};
	char mailbox[2] = {(char)('a' + chance(MAILBOXES)), '\0'};
	GString *stamps;

	if (client->exchange == NULL) {
		if (chance(2) == 0)
			client_ask(client, mailbox);
		else
			client_deliver(client, spool,
				       sets[chance(G_N_ELEMENTS(sets))]);
		return;
	}
	if (client->exchange->spool == NULL && chance(4) == 0) {
		client_ask(client, mailbox);
	} else if (client->exchange->spool == NULL && chance(4) == 0) {
		stamps = g_string_new("");
		if (!np_pool_deliver(world.agent.pool, client->exchange,
					 client->exchange->recipients->len,
					 spool, stamps))
			g_string_free(stamps, TRUE);
	} else if (!np_exchange_sending(client->exchange) || chance(20) == 0) {
		client_end(client);
	}
}

static void random_round(unsigned int seed)
{
	struct np_spool *spool = np_spool_create(0, "");
	struct client clients[CLIENTS] = {{0}};
	struct client last = {0};
	unsigned int step, i;

	world.seed = seed;
	for (step = 0; step < 400; step++) {
		if (chance(2) == 0)
			random_client_step(&clients[chance(CLIENTS)], spool);
		else if (world.relays->len > 0 && chance(30) > 0)
			store_step(g_ptr_array_index(
					   world.relays,
					   chance(world.relays->len)), 20);
		else if (world.relays->len > 0)
			relay_die(g_ptr_array_index(
					  world.relays,
					  chance(world.relays->len)),
				  NP_REPLY_STORE_LOST);
		turn();
		assert_true(world.most_open <= NP_MAX_OPEN_PER_MAILBOX);
	}
	/* Whatever went on before, whoever comes last gets all he needs. */
	client_deliver(&last, spool, "abcdeabcdeabcde");
	settle(0);
	assert_int_equal(last.finals, 15);
	client_end(&last);
	for (i = 0; i < CLIENTS; i++)
		if (clients[i].exchange != NULL)
			client_end(&clients[i]);
	settle(0);
	assert_int_equal(np_pool_waiting(world.agent.pool), 0);
	assert_int_equal(np_pool_kept(world.agent.pool), 0);
	for (i = 0; i < MAILBOXES; i++)
		assert_int_equal(world.open[i], 0);
	np_spool_unref(&spool);
}

static void test_pool__random_company(void **state)
{
	unsigned int seed;

	(void)state;
	for (seed = 1; seed <= 300; seed++)
		random_round(seed);
}

#define POOL_TEST(f) cmocka_unit_test_setup_teardown(f, pool_setup, \
						     pool_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		POOL_TEST(test_pool__keeps_a_question_while_connections_are_free),
		POOL_TEST(test_pool__leaves_a_question_alone_at_first),
		POOL_TEST(test_pool__leaves_a_mailbox_alone_at_first),
		POOL_TEST(test_pool__opens_four_of_a_mailbox),
		POOL_TEST(test_pool__five_of_a_mailbox_at_once_are_all_answered),
		POOL_TEST(test_pool__busy_mailbox_holds_up_nobody_else),
		POOL_TEST(test_pool__wakes_those_behind_one_who_leaves),
		POOL_TEST(test_pool__waits_before_it_connects_again),
		POOL_TEST(test_pool__common_question_is_asked_on_one_connection),
		POOL_TEST(test_pool__replaces_a_dead_connection_once),
		POOL_TEST(test_pool__never_repeats_once_data_was_sent),
		POOL_TEST(test_pool__tells_all_who_wait_when_nothing_connects),
		POOL_TEST(test_pool__tries_a_full_backlog_again),
		POOL_TEST(test_pool__random_company),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
