/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ghost targets and hidden mailboxes: what the map cannot know, so the host is
 * asked. What came before: the rules said yes.
 */
#include "aliasmap/edit-name.h"

#include <string.h>

enum np_edit_result
np_edit_guard_mailbox(struct np_edit *edit, const char *target,
		      np_known_function *known, void *context)
{
	char mailbox[NP_MAX_ADDRESS + 1];
	enum np_edit_result result;

	result = np_edit_target_name(edit, target, mailbox);
	if (result != NP_EDIT_DONE || mailbox[0] == '@' ||
	    known(context, mailbox) != NP_KNOWN_NO)
		return result;
	return np_edit_refuse(edit, "%s: the store has no such mailbox, make "
			      "it first, or use --force", mailbox);
}

enum np_edit_result
np_edit_guard_alias(struct np_edit *edit, const char *alias,
		    const char *target, np_known_function *known,
		    void *context)
{
	const char *delimiters = np_edit_settings(edit)->delimiters;
	char key[NP_MAX_ADDRESS + 1], mailbox[NP_MAX_ADDRESS + 1];
	struct np_address addr, base;
	enum np_edit_result result;
	bool has_tag;

	result = np_edit_target_name(edit, target, mailbox);
	if (result != NP_EDIT_DONE || alias[0] == '@' ||
	    np_address_parse(alias, strlen(alias), NP_ADDRESS_UTF8, &addr,
			     NULL) != NP_ADDRESS_OK)
		return result;
	/* An exact tag entry takes mail from whoever owns the base; from the
	   mailbox that it leads to, it takes nothing. */
	has_tag = np_address_split(&addr, delimiters, &base, NULL);
	(void)np_address_key(has_tag ? &base : &addr, key);
	if (strcmp(key, mailbox) == 0 || known(context, key) != NP_KNOWN_YES)
		return NP_EDIT_DONE;
	if (has_tag)
		return np_edit_refuse(edit, "%s: %s is a mailbox of the store, "
				      "and its own mail with this tag would "
				      "go to %s, use --force if that is meant",
				      alias, key, mailbox);
	return np_edit_refuse(edit, "%s: is a mailbox of the store, and would "
			      "get no mail any more, use another name, or "
			      "--force", alias);
}
