/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The checks; see check.h. One walk over the map looks at each entry; what
 * concerns a mailbox or a domain is collected meanwhile and asked once.
 */
#include "aliasmap/check-role.h"
#include "aliasmap/edit.h"
#include "aliasmap/resolve.h"
#include "aliasmap/string-set.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* What the walk collects. */
struct check_sets {
	struct np_string_set *mailboxes;
	struct np_string_set *domains;		/* of aliases, without "@" */
	struct np_string_set *domain_aliases;	/* "@old" */
};

/* "sales@x" of "sales+vip@x"; the key itself where it has no tag. */
static void check_base(const struct np_check *check, const char *key,
		       char *base_key)
{
	const char *delimiters = np_map_meta(check->map)->settings.delimiters;
	struct np_address addr, base;

	if (np_address_parse(key, strlen(key), NP_ADDRESS_UTF8, &addr,
			     NULL) != NP_ADDRESS_OK)
		(void)strcpy(base_key, key);
	else if (np_address_split(&addr, delimiters, &base, NULL))
		(void)np_address_key(&base, base_key);
	else
		(void)np_address_key(&addr, base_key);
}

/* The target is an alias itself, or stands in a domain that is one, or has a
   tag: none can be made, but settings change and maps are adopted. */
static int check_chain(struct np_check *check, const struct np_alias *alias,
		       struct np_error *err)
{
	char domain_key[NP_MAX_ADDRESS + 1], base[NP_MAX_ADDRESS + 1];
	struct np_alias next;
	int found;

	found = np_map_lookup(check->map, alias->mailbox, &next, err);
	if (found < 0)
		return -1;
	if (found > 0 && np_alias_type(&next) != NP_ALIAS_CATCH_ALL) {
		np_check_found(check, "%s -> %s: %s is an alias of %s, use: "
			    "%s set %s --mailbox %s", alias->address,
			    alias->mailbox, next.address, next.mailbox,
			    check->command, alias->address, next.mailbox);
		return 1;
	}
	if (alias->mailbox[0] == '@')
		return 1;
	check_base(check, alias->mailbox, base);
	if (strcmp(base, alias->mailbox) != 0)
		np_check_found(check, "%s -> %s: a mailbox has no tag, use: "
			    "%s set %s --mailbox %s", alias->address,
			    alias->mailbox, check->command, alias->address,
			    base);
	(void)snprintf(domain_key, sizeof(domain_key), "@%s",
		       np_key_domain(alias->mailbox));
	found = np_map_lookup(check->map, domain_key, &next, err);
	if (found < 0)
		return -1;
	if (found > 0 && np_alias_type(&next) == NP_ALIAS_DOMAIN)
		np_check_found(check, "%s -> %s: %s is a domain alias of %s, use: "
			    "%s set %s --mailbox %.*s%s", alias->address,
			    alias->mailbox, domain_key, next.mailbox,
			    check->command, alias->address,
			    (int)(strrchr(alias->mailbox, '@') -
				  alias->mailbox), alias->mailbox,
			    next.mailbox);
	return 1;
}

static void check_expiry(struct np_check *check, const struct np_alias *alias)
{
	time_t when = (time_t)alias->expires;
	char date[32] = "";
	struct tm tm;

	if (alias->expires == 0 || !alias->enabled ||
	    alias->expires <= check->now ||
	    alias->expires > check->now + NP_CHECK_SOON_DAYS * 86400)
		return;
	if (gmtime_r(&when, &tm) != NULL)
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	np_check_found(check, "%s -> %s: expires %s, to keep it use: %s set %s "
		    "--expires never", alias->address, alias->mailbox, date,
		    check->command, alias->address);
}

/* A mailbox of the same name gets no mail any more. base+tag hides the tag of
   its base only, which is meant where it leads to that same mailbox. */
static void check_hidden(struct np_check *check, const struct np_alias *alias)
{
	char base[NP_MAX_ADDRESS + 1];

	check_base(check, alias->address, base);
	if (strcmp(base, alias->mailbox) == 0 ||
	    np_check_known(check, base) != NP_KNOWN_YES)
		return;
	if (strcmp(base, alias->address) == 0)
		np_check_found(check, "%s -> %s: hides the mailbox %s, use: "
			    "%s remove %s", alias->address, alias->mailbox,
			    base, check->command, alias->address);
	else
		np_check_found(check, "%s -> %s: takes mail with a tag from the "
			    "mailbox %s, use: %s remove %s", alias->address,
			    alias->mailbox, base, check->command,
			    alias->address);
}

/* Names that say that nobody's own mail is in there. */
static bool check_is_nobodys(const char *mailbox)
{
	static const char *const words[] = {
		"catch", "unknown", "quarantine", "spam", "junk", "trap",
		"stray", "lost", "misc", "all"
	};
	char local[NP_MAX_ADDRESS + 1];

	(void)strcpy(local, mailbox);
	local[strcspn(local, "@")] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], "all") == 0 ?
		    strcmp(local, "all") == 0 :
		    strstr(local, words[i]) != NULL)
			return true;
	}
	return false;
}

/* How many aliases lead to mailbox that are no catch-alls: several domains may
   have one mailbox for what nobody knows. */
static int check_count_names(struct np_check *check, const char *mailbox,
			     unsigned int *count_r, struct np_error *err)
{
	struct np_map_cursor *cursor;
	struct np_alias alias;
	unsigned int count = 0;
	int more;

	if (np_map_cursor_open(check->map, mailbox, &cursor, err) < 0)
		return -1;
	while ((more = np_map_cursor_next(cursor, &alias, err)) > 0)
		count += np_alias_type(&alias) != NP_ALIAS_CATCH_ALL;
	np_map_cursor_close(&cursor);
	if (more < 0)
		return -1;
	*count_r = count;
	return 1;
}

/* A note on the entry says that somebody has thought about it. */
static int check_catch_all(struct np_check *check,
			   const struct np_alias *alias, struct np_error *err)
{
	unsigned int count;

	if (check_count_names(check, alias->mailbox, &count, err) < 0)
		return -1;
	if (count > 0)
		np_check_found(check, "%s -> %s: a catch-all onto a mailbox "
			       "with %u other alias%s, use one of its own: "
			       "%s set %s --mailbox catchall%s", alias->address,
			       alias->mailbox, count, count == 1 ? "" : "es",
			       check->command, alias->address, alias->address);
	else if (!check_is_nobodys(alias->mailbox) && alias->note[0] == '\0')
		np_check_found(check, "%s -> %s: a catch-all onto somebody's "
			       "mailbox, use one of its own: %s set %s "
			       "--mailbox catchall%s, or if it is one: %s set "
			       "%s --note TEXT", alias->address,
			       alias->mailbox, check->command, alias->address,
			       alias->address, check->command, alias->address);
	return 1;
}

static int check_entry(struct np_check *check, struct check_sets *sets,
		       const struct np_alias *alias, struct np_error *err)
{
	enum np_alias_type type = np_alias_type(alias);

	if (np_string_set_add(sets->domains, np_key_domain(alias->address), 0,
			      NULL) < 0 ||
	    (type != NP_ALIAS_DOMAIN &&
	     np_string_set_add(sets->mailboxes, alias->mailbox, 0, NULL) < 0) ||
	    (type == NP_ALIAS_DOMAIN &&
	     np_string_set_add(sets->domain_aliases, alias->address, 0,
			       NULL) < 0))
		return np_check_memory(err);
	check_expiry(check, alias);
	if (check_chain(check, alias, err) < 0)
		return -1;
	if (type == NP_ALIAS_CATCH_ALL)
		return check_catch_all(check, alias, err);
	if (type == NP_ALIAS_ADDRESS)
		check_hidden(check, alias);
	return 1;
}

static int check_walk(struct np_check *check, struct check_sets *sets,
		      struct np_error *err)
{
	struct np_map_cursor *cursor;
	struct np_alias alias;
	int more;

	if (np_map_cursor_open(check->map, NULL, &cursor, err) < 0)
		return -1;
	while ((more = np_map_cursor_next(cursor, &alias, err)) > 0) {
		if (check_entry(check, sets, &alias, err) < 0) {
			more = -1;
			break;
		}
	}
	np_map_cursor_close(&cursor);
	return more;
}

/* Mailboxes that the store does not know: their mail bounces. */
static int check_ghosts(struct np_check *check, const struct check_sets *sets,
			struct np_error *err)
{
	size_t count = np_string_set_count(sets->mailboxes);

	for (size_t i = 0; i < count; i++) {
		const char *mailbox = np_string_set_get(sets->mailboxes, i);
		unsigned int aliases;

		if (np_check_known(check, mailbox) != NP_KNOWN_NO)
			continue;
		if (np_map_count(check->map, mailbox, &aliases, err) < 0)
			return -1;
		np_check_found(check, "%s: no such mailbox, and %u alias%s "
			    "lead%s to it, use: %s move %s MAILBOX, or: "
			    "%s remove-mailbox %s", mailbox, aliases,
			    aliases == 1 ? "" : "es", aliases == 1 ? "s" : "",
			    check->command, mailbox, check->command, mailbox);
	}
	return 1;
}

/* A domain alias hides every mailbox of its domain. The store cannot be asked
   for all, so it is asked for the names that the map has in either domain. */
static void check_domain_alias(struct np_check *check,
			       const struct check_sets *sets,
			       const struct np_alias *alias)
{
	size_t count = np_string_set_count(sets->mailboxes);
	const char *old = alias->address, *new = alias->mailbox;

	for (size_t i = 0; i < count; i++) {
		const char *mailbox = np_string_set_get(sets->mailboxes, i);
		char hidden[NP_MAX_ADDRESS * 2 + 1];
		const char *at = strrchr(mailbox, '@');

		if (at == NULL || (strcmp(at, new) != 0 &&
				   strcmp(at, old) != 0))
			continue;
		(void)snprintf(hidden, sizeof(hidden), "%.*s%s",
			       (int)(at - mailbox), mailbox, old);
		if (strlen(hidden) > NP_MAX_ADDRESS ||
		    np_check_known(check, hidden) != NP_KNOWN_YES)
			continue;
		np_check_found(check, "%s -> %s: hides the mailbox %s, use: "
			    "%s remove %s", old, new, hidden, check->command,
			    old);
		return;
	}
}

static int check_domain_aliases(struct np_check *check,
				const struct check_sets *sets,
				struct np_error *err)
{
	size_t count = np_string_set_count(sets->domain_aliases);

	for (size_t i = 0; i < count; i++) {
		struct np_alias alias;
		int found;

		found = np_map_lookup(check->map,
				      np_string_set_get(sets->domain_aliases,
							i), &alias, err);
		if (found < 0)
			return -1;
		if (found > 0)
			check_domain_alias(check, sets, &alias);
	}
	return 1;
}

int np_check_map(struct np_check *check, unsigned int *findings_r,
		 struct np_error *err)
{
	struct check_sets sets;
	int result;

	check->findings = 0;
	sets.mailboxes = np_string_set_create();
	sets.domains = np_string_set_create();
	sets.domain_aliases = np_string_set_create();
	if (sets.mailboxes == NULL || sets.domains == NULL ||
	    sets.domain_aliases == NULL)
		result = np_check_memory(err);
	else if (np_check_add_domains(check, sets.domains, err) < 0 ||
		 check_walk(check, &sets, err) < 0 ||
		 check_ghosts(check, &sets, err) < 0 ||
		 check_domain_aliases(check, &sets, err) < 0 ||
		 np_check_roles(check, sets.domains, err) < 0)
		result = -1;
	else
		result = 1;
	np_string_set_destroy(&sets.mailboxes);
	np_string_set_destroy(&sets.domains);
	np_string_set_destroy(&sets.domain_aliases);
	if (result > 0)
		*findings_r = check->findings;
	return result;
}
