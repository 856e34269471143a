/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate list, and export: the same entries without a choice. */
#include "cli/list-format.h"
#include "cli/options.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct list_filter {
	char mailbox[NP_MAX_ADDRESS + 1];	/* "" = any */
	char domain[NP_MAX_ADDRESS + 1];	/* without "@"; "" = any */
	bool send;
};

static bool list_wanted(const struct list_filter *filter,
			const struct np_alias *alias)
{
	return (filter->domain[0] == '\0' ||
		strcmp(np_key_domain(alias->address), filter->domain) == 0) &&
	       (!filter->send || alias->send);
}

/* One pass: measures, or prints. */
static int list_pass(struct np_cli *cli, const struct list_filter *filter,
		     struct np_list *list, bool print)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_map_cursor *cursor;
	struct np_alias alias;
	int more;

	if (np_map_cursor_open(cli->map, filter->mailbox[0] == '\0' ? NULL :
			       filter->mailbox, &cursor, &err) < 0)
		return np_cli_fail(&err);
	while ((more = np_map_cursor_next(cursor, &alias, &err)) > 0) {
		if (!list_wanted(filter, &alias))
			continue;
		if (print)
			np_list_entry(list, &alias);
		else
			np_list_measure(list, &alias);
	}
	np_map_cursor_close(&cursor);
	return more < 0 ? np_cli_fail(&err) : NP_CLI_DONE;
}

static unsigned int list_terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

static int list_print(struct np_cli *cli, const struct list_filter *filter,
		      enum np_list_format format)
{
	struct np_list list = { stdout, format, cli->now,
				list_terminal_width(), 0, 0, 0 };
	int code = NP_CLI_DONE;

	if (format == NP_LIST_TABLE)
		code = list_pass(cli, filter, &list, false);
	if (code != NP_CLI_DONE)
		return code;
	np_list_begin(&list);
	code = list_pass(cli, filter, &list, true);
	/* A list that broke off has no end: nothing reads it as complete. */
	if (code == NP_CLI_DONE)
		np_list_end(&list);
	return code;
}

static int list_read_filter(struct np_cli *cli,
			    const struct np_options *options,
			    struct list_filter *filter)
{
	enum np_edit_result result = NP_EDIT_DONE;
	char text[NP_MAX_ADDRESS + 1], key[NP_MAX_ADDRESS + 1];

	(void)memset(filter, 0, sizeof(*filter));
	filter->send = (options->given & NP_OPTION_SEND) != 0;
	if (options->mailbox != NULL)
		result = np_edit_key(&cli->edit, options->mailbox,
				     filter->mailbox);
	if (result == NP_EDIT_DONE && options->domain != NULL) {
		(void)snprintf(text, sizeof(text), "@%s", options->domain +
			       (options->domain[0] == '@'));
		result = np_edit_key(&cli->edit, text, key);
		if (result == NP_EDIT_DONE)
			(void)strcpy(filter->domain, key + 1);
	}
	return result == NP_EDIT_DONE ? NP_CLI_DONE :
	       np_cli_said(&cli->edit, result);
}

static int list_run(struct np_cli *cli, const struct np_options *options,
		    enum np_list_format format)
{
	struct list_filter filter;
	int code;

	code = np_cli_open(cli);
	if (code == NP_CLI_DONE)
		code = list_read_filter(cli, options, &filter);
	return code != NP_CLI_DONE ? code : list_print(cli, &filter, format);
}

static int list_bad_format(const struct np_cli *cli, const char *format,
			   const char *allowed)
{
	np_cli_warn("--format %s: use %s", format, allowed);
	(void)cli;
	return NP_CLI_USAGE;
}

int np_cmd_list(struct np_cli *cli, int argc, char **argv)
{
	enum np_list_format format = NP_LIST_TABLE;
	struct np_options options;
	int code;

	code = np_options_read(cli, argc, argv, NP_OPTION_MAILBOX |
			       NP_OPTION_DOMAIN | NP_OPTION_SEND |
			       NP_OPTION_FORMAT, 0, 0, &options);
	if (code >= 0)
		return code;
	if (options.format != NULL && !np_list_format(options.format, &format))
		return list_bad_format(cli, options.format,
				       "table, csv or json");
	return list_run(cli, &options, format);
}

int np_cmd_export(struct np_cli *cli, int argc, char **argv)
{
	enum np_list_format format = NP_LIST_JSON;
	struct np_options options;
	int code;

	code = np_options_read(cli, argc, argv, NP_OPTION_FORMAT, 0, 0,
			       &options);
	if (code >= 0)
		return code;
	if (options.format != NULL &&
	    (!np_list_format(options.format, &format) ||
	     format == NP_LIST_TABLE))
		return list_bad_format(cli, options.format, "csv or json");
	return list_run(cli, &options, format);
}
