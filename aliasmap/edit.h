/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of changing the map: which aliases may be made, changed, handed
 * over and removed, and what is said when they may not. The command nameplate
 * and doveadm both come through here, so that a rule stands in one place.
 *
 * What came before: a host opened the map (only to judge) or began a change.
 * What comes next: the host prints the text and commits, or gives up.
 */
#ifndef ALIASMAP_EDIT_H
#define ALIASMAP_EDIT_H

#include "aliasmap/known.h"
#include "aliasmap/map-write.h"

#define NP_MAX_EDIT_TEXT 2048

enum np_edit_result {
	NP_EDIT_DONE,		/* text says what */
	NP_EDIT_UNCHANGED,	/* is so already */
	NP_EDIT_REFUSED,	/* text names the value and the way out */
	NP_EDIT_FAILED		/* could not look or write: err has the kind */
};

/* Which members of a struct np_alias were given. */
enum np_edit_fields {
	NP_EDIT_RECEIVE = 0x01,
	NP_EDIT_SEND = 0x02,
	NP_EDIT_ENABLED = 0x04,
	NP_EDIT_EXPIRES = 0x08,
	NP_EDIT_NOTE = 0x10,
	NP_EDIT_CREATED = 0x20	/* only counts for an alias that is new */
};

enum np_edit_flags {
	/* "@domain" with a mailbox is meant: a catch-all. */
	NP_EDIT_CATCH_ALL = 0x01,
	/* A line of a file: "@domain" may be either, an expiry may be over,
	   and an alias that is there with the same target takes over what was
	   given. */
	NP_EDIT_IMPORT = 0x02
};

/* One changed entry, for the audit and for lists: before NULL: made; after
   NULL: removed. The edit's text says it in one line. */
typedef void np_edit_on_entry(void *context, const struct np_alias *before,
			      const struct np_alias *after);

struct np_edit {
	struct np_map *map;		/* what is looked at */
	struct np_change *change;	/* NULL: judge only, write nothing */
	const char *command;		/* "nameplate": in the ways out */
	int64_t now;			/* UTC seconds */
	np_edit_on_entry *on_entry;	/* may be NULL */
	void *context;
	/* What happened, one printable line without a full stop. */
	char text[NP_MAX_EDIT_TEXT];
	struct np_error err;		/* for NP_EDIT_FAILED */
	/* Of the last np_edit_add that was done: whether the entry is new. */
	bool added;
	/* The edit's own. */
	bool domain_alias_added;
};

/* change NULL: the edit only judges map; else map is the change's. */
void np_edit_init(struct np_edit *edit, struct np_map *map,
		  struct np_change *change, const char *command, int64_t now);

/* Makes an alias. alias and target as typed: addresses, or "@domain". values
   holds the members that fields names; the others take their defaults. */
enum np_edit_result
np_edit_add(struct np_edit *edit, const char *alias, const char *target,
	    const struct np_alias *values, unsigned int fields,
	    unsigned int flags);

/* Whether postmaster (a key), as [map] names it or is to name it, is no alias
   and stands in no domain that is one: its mail would end nowhere. */
enum np_edit_result
np_edit_check_map_postmaster(struct np_edit *edit, const char *postmaster);

/* An entry that leads into a domain that an import has made an alias: next is
   the domain alias. The edit's text says it. */
typedef void np_edit_on_chain(void *context, const struct np_alias *alias,
			      const struct np_alias *next);

/* Behind the last entry of an import: whether a line has made a chain of an
   entry that stood before it, by one walk over the map. NP_EDIT_DONE, whatever
   was found, or NP_EDIT_FAILED. */
enum np_edit_result
np_edit_check_import(struct np_edit *edit, np_edit_on_chain *on_chain,
		     void *context);

/* The two questions before an alias is made, or gets another mailbox: is the
   mailbox there, and is the alias no mailbox itself (it would get no mail any
   more; of base+tag the base is asked, unless it is the target). As typed, and
   judged by the rules before. NP_EDIT_DONE, also where nobody can tell, or
   NP_EDIT_REFUSED. To be asked without the lock: a store can be slow. */
enum np_edit_result
np_edit_guard_mailbox(struct np_edit *edit, const char *target,
		      np_known_function *known, void *context);
enum np_edit_result
np_edit_guard_alias(struct np_edit *edit, const char *alias,
		    const char *target, np_known_function *known,
		    void *context);

/* Changes an alias; target NULL: stays. */
enum np_edit_result
np_edit_set(struct np_edit *edit, const char *alias, const char *target,
	    const struct np_alias *values, unsigned int fields);

enum np_edit_result
np_edit_enable(struct np_edit *edit, const char *alias, bool enabled);

/* Frees the name. The text says who takes its mail from now on. */
enum np_edit_result np_edit_remove(struct np_edit *edit, const char *alias);

/* Removes, or hands over to another mailbox, every alias of a mailbox; also
   every domain alias of "@domain". *count_r is the number of entries. */
enum np_edit_result
np_edit_remove_mailbox(struct np_edit *edit, const char *mailbox,
		       unsigned int *count_r);
enum np_edit_result
np_edit_move(struct np_edit *edit, const char *from, const char *to,
	     unsigned int *count_r);

/* The key of an entry or mailbox as typed, in any case, into key
   (NP_MAX_ADDRESS + 1 octets). NP_EDIT_DONE or NP_EDIT_REFUSED. */
enum np_edit_result
np_edit_key(struct np_edit *edit, const char *text, char *key);

/* The same for a new alias: as it has to be written, or refused with the
   nearest valid name. */
enum np_edit_result
np_edit_alias_name(struct np_edit *edit, const char *text, char *key);

/* The same for a target: lower case, without a tag. */
enum np_edit_result
np_edit_target_name(struct np_edit *edit, const char *text, char *key);

/* Finds the entry that was typed; refused where there is none. */
enum np_edit_result
np_edit_find(struct np_edit *edit, const char *text, struct np_alias *alias_r);

/* The part behind the "@" of a key. */
const char *np_key_domain(const char *key);

/* Makes text printable in place: control octets become '?'. */
void np_text_clean(char *text);

#endif
