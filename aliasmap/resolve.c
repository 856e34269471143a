/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the mailbox behind an address: the rules of resolve.h, top to bottom
 * in np_resolve. An address from address.c and an open map come in; whoever
 * can ask the store goes on with the verdict.
 */
#include "aliasmap/resolve.h"
#include "aliasmap/local-part.h"
#include "aliasmap/text.h"

#include <string.h>

/* What one rule says: go on with the next one, or the verdict stands. */
enum step { STEP_FAILED = -1, STEP_NEXT, STEP_DONE };

struct resolution {
	struct np_map *map;
	const struct np_map_settings *settings;
	enum np_purpose purpose;
	int64_t now;
	/* The address in the domain that is looked at now, with and without
	   its tag. */
	struct np_address addr, base;
	bool has_tag;
	/* The local part is the bare word "postmaster" (RFC 5321 4.5.1). */
	bool is_postmaster;
	struct np_verdict *verdict;
	struct np_error *err;
};

/* Keys and addresses are never longer than this. */
static void resolve_copy(char *out, const char *text)
{
	size_t len = strlen(text);

	if (len > NP_MAX_ADDRESS)
		len = NP_MAX_ADDRESS;
	memcpy(out, text, len);
	out[len] = '\0';
}

static enum step resolve_refuse(struct resolution *res, enum np_rule rule,
				enum np_reason reason, const char *entry)
{
	res->verdict->answer = NP_VERDICT_REFUSED;
	res->verdict->rule = rule;
	res->verdict->reason = reason;
	resolve_copy(res->verdict->entry, entry);
	return STEP_DONE;
}

/* Why an entry may not be used. Postmaster's mail always arrives: writers
   refuse to switch such an entry off, and this holds should one be. */
static enum np_reason resolve_reason(const struct resolution *res,
				     const struct np_alias *alias)
{
	enum np_alias_state state = np_alias_state(alias, res->now);

	if (!res->is_postmaster && state == NP_ALIAS_DISABLED)
		return NP_REASON_DISABLED;
	if (!res->is_postmaster && state == NP_ALIAS_EXPIRED)
		return NP_REASON_EXPIRED;
	if (res->purpose == NP_FOR_SEND)
		return alias->send ? NP_REASON_NONE : NP_REASON_SEND_OFF;
	if (!res->is_postmaster && !alias->receive)
		return NP_REASON_RECEIVE_OFF;
	return NP_REASON_NONE;
}

/* Rule 2's path: the tag goes with the message to the mailbox. A tag that
   makes the address too long for RFC 5321 stays behind. */
static int resolve_move_tag(struct resolution *res, const char *mailbox)
{
	struct np_address to;

	if (np_address_parse(mailbox, strlen(mailbox), NP_ADDRESS_UTF8, &to,
			     NULL) != NP_ADDRESS_OK)
		return np_error_set(res->err, NP_ERROR_RECORD,
				    "the mailbox \"%s\" is no address",
				    mailbox);
	if (!np_address_move_tag(&res->addr, res->settings->delimiters, &to,
				 &to))
		return 1;
	(void)np_address_print(&to, res->verdict->path);
	resolve_copy(res->verdict->untagged, mailbox);
	return 1;
}

/* Rules 1 and 2: the entry of one form of the address. */
static enum step resolve_entry(struct resolution *res, enum np_rule rule,
			       const struct np_address *form)
{
	char key[NP_MAX_ADDRESS + 1];
	struct np_alias alias;
	enum np_reason reason;
	int rc;

	(void)np_address_key(form, key);
	rc = np_map_lookup(res->map, key, &alias, res->err);
	if (rc <= 0)
		return rc < 0 ? STEP_FAILED : STEP_NEXT;
	reason = resolve_reason(res, &alias);
	if (reason != NP_REASON_NONE)
		return resolve_refuse(res, rule, reason, key);
	res->verdict->rule = rule;
	resolve_copy(res->verdict->entry, key);
	resolve_copy(res->verdict->mailbox, alias.mailbox);
	resolve_copy(res->verdict->path, alias.mailbox);
	if (rule == NP_RULE_TAG && resolve_move_tag(res, alias.mailbox) < 0)
		return STEP_FAILED;
	return STEP_DONE;
}

static enum step resolve_entries(struct resolution *res)
{
	enum step step = resolve_entry(res, NP_RULE_ALIAS, &res->addr);

	if (step == STEP_NEXT && res->has_tag)
		step = resolve_entry(res, NP_RULE_TAG, &res->base);
	return step;
}

/* 1 and the record "@domain" of the address, 0 there is none, -1. */
static int resolve_domain_record(struct resolution *res,
				 struct np_alias *alias_r)
{
	char key[NP_MAX_ADDRESS + 1];

	key[0] = '@';
	resolve_copy(key + 1, res->addr.domain);
	return np_map_lookup(res->map, key, alias_r, res->err);
}

static void resolve_cut(struct resolution *res)
{
	res->base = res->addr;
	res->has_tag = np_address_split(&res->addr, res->settings->delimiters,
					&res->base, NULL);
}

/* Rule 3: the address moves to the new domain, local part as it came. */
static enum step resolve_follow(struct resolution *res,
				const struct np_alias *alias)
{
	enum np_reason reason = resolve_reason(res, alias);

	if (reason != NP_REASON_NONE)
		return resolve_refuse(res, NP_RULE_DOMAIN, reason,
				      alias->address);
	resolve_copy(res->addr.domain, alias->mailbox + 1);
	if (!np_address_fits(&res->addr))
		return resolve_refuse(res, NP_RULE_DOMAIN, NP_REASON_TOO_LONG,
				      alias->address);
	resolve_cut(res);
	res->verdict->domain_alias = true;
	resolve_copy(res->verdict->domain_entry, alias->address);
	return STEP_NEXT;
}

/* A switched-off domain alias hides nothing from postmaster: his mail stays in
   the domain it was sent to. */
static bool resolve_stays(const struct resolution *res,
			  const struct np_alias *alias)
{
	return res->is_postmaster &&
		(np_alias_state(alias, res->now) != NP_ALIAS_ACTIVE ||
		 (res->purpose == NP_FOR_RECEIVE && !alias->receive));
}

/* An address of the Sender Rewriting Scheme is a bounce on its way back. A
   catch-all that took it would bury it. */
static bool resolve_is_srs(const char *local)
{
	char content[NP_MAX_LOCAL_PART + 1];

	(void)np_local_content(local, content);
	(void)np_ascii_lower_string(content);
	return (strncmp(content, "srs0", 4) == 0 ||
		strncmp(content, "srs1", 4) == 0) &&
		content[4] != '\0' && strchr("=+-", content[4]) != NULL;
}

/* What rule 5 needs: who gets what the store does not know. */
static void resolve_fallbacks(struct resolution *res,
			      const struct np_alias *domain_record)
{
	struct np_verdict *verdict = res->verdict;

	if (res->purpose == NP_FOR_SEND)
		return;
	if (res->is_postmaster)
		resolve_copy(verdict->postmaster, res->settings->postmaster);
	if (domain_record != NULL &&
	    np_alias_type(domain_record) == NP_ALIAS_CATCH_ALL &&
	    np_alias_state(domain_record, res->now) == NP_ALIAS_ACTIVE &&
	    domain_record->receive && !resolve_is_srs(res->addr.local))
		resolve_copy(verdict->catch_all, domain_record->mailbox);
}

/* Rule 4: no entry, the store decides. */
static void resolve_store(struct resolution *res,
			  const struct np_alias *domain_record)
{
	struct np_verdict *verdict = res->verdict;

	verdict->rule = NP_RULE_STORE;
	verdict->primary = !res->has_tag && !verdict->domain_alias;
	(void)np_address_key(&res->base, verdict->mailbox);
	if (verdict->domain_alias)
		(void)np_address_print(&res->addr, verdict->path);
	if (res->has_tag)
		(void)np_address_print(&res->base, verdict->base);
	resolve_fallbacks(res, domain_record);
}

/* "RCPT TO:<postmaster>" belongs to no domain, so no entry can hold it. */
static void resolve_bare_postmaster(struct resolution *res)
{
	struct np_verdict *verdict = res->verdict;

	if (res->purpose == NP_FOR_RECEIVE &&
	    res->settings->postmaster[0] != '\0') {
		verdict->rule = NP_RULE_POSTMASTER;
		resolve_copy(verdict->path, res->settings->postmaster);
		resolve_copy(verdict->mailbox, res->settings->postmaster);
		return;
	}
	verdict->rule = NP_RULE_STORE;
	(void)np_address_key(&res->addr, verdict->mailbox);
}

/* The rules in their order. */
static enum step resolve_rules(struct resolution *res)
{
	struct np_alias record;
	enum step step;
	int rc;

	step = resolve_entries(res);
	if (step != STEP_NEXT)
		return step;
	rc = resolve_domain_record(res, &record);
	if (rc > 0 && np_alias_type(&record) == NP_ALIAS_DOMAIN &&
	    !resolve_stays(res, &record)) {
		step = resolve_follow(res, &record);
		if (step == STEP_NEXT)
			step = resolve_entries(res);
		if (step != STEP_NEXT)
			return step;
		/* Once only: a domain alias found now is no entry. */
		rc = resolve_domain_record(res, &record);
	}
	if (rc < 0)
		return STEP_FAILED;
	resolve_store(res, rc > 0 ? &record : NULL);
	return STEP_DONE;
}

static void resolve_init(struct resolution *res, const struct np_address *addr)
{
	char local[NP_MAX_LOCAL_PART + 1];

	res->addr = *addr;
	resolve_cut(res);
	if (res->has_tag)
		(void)np_address_tag(addr, res->settings->delimiters,
				     res->verdict->tag);
	memcpy(local, addr->local, sizeof(local));
	res->is_postmaster =
		strcmp(np_ascii_lower_string(local), "postmaster") == 0;
}

int np_resolve(struct np_map *map, const struct np_address *addr,
	       enum np_purpose purpose, int64_t now,
	       struct np_verdict *verdict_r, struct np_error *err)
{
	struct resolution res = {
		.map = map, .settings = &np_map_meta(map)->settings,
		.purpose = purpose, .now = now,
		.verdict = verdict_r, .err = err
	};

	memset(verdict_r, 0, sizeof(*verdict_r));
	verdict_r->answer = NP_VERDICT_ASK;
	resolve_init(&res, addr);
	if (addr->domain[0] == '\0') {
		resolve_bare_postmaster(&res);
		return 1;
	}
	if (resolve_rules(&res) == STEP_FAILED) {
		/* Nothing half-found may be taken for an answer. */
		memset(verdict_r, 0, sizeof(*verdict_r));
		verdict_r->answer = NP_VERDICT_LATER;
		return -1;
	}
	return verdict_r->answer == NP_VERDICT_ASK ? 1 : 0;
}

const char *np_rule_name(enum np_rule rule)
{
	switch (rule) {
	case NP_RULE_ALIAS:
		return "alias";
	case NP_RULE_TAG:
		return "tag";
	case NP_RULE_DOMAIN:
		return "domain alias";
	case NP_RULE_STORE:
		return "store";
	case NP_RULE_CATCH_ALL:
		return "catch-all";
	case NP_RULE_POSTMASTER:
		return "postmaster";
	}
	return "none";
}

const char *np_reason_name(enum np_reason reason)
{
	switch (reason) {
	case NP_REASON_NONE:
		break;
	case NP_REASON_DISABLED:
		return "disabled";
	case NP_REASON_EXPIRED:
		return "expired";
	case NP_REASON_RECEIVE_OFF:
		return "receive off";
	case NP_REASON_SEND_OFF:
		return "send off";
	case NP_REASON_TOO_LONG:
		return "too long";
	}
	return "none";
}
