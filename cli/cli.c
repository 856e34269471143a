/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings, map and change of one run of the command; see cli.h. */
#include "cli/cli.h"
#include "cli/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void np_cli_warn(const char *format, ...)
{
	char text[NP_MAX_EDIT_TEXT];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	np_text_clean(text);
	/* What was done so far stands above it, also in a pipe. */
	(void)fflush(stdout);
	(void)fprintf(stderr, "nameplate: %s\n", text);
}

int np_cli_fail(const struct np_error *err)
{
	np_cli_warn("%s", err->text[0] != '\0' ? err->text : "failed");
	return err->kind == NP_ERROR_BUSY ? NP_CLI_TRY_AGAIN : NP_CLI_REFUSED;
}

void np_cli_warn_late(const struct np_error *err)
{
	if (err->kind != NP_ERROR_NONE)
		np_cli_warn("%s", err->text);
}

int np_cli_said(const struct np_edit *edit, enum np_edit_result result)
{
	switch (result) {
	case NP_EDIT_DONE:
	case NP_EDIT_UNCHANGED:
		(void)puts(edit->text);
		return NP_CLI_DONE;
	case NP_EDIT_REFUSED:
		np_cli_warn("%s", edit->text);
		return NP_CLI_REFUSED;
	case NP_EDIT_FAILED:
		break;
	}
	return np_cli_fail(&edit->err);
}

int np_cli_usage(const struct np_cli *cli)
{
	(void)fprintf(stderr, "usage: nameplate %s%s%s\n", cli->name,
		      cli->usage[0] == '\0' ? "" : " ", cli->usage);
	return NP_CLI_USAGE;
}

int np_cli_help(const struct np_cli *cli)
{
	(void)printf("usage: nameplate %s%s%s\n", cli->name,
		     cli->usage[0] == '\0' ? "" : " ", cli->usage);
	return NP_CLI_DONE;
}

int np_cli_read_settings(struct np_cli *cli)
{
	struct np_error err = { NP_ERROR_NONE, "" };

	if (cli->settings != NULL)
		return NP_CLI_DONE;
	(void)snprintf(cli->holder, sizeof(cli->holder),
		       "nameplate %s, pid %ld", cli->name, (long)getpid());
	if (np_settings_read(cli->conf, &cli->settings, &err) > 0)
		return NP_CLI_DONE;
	if (err.kind != NP_ERROR_MISSING && err.kind != NP_ERROR_UNREADABLE)
		return np_cli_fail(&err);
	np_cli_warn("%s, name a file that can be read: nameplate -c FILE %s",
		    err.text, cli->name);
	return NP_CLI_REFUSED;
}

int np_cli_open(struct np_cli *cli)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	int exit_code = np_cli_read_settings(cli);

	if (exit_code != NP_CLI_DONE || cli->map != NULL)
		return exit_code;
	if (np_map_open(cli->settings->map_file, NP_MAP_FILE, &cli->map,
			&err) < 0)
		return np_cli_fail(&err);
	np_edit_init(&cli->edit, cli->map, NULL, "nameplate", cli->now);
	return NP_CLI_DONE;
}

static int cli_check_settings(const struct np_cli *cli)
{
	const struct np_map *map = np_change_map(cli->change);
	const char *name = "";

	if (!np_settings_differ(cli->settings, &np_map_meta(map)->settings,
				&name))
		return NP_CLI_DONE;
	np_cli_warn("the map was written with other [map] %s than %s has now, "
		    "use first: nameplate apply", name,
		    cli->conf != NULL ? cli->conf : NP_DEFAULT_CONF);
	return NP_CLI_REFUSED;
}

/* Whoever sits at a terminal is told for whom he waits. */
int np_cli_lock(struct np_cli *cli, struct np_error *err)
{
	const char *map = cli->settings->map_file;
	unsigned int wait = isatty(STDERR_FILENO) ? 1 : NP_LOCK_SECONDS;
	int result;

	result = np_change_begin(map, cli->holder, wait, &cli->change, err);
	if (result > 0 || err->kind != NP_ERROR_BUSY ||
	    wait == NP_LOCK_SECONDS)
		return result;
	np_cli_warn("waiting: %s", err->text);
	return np_change_begin(map, cli->holder, NP_LOCK_SECONDS - wait,
			       &cli->change, err);
}

int np_cli_begin(struct np_cli *cli)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	int exit_code = np_cli_read_settings(cli);

	if (exit_code != NP_CLI_DONE)
		return exit_code;
	/* A generation open for judging would only hold its pages. */
	np_map_close(&cli->map);
	if (np_cli_lock(cli, &err) < 0)
		return np_cli_fail(&err);
	exit_code = cli_check_settings(cli);
	if (exit_code != NP_CLI_DONE)
		return exit_code;
	np_edit_init(&cli->edit, np_change_map(cli->change), cli->change,
		     "nameplate", cli->now);
	cli->audit = np_audit_create(cli->name);
	if (cli->audit != NULL) {
		cli->edit.on_entry = np_audit_entry;
		cli->edit.context = cli->audit;
	}
	return NP_CLI_DONE;
}

void np_cli_keep(struct np_cli *cli)
{
	if (cli->said == NULL)
		cli->said = open_memstream(&cli->said_text, &cli->said_len);
	if (cli->said != NULL)
		(void)fprintf(cli->said, "%s\n", cli->edit.text);
}

int np_cli_finish(struct np_cli *cli, unsigned int changes)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	uint64_t generation;

	if (changes == 0) {
		np_change_rollback(&cli->change);
	} else {
		if (np_change_commit(&cli->change, &generation, &err) < 0)
			return np_cli_fail(&err);
		np_audit_write(cli->audit, generation);
		np_cli_warn_late(&err);
	}
	if (cli->said != NULL && fflush(cli->said) == 0)
		(void)fwrite(cli->said_text, 1, cli->said_len, stdout);
	return NP_CLI_DONE;
}

void np_cli_close(struct np_cli *cli)
{
	np_map_close(&cli->map);
	np_change_rollback(&cli->change);
	np_audit_destroy(&cli->audit);
	np_settings_free(&cli->settings);
	if (cli->said != NULL)
		(void)fclose(cli->said);
	free(cli->said_text);
}
