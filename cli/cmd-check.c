/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate check: prints what aliasmap/check.h finds, and asks the store. */
#include "cli/ask.h"
#include "cli/options.h"

#include "aliasmap/check.h"

#include <stdio.h>

struct check_host {
	struct np_ask *ask;	/* NULL: --no-probe */
};

static enum np_known on_check_known(void *context, const char *address)
{
	struct check_host *host = context;

	return host->ask == NULL ? NP_KNOWN_UNASKED :
	       np_ask_known(host->ask, address);
}

static void on_check_found(void *context, const char *text)
{
	(void)context;
	(void)puts(text);
}

int np_cmd_check(struct np_cli *cli, int argc, char **argv)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct check_host host = { NULL };
	struct np_options options;
	struct np_check check;
	unsigned int findings;
	const char *name = "";
	int code;

	code = np_options_read(cli, argc, argv, NP_OPTION_PROBE, 0, 0,
			       &options);
	if (code >= 0)
		return code;
	code = np_cli_open(cli);
	if (code != NP_CLI_DONE)
		return code;
	if (np_settings_differ(cli->settings, &np_map_meta(cli->map)->settings,
			       &name))
		np_cli_warn("warning: the map was written with other [map] %s, "
			    "use: nameplate apply", name);
	if ((options.given & NP_OPTION_PROBE) == 0) {
		host.ask = np_ask_create(cli->settings);
		if (host.ask == NULL)
			return NP_CLI_REFUSED;
	}
	check.map = cli->map;
	check.command = "nameplate";
	check.now = cli->now;
	check.known = on_check_known;
	check.found = on_check_found;
	check.context = &host;
	if (np_check_map(&check, &findings, &err) < 0)
		code = np_cli_fail(&err);
	else if (findings > 0)
		code = NP_CLI_REFUSED;
	/* What could not be asked must not look like what is well. */
	else if (host.ask != NULL && np_ask_failed(host.ask))
		code = NP_CLI_TRY_AGAIN;
	else
		code = NP_CLI_DONE;
	np_ask_destroy(&host.ask);
	return code;
}
