/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Postfix's lookups; see socketmap.h. */
#include "lmtp/socketmap.h"

#include "lmtp/recipient.h"
#include "lmtp/log.h"
#include "lmtp/netstring.h"
#include "lmtp/stream.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct socketmap {
	struct agent *agent;
	struct np_stream stream;
	GList link;		/* in agent->requests */
	char key[NP_MAX_REQUEST + 1];
	struct np_recipient *recipient;	/* while the store is asked */
	struct np_lookup_wait *wait;	/* while the map is loaded */
	bool busy;		/* a request is not answered yet */
	bool processing;
	bool dead;
};

static void socketmap_continue(struct socketmap *map);

static void socketmap_free(struct socketmap *map)
{
	np_lookup_cancel(map->agent->lookup, &map->wait);
	np_recipient_destroy(&map->recipient);
	np_stream_deinit(&map->stream);
	g_queue_unlink(&map->agent->requests, &map->link);
	g_free(map);
}

static void socketmap_die(struct socketmap *map)
{
	map->dead = true;
	if (!map->processing)
		socketmap_free(map);
}

/* "OK value", "NOTFOUND ", "TEMP why" */
static void socketmap_answer(struct socketmap *map, const char *word,
			     const char *value)
{
	char *text = g_strdup_printf("%s %s", word, value);
	char out[NP_NETSTRING_SIZE(NP_MAX_REQUEST)];
	size_t len = np_netstring_print(text, MIN(strlen(text), NP_MAX_REQUEST),
					out);

	np_stream_write(&map->stream, out, len);
	g_free(text);
	map->busy = false;
	socketmap_continue(map);
}

/* mailbox */

static void on_mailbox_done(void *owner, struct np_recipient *recipient)
{
	struct socketmap *map = owner;
	const struct np_store_reply *reply = recipient->store_reply;
	char mailbox[NP_MAX_ADDRESS + 1];
	bool taken = recipient->accepted;
	bool unknown;

	if (reply != NULL) {
		unknown = np_store_reply_unknown_user(reply);
		/* Whatever else is permanent (a full mailbox) is for the
		   delivery to say: the address is there. */
		taken = taken || (reply->code / 100 == 5 && !unknown &&
				  !np_store_reply_trouble(reply));
	} else {
		unknown = recipient->reply == NP_REPLY_NO_SUCH_USER;
	}
	g_strlcpy(mailbox, recipient->mailbox, sizeof(mailbox));
	np_recipient_destroy(&map->recipient);
	if (taken)
		socketmap_answer(map, "OK", mailbox);
	else if (unknown)
		socketmap_answer(map, "NOTFOUND", "");
	else
		socketmap_answer(map, "TEMP", "the mail store or the alias map "
				 "cannot be asked now");
}

static void socketmap_mailbox(struct socketmap *map,
			      const struct np_address *address)
{
	static const struct np_envelope envelope = {.sender = (char *)"",
						    .smtputf8 = true};

	map->recipient = np_recipient_create(map->agent, "socketmap", &envelope,
					     map->key, address, NULL);
	np_recipient_ask(map->recipient, on_mailbox_done, map);
}

/* sender */

static void socketmap_sender_verdict(struct socketmap *map,
				     const struct np_map_settings *settings,
				     const struct np_verdict *verdict)
{
	const char *at = strrchr(verdict->mailbox, '@');

	if (verdict->answer == NP_VERDICT_REFUSED || at == NULL)
		socketmap_answer(map, "NOTFOUND", "");
	else if (verdict->rule == NP_RULE_STORE &&
		 !np_list_has(settings->domains, at + 1))
		socketmap_answer(map, "NOTFOUND", "");
	else
		socketmap_answer(map, "OK", verdict->mailbox);
}

static void on_sender_map(void *owner)
{
	struct socketmap *request = owner;
	struct agent *agent = request->agent;
	struct np_map *map = np_lookup_map(agent->lookup);
	struct np_error error = {.kind = NP_ERROR_NONE};
	struct np_address address;
	struct np_verdict verdict;

	if (map == NULL) {
		socketmap_answer(request, "TEMP", "there is no good alias map");
		return;
	}
	if (np_map_meta(map)->settings.domains[0] == '\0') {
		if (!agent->warned_domains)
			np_log(agent, NP_LOG_ERROR, NULL,
			       "socketmap sender: [map] domains is not set; "
			       "set it and run \"nameplate apply\"");
		agent->warned_domains = true;
		socketmap_answer(request, "TEMP", "[map] domains is not set");
		return;
	}
	/* The key was parsed once already, when it was queued. */
	(void)np_address_parse(request->key, strlen(request->key),
			       NP_ADDRESS_UTF8, &address, NULL);
	if (np_resolve(map, &address, NP_FOR_SEND, time(NULL), &verdict,
		       &error) < 0) {
		agent->metrics.lookups_failed++;
		np_log(agent, NP_LOG_ERROR, NULL,
		       "socketmap sender %s: %s", request->key, error.text);
		socketmap_answer(request, "TEMP", "the alias map cannot be "
				 "read now");
		return;
	}
	socketmap_sender_verdict(request, &np_map_meta(map)->settings,
				 &verdict);
}

/* "NAME KEY" in map->key; what is no address is nobody's. */
static void socketmap_request(struct socketmap *map, const char *name)
{
	bool mailbox = strcmp(name, "mailbox") == 0;
	struct np_address address;

	map->agent->metrics.socketmap_requests++;
	map->busy = true;
	if (!mailbox && strcmp(name, "sender") != 0) {
		np_log(map->agent, NP_LOG_ERROR, NULL,
		       "socketmap: %s: only mailbox and sender are known",
		       name);
		socketmap_answer(map, "TEMP",
				 "only mailbox and sender are known");
	} else if (np_address_parse(map->key, strlen(map->key),
				    NP_ADDRESS_UTF8 |
					    (mailbox ? NP_ADDRESS_BARE_POSTMASTER
						     : 0),
				    &address, NULL) != NP_ADDRESS_OK) {
		socketmap_answer(map, "NOTFOUND", "");
	} else if (mailbox) {
		socketmap_mailbox(map, &address);
	} else {
		np_lookup_refresh(map->agent->lookup, on_sender_map, map,
				  &map->wait);
	}
}

/* Takes one request from the input. Returns false where there is none. */
static bool socketmap_take(struct socketmap *map)
{
	struct evbuffer *input = np_stream_input(&map->stream);
	char data[NP_NETSTRING_SIZE(NP_MAX_REQUEST)];
	const char *request, *space;
	char name[32];
	size_t len, used;
	ssize_t got;
	int ret;

	got = input == NULL ? 0 : evbuffer_copyout(input, data, sizeof(data));
	if (got <= 0)
		return false;
	ret = np_netstring_parse(data, (size_t)got, &request, &len, &used);
	if (ret < 0) {
		np_log(map->agent, NP_LOG_WARNING, NULL,
		       "socketmap: not a netstring, connection closed");
		socketmap_die(map);
	}
	if (ret <= 0)
		return false;
	space = memchr(request, ' ', len);
	name[0] = '\0';
	map->key[0] = '\0';
	/* No NUL ends the request: nothing that looks for one may read it. */
	if (space != NULL && memchr(request, '\0', len) == NULL) {
		(void)snprintf(name, sizeof(name), "%.*s",
			       (int)(space - request), request);
		(void)snprintf(map->key, sizeof(map->key), "%.*s",
			       (int)(request + len - space - 1), space + 1);
	}
	evbuffer_drain(input, used);
	socketmap_request(map, name);
	return true;
}

static void socketmap_continue(struct socketmap *map)
{
	bool more = true;

	if (map->processing)
		return;
	map->processing = true;
	while (more && !map->busy && !map->dead)
		more = socketmap_take(map);
	map->processing = false;
	if (map->dead) {
		socketmap_free(map);
		return;
	}
	np_stream_trim(&map->stream);
	np_stream_flush(&map->stream);
}

static void on_socketmap_readable(void *owner)
{
	socketmap_continue(owner);
}

static void on_socketmap_closed(void *owner, int error)
{
	(void)error;
	socketmap_die(owner);
}

static void on_socketmap_timeout(void *owner)
{
	struct socketmap *map = owner;

	/* Postfix keeps idle connections and opens new ones by itself. */
	if (!map->busy)
		socketmap_die(map);
}

static const struct np_stream_callbacks socketmap_callbacks = {
	.on_readable = on_socketmap_readable,
	.on_closed = on_socketmap_closed,
	.on_timeout = on_socketmap_timeout,
};

void np_socketmap_create(struct agent *agent, int fd)
{
	struct socketmap *map = g_new0(struct socketmap, 1);

	map->agent = agent;
	map->link.data = map;
	g_queue_push_tail_link(&agent->requests, &map->link);
	np_stream_init(&map->stream, agent->base, fd, false,
		       agent->client_timeout, &socketmap_callbacks, map);
}

void np_socketmap_close_all(struct agent *agent)
{
	while (agent->requests.head != NULL)
		socketmap_free(agent->requests.head->data);
}
