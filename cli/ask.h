/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the store knows, as a yes or no. Before the first question in a domain
 * a random name is asked: a store that takes that takes anything, so its
 * answers say nothing.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "aliasmap/known.h"
#include "cli/probe.h"
#include "conf/settings.h"

#define NP_ASK_SECONDS 20	/* nobody waits longer at a prompt */

struct np_ask;

/* settings are borrowed. NULL without memory. */
struct np_ask *np_ask_create(struct np_settings *settings);
void np_ask_destroy(struct np_ask **ask);

/* Whether the store knows address; an np_known_function, context is the
   ask. Says once on stderr that it cannot be
   reached, once that it cannot tell now (4xx), and once for each domain where
   it takes anything. */
enum np_known np_ask_known(void *context, const char *address);

/* The store's own answer. 1, or -1 where it cannot be asked; then
   np_ask_why. */
int np_ask_reply(struct np_ask *ask, const char *address,
		 struct np_store_reply *reply_r);
const char *np_ask_why(const struct np_ask *ask);
/* Whether a question could not be asked, or was not answered (4xx). */
bool np_ask_failed(const struct np_ask *ask);

#endif
