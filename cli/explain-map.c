/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lookups of aliasmap/resolve.c, told aloud; see explain-map.h. */
#include "cli/explain-map.h"
#include "cli/list-format.h"

#include <stdio.h>
#include <string.h>

/* One lookup. 1 found, 0 not, -1. */
static int explain_lookup(struct np_map *map, const char *step,
			  const char *key, int64_t now,
			  struct np_alias *alias_r, struct np_error *err)
{
	int found = np_map_lookup(map, key, alias_r, err);

	if (found < 0)
		return -1;
	if (found == 0)
		(void)printf("%-10s %s: no entry\n", step, key);
	else
		(void)printf("%-10s %s -> %s: %s, receive %s, send %s\n", step,
			     key, alias_r->mailbox,
			     np_state_name(np_alias_state(alias_r, now)),
			     alias_r->receive ? "on" : "off",
			     alias_r->send ? "on" : "off");
	return found;
}

/* Rules 1 and 2. 1: an entry was found. */
static int explain_entries(struct np_map *map, const struct np_address *addr,
			   int64_t now, struct np_error *err)
{
	const char *delimiters = np_map_meta(map)->settings.delimiters;
	char key[NP_MAX_ADDRESS + 1];
	struct np_address base;
	struct np_alias alias;
	const char *tag;
	int found;

	found = explain_lookup(map, "1 exact", np_address_key(addr, key), now,
			       &alias, err);
	if (found != 0 || !np_address_split(addr, delimiters, &base, &tag))
		return found;
	found = explain_lookup(map, "2 tag", np_address_key(&base, key), now,
			       &alias, err);
	if (found > 0)
		(void)printf("           the tag %s goes along\n", tag - 1);
	return found;
}

int np_explain_map(struct np_map *map, const struct np_address *addr,
		   int64_t now, struct np_error *err)
{
	char key[NP_MAX_ADDRESS + 1];
	struct np_address other;
	struct np_alias alias;
	int found;

	if (addr->domain[0] == '\0') {
		(void)printf("%-10s %s: has no domain, so no entry\n",
			     "1 exact", addr->local);
		return 1;
	}
	found = explain_entries(map, addr, now, err);
	if (found != 0)
		return found;
	(void)snprintf(key, sizeof(key), "@%s", addr->domain);
	found = explain_lookup(map, "3 domain", key, now, &alias, err);
	if (found < 0)
		return -1;
	if (found > 0 && np_alias_type(&alias) == NP_ALIAS_DOMAIN) {
		if (np_alias_state(&alias, now) != NP_ALIAS_ACTIVE ||
		    !alias.receive) {
			(void)printf("           ends here\n");
			return 1;
		}
		other = *addr;
		(void)snprintf(other.domain, sizeof(other.domain), "%.*s",
			       NP_MAX_DOMAIN, alias.mailbox + 1);
		(void)printf("           once again in %s\n", other.domain);
		found = explain_entries(map, &other, now, err);
		if (found != 0)
			return found;
	}
	(void)printf("%-10s no entry, so the store decides\n", "4 store");
	return 1;
}
