/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options that several subcommands share. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

enum np_option {
	NP_OPTION_SEND = 0x001,		/* --send, --no-send */
	NP_OPTION_RECEIVE = 0x002,	/* --receive, --no-receive */
	NP_OPTION_EXPIRES = 0x004,
	NP_OPTION_NOTE = 0x008,
	NP_OPTION_PROBE = 0x010,	/* --no-probe */
	NP_OPTION_FORCE = 0x020,
	NP_OPTION_CATCH_ALL = 0x040,
	NP_OPTION_MAILBOX = 0x080,
	NP_OPTION_DOMAIN = 0x100,
	NP_OPTION_FORMAT = 0x200,
	NP_OPTION_DRY_RUN = 0x400,
	NP_OPTION_ADOPT = 0x800
};

struct np_options {
	unsigned int given;		/* enum np_option */
	struct np_alias values;
	unsigned int fields;		/* enum np_edit_fields */
	const char *mailbox, *domain, *format, *adopt;
	int argc;			/* what is left are arguments */
	char **argv;
};

/* Reads the options that allowed names, and checks that min to max arguments
   are left (max 0: none, max -1: any number). Returns -1, or the exit code
   where the subcommand ends here. */
int np_options_read(const struct np_cli *cli, int argc, char **argv,
		    unsigned int allowed, int min, int max,
		    struct np_options *options_r);

#endif
