/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the edit files share: names of new aliases, and how a result is said. */
#ifndef ALIASMAP_EDIT_NAME_H
#define ALIASMAP_EDIT_NAME_H

#include "aliasmap/edit.h"

/* Writes text; returns NP_EDIT_REFUSED. */
enum np_edit_result np_edit_refuse(struct np_edit *edit, const char *format,
				   ...) __attribute__((format(printf, 2, 3)));
/* Copies err's text; returns NP_EDIT_FAILED. */
enum np_edit_result np_edit_fail(struct np_edit *edit);

void np_edit_say(struct np_edit *edit, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether the local part of key is exactly name. */
bool np_key_is(const char *key, const char *name);

const struct np_map_settings *np_edit_settings(const struct np_edit *edit);

/* postmaster must work: nothing may silence it. */
enum np_edit_result
np_edit_check_postmaster(struct np_edit *edit, const struct np_alias *alias);

/* The values of alias as it will be; fields were given now. */
enum np_edit_result
np_edit_check_values(struct np_edit *edit, const struct np_alias *alias,
		     unsigned int fields, unsigned int flags);

/* Whether alias and target (keys) are of kinds that go together. */
enum np_edit_result
np_edit_check_kinds(struct np_edit *edit, const char *alias,
		    const char *target, unsigned int flags);

/* Every rule for an entry that was not there. */
enum np_edit_result
np_edit_check_new(struct np_edit *edit, const struct np_alias *alias,
		  unsigned int fields, unsigned int flags);

/* Whether target may be led to by alias (both keys, alias as it will be): no
   alias, not in a domain that is a domain alias, not alias itself. verb is
   the command to show: "add", "set", "move" (alias is the old mailbox). */
enum np_edit_result
np_edit_check_target(struct np_edit *edit, const struct np_alias *alias,
		     const char *verb);

/* Whether mailbox may get more aliases. */
enum np_edit_result
np_edit_check_limit(struct np_edit *edit, const char *mailbox,
		    unsigned int more);

#endif
