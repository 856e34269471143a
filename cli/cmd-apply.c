/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nameplate apply: makes the first map, and puts the file's [map] settings into
 * one that is there.
 */
#include "cli/audit.h"
#include "cli/options.h"

#include <inttypes.h>
#include <stdio.h>

/* The mailbox that takes the mail of last resort must not be an alias. */
static int apply_check_postmaster(struct np_cli *cli)
{
	const char *postmaster = cli->settings->map.postmaster;
	enum np_edit_result result;

	if (postmaster[0] == '\0')
		return NP_CLI_DONE;
	np_edit_init(&cli->edit, np_change_map(cli->change), NULL, "nameplate",
		     cli->now);
	result = np_edit_check_map_postmaster(&cli->edit, postmaster);
	return result == NP_EDIT_DONE ? NP_CLI_DONE :
	       np_cli_said(&cli->edit, result);
}

static int apply_settings(struct np_cli *cli)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	const struct np_map_meta *meta;
	const char *name = "";
	uint64_t generation;
	char text[200];
	int code;

	if (np_cli_lock(cli, &err) < 0)
		return np_cli_fail(&err);
	meta = np_map_meta(np_change_map(cli->change));
	if (!np_settings_differ(cli->settings, &meta->settings, &name)) {
		(void)printf("%s: unchanged\n", cli->settings->map_file);
		return NP_CLI_DONE;
	}
	code = apply_check_postmaster(cli);
	if (code != NP_CLI_DONE)
		return code;
	if (np_change_set_settings(cli->change, &cli->settings->map,
				   &err) < 0 ||
	    np_change_commit(&cli->change, &generation, &err) < 0)
		return np_cli_fail(&err);
	(void)snprintf(text, sizeof(text), "generation %" PRIu64 ": [map] %s "
		       "and what else differs taken over", generation, name);
	np_audit_note(cli->name, text);
	np_cli_warn_late(&err);
	(void)printf("%s: settings taken over ([map] %s differed), see: "
		     "nameplate check\n", cli->settings->map_file, name);
	return NP_CLI_DONE;
}

int np_cmd_apply(struct np_cli *cli, int argc, char **argv)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_options options;
	int code, made;

	code = np_options_read(cli, argc, argv, 0, 0, 0, &options);
	if (code >= 0)
		return code;
	code = np_cli_read_settings(cli);
	if (code != NP_CLI_DONE)
		return code;
	made = np_map_create(cli->settings->map_file, cli->holder,
			     &cli->settings->map, &err);
	if (made < 0)
		return np_cli_fail(&err);
	if (made == 0)
		return apply_settings(cli);
	np_audit_note(cli->name, "made an empty map");
	np_cli_warn_late(&err);
	(void)printf("%s: made, empty\n", cli->settings->map_file);
	return NP_CLI_DONE;
}
