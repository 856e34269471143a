/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Judges the target of a redirect. cmd-redirect.c comes before and acts on
 * it, here.c after.
 */
#include "sieve-ext/guard.h"

#include <string.h>

#define MARK_FIELD "X-Nameplate-Mark"

static const char *guard_own(const struct np_here *here,
			     const struct np_lead *lead)
{
	static const char back[] = "comes back to this mailbox: it is ";

	switch (lead->kind) {
	case NP_LEAD_ITSELF:
		return t_strconcat(back, "its own address", NULL);
	case NP_LEAD_TAG:
		if (!lead->of_alias)
			return t_strconcat(back, here->mailbox, " with a tag",
					   NULL);
		return t_strconcat(back, "an alias of ", here->mailbox,
				   " with a tag", NULL);
	case NP_LEAD_DOMAIN:
	case NP_LEAD_ALIAS:
	case NP_LEAD_CATCH_ALL:
		break;
	}
	return t_strconcat(back, "an alias of ", here->mailbox, NULL);
}

/*
 * The policy for addresses outside.
 */

enum guard_policy { GUARD_ALLOW, GUARD_LIST, GUARD_DENY };

static enum guard_policy guard_policy(struct np_here *here)
{
	const char *word = here->set.sieve_nameplate_forward;

	if (strcmp(word, "allow") == 0)
		return GUARD_ALLOW;
	if (strcmp(word, "list") == 0)
		return GUARD_LIST;
	/* A word that is none of the three was meant to forbid something. */
	if (strcmp(word, "deny") != 0)
		np_here_complain(here, t_strdup_printf(
			"sieve_nameplate_forward is none of allow, list, "
			"deny: \"%s\"; taken as deny", word));
	return GUARD_DENY;
}

static bool guard_listed(const struct np_here *here, const char *domain)
{
	const char *const *words = t_strsplit_spaces(
		here->set.sieve_nameplate_forward_domains, ", ");
	char listed[NP_MAX_DOMAIN + 1];

	for (; *words != NULL; words++) {
		if (np_domain_parse(*words, strlen(*words), NP_ADDRESS_UTF8,
				    listed, NULL) == NP_ADDRESS_OK &&
		    strcmp(listed, domain) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Inside are the mailbox's own domain, those of [map] domains, and every
   address and domain that stands in the map. 1, 0, or -1. */
static int guard_inside(const struct np_here *here, struct np_map *map,
			const struct np_address *addr, struct np_error *err)
{
	const char *own = strrchr(here->mailbox, '@');
	struct np_address base = *addr;
	char key[NP_MAX_ADDRESS + 1];
	struct np_alias alias;
	int ret;

	if ((here->known && strcmp(own + 1, addr->domain) == 0) ||
	    np_list_has(np_map_meta(map)->settings.domains, addr->domain))
		return 1;
	ret = np_map_lookup(map, t_strconcat("@", addr->domain, NULL), &alias,
			    err);
	if (ret == 0)
		ret = np_map_lookup(map, np_address_key(addr, key), &alias,
				    err);
	if (ret == 0 &&
	    np_address_split(addr, np_map_meta(map)->settings.delimiters,
			     &base, NULL))
		ret = np_map_lookup(map, np_address_key(&base, key), &alias,
				    err);
	return ret;
}

/* addr: NULL where it is no address for us. */
static int guard_outside(struct np_here *here, struct np_map *map,
			 const struct np_address *addr,
			 struct np_guard_verdict *verdict,
			 struct np_error *err)
{
	enum guard_policy policy = guard_policy(here);
	int inside = 0;

	if (policy == GUARD_ALLOW)
		return 1;
	if (addr != NULL)
		inside = guard_inside(here, map, addr, err);
	if (inside != 0)
		return inside;
	if (policy == GUARD_LIST && addr != NULL &&
	    guard_listed(here, addr->domain))
		return 1;
	verdict->refused = policy == GUARD_LIST ?
		"is not allowed: the domain is not one to forward to" :
		"is not allowed: mail must not be forwarded to outside";
	return 1;
}

/*
 * The verdict.
 */

static int guard_judge_map(struct np_here *here, struct np_map *map,
			   const struct smtp_address *to,
			   struct np_guard_verdict *verdict,
			   struct np_error *err)
{
	struct np_address addr;
	struct np_lead lead;
	int ret;

	if (!np_here_parse(to, &addr))
		return guard_outside(here, map, NULL, verdict, err);
	ret = np_here_leads(here, map, &addr, &lead, err);
	if (ret < 0)
		return -1;
	if (ret > 0 && lead.kind != NP_LEAD_CATCH_ALL) {
		verdict->refused = guard_own(here, &lead);
		return 1;
	}
	if (ret > 0) {
		verdict->doubt = "comes back to this mailbox unless there is "
			"such a mailbox: the catch-all of its domain leads "
			"here";
		verdict->doubt_unless = t_strdup(lead.unless);
	}
	return guard_outside(here, map, &addr, verdict, err);
}

/* What is known without the map. */
static void guard_judge_blind(struct np_here *here,
			      const struct smtp_address *to,
			      struct np_guard_verdict *verdict)
{
	struct np_address addr;
	struct np_lead lead = { .kind = NP_LEAD_ITSELF };

	if (np_here_parse(to, &addr) &&
	    np_here_is_mailbox(here, NP_BLIND_DELIMITERS, &addr)) {
		if (strpbrk(addr.local, NP_BLIND_DELIMITERS) != NULL)
			lead.kind = NP_LEAD_TAG;
		verdict->refused = guard_own(here, &lead);
	} else if (guard_policy(here) != GUARD_ALLOW) {
		verdict->refused = "could not be checked against the rules "
			"for forwarding";
	}
}

void np_guard_judge(struct np_here *here, const struct smtp_address *to,
		    struct np_guard_verdict *verdict_r)
{
	struct np_guard_verdict verdict = { .refused = NULL };
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_map *map;
	int ret = np_here_map(here, &map, &err);

	if (ret > 0 && to != NULL)
		ret = guard_judge_map(here, map, to, &verdict, &err);
	if (ret < 0) {
		verdict.unchecked = "the alias map cannot be read";
		if (to != NULL)
			guard_judge_blind(here, to, &verdict);
	} else if (!here->known) {
		verdict.unchecked = "the address of this mailbox is not known";
		np_here_complain(here, here->why);
	}
	if (err.kind != NP_ERROR_NONE)
		np_here_complain(here, t_strdup(err.text));
	*verdict_r = verdict;
}

/* n of "v=1; k=...; t=...; n=COUNT; m=..."; the agent checks marks, and puts
   its own on top of all others. */
static bool guard_mark_counts(const char *value)
{
	const char *const *fields = t_strsplit_spaces(value, "; \t\r\n");

	for (; *fields != NULL; fields++) {
		if (strncmp(*fields, "n=", 2) == 0)
			return strspn(*fields + 2, "0") !=
				strlen(*fields + 2);
	}
	return FALSE;
}

bool np_guard_has_returned(struct np_here *here,
			   const struct sieve_runtime_env *renv)
{
	const char *value;

	/* Not the message as the script may have edited it. */
	return here->set.nameplate_marks &&
		mail_get_first_header(renv->exec_env->msgdata->mail,
				      MARK_FIELD, &value) > 0 &&
		guard_mark_counts(value);
}
