/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate rollback: the generation before becomes the live one again. */
#include "cli/audit.h"
#include "cli/options.h"

#include <inttypes.h>
#include <stdio.h>

int np_cmd_rollback(struct np_cli *cli, int argc, char **argv)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_options options;
	uint64_t from, generation;
	char text[200];
	int code, done;

	code = np_options_read(cli, argc, argv, 0, 0, 0, &options);
	if (code >= 0)
		return code;
	code = np_cli_read_settings(cli);
	if (code != NP_CLI_DONE)
		return code;
	done = np_map_rollback(cli->settings->map_file, cli->holder, &from,
			       &generation, &err);
	if (done <= 0)
		return np_cli_fail(&err);
	(void)snprintf(text, sizeof(text), "generation %" PRIu64 " is live, "
		       "with what generation %" PRIu64 " held", generation,
		       from);
	np_audit_note(cli->name, text);
	np_cli_warn_late(&err);
	(void)printf("%s: %s\n", cli->settings->map_file, text);
	return NP_CLI_DONE;
}
