/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ghost targets and hidden mailboxes; see guard.h. */
#include "cli/guard.h"

#include <string.h>

int np_guard_mailbox(struct np_cli *cli, struct np_ask *ask,
		     const char *mailbox)
{
	(void)cli;
	if (mailbox[0] == '@' || np_ask_known(ask, mailbox) != NP_KNOWN_NO)
		return NP_CLI_DONE;
	np_cli_warn("%s: the store has no such mailbox, make it first, or use "
		    "--force", mailbox);
	return NP_CLI_REFUSED;
}

int np_guard_alias(struct np_cli *cli, struct np_ask *ask, const char *alias,
		   const char *mailbox)
{
	const struct np_map_meta *meta = np_map_meta(cli->map);
	char base_key[NP_MAX_ADDRESS + 1];
	struct np_address addr, base;
	bool has_tag;

	if (alias[0] == '@' ||
	    np_address_parse(alias, strlen(alias), NP_ADDRESS_UTF8, &addr,
			     NULL) != NP_ADDRESS_OK)
		return NP_CLI_DONE;
	/* An exact tag entry takes mail from whoever owns the base; from the
	   mailbox that it leads to, it takes nothing. */
	has_tag = np_address_split(&addr, meta->settings.delimiters,
				   &base, NULL);
	(void)np_address_key(has_tag ? &base : &addr, base_key);
	if (strcmp(base_key, mailbox) == 0 ||
	    np_ask_known(ask, base_key) != NP_KNOWN_YES)
		return NP_CLI_DONE;
	if (has_tag)
		np_cli_warn("%s: %s is a mailbox of the store, and its own "
			    "mail with this tag would go to %s, use --force if "
			    "that is meant", alias, base_key, mailbox);
	else
		np_cli_warn("%s: is a mailbox of the store, and would get no "
			    "mail any more, use another name, or --force",
			    alias);
	return NP_CLI_REFUSED;
}
