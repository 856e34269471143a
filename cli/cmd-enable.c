/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate enable|disable|remove ALIAS...: all of them or none. */
#include "cli/options.h"

#include <string.h>

static enum np_edit_result each_edit(struct np_cli *cli, const char *alias)
{
	if (strcmp(cli->name, "remove") == 0)
		return np_edit_remove(&cli->edit, alias);
	return np_edit_enable(&cli->edit, alias,
			      strcmp(cli->name, "enable") == 0);
}

static int each_alias(struct np_cli *cli, int argc, char **argv)
{
	struct np_options options;
	unsigned int done = 0;
	int worst = NP_CLI_DONE, code;

	code = np_options_read(cli, argc, argv, 0, 1, -1, &options);
	if (code >= 0)
		return code;
	code = np_cli_begin(cli);
	if (code != NP_CLI_DONE)
		return code;
	for (int i = 0; i < options.argc; i++) {
		enum np_edit_result result = each_edit(cli, options.argv[i]);

		if (result == NP_EDIT_DONE)
			done++;
		if (result == NP_EDIT_DONE || result == NP_EDIT_UNCHANGED)
			np_cli_keep(cli);
		else
			worst = np_cli_said(&cli->edit, result);
	}
	if (worst != NP_CLI_DONE && options.argc > 1)
		np_cli_warn("nothing was changed");
	return worst != NP_CLI_DONE ? worst : np_cli_finish(cli, done);
}

int np_cmd_enable(struct np_cli *cli, int argc, char **argv)
{
	return each_alias(cli, argc, argv);
}

int np_cmd_remove(struct np_cli *cli, int argc, char **argv)
{
	return each_alias(cli, argc, argv);
}
