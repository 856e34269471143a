/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters for the operator's monitoring; see metrics.h. */
#include "lmtp/metrics.h"

#include "lmtp/agent.h"
#include "lmtp/lookup.h"
#include "lmtp/pool.h"
#include "lmtp/log.h"
#include "lmtp/socket.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <string.h>
#include <unistd.h>

#define METRICS_TYPE \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"

static void metrics_counter(struct evbuffer *out, const char *name,
			    const char *help, uint64_t value)
{
	evbuffer_add_printf(out,
			    "# TYPE nameplate_%s counter\n"
			    "# HELP nameplate_%s %s\n"
			    "nameplate_%s_total %llu\n",
			    name, name, help, name, (unsigned long long)value);
}

static void metrics_gauge(struct evbuffer *out, const char *name,
			  const char *help, uint64_t value)
{
	evbuffer_add_printf(out,
			    "# TYPE nameplate_%s gauge\n"
			    "# HELP nameplate_%s %s\n"
			    "nameplate_%s %llu\n",
			    name, name, help, name, (unsigned long long)value);
}

static void metrics_codes(struct evbuffer *out, const char *name,
			  const char *help, const uint64_t counts[6])
{
	unsigned int i;

	evbuffer_add_printf(out,
			    "# TYPE nameplate_%s counter\n"
			    "# HELP nameplate_%s %s\n",
			    name, name, help);
	for (i = 2; i < 6; i++)
		if (i != 3)
			evbuffer_add_printf(
				out, "nameplate_%s_total{code=\"%uxx\"} %llu\n",
				name, i, (unsigned long long)counts[i]);
}

static void metrics_rules(struct evbuffer *out, const uint64_t *counts)
{
	static const enum np_rule rules[] = {NP_RULE_ALIAS, NP_RULE_TAG,
					     NP_RULE_STORE, NP_RULE_CATCH_ALL,
					     NP_RULE_POSTMASTER};
	unsigned int i;

	evbuffer_add_printf(out,
			    "# TYPE nameplate_rules counter\n"
			    "# HELP nameplate_rules Recipients accepted at "
			    "RCPT, by the rule that found the mailbox\n");
	for (i = 0; i < G_N_ELEMENTS(rules); i++)
		evbuffer_add_printf(out,
				    "nameplate_rules_total{rule=\"%s\"} %llu\n",
				    np_rule_name(rules[i]),
				    (unsigned long long)counts[rules[i]]);
}

static void metrics_store(struct evbuffer *out, struct agent *agent)
{
	const struct np_metrics *metrics = &agent->metrics;

	metrics_counter(out, "store_connects",
			"Connections begun to the store",
			metrics->store_connects);
	metrics_counter(out, "store_failures",
			"Connections to the store that failed or were lost",
			metrics->store_failures);
	metrics_counter(out, "questions_taken",
			"Kept questions given up for somebody who waited",
			metrics->questions_taken);
	metrics_gauge(out, "store_connections", "Connections to the store",
		      np_pool_connections(agent->pool));
	metrics_gauge(out, "store_waiting",
		      "Questions and deliveries that wait for the store",
		      np_pool_waiting(agent->pool));
	metrics_gauge(out, "store_kept", "Questions kept open at the store",
		      np_pool_kept(agent->pool));
}

static void metrics_map(struct evbuffer *out, struct agent *agent)
{
	const struct np_metrics *metrics = &agent->metrics;
	struct np_map *map = np_lookup_map(agent->lookup);

	metrics_counter(out, "map_loads", "Generations of the map loaded",
			metrics->map_loads);
	metrics_counter(out, "map_failures",
			"Generations of the map that could not be loaded",
			metrics->map_failures);
	metrics_counter(out, "lookups_failed",
			"Recipients answered 451 for want of a map",
			metrics->lookups_failed);
	metrics_gauge(out, "map_generation",
		      "Generation of the map that is served, 0 for none",
		      map == NULL ? 0 : np_map_meta(map)->generation);
}

static void metrics_print(struct evbuffer *out, struct agent *agent)
{
	const struct np_metrics *metrics = &agent->metrics;

	metrics_counter(out, "connections", "Clients accepted",
			metrics->connections);
	metrics_counter(out, "connections_refused",
			"Clients over the limit or not allowed",
			metrics->connections_refused);
	metrics_gauge(out, "sessions", "Clients connected",
		      agent->sessions.length);
	metrics_gauge(out, "transactions", "Messages under way",
		      agent->transactions.length);
	metrics_counter(out, "messages", "Messages taken in",
			metrics->messages);
	metrics_codes(out, "recipients", "Replies to RCPT",
		      metrics->recipients);
	metrics_codes(out, "deliveries", "Replies after the data",
		      metrics->deliveries);
	metrics_rules(out, metrics->rules);
	metrics_counter(out, "loops", "Recipients refused as a loop",
			metrics->loops);
	metrics_counter(out, "returned",
			"Deliveries of a message that had been here before",
			metrics->returned);
	metrics_counter(out, "catch_all_missing",
			"Catch-all mailboxes unknown to the store",
			metrics->catch_all_missing);
	metrics_counter(out, "socketmap_requests", "Lookups by Postfix",
			metrics->socketmap_requests);
	metrics_store(out, agent);
	metrics_map(out, agent);
	evbuffer_add_printf(out, "# EOF\n");
}

static void on_get_metrics(struct evhttp_request *request, void *context)
{
	struct evbuffer *out = evbuffer_new();

	if (out == NULL) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	metrics_print(out, context);
	evhttp_add_header(evhttp_request_get_output_headers(request),
			  "Content-Type", METRICS_TYPE);
	evhttp_send_reply(request, HTTP_OK, "OK", out);
	evbuffer_free(out);
}

/* 200 while mail can be taken: a good map is loaded and nobody stops us. */
static void on_get_health(struct evhttp_request *request, void *context)
{
	struct agent *agent = context;
	struct evbuffer *out = evbuffer_new();
	bool map = np_lookup_map(agent->lookup) != NULL;

	if (out == NULL) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	evbuffer_add_printf(out, "%s\n",
			    agent->stopping ? "stopping"
			    : map	    ? "ok"
					    : "no good map: see the log");
	evhttp_send_reply(request, map && !agent->stopping ? HTTP_OK : 503,
			  NULL, out);
	evbuffer_free(out);
}

static int metrics_open(struct agent *agent, struct evhttp *server,
			const char *address)
{
	struct np_error error;
	int fd = np_socket_listen(address, &error);

	if (fd >= 0 && evhttp_accept_socket(server, fd) == 0)
		return 1;
	np_log(agent, NP_LOG_ERROR, NULL, "metrics: %s",
	       fd < 0 ? error.text : "cannot serve");
	if (fd >= 0)
		close(fd);
	return -1;
}

int np_metrics_listen(struct agent *agent, const int *fds, unsigned int count,
		      struct evhttp **server_r)
{
	struct evhttp *server = evhttp_new(agent->base);
	char **list = agent->settings->metrics_listen;
	unsigned int i;
	int ret = 1;

	if (server == NULL)
		return -1;
	evhttp_set_allowed_methods(server, EVHTTP_REQ_GET);
	evhttp_set_max_body_size(server, 0);
	evhttp_set_max_headers_size(server, 8192);
	evhttp_set_timeout(server, 30);
	evhttp_set_cb(server, "/metrics", on_get_metrics, agent);
	evhttp_set_cb(server, "/health", on_get_health, agent);
	for (i = 0; ret > 0 && i < count; i++)
		ret = evhttp_accept_socket(server, fds[i]) == 0 ? 1 : -1;
	for (i = 0; ret > 0 && count == 0 && list != NULL && list[i] != NULL;
	     i++)
		ret = metrics_open(agent, server, list[i]);
	if (ret < 0)
		evhttp_free(server);
	else
		*server_r = server;
	return ret;
}

void np_metrics_close(struct evhttp **server)
{
	if (*server != NULL)
		evhttp_free(*server);
	*server = NULL;
}
