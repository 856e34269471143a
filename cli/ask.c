/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the store's replies to a yes or no; see ask.h. */
#include "cli/ask.h"
#include "cli/cli.h"

#include "aliasmap/string-set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* How a store answers to a name that nobody has. */
enum ask_domain {
	ASK_DOMAIN_ASKS,	/* 550 5.1.1: its answers can be believed */
	ASK_DOMAIN_TAKES,	/* 2xx: anything is taken */
	ASK_DOMAIN_REFUSES	/* another 5xx: not a domain of this store */
};

struct np_ask {
	struct np_settings *settings;
	struct np_probe *probe;
	struct np_string_set *domains;	/* with an enum ask_domain each */
	bool broken;
	bool later;		/* it was told once that it cannot tell */
	struct np_error err;
};

struct np_ask *np_ask_create(struct np_settings *settings)
{
	struct np_ask *ask = calloc(1, sizeof(*ask));

	if (ask == NULL)
		return NULL;
	ask->settings = settings;
	ask->domains = np_string_set_create();
	if (ask->domains == NULL)
		np_ask_destroy(&ask);
	return ask;
}

void np_ask_destroy(struct np_ask **ask)
{
	if (*ask == NULL)
		return;
	np_probe_close(&(*ask)->probe);
	np_string_set_destroy(&(*ask)->domains);
	free(*ask);
	*ask = NULL;
}

const char *np_ask_why(const struct np_ask *ask)
{
	return ask->err.text;
}

static unsigned int ask_seconds(const struct np_ask *ask)
{
	unsigned int seconds = ask->settings->lmtp_store_timeout;

	return seconds == 0 || seconds > NP_ASK_SECONDS ? NP_ASK_SECONDS :
	       seconds;
}

static int ask_open(struct np_ask *ask)
{
	if (ask->probe != NULL)
		return 1;
	return np_probe_open(ask->settings->lmtp_store,
			     np_settings_find_hostname(ask->settings),
			     ask_seconds(ask),
			     &ask->probe, &ask->err);
}

/* Whoever sits at a terminal is told for whom he waits; a line that goes away
   with the answer. */
static void ask_show_waiting(const struct np_ask *ask, bool waiting)
{
	if (!isatty(STDERR_FILENO))
		return;
	(void)fflush(stdout);
	if (waiting)
		(void)fprintf(stderr, "waiting for the store %.100s, at most "
			      "%u seconds", ask->settings->lmtp_store,
			      ask_seconds(ask));
	else
		(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
}

/* A connection that the store has closed meanwhile is opened once more. */
static int ask_reply(struct np_ask *ask, const char *address,
		     struct np_store_reply *reply_r)
{
	bool old = ask->probe != NULL;

	if (ask_open(ask) > 0 &&
	    np_probe_ask(ask->probe, address, reply_r, &ask->err) > 0)
		return 1;
	np_probe_close(&ask->probe);
	if (old && ask_open(ask) > 0 &&
	    np_probe_ask(ask->probe, address, reply_r, &ask->err) > 0)
		return 1;
	np_probe_close(&ask->probe);
	ask->broken = true;
	return -1;
}

int np_ask_reply(struct np_ask *ask, const char *address,
		 struct np_store_reply *reply_r)
{
	int result;

	if (ask->broken)
		return -1;
	ask_show_waiting(ask, true);
	result = ask_reply(ask, address, reply_r);
	ask_show_waiting(ask, false);
	return result;
}

static void ask_warn(const struct np_ask *ask)
{
	np_cli_warn("warning: the store %s cannot be asked (%s), so mailboxes "
		    "were not checked", ask->settings->lmtp_store,
		    ask->err.text);
}

/* Asks once for a name that nobody can have. 1 or -1. */
static int ask_domain(struct np_ask *ask, const char *domain,
		      unsigned int *kind_r)
{
	struct np_store_reply reply;
	uint64_t random = 0;
	char address[NP_MAX_ADDRESS + 64];
	int is_new;

	is_new = np_string_set_add(ask->domains, domain, 0, kind_r);
	if (is_new <= 0)
		return is_new < 0 ? -1 : 1;
	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		random = (uint64_t)(uintptr_t)&reply;
	(void)snprintf(address, sizeof(address), "np-probe-%016llx@%s",
		       (unsigned long long)random, domain);
	if (np_ask_reply(ask, address, &reply) < 0)
		return -1;
	*kind_r = ASK_DOMAIN_ASKS;
	if (reply.code / 100 == 2) {
		*kind_r = ASK_DOMAIN_TAKES;
		np_cli_warn("note: the store takes any name of %s, so nothing "
			    "was checked there", domain);
	} else if (reply.code / 100 == 5 &&
		   !np_store_reply_unknown_user(&reply)) {
		*kind_r = ASK_DOMAIN_REFUSES;
	}
	np_string_set_set(ask->domains, domain, *kind_r);
	return 1;
}

bool np_ask_failed(const struct np_ask *ask)
{
	return ask->broken || ask->later;
}

/* 4xx is no answer, and must not pass for a good one. */
static enum np_known ask_later(struct np_ask *ask, const char *address,
			       const struct np_store_reply *reply)
{
	if (!ask->later)
		np_cli_warn("warning: the store cannot tell now whether %s is "
			    "a mailbox (%d%s%s), so not every mailbox was "
			    "checked", address, reply->code,
			    reply->enhanced[0] != '\0' ? " " : "",
			    reply->enhanced);
	ask->later = true;
	return NP_KNOWN_LATER;
}

enum np_known np_ask_known(void *context, const char *address)
{
	struct np_ask *ask = context;
	const char *domain = np_key_domain(address);
	struct np_store_reply reply;
	bool was_broken = ask->broken;
	unsigned int kind = ASK_DOMAIN_ASKS;

	if (ask_domain(ask, domain, &kind) < 0 ||
	    (kind != ASK_DOMAIN_TAKES &&
	     np_ask_reply(ask, address, &reply) < 0)) {
		if (!was_broken)
			ask_warn(ask);
		return NP_KNOWN_UNASKED;
	}
	if (kind == ASK_DOMAIN_TAKES)
		return NP_KNOWN_ANYTHING;
	if (reply.code / 100 == 2)
		return NP_KNOWN_YES;
	if (reply.code / 100 != 5)
		return ask_later(ask, address, &reply);
	return np_store_reply_unknown_user(&reply) ||
	       kind == ASK_DOMAIN_REFUSES ? NP_KNOWN_NO : NP_KNOWN_YES;
}
