/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two questions to the store before an alias is made or changed: is the
   mailbox there, and is the alias itself a mailbox. */
#ifndef CLI_GUARD_H
#define CLI_GUARD_H

#include "cli/ask.h"
#include "cli/cli.h"

/* mailbox (a key; "@domain" is not asked). Each returns NP_CLI_DONE, or says
   why not and returns NP_CLI_REFUSED. */
int np_guard_mailbox(struct np_cli *cli, struct np_ask *ask,
		     const char *mailbox);
int np_guard_alias(struct np_cli *cli, struct np_ask *ask, const char *alias,
		   const char *mailbox);

#endif
