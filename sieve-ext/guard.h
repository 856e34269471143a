/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether this mailbox may forward to an address: not to itself, and outside
 * only as the policy says. Knows nothing of commands.
 */
#ifndef SIEVE_EXT_GUARD_H
#define SIEVE_EXT_GUARD_H

#include "sieve-ext/here.h"

struct np_guard_verdict {
	/* NULL: it may. Else why not, to follow "redirect to ADDRESS ". */
	const char *refused;
	/* NULL: no doubt. Else what may happen, to follow the same words,
	   unless the store knows doubt_unless; the redirect is allowed. */
	const char *doubt;
	const char *doubt_unless;
	/* NULL: it was checked. Else why it could not be; the rest then says
	   what is known without. */
	const char *unchecked;
};

/* to may be NULL: nothing but whether something could be checked. All strings
   are from the data stack. Troubles are in Dovecot's log when it returns. */
void np_guard_judge(struct np_here *here, const struct smtp_address *to,
		    struct np_guard_verdict *verdict_r);

/* Whether the topmost mark says that the message has been here. */
bool np_guard_has_returned(struct np_here *here,
			   const struct sieve_runtime_env *renv);

#endif
