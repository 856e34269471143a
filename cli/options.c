/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One table of options for all subcommands; see options.h. */
#include "cli/options.h"
#include "cli/date.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum options_value {
	OPTIONS_SEND = 256,
	OPTIONS_NO_SEND,
	OPTIONS_RECEIVE,
	OPTIONS_NO_RECEIVE,
	OPTIONS_EXPIRES,
	OPTIONS_NOTE,
	OPTIONS_NO_PROBE,
	OPTIONS_FORCE,
	OPTIONS_CATCH_ALL,
	OPTIONS_MAILBOX,
	OPTIONS_DOMAIN,
	OPTIONS_FORMAT,
	OPTIONS_DRY_RUN,
	OPTIONS_ADOPT
};

static const struct options_row {
	const char *name;
	bool has_value;
	enum options_value value;
	enum np_option option;
} rows[] = {
	{ "send", false, OPTIONS_SEND, NP_OPTION_SEND },
	{ "no-send", false, OPTIONS_NO_SEND, NP_OPTION_SEND },
	{ "receive", false, OPTIONS_RECEIVE, NP_OPTION_RECEIVE },
	{ "no-receive", false, OPTIONS_NO_RECEIVE, NP_OPTION_RECEIVE },
	{ "expires", true, OPTIONS_EXPIRES, NP_OPTION_EXPIRES },
	{ "note", true, OPTIONS_NOTE, NP_OPTION_NOTE },
	{ "no-probe", false, OPTIONS_NO_PROBE, NP_OPTION_PROBE },
	{ "force", false, OPTIONS_FORCE, NP_OPTION_FORCE },
	{ "catch-all", false, OPTIONS_CATCH_ALL, NP_OPTION_CATCH_ALL },
	{ "mailbox", true, OPTIONS_MAILBOX, NP_OPTION_MAILBOX },
	{ "domain", true, OPTIONS_DOMAIN, NP_OPTION_DOMAIN },
	{ "format", true, OPTIONS_FORMAT, NP_OPTION_FORMAT },
	{ "dry-run", false, OPTIONS_DRY_RUN, NP_OPTION_DRY_RUN },
	{ "adopt", true, OPTIONS_ADOPT, NP_OPTION_ADOPT },
};

#define OPTIONS_COUNT (sizeof(rows) / sizeof(rows[0]))

static int options_expires(struct np_options *options, const char *text)
{
	options->fields |= NP_EDIT_EXPIRES;
	options->values.expires = 0;
	if (strcmp(text, "never") == 0 ||
	    np_date_parse(text, &options->values.expires) > 0)
		return -1;
	np_cli_warn("--expires %s: use a date like 2026-12-31 or "
		    "2026-12-31T18:00:00Z, or never", text);
	return NP_CLI_USAGE;
}

static int options_note(struct np_options *options, const char *text)
{
	size_t len = strlen(text);

	if (len > NP_MAX_NOTE) {
		np_cli_warn("--note: has %zu octets, at most %d are kept", len,
			    NP_MAX_NOTE);
		return NP_CLI_USAGE;
	}
	(void)memcpy(options->values.note, text, len + 1);
	options->fields |= NP_EDIT_NOTE;
	return -1;
}

/* Takes one option over. -1: go on. */
static int options_take(struct np_options *options, enum options_value value,
			const char *text)
{
	switch (value) {
	case OPTIONS_SEND:
	case OPTIONS_NO_SEND:
		options->values.send = value == OPTIONS_SEND;
		options->fields |= NP_EDIT_SEND;
		break;
	case OPTIONS_RECEIVE:
	case OPTIONS_NO_RECEIVE:
		options->values.receive = value == OPTIONS_RECEIVE;
		options->fields |= NP_EDIT_RECEIVE;
		break;
	case OPTIONS_EXPIRES:
		return options_expires(options, text);
	case OPTIONS_NOTE:
		return options_note(options, text);
	case OPTIONS_MAILBOX:
		options->mailbox = text;
		break;
	case OPTIONS_DOMAIN:
		options->domain = text;
		break;
	case OPTIONS_FORMAT:
		options->format = text;
		break;
	case OPTIONS_ADOPT:
		options->adopt = text;
		break;
	case OPTIONS_NO_PROBE:
	case OPTIONS_FORCE:
	case OPTIONS_CATCH_ALL:
	case OPTIONS_DRY_RUN:
		break;	/* given is all */
	}
	return -1;
}

static const struct options_row *options_find(int value)
{
	for (size_t i = 0; i < OPTIONS_COUNT; i++) {
		if ((int)rows[i].value == value)
			return &rows[i];
	}
	return NULL;
}

/* The rows that allowed names, as getopt wants them. */
static void options_table(unsigned int allowed,
			  struct option table[OPTIONS_COUNT + 2])
{
	size_t count = 0;

	(void)memset(table, 0, sizeof(table[0]) * (OPTIONS_COUNT + 2));
	for (size_t i = 0; i < OPTIONS_COUNT; i++) {
		if ((allowed & rows[i].option) == 0)
			continue;
		table[count].name = rows[i].name;
		table[count].has_arg = rows[i].has_value ? required_argument :
				       no_argument;
		table[count++].val = (int)rows[i].value;
	}
	table[count].name = "help";
	table[count].val = 'h';
}

int np_options_read(const struct np_cli *cli, int argc, char **argv,
		    unsigned int allowed, int min, int max,
		    struct np_options *options_r)
{
	struct option table[OPTIONS_COUNT + 2];
	const struct options_row *row;
	int c, result;

	(void)memset(options_r, 0, sizeof(*options_r));
	np_alias_init(&options_r->values);
	options_table(allowed, table);
	while ((c = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (c == 'h')
			return np_cli_help(cli);
		row = options_find(c);
		if (row == NULL)
			return np_cli_usage(cli);
		options_r->given |= row->option;
		result = options_take(options_r, row->value, optarg);
		if (result >= 0)
			return result;
	}
	options_r->argc = argc - optind;
	options_r->argv = argv + optind;
	if (options_r->argc < min || (max >= 0 && options_r->argc > max))
		return np_cli_usage(cli);
	return -1;
}
