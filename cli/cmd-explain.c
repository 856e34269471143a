/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nameplate explain ADDRESS: goes the way that the agent will go and prints
 * every step: the map first (explain-map.c), then the questions to the store,
 * then what the recipient's message would carry and what the sender would
 * hear.
 */
#include "cli/ask.h"
#include "cli/explain-map.h"
#include "cli/options.h"

#include "lmtp/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct explain {
	struct np_cli *cli;
	struct np_ask *ask;		/* NULL: --no-probe */
	struct np_verdict verdict;
	char received[NP_MAX_ADDRESS + 1];
	/* Who answered, and what. */
	enum np_rule rule;
	char mailbox[NP_MAX_ADDRESS + 1];
	struct np_store_reply reply;
};

/* What became of a question. */
enum explain_answer {
	EXPLAIN_STANDS,		/* reply is the one that counts */
	EXPLAIN_UNKNOWN,	/* 550 5.1.1: the next one may be asked */
	EXPLAIN_UNASKED		/* nobody was there to ask */
};

static enum explain_answer explain_ask(struct explain *explain,
				       const char *address)
{
	const char *enhanced = explain->reply.enhanced;

	if (explain->ask == NULL) {
		(void)printf("store      would be asked for %s\n", address);
		return EXPLAIN_UNASKED;
	}
	if (np_ask_reply(explain->ask, address, &explain->reply) < 0) {
		(void)printf("store      %s cannot be asked: %s\n",
			     explain->cli->settings->lmtp_store,
			     np_ask_why(explain->ask));
		return EXPLAIN_UNASKED;
	}
	(void)printf("store      %s: %d%s%s%s%s\n", address,
		     explain->reply.code, enhanced[0] != '\0' ? " " : "",
		     enhanced, explain->reply.text[0] != '\0' ? " " : "",
		     explain->reply.text);
	return np_store_reply_unknown_user(&explain->reply) ?
	       EXPLAIN_UNKNOWN : EXPLAIN_STANDS;
}

/* The store's delimiter in place of the one that came, before a moved tag. */
static void explain_path(const struct explain *explain, char *path)
{
	const struct np_verdict *verdict = &explain->verdict;
	const char *delimiter = explain->cli->settings->lmtp_store_delimiter;
	const char *at = strrchr(verdict->mailbox, '@');
	size_t name = at == NULL ? 0 : (size_t)(at - verdict->mailbox);

	if (verdict->path[0] == '\0') {
		(void)strcpy(path, explain->received);
		return;
	}
	(void)strcpy(path, verdict->path);
	if (delimiter[0] != '\0' && verdict->tag[0] != '\0' &&
	    path[0] != '"' && name < strlen(path) &&
	    path[name] == verdict->tag[0])
		path[name] = delimiter[0];
}

/* Somebody else takes what the store does not know. */
static enum explain_answer
explain_fall_back(struct explain *explain, enum np_rule rule,
		  const char *mailbox)
{
	struct np_store_reply first = explain->reply;
	enum explain_answer answer;

	(void)printf("%-10s %s takes it: %s\n", rule == NP_RULE_POSTMASTER ?
		     "postmaster" : "5 catch", rule == NP_RULE_POSTMASTER ?
		     "[map] postmaster" : "the catch-all", mailbox);
	answer = explain_ask(explain, mailbox);
	if (answer == EXPLAIN_UNKNOWN) {
		(void)printf("           the store has no mailbox %s: that is "
			     "an error of the map, see: nameplate check\n",
			     mailbox);
		explain->reply = first;
		return answer;
	}
	explain->rule = rule;
	(void)strcpy(explain->mailbox, mailbox);
	return answer;
}

/* Rule 5: a mailbox that has the address without its tag keeps its own. */
static enum explain_answer explain_catch_all(struct explain *explain)
{
	const struct np_verdict *verdict = &explain->verdict;
	struct np_store_reply first = explain->reply;
	enum explain_answer answer = EXPLAIN_UNKNOWN;

	if (verdict->catch_all[0] == '\0') {
		if (verdict->rule == NP_RULE_STORE)
			(void)printf("5 catch    no catch-all takes it\n");
		return answer;
	}
	if (verdict->base[0] != '\0')
		answer = explain_ask(explain, verdict->base);
	if (answer == EXPLAIN_UNASKED)
		return answer;
	if (answer == EXPLAIN_UNKNOWN) {
		explain->reply = first;
		return explain_fall_back(explain, NP_RULE_CATCH_ALL,
					 verdict->catch_all);
	}
	if (explain->reply.code / 100 == 4) {
		(void)printf("5 catch    whether %s is a mailbox cannot be "
			     "told now\n", verdict->base);
		explain->reply.code = 451;
		(void)strcpy(explain->reply.enhanced, "4.3.0");
		return EXPLAIN_STANDS;
	}
	(void)printf("5 catch    %s is a mailbox, so the catch-all does not "
		     "take its tags\n", verdict->base);
	explain->reply = first;
	return EXPLAIN_UNKNOWN;
}

/* The questions to the store, in the agent's order; each only while the ones
   before it were answered 550 5.1.1, and the first of these stands in the
   end. */
static enum explain_answer explain_store(struct explain *explain)
{
	const struct np_verdict *verdict = &explain->verdict;
	char path[NP_MAX_ADDRESS + 1];
	enum explain_answer answer;

	explain->rule = verdict->rule;
	(void)strcpy(explain->mailbox, verdict->mailbox);
	explain_path(explain, path);
	answer = explain_ask(explain, path);
	if (answer == EXPLAIN_UNKNOWN && verdict->untagged[0] != '\0') {
		(void)printf("           once more without the tag\n");
		return explain_ask(explain, verdict->untagged);
	}
	if (answer == EXPLAIN_UNKNOWN && verdict->postmaster[0] != '\0')
		answer = explain_fall_back(explain, NP_RULE_POSTMASTER,
					   verdict->postmaster);
	if (answer == EXPLAIN_UNKNOWN)
		answer = explain_catch_all(explain);
	return answer;
}

/* A mailbox that was addressed by its own bare name. */
static bool explain_is_bare(const struct explain *explain)
{
	return explain->rule == NP_RULE_STORE && explain->verdict.primary;
}

static void explain_stamps(const struct explain *explain)
{
	const struct np_settings *settings = explain->cli->settings;
	bool bare = explain_is_bare(explain);
	char key[NP_MAX_ADDRESS + 1], received[NP_MAX_ADDRESS + 1];
	struct np_address addr;

	(void)strcpy(received, explain->received);
	if (np_address_parse(received, strlen(received),
			     NP_ADDRESS_UTF8 | NP_ADDRESS_BARE_POSTMASTER,
			     &addr, NULL) == NP_ADDRESS_OK)
		(void)np_address_key(&addr, key);
	else
		(void)strcpy(key, received);
	(void)printf("stamps     Delivered-To: %s\n", explain->mailbox);
	if (strcmp(key, explain->mailbox) != 0)
		(void)printf("           Delivered-To: %s\n",
			     explain->received);
	(void)printf("           X-Nameplate-Mark: a signature with the key in "
		     "%s, for %s;\n           by it the message is known "
		     "should it come back\n", settings->lmtp_mark_key,
		     explain->mailbox);
	if (bare && settings->lmtp_stamp == NP_STAMP_AUTO)
		(void)printf("           (no Delivered-To, and a shared mark, "
			     "when the message has other\n           bare "
			     "mailboxes as recipients)\n");
	if (!bare && strchr(explain->received, '@') != NULL)
		(void)printf("ORCPT      rfc822;%s\n", explain->received);
}

/* The reply, and the exit code that goes with its class. */
static int explain_reply(const char *line)
{
	(void)printf("reply      %s", line);
	return line[0] == '2' ? NP_CLI_DONE : line[0] == '4' ?
	       NP_CLI_TRY_AGAIN : NP_CLI_REFUSED;
}

static int explain_own_reply(enum np_reply reply, const char *address)
{
	char line[NP_MAX_REPLY_LINE + 1];
	char *cr;

	(void)np_reply_print(reply, address, true, line);
	if ((cr = strchr(line, '\r')) != NULL)
		(void)strcpy(cr, "\n");
	return explain_reply(line);
}

static int explain_outcome(struct explain *explain, enum explain_answer answer)
{
	char line[NP_MAX_REPLY_LINE + 1], *cr;

	(void)printf("rule       %s%s%s\n", np_rule_name(explain->rule),
		     explain->verdict.domain_alias ?
		     ", through the domain alias " : "",
		     explain->verdict.domain_entry);
	(void)printf("mailbox    %s\n", explain->mailbox);
	if (answer != EXPLAIN_UNASKED && explain->reply.code / 100 != 2) {
		(void)np_reply_relay(&explain->reply, false, explain->received,
				     explain->mailbox, NULL, true, line);
		if ((cr = strchr(line, '\r')) != NULL)
			(void)strcpy(cr, "\n");
		return explain_reply(line);
	}
	explain_stamps(explain);
	if (answer != EXPLAIN_UNASKED)
		return explain_own_reply(NP_REPLY_RECIPIENT_OK,
					 explain->received);
	if (explain->ask != NULL)
		return explain_own_reply(NP_REPLY_STORE_UNREACHABLE,
					 explain->received);
	(void)printf("reply      what the store says\n");
	return NP_CLI_DONE;
}

static int explain_address(struct explain *explain,
			   const struct np_address *addr)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	int result;

	if (np_explain_map(explain->cli->map, addr, explain->cli->now,
			   &err) < 0)
		return np_cli_fail(&err);
	result = np_resolve(explain->cli->map, addr, NP_FOR_RECEIVE,
			    explain->cli->now, &explain->verdict, &err);
	if (result < 0) {
		np_cli_warn("%s", err.text);
		return explain_own_reply(NP_REPLY_LOOKUP_FAILED,
					 explain->received);
	}
	if (result == 0) {
		(void)printf("rule       %s: %s is %s\n",
			     np_rule_name(explain->verdict.rule),
			     explain->verdict.entry,
			     np_reason_name(explain->verdict.reason));
		return explain_own_reply(NP_REPLY_NO_SUCH_USER,
					 explain->received);
	}
	return explain_outcome(explain, explain_store(explain));
}

static int explain_text(struct explain *explain, const char *text)
{
	const struct np_map_meta *meta = np_map_meta(explain->cli->map);
	const char *why = "", *name = "";
	struct np_address addr;

	if (np_address_parse(text, strlen(text),
			     NP_ADDRESS_UTF8 | NP_ADDRESS_BARE_POSTMASTER,
			     &addr, &why) != NP_ADDRESS_OK) {
		(void)printf("address    %s: %s\n", text, why);
		return explain_own_reply(NP_REPLY_BAD_RECIPIENT, text);
	}
	(void)np_address_print(&addr, explain->received);
	(void)printf("address    %s\n", explain->received);
	(void)printf("map        generation %llu, delimiters \"%s\"\n",
		     (unsigned long long)meta->generation,
		     meta->settings.delimiters);
	if (np_settings_differ(explain->cli->settings, &meta->settings, &name))
		np_cli_warn("warning: the map was written with other [map] %s, "
			    "and those count, until: nameplate apply", name);
	return explain_address(explain, &addr);
}

int np_cmd_explain(struct np_cli *cli, int argc, char **argv)
{
	struct np_options options;
	struct explain *explain;
	int code;

	code = np_options_read(cli, argc, argv, NP_OPTION_PROBE, 1, 1,
			       &options);
	if (code >= 0)
		return code;
	code = np_cli_open(cli);
	if (code != NP_CLI_DONE)
		return code;
	explain = calloc(1, sizeof(*explain));
	if (explain == NULL)
		return NP_CLI_REFUSED;
	explain->cli = cli;
	if ((options.given & NP_OPTION_PROBE) == 0)
		explain->ask = np_ask_create(cli->settings);
	code = explain_text(explain, options.argv[0]);
	np_ask_destroy(&explain->ask);
	free(explain);
	return code;
}
