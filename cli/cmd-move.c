/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate move OLD NEW and remove-mailbox MAILBOX: all aliases of a mailbox
   at once; each is printed when the change is live. */
#include "cli/ask.h"
#include "cli/audit.h"
#include "cli/options.h"

#include <string.h>

/* An np_edit_on_entry that prints beside the audit. */
static void on_moved_entry(void *context, const struct np_alias *before,
			   const struct np_alias *after)
{
	struct np_cli *cli = context;

	if (cli->audit != NULL)
		np_audit_entry(cli->audit, before, after);
	np_cli_keep(cli);
}

/* Before the lock: the rules with a map that stays, then the new mailbox. */
static int move_probe(struct np_cli *cli, const struct np_options *options)
{
	enum np_edit_result result;
	unsigned int count;
	struct np_ask *ask;
	int code;

	code = np_cli_open(cli);
	if (code != NP_CLI_DONE)
		return code;
	result = np_edit_move(&cli->edit, options->argv[0], options->argv[1],
			      &count);
	if (result == NP_EDIT_UNCHANGED)
		return NP_CLI_DONE;
	if (result != NP_EDIT_DONE)
		return np_cli_said(&cli->edit, result);
	ask = np_ask_create(cli->settings);
	if (ask == NULL)
		return NP_CLI_REFUSED;
	result = np_edit_guard_mailbox(&cli->edit, options->argv[1],
				       np_ask_known, ask);
	np_ask_destroy(&ask);
	return result == NP_EDIT_DONE ? NP_CLI_DONE :
	       np_cli_said(&cli->edit, result);
}

static int move_finish(struct np_cli *cli, enum np_edit_result result)
{
	if (result != NP_EDIT_DONE && result != NP_EDIT_UNCHANGED)
		return np_cli_said(&cli->edit, result);
	np_cli_keep(cli);
	return np_cli_finish(cli, result == NP_EDIT_DONE);
}

int np_cmd_move(struct np_cli *cli, int argc, char **argv)
{
	struct np_options options;
	unsigned int count;
	int code;

	code = np_options_read(cli, argc, argv,
			       NP_OPTION_PROBE | NP_OPTION_FORCE, 2, 2,
			       &options);
	if (code >= 0)
		return code;
	if ((options.given & (NP_OPTION_PROBE | NP_OPTION_FORCE)) == 0) {
		code = move_probe(cli, &options);
		if (code != NP_CLI_DONE)
			return code;
	}
	code = np_cli_begin(cli);
	if (code != NP_CLI_DONE)
		return code;
	cli->edit.on_entry = on_moved_entry;
	cli->edit.context = cli;
	return move_finish(cli, np_edit_move(&cli->edit, options.argv[0],
					     options.argv[1], &count));
}

int np_cmd_remove_mailbox(struct np_cli *cli, int argc, char **argv)
{
	struct np_options options;
	unsigned int count;
	int code;

	code = np_options_read(cli, argc, argv, 0, 1, 1, &options);
	if (code >= 0)
		return code;
	code = np_cli_begin(cli);
	if (code != NP_CLI_DONE)
		return code;
	cli->edit.on_entry = on_moved_entry;
	cli->edit.context = cli;
	return move_finish(cli, np_edit_remove_mailbox(&cli->edit,
						       options.argv[0],
						       &count));
}
