/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nameplate add ALIAS... MAILBOX. The rules judge first, then the store is
 * asked, and only then is the lock taken: nobody waits for a slow store. The
 * rules are asked again under the lock, and all aliases are added or none.
 */
#include "cli/ask.h"
#include "cli/options.h"

#include <stdio.h>

static unsigned int add_flags(const struct np_options *options)
{
	return (options->given & NP_OPTION_CATCH_ALL) != 0 ? NP_EDIT_CATCH_ALL :
	       0;
}

/* One alias before the lock: its rules, and unless it is there already, the
   store. */
static int add_judge(struct np_cli *cli, const struct np_options *options,
		     struct np_ask *ask, const char *text, const char *target)
{
	enum np_edit_result result;

	result = np_edit_add(&cli->edit, text, target, &options->values,
			     options->fields, add_flags(options));
	if (result == NP_EDIT_UNCHANGED)
		return NP_CLI_DONE;
	if (result == NP_EDIT_DONE)
		result = np_edit_guard_alias(&cli->edit, text, target,
					     np_ask_known, ask);
	return result == NP_EDIT_DONE ? NP_CLI_DONE :
	       np_cli_said(&cli->edit, result);
}

static int add_probe(struct np_cli *cli, const struct np_options *options)
{
	const char *target = options->argv[options->argc - 1];
	int worst = NP_CLI_DONE, code;
	enum np_edit_result result;
	struct np_ask *ask;

	code = np_cli_open(cli);
	if (code != NP_CLI_DONE)
		return code;
	ask = np_ask_create(cli->settings);
	if (ask == NULL)
		return NP_CLI_REFUSED;
	for (int i = 0; i < options->argc - 1; i++) {
		code = add_judge(cli, options, ask, options->argv[i], target);
		if (code != NP_CLI_DONE)
			worst = code;
	}
	if (worst == NP_CLI_DONE) {
		result = np_edit_guard_mailbox(&cli->edit, target,
					       np_ask_known, ask);
		if (result != NP_EDIT_DONE)
			worst = np_cli_said(&cli->edit, result);
	}
	np_ask_destroy(&ask);
	return worst;
}

/* Under the lock. The texts are kept until the change is live. */
static int add_write(struct np_cli *cli, const struct np_options *options)
{
	const char *target = options->argv[options->argc - 1];
	unsigned int done = 0;
	int worst = NP_CLI_DONE, code;

	code = np_cli_begin(cli);
	if (code != NP_CLI_DONE)
		return code;
	for (int i = 0; i < options->argc - 1; i++) {
		enum np_edit_result result;

		result = np_edit_add(&cli->edit, options->argv[i], target,
				     &options->values, options->fields,
				     add_flags(options));
		if (result == NP_EDIT_DONE)
			done++;
		if (result == NP_EDIT_DONE || result == NP_EDIT_UNCHANGED)
			np_cli_keep(cli);
		else
			worst = np_cli_said(&cli->edit, result);
	}
	if (worst != NP_CLI_DONE && options->argc > 2)
		np_cli_warn("nothing was changed");
	return worst != NP_CLI_DONE ? worst : np_cli_finish(cli, done);
}

int np_cmd_add(struct np_cli *cli, int argc, char **argv)
{
	struct np_options options;
	int code;

	code = np_options_read(cli, argc, argv, NP_OPTION_SEND |
			       NP_OPTION_RECEIVE | NP_OPTION_EXPIRES |
			       NP_OPTION_NOTE | NP_OPTION_PROBE |
			       NP_OPTION_FORCE | NP_OPTION_CATCH_ALL, 2, -1,
			       &options);
	if (code >= 0)
		return code;
	if ((options.given & (NP_OPTION_PROBE | NP_OPTION_FORCE)) == 0) {
		code = add_probe(cli, &options);
		if (code != NP_CLI_DONE)
			return code;
	}
	return add_write(cli, &options);
}
