/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate verify: reads every record, and with --adopt makes a map of the
   good ones. */
#include "cli/audit.h"
#include "cli/options.h"

#include <inttypes.h>
#include <stdio.h>

#define VERIFY_SECONDS 600

int np_cmd_verify(struct np_cli *cli, int argc, char **argv)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_options options;
	const char *file;
	uint64_t good = 0, bad = 0;
	char text[600];
	int code, result;

	code = np_options_read(cli, argc, argv, NP_OPTION_ADOPT, 0, 0,
			       &options);
	if (code >= 0)
		return code;
	code = np_cli_read_settings(cli);
	if (code != NP_CLI_DONE)
		return code;
	/* Which accident it is stands in the error of opening it. */
	if (options.adopt == NULL && (code = np_cli_open(cli)) != NP_CLI_DONE)
		return code;
	np_map_close(&cli->map);
	file = options.adopt != NULL ? options.adopt : cli->settings->map_file;
	result = np_map_verify(cli->settings->map_file, file,
			       options.adopt != NULL, cli->holder,
			       VERIFY_SECONDS, &good, &bad, &err);
	if (result < 0)
		return np_cli_fail(&err);
	(void)snprintf(text, sizeof(text), "%.400s: %" PRIu64 " good record%s, "
		       "%" PRIu64 " bad", file, good, good == 1 ? "" : "s",
		       bad);
	if (options.adopt != NULL)
		np_audit_note(cli->name, text);
	(void)printf("%s%s\n", text, options.adopt != NULL ?
		     ", the good ones are the live map now" : "");
	np_cli_warn_late(&err);
	return result == 0 ? NP_CLI_REFUSED : NP_CLI_DONE;
}
