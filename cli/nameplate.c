/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nameplate(1): the table of subcommands. Each is one cmd-*.c, which reads its
 * arguments, lets aliasmap/edit.h judge, and says what was done.
 */
#include "np-config.h"
#include "cli/cli.h"

#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *name;
	const char *usage;
	int (*run)(struct np_cli *cli, int argc, char **argv);
} commands[] = {
	{ "add", "ALIAS... MAILBOX [--send] [--no-receive] [--expires DATE] "
	  "[--note TEXT] [--no-probe] [--force] | @OLD @NEW [--send] | "
	  "--catch-all @DOMAIN MAILBOX", np_cmd_add },
	{ "show", "ALIAS|MAILBOX", np_cmd_show },
	{ "set", "ALIAS [--mailbox MAILBOX] [--[no-]send] [--[no-]receive] "
	  "[--expires DATE|never] [--note TEXT] [--no-probe] [--force]",
	  np_cmd_set },
	{ "enable", "ALIAS...", np_cmd_enable },
	{ "disable", "ALIAS...", np_cmd_enable },
	{ "remove", "ALIAS...", np_cmd_remove },
	{ "remove-mailbox", "MAILBOX", np_cmd_remove_mailbox },
	{ "move", "OLD NEW [--no-probe] [--force]", np_cmd_move },
	{ "list", "[--mailbox MAILBOX] [--domain DOMAIN] [--send] "
	  "[--format table|csv|json]", np_cmd_list },
	{ "explain", "ADDRESS [--no-probe]", np_cmd_explain },
	{ "import", "FILE|- [--format csv|json|postfix] [--dry-run]",
	  np_cmd_import },
	{ "export", "[--format csv|json]", np_cmd_export },
	{ "check", "[--no-probe]", np_cmd_check },
	{ "verify", "[--adopt FILE]", np_cmd_verify },
	{ "rollback", "", np_cmd_rollback },
	{ "apply", "", np_cmd_apply },
};

static void nameplate_usage(FILE *out)
{
	(void)fputs("usage: nameplate [--help] [--version] [-c FILE] COMMAND\n",
		    out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		(void)fprintf(out, "       nameplate %s%s%s\n",
			      commands[i].name,
			      commands[i].usage[0] == '\0' ? "" : " ",
			      commands[i].usage);
}

static int nameplate_run(struct np_cli *cli, int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int exit_code;

		if (strcmp(commands[i].name, argv[0]) != 0)
			continue;
		cli->name = commands[i].name;
		cli->usage = commands[i].usage;
		optind = 0;	/* begins anew behind the subcommand */
		exit_code = commands[i].run(cli, argc, argv);
		np_cli_close(cli);
		return exit_code;
	}
	(void)fprintf(stderr, "nameplate: %.80s: no such command, "
		      "see: nameplate --help\n", argv[0]);
	return NP_CLI_USAGE;
}

/* A descriptor that the caller has closed would become the map's or the lock's,
   and what is printed would go there. Opened so that its use fails as before. */
static int nameplate_open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd < STDERR_FILENO);
	if (fd > STDERR_FILENO)
		(void)close(fd);
	return fd < 0 ? -1 : 1;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	struct np_cli cli = { 0 };
	int c, exit_code;

	if (nameplate_open_standard() < 0)
		return NP_CLI_REFUSED;
	(void)setlocale(LC_CTYPE, "");
	cli.now = (int64_t)time(NULL);
	while ((c = getopt_long(argc, argv, "+c:h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			cli.conf = optarg;
			break;
		case 'h':
			nameplate_usage(stdout);
			return NP_CLI_DONE;
		case 'V':
			(void)puts(PACKAGE_STRING);
			return NP_CLI_DONE;
		default:
			nameplate_usage(stderr);
			return NP_CLI_USAGE;
		}
	}
	if (optind >= argc) {
		nameplate_usage(stderr);
		return NP_CLI_USAGE;
	}
	exit_code = nameplate_run(&cli, argc - optind, argv + optind);
	/* An export to a full disk must not look complete. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		np_cli_warn("cannot write the output");
		return NP_CLI_REFUSED;
	}
	return exit_code;
}
