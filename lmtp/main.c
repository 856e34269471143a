/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nameplate-lmtpd: takes mail from the MTA by LMTP, finds the mailbox behind
 * each address, stamps and relays to the store. Here: options, settings,
 * signals, start and stop. A message goes on from here through listener.c,
 * session.c, transaction.c, recipient.c, delivery.c, pool.c and relay.c.
 */
#include "np-config.h"

#include "lmtp/listener.h"
#include "lmtp/session.h"
#include "lmtp/socketmap.h"
#include "lmtp/pool.h"
#include "lmtp/agent.h"
#include "lmtp/log.h"
#include "lmtp/stream.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <syslog.h>
#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

/* Dovecot hangs up on an idle client after 300 seconds. */
#define STORE_IDLE_SECONDS 240

/* A delivery may take longer than an answer to RCPT (RFC 5321 4.5.3.2.6). */
#define STORE_FINAL_FACTOR 3

/* Descriptors beside those of clients and the store: map, log, spool. */
#define SPARE_DESCRIPTORS 64

struct program {
	struct agent agent;
	const char *conf_file;
	struct np_listeners *listeners;
	struct event *on_term;
	struct event *on_int;
	struct event *on_hup;
	struct event *drain_timer;
	struct event *watchdog;
};

static void usage(FILE *out)
{
	fprintf(out, "usage: nameplate-lmtpd [-c FILE]\n"
		     "  -c FILE    configuration, default " NP_DEFAULT_CONF "\n"
		     "  --help     this text\n"
		     "  --version  print the version\n"
		     "Stays in the foreground; SIGHUP rereads the "
		     "configuration, SIGTERM stops.\n"
		     "See nameplate-lmtpd(8).\n");
}

static void program_notify(const char *state)
{
#ifdef HAVE_SYSTEMD
	sd_notify(0, state);
#else
	(void)state;
#endif
}

/* Stopping is over when nothing is open any more, or at the deadline. */
static void program_check_ended(struct agent *agent)
{
	if (agent->stopping && agent->sessions.length == 0 &&
	    agent->transactions.length == 0)
		event_base_loopbreak(agent->base);
}

static void on_drained(evutil_socket_t fd, short what, void *context)
{
	struct program *program = context;
	struct agent *agent = &program->agent;
	GList *link, *next;

	(void)fd;
	(void)what;
	if (agent->sessions.length > 0 || agent->transactions.length > 0)
		np_log(agent, NP_LOG_WARNING, NULL,
		       "drain_timeout is over: %u clients and %u messages are "
		       "cut off", agent->sessions.length,
		       agent->transactions.length);
	for (link = agent->sessions.head; link != NULL; link = next) {
		next = link->next;
		np_session_end(link->data);
	}
	event_base_loopbreak(agent->base);
}

static void on_stop(evutil_socket_t fd, short what, void *context)
{
	struct program *program = context;
	struct agent *agent = &program->agent;
	struct timeval limit = {
		.tv_sec = (time_t)agent->settings->lmtp_drain_timeout};
	GList *link, *next;

	(void)what;
	if (agent->stopping)
		return;
	np_log(agent, NP_LOG_INFO, NULL, "stopping on signal %d", (int)fd);
	program_notify("STOPPING=1");
	agent->stopping = true;
	np_listeners_close(&program->listeners);
	np_socketmap_close_all(agent);
	event_add(program->drain_timer, &limit);
	for (link = agent->sessions.head; link != NULL; link = next) {
		next = link->next;
		np_session_stop(link->data);
	}
	program_check_ended(agent);
}

static void agent_set_timeouts(struct agent *agent)
{
	const struct np_settings *settings = agent->settings;
	struct event_base *base = agent->base;

	agent->client_timeout =
		np_stream_timeout(base, settings->lmtp_client_timeout);
	agent->store_connect_timeout =
		np_stream_timeout(base, settings->lmtp_store_connect_timeout);
	agent->store_timeout =
		np_stream_timeout(base, settings->lmtp_store_timeout);
	agent->store_final_timeout = np_stream_timeout(
		base, STORE_FINAL_FACTOR * settings->lmtp_store_timeout);
	agent->store_idle_timeout =
		np_stream_timeout(base, STORE_IDLE_SECONDS);
}

/* Reads configuration and keys. On failure the agent keeps what it has. */
static int agent_configure(struct agent *agent, const char *file)
{
	struct np_settings *settings = NULL;
	struct np_mark_keys *keys = NULL;
	struct np_error error = {.kind = NP_ERROR_NONE};

	if (np_settings_read(file, &settings, &error) < 0 ||
	    np_mark_keys_read(settings->lmtp_mark_key, &keys, &error) < 0) {
		np_log(agent->settings == NULL ? NULL : agent, NP_LOG_ERROR,
		       NULL, "%s", error.text);
		np_settings_free(&settings);
		return -1;
	}
	np_settings_free(&agent->settings);
	np_mark_keys_free(&agent->keys);
	(void)np_settings_find_hostname(settings);
	agent->settings = settings;
	agent->keys = keys;
	agent_set_timeouts(agent);
	return 1;
}

static void program_raise_descriptors(struct agent *agent)
{
	rlim_t want = (rlim_t)agent->settings->lmtp_max_connections +
		      agent->settings->lmtp_store_connections +
		      SPARE_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= want)
		return;
	limit.rlim_cur = MIN(want, limit.rlim_max);
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < want)
		np_log(agent, NP_LOG_WARNING, NULL,
		       "only %llu descriptors for max_connections = %u; raise "
		       "LimitNOFILE or lower it",
		       (unsigned long long)limit.rlim_cur,
		       agent->settings->lmtp_max_connections);
}

static void on_hangup(evutil_socket_t fd, short what, void *context)
{
	struct program *program = context;
	struct agent *agent = &program->agent;

	(void)fd;
	(void)what;
	program_notify("RELOADING=1");
	if (agent_configure(agent, program->conf_file) > 0) {
		np_log(agent, NP_LOG_INFO, NULL,
		       "configuration read again; listen addresses and the "
		       "log target need a restart");
		program_raise_descriptors(agent);
		np_lookup_configured(agent->lookup);
	} else {
		np_log(agent, NP_LOG_ERROR, NULL,
		       "the configuration in use stays as it was");
	}
	program_notify("READY=1");
}

static void on_flush(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	np_sessions_flush(context);
}

/* The map is loaded before the first client asks, where it can be. */
static void on_first_map(void *owner)
{
	(void)owner;
}

static void on_watchdog(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	program_notify("WATCHDOG=1");
}

static void program_start_watchdog(struct program *program)
{
#ifdef HAVE_SYSTEMD
	uint64_t usec = 0;
	struct timeval half;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return;
	half.tv_sec = (time_t)(usec / 2 / G_USEC_PER_SEC);
	half.tv_usec = (suseconds_t)(usec / 2 % G_USEC_PER_SEC);
	program->watchdog = event_new(program->agent.base, -1, EV_PERSIST,
				      on_watchdog, program);
	if (program->watchdog != NULL)
		event_add(program->watchdog, &half);
#else
	(void)on_watchdog;
	(void)program;
#endif
}

static struct event *program_event(struct program *program, int signal,
				   event_callback_fn callback, void *context)
{
	struct event *event =
		signal > 0 ? evsignal_new(program->agent.base, signal, callback,
					  context)
			   : event_new(program->agent.base, -1, 0, callback,
				       context);

	if (event == NULL)
		abort();
	if (signal > 0)
		event_add(event, NULL);
	return event;
}

static void program_init(struct program *program)
{
	struct agent *agent = &program->agent;

	g_queue_init(&agent->sessions);
	g_queue_init(&agent->transactions);
	g_queue_init(&agent->requests);
	agent->flush_due = g_ptr_array_new();
	agent->on_ended = program_check_ended;
	agent->flush = program_event(program, 0, on_flush, agent);
	program->on_term = program_event(program, SIGTERM, on_stop, program);
	program->on_int = program_event(program, SIGINT, on_stop, program);
	program->on_hup = program_event(program, SIGHUP, on_hangup, program);
	program->drain_timer = program_event(program, 0, on_drained, program);
	agent->pool = np_pool_create(agent);
	agent->lookup = np_lookup_create(agent);
}

static void program_deinit(struct program *program)
{
	struct agent *agent = &program->agent;
	struct event *events[] = {agent->flush,	     program->on_term,
				  program->on_int,   program->on_hup,
				  program->drain_timer, program->watchdog};
	unsigned int i;

	np_listeners_close(&program->listeners);
	np_socketmap_close_all(agent);
	agent->stopping = false;	/* nobody asks whether this is the end */
	np_sessions_close_all(agent);
	np_transactions_close_all(agent);
	np_pool_destroy(&agent->pool);
	np_lookup_destroy(&agent->lookup);
	for (i = 0; i < G_N_ELEMENTS(events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	g_ptr_array_unref(agent->flush_due);
	np_settings_free(&agent->settings);
	np_mark_keys_free(&agent->keys);
	event_base_free(agent->base);
}

static int program_run(struct program *program)
{
	struct agent *agent = &program->agent;
	struct np_lookup_wait *wait;

	program_init(program);
	program_raise_descriptors(agent);
	if (np_listeners_open(agent, &program->listeners) < 0) {
		program_deinit(program);
		return EX_OSERR;
	}
	np_lookup_refresh(agent->lookup, on_first_map, NULL, &wait);
	np_pool_warm(agent->pool);
	program_start_watchdog(program);
	program_notify("READY=1");
	np_log(agent, NP_LOG_INFO, NULL, "nameplate-lmtpd " PACKAGE_VERSION
	       " is ready, store %s", agent->settings->lmtp_store);
	event_base_dispatch(agent->base);
	np_log(agent, NP_LOG_INFO, NULL, "stopped");
	np_lookup_cancel(agent->lookup, &wait);
	program_deinit(program);
	return EX_OK;
}

/* Returns false where the process is to end with *status_r. */
static bool program_options(int argc, char **argv, struct program *program,
			    int *status_r)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:hV", options, NULL)) != -1)
		switch (option) {
		case 'c':
			program->conf_file = optarg;
			break;
		case 'h':
			usage(stdout);
			*status_r = EX_OK;
			return false;
		case 'V':
			printf("nameplate-lmtpd " PACKAGE_VERSION "\n");
			*status_r = EX_OK;
			return false;
		default:
			usage(stderr);
			*status_r = EX_USAGE;
			return false;
		}
	if (optind == argc)
		return true;
	fprintf(stderr, "nameplate-lmtpd: %s: no argument is known\n",
		argv[optind]);
	usage(stderr);
	*status_r = EX_USAGE;
	return false;
}

int main(int argc, char **argv)
{
	static struct program program;
	int status;

	if (!program_options(argc, argv, &program, &status))
		return status;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	openlog("nameplate-lmtpd", LOG_PID, LOG_MAIL);
	program.agent.base = event_base_new();
	if (program.agent.base == NULL)
		return EX_OSERR;
	if (agent_configure(&program.agent, program.conf_file) < 0) {
		event_base_free(program.agent.base);
		return EX_CONFIG;
	}
	return program_run(&program);
}
