/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate set ALIAS ...: changes one alias; a new mailbox is asked for. */
#include "cli/ask.h"
#include "cli/options.h"

/* Before the lock, as in cmd-add.c. */
static int set_probe(struct np_cli *cli, const struct np_options *options)
{
	enum np_edit_result result;
	struct np_ask *ask;
	int code;

	code = np_cli_open(cli);
	if (code != NP_CLI_DONE)
		return code;
	result = np_edit_set(&cli->edit, options->argv[0], options->mailbox,
			     &options->values, options->fields);
	if (result == NP_EDIT_UNCHANGED)
		return NP_CLI_DONE;
	if (result != NP_EDIT_DONE)
		return np_cli_said(&cli->edit, result);
	ask = np_ask_create(cli->settings);
	if (ask == NULL)
		return NP_CLI_REFUSED;
	result = np_edit_guard_mailbox(&cli->edit, options->mailbox,
				       np_ask_known, ask);
	np_ask_destroy(&ask);
	return result == NP_EDIT_DONE ? NP_CLI_DONE :
	       np_cli_said(&cli->edit, result);
}

int np_cmd_set(struct np_cli *cli, int argc, char **argv)
{
	struct np_options options;
	enum np_edit_result result;
	int code;

	code = np_options_read(cli, argc, argv, NP_OPTION_SEND |
			       NP_OPTION_RECEIVE | NP_OPTION_EXPIRES |
			       NP_OPTION_NOTE | NP_OPTION_MAILBOX |
			       NP_OPTION_PROBE | NP_OPTION_FORCE, 1, 1,
			       &options);
	if (code >= 0)
		return code;
	if (options.fields == 0 && options.mailbox == NULL)
		return np_cli_usage(cli);
	if (options.mailbox != NULL &&
	    (options.given & (NP_OPTION_PROBE | NP_OPTION_FORCE)) == 0) {
		code = set_probe(cli, &options);
		if (code != NP_CLI_DONE)
			return code;
	}
	code = np_cli_begin(cli);
	if (code != NP_CLI_DONE)
		return code;
	result = np_edit_set(&cli->edit, options.argv[0], options.mailbox,
			     &options.values, options.fields);
	if (result != NP_EDIT_DONE && result != NP_EDIT_UNCHANGED)
		return np_cli_said(&cli->edit, result);
	np_cli_keep(cli);
	return np_cli_finish(cli, result == NP_EDIT_DONE);
}
