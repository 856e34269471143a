/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From an address to the mailbox behind it. The rules, in this order:
 *
 *   1. the exact address, tag included, is an alias;
 *   2. the address without its tag is an alias: the tag moves to the mailbox;
 *   3. the domain is a domain alias: once again from 1 with the new domain;
 *   4. no entry: the address goes to the store as it came;
 *   5. the store does not know it (550 5.1.1): postmaster, then the catch-all.
 *
 * The library cannot ask the store, so a verdict of rule 4 carries what rule 5
 * would need; whoever asks the store goes on from there.
 */
#ifndef ALIASMAP_RESOLVE_H
#define ALIASMAP_RESOLVE_H

#include "aliasmap/map.h"

enum np_verdict_answer {
	NP_VERDICT_ASK,		/* ask the store for .path */
	NP_VERDICT_REFUSED,	/* 550 5.1.1, .reason says why */
	NP_VERDICT_LATER	/* could not look: 451 4.3.0, err says why */
};

enum np_rule {
	NP_RULE_ALIAS = 1,	/* the numbers above */
	NP_RULE_TAG = 2,
	NP_RULE_DOMAIN = 3,	/* only where a domain alias refused */
	NP_RULE_STORE = 4,
	NP_RULE_CATCH_ALL = 5,	/* only set by whoever asked the store */
	NP_RULE_POSTMASTER = 6
};

enum np_reason {
	NP_REASON_NONE = 0,
	NP_REASON_DISABLED,
	NP_REASON_EXPIRED,
	NP_REASON_RECEIVE_OFF,
	NP_REASON_SEND_OFF,
	NP_REASON_TOO_LONG	/* no address in the domain alias's domain */
};

enum np_purpose {
	NP_FOR_RECEIVE,
	NP_FOR_SEND	/* the send bit in place of receive; never a catch-all */
};

struct np_verdict {
	enum np_verdict_answer answer;
	enum np_rule rule;
	enum np_reason reason;		/* when refused */
	bool domain_alias;		/* rule 3 was passed on the way */
	bool primary;			/* rule 4, no tag, no domain alias */
	/* The entry that won or refused ("" for rule 4), and the domain alias
	   that was passed ("" if none), as keys. */
	char entry[NP_MAX_ADDRESS + 1];
	char domain_entry[NP_MAX_ADDRESS + 1];
	/* What to ask the store for. "" means: the address as it came. */
	char path[NP_MAX_ADDRESS + 1];
	/* The mailbox: lower case, A-labels, without tag. */
	char mailbox[NP_MAX_ADDRESS + 1];
	/* On 550 5.1.1 for path (rule 2): the mailbox without the tag, to be
	   asked instead; else "". */
	char untagged[NP_MAX_ADDRESS + 1];
	/* The following three only for rule 4. On 550 5.1.1: the mailbox that
	   takes postmaster mail, else "". */
	char postmaster[NP_MAX_ADDRESS + 1];
	/* Then: the catch-all's mailbox, else "" (none, not active, or an SRS
	   address, which a catch-all never takes)... */
	char catch_all[NP_MAX_ADDRESS + 1];
	/* ...unless the store knows this form without the tag ("" if none). */
	char base[NP_MAX_ADDRESS + 1];
	/* Delimiter and tag as received, without the base: "+vip", "" if none;
	   without the quotes and backslashes of a quoted local part. */
	char tag[NP_MAX_LOCAL_PART + 1];
};

/* Resolves addr by map and its settings. now: UTC seconds. Always fills
   *verdict_r; returns -1 exactly where the answer is NP_VERDICT_LATER, else 1
   (ask) or 0 (refused). */
int np_resolve(struct np_map *map, const struct np_address *addr,
	       enum np_purpose purpose, int64_t now,
	       struct np_verdict *verdict_r, struct np_error *err);

/* The word for logs and explain: "alias", "tag", "domain alias", "store",
   "catch-all", "postmaster"; "disabled", "expired", "receive off", "send off",
   "too long"; "none" for what is none of them. */
const char *np_rule_name(enum np_rule rule);
const char *np_reason_name(enum np_reason reason);

#endif
