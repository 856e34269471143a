/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules, one function each: every one looks at the map and at an entry as
 * it would become, and ends in a text that names the value and what to type
 * instead. Nothing is written here.
 *
 * What came before: edit-name.c read the names. What comes next: edit.c writes.
 */
#include "aliasmap/edit-name.h"
#include "aliasmap/text.h"

#include <stdio.h>
#include <string.h>

/* postmaster must work (RFC 5321 4.5.1), so nothing may silence it. */
enum np_edit_result
np_edit_check_postmaster(struct np_edit *edit, const struct np_alias *alias)
{
	if (!np_key_is(alias->address, "postmaster"))
		return NP_EDIT_DONE;
	if (!alias->enabled)
		return np_edit_refuse(edit, "%s: postmaster cannot be disabled "
				      "(RFC 5321 4.5.1), use: %s set %s "
				      "--mailbox MAILBOX", alias->address,
				      edit->command, alias->address);
	if (!alias->receive)
		return np_edit_refuse(edit, "%s: postmaster has to receive "
				      "(RFC 5321 4.5.1), leave --no-receive "
				      "out", alias->address);
	if (alias->expires != 0)
		return np_edit_refuse(edit, "%s: postmaster cannot expire "
				      "(RFC 5321 4.5.1), leave --expires out",
				      alias->address);
	return NP_EDIT_DONE;
}

enum np_edit_result
np_edit_check_values(struct np_edit *edit, const struct np_alias *alias,
		  unsigned int fields, unsigned int flags)
{
	/* Notes are shown in tables and logs. */
	if ((fields & NP_EDIT_NOTE) != 0 &&
	    !np_utf8_valid(alias->note, strlen(alias->note)))
		return np_edit_refuse(edit, "%s: a note is one line of UTF-8 "
				      "without control characters",
				      alias->address);
	if ((fields & NP_EDIT_EXPIRES) != 0 && alias->expires != 0 &&
	    alias->expires <= edit->now && (flags & NP_EDIT_IMPORT) == 0)
		return np_edit_refuse(edit, "%s: the time of --expires is "
				      "over, use: %s disable %s",
				      alias->address, edit->command,
				      alias->address);
	if (alias->send && np_alias_type(alias) == NP_ALIAS_CATCH_ALL)
		return np_edit_refuse(edit, "%s: nobody can send as a "
				      "catch-all, leave --send out",
				      alias->address);
	return np_edit_check_postmaster(edit, alias);
}

/* The limits that the operator has set for new names. */
static enum np_edit_result
rule_check_name(struct np_edit *edit, const struct np_alias *alias)
{
	const struct np_map_settings *settings = np_edit_settings(edit);
	const char *domain = np_key_domain(alias->address);
	char local[NP_MAX_LOCAL_PART + 1];
	size_t len = (size_t)(domain - alias->address) - 1;

	if (settings->domains[0] != '\0' &&
	    !np_list_has(settings->domains, domain))
		return np_edit_refuse(edit, "%s: aliases are made in %s only, "
				      "or add %s to [map] domains",
				      alias->address, settings->domains,
				      domain);
	if (strcmp(alias->address, settings->postmaster) == 0 ||
	    (np_alias_type(alias) == NP_ALIAS_DOMAIN &&
	     strcmp(domain, np_key_domain(settings->postmaster)) == 0))
		return np_edit_refuse(edit, "%s: is the %s of [map] "
				      "postmaster, name another one there "
				      "first", alias->address,
				      alias->address[0] == '@' ? "domain" :
				      "mailbox");
	len = len < sizeof(local) ? len : sizeof(local) - 1;
	(void)memcpy(local, alias->address, len);
	local[len] = '\0';
	local[strcspn(local, settings->delimiters)] = '\0';
	if (local[0] != '\0' && np_list_has(settings->reserved, local))
		return np_edit_refuse(edit, "%s: %s is reserved, use another "
				      "name, or take it out of [map] reserved",
				      alias->address, local);
	return NP_EDIT_DONE;
}

/* A domain that becomes an alias makes aliases of all its addresses, so none
   may be a mailbox. Looks at the whole map, and so not at each line of an
   import: np_edit_check_import does it once, behind the last line. */
static enum np_edit_result
rule_check_domain(struct np_edit *edit, const struct np_alias *alias)
{
	struct np_map_cursor *cursor;
	struct np_alias other;
	const char *at;
	int found;

	if (np_map_cursor_open(edit->map, NULL, &cursor, &edit->err) < 0)
		return np_edit_fail(edit);
	do {
		found = np_map_cursor_next(cursor, &other, &edit->err);
		at = found > 0 ? strrchr(other.mailbox, '@') : NULL;
	} while (found > 0 && (at == NULL || at == other.mailbox ||
			       strcmp(at, alias->address) != 0));
	np_map_cursor_close(&cursor);
	if (found < 0)
		return np_edit_fail(edit);
	if (found == 0)
		return NP_EDIT_DONE;
	return np_edit_refuse(edit, "%s -> %s: %s leads to %s, use first: "
			      "%s set %s --mailbox %.*s%s", alias->address,
			      alias->mailbox, other.address, other.mailbox,
			      edit->command, other.address,
			      (int)(at - other.mailbox), other.mailbox,
			      alias->mailbox);
}

/* An address to which aliases lead cannot become one: they would be a chain. */
static enum np_edit_result
rule_check_leads_here(struct np_edit *edit, const struct np_alias *alias)
{
	struct np_map_cursor *cursor;
	struct np_alias first;
	int found;

	if (np_alias_type(alias) == NP_ALIAS_CATCH_ALL)
		return NP_EDIT_DONE;
	if (np_map_cursor_open(edit->map, alias->address, &cursor,
			       &edit->err) < 0)
		return np_edit_fail(edit);
	found = np_map_cursor_next(cursor, &first, &edit->err);
	np_map_cursor_close(&cursor);
	if (found < 0)
		return np_edit_fail(edit);
	if (found > 0)
		return np_edit_refuse(edit, "%s -> %s: %s is an alias of %s, "
				      "use first: %s move %s %s",
				      alias->address, alias->mailbox,
				      first.address, alias->address,
				      edit->command, alias->address,
				      alias->mailbox);
	return NP_EDIT_DONE;
}

/* What stands before alias, and between alias and mailbox, in a command. */
static const char *rule_kind(const char *verb, const struct np_alias *alias)
{
	return strcmp(verb, "add") == 0 &&
	       np_alias_type(alias) == NP_ALIAS_CATCH_ALL ? " --catch-all" : "";
}

static const char *rule_option(const char *verb)
{
	return strcmp(verb, "set") == 0 ? " --mailbox" : "";
}

/* alias -> target, where target itself is the entry next. */
static enum np_edit_result
rule_refuse_chain(struct np_edit *edit, const struct np_alias *alias,
		  const char *verb, const struct np_alias *next)
{
	if (strcmp(next->mailbox, alias->address) == 0)
		return np_edit_refuse(edit, "%s -> %s: %s is an alias of %s, "
				      "use first: %s remove %s",
				      alias->address, alias->mailbox,
				      next->address, next->mailbox,
				      edit->command, next->address);
	return np_edit_refuse(edit, "%s -> %s: %s is an alias of %s, "
			      "use: %s %s%s %s%s %s", alias->address,
			      alias->mailbox, next->address, next->mailbox,
			      edit->command, verb, rule_kind(verb, alias),
			      alias->address, rule_option(verb), next->mailbox);
}

/* Whether the target of alias stands in a domain that is a domain alias. */
static enum np_edit_result
rule_check_target_domain(struct np_edit *edit, const struct np_alias *alias,
			 const char *verb, struct np_alias *next)
{
	const char *target = alias->mailbox;
	char domain_key[NP_MAX_DOMAIN + 2];
	int found;

	(void)snprintf(domain_key, sizeof(domain_key), "@%s",
		       np_key_domain(target));
	found = np_map_lookup(edit->map, domain_key, next, &edit->err);
	if (found < 0)
		return np_edit_fail(edit);
	if (found == 0 || np_alias_type(next) != NP_ALIAS_DOMAIN)
		return NP_EDIT_DONE;
	return np_edit_refuse(edit, "%s -> %s: %s is a domain alias of %s, "
			      "use: %s %s%s %s%s %.*s%s", alias->address,
			      target, domain_key, next->mailbox, edit->command,
			      verb, rule_kind(verb, alias), alias->address,
			      rule_option(verb),
			      (int)(strrchr(target, '@') - target), target,
			      next->mailbox);
}

enum np_edit_result
np_edit_check_target(struct np_edit *edit, const struct np_alias *alias,
		     const char *verb)
{
	const char *target = alias->mailbox;
	struct np_alias next;
	int found;

	if (strcmp(alias->address, target) == 0)
		return np_edit_refuse(edit, "%s -> %s: an alias cannot lead "
				      "to itself", alias->address, target);
	found = np_map_lookup(edit->map, target, &next, &edit->err);
	if (found < 0)
		return np_edit_fail(edit);
	/* "@new" may have a catch-all: it applies to the old domain too. */
	if (found > 0 && np_alias_type(&next) != NP_ALIAS_CATCH_ALL)
		return rule_refuse_chain(edit, alias, verb, &next);
	return target[0] == '@' ? NP_EDIT_DONE :
	       rule_check_target_domain(edit, alias, verb, &next);
}

enum np_edit_result
np_edit_check_map_postmaster(struct np_edit *edit, const char *postmaster)
{
	char domain_key[NP_MAX_DOMAIN + 2];
	struct np_alias next;
	int found;

	found = np_map_lookup(edit->map, postmaster, &next, &edit->err);
	if (found < 0)
		return np_edit_fail(edit);
	if (found > 0)
		return np_edit_refuse(edit, "[map] postmaster: %s is an alias "
				      "of %s, name that mailbox: postmaster = "
				      "%s", postmaster, next.mailbox,
				      next.mailbox);
	(void)snprintf(domain_key, sizeof(domain_key), "@%s",
		       np_key_domain(postmaster));
	found = np_map_lookup(edit->map, domain_key, &next, &edit->err);
	if (found < 0)
		return np_edit_fail(edit);
	if (found == 0 || np_alias_type(&next) != NP_ALIAS_DOMAIN)
		return NP_EDIT_DONE;
	return np_edit_refuse(edit, "[map] postmaster: %s: %s is a domain "
			      "alias of %s, name the mailbox: postmaster = "
			      "%.*s%s", postmaster, domain_key, next.mailbox,
			      (int)(strrchr(postmaster, '@') - postmaster),
			      postmaster, next.mailbox);
}

enum np_edit_result
np_edit_check_import(struct np_edit *edit, np_edit_on_chain *on_chain,
		     void *context)
{
	struct np_map_cursor *cursor;
	struct np_alias alias, next;
	enum np_edit_result result = NP_EDIT_DONE;
	int more;

	if (!edit->domain_alias_added)
		return NP_EDIT_DONE;
	if (np_map_cursor_open(edit->map, NULL, &cursor, &edit->err) < 0)
		return np_edit_fail(edit);
	while ((more = np_map_cursor_next(cursor, &alias, &edit->err)) > 0) {
		if (np_alias_type(&alias) == NP_ALIAS_DOMAIN)
			continue;
		result = rule_check_target_domain(edit, &alias, "add", &next);
		if (result == NP_EDIT_FAILED)
			break;
		if (result == NP_EDIT_REFUSED)
			on_chain(context, &alias, &next);
	}
	np_map_cursor_close(&cursor);
	return more < 0 || result == NP_EDIT_FAILED ? np_edit_fail(edit) :
	       NP_EDIT_DONE;
}

enum np_edit_result
np_edit_check_limit(struct np_edit *edit, const char *mailbox,
		    unsigned int more)
{
	unsigned int limit = np_edit_settings(edit)->max_aliases_per_mailbox;
	unsigned int count;

	if (limit == 0 || mailbox[0] == '@')
		return NP_EDIT_DONE;
	if (np_map_count(edit->map, mailbox, &count, &edit->err) < 0)
		return np_edit_fail(edit);
	if (count < limit && more <= limit - count)
		return NP_EDIT_DONE;
	return np_edit_refuse(edit, "%s: has %u of at most %u aliases, remove "
			      "one or raise [map] max_aliases_per_mailbox",
			      mailbox, count, limit);
}

/* Whether alias and target are of kinds that go together. */
enum np_edit_result
np_edit_check_kinds(struct np_edit *edit, const char *alias, const char *target,
		 unsigned int flags)
{
	if (target[0] == '@' && alias[0] != '@')
		return np_edit_refuse(edit, "%s -> %s: an alias leads to one "
				      "mailbox, use: %s add %s MAILBOX", alias,
				      target, edit->command, alias);
	if ((flags & NP_EDIT_CATCH_ALL) != 0 &&
	    (alias[0] != '@' || target[0] == '@'))
		return np_edit_refuse(edit, "%s -> %s: a catch-all leads from "
				      "a domain to a mailbox, use: %s add "
				      "--catch-all @%s MAILBOX", alias, target,
				      edit->command, np_key_domain(alias));
	if (alias[0] == '@' && target[0] != '@' &&
	    (flags & (NP_EDIT_CATCH_ALL | NP_EDIT_IMPORT)) == 0)
		return np_edit_refuse(edit, "%s -> %s: for a catch-all use: "
				      "%s add --catch-all %s %s", alias,
				      target, edit->command, alias, target);
	return NP_EDIT_DONE;
}

/* Every rule for an entry that was not there. */
enum np_edit_result
np_edit_check_new(struct np_edit *edit, const struct np_alias *alias,
	       unsigned int fields, unsigned int flags)
{
	enum np_edit_result result;

	result = rule_check_name(edit, alias);
	if (result == NP_EDIT_DONE)
		result = np_edit_check_values(edit, alias, fields, flags);
	if (result == NP_EDIT_DONE)
		result = np_edit_check_target(edit, alias, "add");
	if (result == NP_EDIT_DONE)
		result = rule_check_leads_here(edit, alias);
	if (result == NP_EDIT_DONE && (flags & NP_EDIT_IMPORT) == 0 &&
	    np_alias_type(alias) == NP_ALIAS_DOMAIN)
		result = rule_check_domain(edit, alias);
	if (result == NP_EDIT_DONE)
		result = np_edit_check_limit(edit, alias->mailbox, 1);
	return result;
}
