/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Making, changing and removing one alias. Nothing is written before every
 * rule was asked.
 *
 * What came before: edit-rule.c has the rules, edit-name.c reads names. What
 * comes next: edit-move.c for a whole mailbox, map-write.c for the writing.
 */
#include "aliasmap/edit-name.h"
#include "aliasmap/resolve.h"

#include <stdio.h>
#include <string.h>

void np_edit_init(struct np_edit *edit, struct np_map *map,
		  struct np_change *change, const char *command, int64_t now)
{
	(void)memset(edit, 0, sizeof(*edit));
	edit->map = map;
	edit->change = change;
	edit->command = command;
	edit->now = now;
}

/* Takes over what was given. */
static void edit_apply(struct np_alias *alias, const struct np_alias *values,
		       unsigned int fields)
{
	if ((fields & NP_EDIT_RECEIVE) != 0)
		alias->receive = values->receive;
	if ((fields & NP_EDIT_SEND) != 0)
		alias->send = values->send;
	if ((fields & NP_EDIT_ENABLED) != 0)
		alias->enabled = values->enabled;
	if ((fields & NP_EDIT_EXPIRES) != 0)
		alias->expires = values->expires;
	if ((fields & NP_EDIT_NOTE) != 0)
		(void)snprintf(alias->note, sizeof(alias->note), "%s",
			       values->note);
}

static bool edit_same(const struct np_alias *a, const struct np_alias *b)
{
	return strcmp(a->mailbox, b->mailbox) == 0 &&
	       a->receive == b->receive && a->send == b->send &&
	       a->enabled == b->enabled && a->expires == b->expires &&
	       strcmp(a->note, b->note) == 0;
}

/* Writes alias and tells the host. */
static enum np_edit_result
edit_store(struct np_edit *edit, const struct np_alias *before,
	   const struct np_alias *alias, const char *verb)
{
	if (edit->change != NULL &&
	    np_change_put(edit->change, alias, &edit->err) < 0)
		return np_edit_fail(edit);
	np_edit_say(edit, "%s -> %s: %s", alias->address, alias->mailbox, verb);
	edit->added = before == NULL;
	if (edit->on_entry != NULL)
		edit->on_entry(edit->context, before, alias);
	return NP_EDIT_DONE;
}

/* Is there already: unchanged, or refused with the command that would do. */
static enum np_edit_result
edit_add_again(struct np_edit *edit, const struct np_alias *old,
	       const struct np_alias *values, unsigned int fields,
	       unsigned int flags, const char *target)
{
	struct np_alias alias = *old;
	enum np_edit_result result;

	if ((old->mailbox[0] == '@') != (target[0] == '@'))
		return np_edit_refuse(edit, "%s -> %s: is %s of %s already, "
				      "use first: %s remove %s", old->address,
				      target, target[0] == '@' ?
				      "the catch-all" : "a domain alias",
				      old->mailbox, edit->command,
				      old->address);
	if (strcmp(old->mailbox, target) != 0)
		return np_edit_refuse(edit, "%s -> %s: is an alias of %s "
				      "already, use: %s set %s --mailbox %s",
				      old->address, target, old->mailbox,
				      edit->command, old->address, target);
	edit_apply(&alias, values, fields);
	if (!edit_same(old, &alias)) {
		if ((flags & NP_EDIT_IMPORT) == 0)
			return np_edit_refuse(edit, "%s -> %s: is there with "
				"other settings, use: %s set %s ...",
				old->address, target, edit->command,
				old->address);
		result = np_edit_check_values(edit, &alias, fields, flags);
		return result != NP_EDIT_DONE ? result :
			edit_store(edit, old, &alias, "changed");
	}
	np_edit_say(edit, "%s -> %s: unchanged%s", old->address, target,
		    np_alias_state(old, edit->now) == NP_ALIAS_DISABLED ?
		    " (disabled)" :
		    np_alias_state(old, edit->now) == NP_ALIAS_EXPIRED ?
		    " (expired)" : "");
	return NP_EDIT_UNCHANGED;
}

enum np_edit_result
np_edit_add(struct np_edit *edit, const char *alias_text,
	    const char *target_text, const struct np_alias *values,
	    unsigned int fields, unsigned int flags)
{
	enum np_edit_result result;
	struct np_alias alias, old;
	int found;

	np_alias_init(&alias);
	result = np_edit_alias_name(edit, alias_text, alias.address);
	if (result == NP_EDIT_DONE)
		result = np_edit_target_name(edit, target_text, alias.mailbox);
	if (result == NP_EDIT_DONE)
		result = np_edit_check_kinds(edit, alias.address, alias.mailbox,
					  flags);
	if (result != NP_EDIT_DONE)
		return result;
	found = np_map_lookup(edit->map, alias.address, &old, &edit->err);
	if (found < 0)
		return np_edit_fail(edit);
	if (found > 0)
		return edit_add_again(edit, &old, values, fields, flags,
				      alias.mailbox);
	edit_apply(&alias, values, fields);
	alias.created = (fields & NP_EDIT_CREATED) != 0 ? values->created :
			edit->now;
	result = np_edit_check_new(edit, &alias, fields, flags);
	if (result != NP_EDIT_DONE)
		return result;
	if (np_alias_type(&alias) == NP_ALIAS_DOMAIN)
		edit->domain_alias_added = true;
	return edit_store(edit, NULL, &alias, "added");
}

enum np_edit_result
np_edit_find(struct np_edit *edit, const char *text, struct np_alias *alias_r)
{
	enum np_edit_result result;
	char key[NP_MAX_ADDRESS + 1];
	int found;

	result = np_edit_key(edit, text, key);
	if (result != NP_EDIT_DONE)
		return result;
	found = np_map_lookup(edit->map, key, alias_r, &edit->err);
	if (found < 0)
		return np_edit_fail(edit);
	if (found == 0)
		return np_edit_refuse(edit, "%s: no such alias, see: %s list",
				      key, edit->command);
	return NP_EDIT_DONE;
}

/* set: another mailbox for an alias that is there. */
static enum np_edit_result
edit_set_target(struct np_edit *edit, const char *target_text,
		struct np_alias *alias)
{
	enum np_edit_result result;
	char target[NP_MAX_ADDRESS + 1];

	result = np_edit_target_name(edit, target_text, target);
	if (result != NP_EDIT_DONE || strcmp(target, alias->mailbox) == 0)
		return result;
	if ((target[0] == '@') !=
	    (np_alias_type(alias) == NP_ALIAS_DOMAIN))
		return np_edit_refuse(edit, "%s -> %s: %s", alias->address,
				      target, target[0] == '@' ?
				      "only a domain alias leads to a domain, "
				      "name a mailbox" :
				      "a domain alias leads to a domain, name "
				      "one (@DOMAIN)");
	(void)memcpy(alias->mailbox, target, sizeof(target));
	result = np_edit_check_target(edit, alias, "set");
	if (result == NP_EDIT_DONE)
		result = np_edit_check_limit(edit, target, 1);
	return result;
}

enum np_edit_result
np_edit_set(struct np_edit *edit, const char *alias_text, const char *target,
	    const struct np_alias *values, unsigned int fields)
{
	enum np_edit_result result;
	struct np_alias alias, old;

	result = np_edit_find(edit, alias_text, &old);
	if (result != NP_EDIT_DONE)
		return result;
	alias = old;
	if (target != NULL)
		result = edit_set_target(edit, target, &alias);
	if (result != NP_EDIT_DONE)
		return result;
	edit_apply(&alias, values, fields);
	if (edit_same(&old, &alias)) {
		np_edit_say(edit, "%s -> %s: unchanged", old.address,
			    old.mailbox);
		return NP_EDIT_UNCHANGED;
	}
	result = np_edit_check_values(edit, &alias, fields, 0);
	if (result != NP_EDIT_DONE)
		return result;
	return edit_store(edit, &old, &alias, "changed");
}

enum np_edit_result
np_edit_enable(struct np_edit *edit, const char *alias_text, bool enabled)
{
	enum np_edit_result result;
	struct np_alias alias, old;

	result = np_edit_find(edit, alias_text, &old);
	if (result != NP_EDIT_DONE)
		return result;
	alias = old;
	alias.enabled = enabled;
	if (old.enabled == enabled) {
		np_edit_say(edit, "%s -> %s: unchanged", old.address,
			    old.mailbox);
		result = NP_EDIT_UNCHANGED;
	} else {
		result = np_edit_check_postmaster(edit, &alias);
		if (result == NP_EDIT_DONE)
			result = edit_store(edit, &old, &alias, enabled ?
					    "enabled" : "disabled, the name "
					    "stays reserved");
	}
	if ((result == NP_EDIT_DONE || result == NP_EDIT_UNCHANGED) &&
	    np_alias_state(&alias, edit->now) == NP_ALIAS_EXPIRED)
		np_edit_say(edit, "%s -> %s: enabled, but expired, use: "
			    "%s set %s --expires never", alias.address,
			    alias.mailbox, edit->command, alias.address);
	return result;
}

/* Says who takes the mail of an address that is no alias any more. */
static void edit_say_removed(struct np_edit *edit, const struct np_alias *old)
{
	struct np_verdict verdict;
	struct np_address addr;
	const char *key = old->address;

	np_edit_say(edit, "%s -> %s: removed", key, old->mailbox);
	if (edit->change == NULL || key[0] == '@' ||
	    np_address_parse(key, strlen(key), NP_ADDRESS_UTF8, &addr,
			     NULL) != NP_ADDRESS_OK ||
	    np_resolve(edit->map, &addr, NP_FOR_RECEIVE, edit->now, &verdict,
		       NULL) <= 0)
		return;
	if (verdict.rule != NP_RULE_STORE || verdict.domain_alias)
		np_edit_say(edit, "%s -> %s: removed, its mail goes to %s now",
			    key, old->mailbox, verdict.mailbox);
	else if (verdict.postmaster[0] != '\0')
		np_edit_say(edit, "%s -> %s: removed, its mail goes to %s now "
			    "([map] postmaster)", key, old->mailbox,
			    verdict.postmaster);
	else if (verdict.catch_all[0] != '\0')
		np_edit_say(edit, "%s -> %s: removed, the catch-all of %s "
			    "takes its mail now (%s)", key, old->mailbox,
			    np_key_domain(key), verdict.catch_all);
}

enum np_edit_result
np_edit_remove(struct np_edit *edit, const char *alias_text)
{
	enum np_edit_result result;
	struct np_alias old;

	result = np_edit_find(edit, alias_text, &old);
	if (result != NP_EDIT_DONE)
		return result;
	if (edit->change != NULL &&
	    np_change_delete(edit->change, old.address, &edit->err) < 0)
		return np_edit_fail(edit);
	edit_say_removed(edit, &old);
	if (edit->on_entry != NULL)
		edit->on_entry(edit->context, &old, NULL);
	return NP_EDIT_DONE;
}
