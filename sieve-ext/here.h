/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the extensions know about the mailbox whose script runs: its address,
 * and whether another address leads to it. One struct np_here for each Sieve
 * instance; the map behind it is the process's.
 */
#ifndef SIEVE_EXT_HERE_H
#define SIEVE_EXT_HERE_H

#include "sieve-ext/plugin-settings.h"

#include "aliasmap/resolve.h"

/* Where the map, which knows the delimiters, cannot be read. */
#define NP_BLIND_DELIMITERS "+"

enum np_lead_kind {
	NP_LEAD_ITSELF,		/* the bare address of this mailbox */
	NP_LEAD_ALIAS,
	NP_LEAD_TAG,		/* with a tag: of an alias or of the mailbox */
	NP_LEAD_DOMAIN,		/* by way of a domain alias */
	NP_LEAD_CATCH_ALL	/* if the store does not know it */
};

/* How an address leads to this mailbox. */
struct np_lead {
	enum np_lead_kind kind;
	bool of_alias;		/* an entry of the map is on the way */
	bool off;		/* disabled, expired or not for mail */
	char entry[NP_MAX_ADDRESS + 1];	/* its key, "" if none */
	char note[NP_MAX_NOTE + 1];
	/* NP_LEAD_CATCH_ALL: the name that the store must not know, a key. */
	char unless[NP_MAX_ADDRESS + 1];
};

struct np_here {
	struct sieve_instance *svinst;
	struct np_plugin_settings set;
	/* The mailbox: its key (lower case, A-labels), or where it has no
	   domain the bare user name; then known is false, and why says so. */
	char mailbox[NP_MAX_ADDRESS + 1];
	bool known;
	const char *why;
	bool complained;	/* one line in the log for a delivery */
};

/* For the user of svinst; allocated from its pool. */
struct np_here *np_here_create(struct sieve_instance *svinst);

/* The map as it is now: one stat, and opened again where it has changed. 1,
   or -1; while a new generation cannot be opened the last good one is given,
   1 is returned, and err says why. *map_r is the process's, and good until
   the next call. */
int np_here_map(struct np_here *here, struct np_map **map_r,
		struct np_error *err);
/* Whether addr leads to this mailbox by the map, through an alias in any
   state. 1 yes, 0 no, -1 could not look. */
int np_here_leads(struct np_here *here, struct np_map *map,
		  const struct np_address *addr, struct np_lead *lead_r,
		  struct np_error *err);

/* Whether Dovecot's userdb has user, asked as LMTP would. 1 yes, 0 no, -1 could
   not ask, for want of a connection or of an answer; Dovecot has then logged
   why. */
int np_here_has_user(const char *user);

/* Like np_here_leads, without a map: the mailbox itself and its tags. */
bool np_here_is_mailbox(const struct np_here *here, const char *delimiters,
			const struct np_address *addr);

/* From Dovecot's address to ours. False where it is none for us. */
bool np_here_parse(const struct smtp_address *from, struct np_address *addr_r);

/* Into Dovecot's log, once for a delivery. */
void np_here_complain(struct np_here *here, const char *text);

#endif
