/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every subcommand needs: the settings, the map or a change of it, and
 * one way to say what happened. What was done goes to stdout, everything else
 * to stderr behind "nameplate: ".
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "aliasmap/edit.h"
#include "conf/settings.h"

#include <stdio.h>

/* Exit codes; nameplate(1), EXIT STATUS. */
enum np_cli_exit {
	NP_CLI_DONE = 0,
	NP_CLI_REFUSED = 1,
	NP_CLI_USAGE = 64,	/* EX_USAGE */
	NP_CLI_TRY_AGAIN = 75	/* EX_TEMPFAIL */
};

struct np_audit;

struct np_cli {
	const char *conf;		/* -c FILE, or NULL */
	const char *name;		/* the subcommand */
	const char *usage;		/* its arguments */
	char holder[80];		/* for whoever waits for the lock */
	int64_t now;
	struct np_settings *settings;
	struct np_map *map;		/* own, for reading */
	struct np_change *change;
	struct np_audit *audit;
	struct np_edit edit;
	/* What np_cli_keep has kept. */
	FILE *said;
	char *said_text;
	size_t said_len;
};

/* "nameplate: ..." on stderr. */
void np_cli_warn(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* The same, and the exit code that fits. */
int np_cli_fail(const struct np_error *err);
/* What went wrong with a change that is in force all the same, if anything;
   the exit code is not that of a failure. */
void np_cli_warn_late(const struct np_error *err);
/* Prints what an edit said, where it belongs; returns the exit code. */
int np_cli_said(const struct np_edit *edit, enum np_edit_result result);
/* The usage of the subcommand on stderr; NP_CLI_USAGE. */
int np_cli_usage(const struct np_cli *cli);
/* "--help" of a subcommand, on stdout; NP_CLI_DONE. */
int np_cli_help(const struct np_cli *cli);

/* Each returns NP_CLI_DONE, or prints why not and returns the exit code. */
int np_cli_read_settings(struct np_cli *cli);
/* Opens the map to be read; cli->edit then judges by it. */
int np_cli_open(struct np_cli *cli);
/* Takes the lock and begins cli->change, whatever the settings. 1 or -1. */
int np_cli_lock(struct np_cli *cli, struct np_error *err);
/* Begins a change of the map; cli->edit then works on it. Refused while the
   settings in the map differ from the file's. */
int np_cli_begin(struct np_cli *cli);
/* Keeps what the edit said until the change is live. */
void np_cli_keep(struct np_cli *cli);
/* Makes the change live where changes is not 0, else gives it up; then writes
   the audit and prints what was kept. */
int np_cli_finish(struct np_cli *cli, unsigned int changes);

/* Closes whatever is open; a change that was not committed is given up. */
void np_cli_close(struct np_cli *cli);

/* The subcommands: argv[0] is the name. */
int np_cmd_add(struct np_cli *cli, int argc, char **argv);
int np_cmd_show(struct np_cli *cli, int argc, char **argv);
int np_cmd_set(struct np_cli *cli, int argc, char **argv);
int np_cmd_enable(struct np_cli *cli, int argc, char **argv);
int np_cmd_remove(struct np_cli *cli, int argc, char **argv);
int np_cmd_remove_mailbox(struct np_cli *cli, int argc, char **argv);
int np_cmd_move(struct np_cli *cli, int argc, char **argv);
int np_cmd_list(struct np_cli *cli, int argc, char **argv);
int np_cmd_explain(struct np_cli *cli, int argc, char **argv);
int np_cmd_import(struct np_cli *cli, int argc, char **argv);
int np_cmd_export(struct np_cli *cli, int argc, char **argv);
int np_cmd_check(struct np_cli *cli, int argc, char **argv);
int np_cmd_verify(struct np_cli *cli, int argc, char **argv);
int np_cmd_rollback(struct np_cli *cli, int argc, char **argv);
int np_cmd_apply(struct np_cli *cli, int argc, char **argv);

#endif
