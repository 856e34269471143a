/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate show ALIAS|MAILBOX: one entry in full, or all of a mailbox. */
#include "cli/date.h"
#include "cli/list-format.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const char *show_type(const struct np_alias *alias)
{
	switch (np_alias_type(alias)) {
	case NP_ALIAS_ADDRESS:
		return "alias";
	case NP_ALIAS_DOMAIN:
		return "domain alias";
	case NP_ALIAS_CATCH_ALL:
		break;
	}
	return "catch-all";
}

static void show_entry(const struct np_alias *alias, int64_t now)
{
	char date[NP_MAX_DATE], note[NP_MAX_NOTE + 1];

	(void)strcpy(note, alias->note);
	np_text_clean(note);
	(void)printf("alias:    %s\n", alias->address);
	(void)printf("kind:     %s\n", show_type(alias));
	(void)printf("%s  %s\n", alias->mailbox[0] == '@' ? "domain: " :
		     "mailbox:", alias->mailbox);
	(void)printf("state:    %s\n",
		     np_state_name(np_alias_state(alias, now)));
	(void)printf("receive:  %s\n", alias->receive ? "yes" : "no");
	(void)printf("send:     %s\n", alias->send ? "yes" : "no");
	(void)printf("expires:  %s\n", alias->expires == 0 ? "never" :
		     np_date_print(alias->expires, date));
	(void)printf("note:     %s\n", note);
	(void)printf("created:  %s\n", alias->created == 0 ? "unknown" :
		     np_date_print(alias->created, date));
}

/* Not an alias: then perhaps a mailbox, which has some. */
static int show_owner(struct np_cli *cli, const char *owner)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_map_cursor *cursor;
	struct np_alias alias;
	unsigned int count = 0;
	int more;

	if (np_map_cursor_open(cli->map, owner, &cursor, &err) < 0)
		return np_cli_fail(&err);
	while ((more = np_map_cursor_next(cursor, &alias, &err)) > 0) {
		if (count++ == 0)
			(void)printf("mailbox:  %s\n", owner);
		(void)printf("alias:    %s (%s)\n", alias.address,
			     np_state_name(np_alias_state(&alias, cli->now)));
	}
	np_map_cursor_close(&cursor);
	if (more < 0)
		return np_cli_fail(&err);
	if (count > 0)
		return NP_CLI_DONE;
	np_cli_warn("%s: no such alias, and none leads there, see: "
		    "nameplate list", owner);
	return NP_CLI_REFUSED;
}

int np_cmd_show(struct np_cli *cli, int argc, char **argv)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_options options;
	char key[NP_MAX_ADDRESS + 1];
	enum np_edit_result result;
	struct np_alias alias;
	int code, found;

	code = np_options_read(cli, argc, argv, 0, 1, 1, &options);
	if (code >= 0)
		return code;
	code = np_cli_open(cli);
	if (code != NP_CLI_DONE)
		return code;
	result = np_edit_key(&cli->edit, options.argv[0], key);
	if (result != NP_EDIT_DONE)
		return np_cli_said(&cli->edit, result);
	found = np_map_lookup(cli->map, key, &alias, &err);
	if (found < 0)
		return np_cli_fail(&err);
	if (found == 0)
		return show_owner(cli, key);
	show_entry(&alias, cli->now);
	return NP_CLI_DONE;
}
