/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The address that the sender of the message used, where it is another than
 * the bare address of this mailbox: what test and variables show.
 */
#ifndef SIEVE_EXT_USED_H
#define SIEVE_EXT_USED_H

#include "sieve-ext/here.h"

struct np_used {
	/* NULL: none. Local part without quotes, both in the sender's case. */
	const struct smtp_address *address;
	const char *user, *detail;	/* RFC 5233; "" without a tag */
	const char *note, *kind, *folder;
	/* No answer may come from the address that was used, also where it is
	   not given above: nobody's own name, switched off, or not known to
	   lead here. */
	bool silent;
};

/* For the message that renv looks at; looked up once for each message, and
   kept as long as it. All strings are "" where there is none. */
const struct np_used *np_used_get(const struct sieve_runtime_env *renv,
				  const struct sieve_extension *ext);

#endif
