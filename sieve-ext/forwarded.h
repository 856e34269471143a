/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was forwarded from this mailbox, and where to: the last defence against
 * a circle, where a host on the way has taken the marks out.
 */
#ifndef SIEVE_EXT_FORWARDED_H
#define SIEVE_EXT_FORWARDED_H

#include "sieve-ext/compat.h"

/* Whether an earlier delivery has forwarded this message to the address. If
   not, this one is remembered, once the delivery has succeeded; another
   redirect to the same address in this delivery is not "earlier".
   SIEVE_EXEC_OK, or what the operation returns. */
int np_forwarded_before(const struct sieve_runtime_env *renv,
			const struct smtp_address *to, bool *before_r);

#endif
