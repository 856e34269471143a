/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One entry of the map and its record: type-length-value with a version, so
 * that an older program can read what a newer one wrote.
 *
 *   record = major:u8 minor:u8 *( type:u8 length:u16be value )
 *
 * Fields of unknown type are skipped and carried through a rewrite. An unknown
 * major version means "could not look", never "not found".
 */
#ifndef ALIASMAP_ALIAS_H
#define ALIASMAP_ALIAS_H

#include "aliasmap/address.h"
#include "aliasmap/error.h"

#include <stdint.h>

#define NP_MAX_NOTE 500		/* octets of UTF-8 */
#define NP_MAX_UNKNOWN 1024	/* octets of unknown fields carried along */
#define NP_MAX_RECORD 4096

struct np_alias {
	/* The key: lower case, A-labels; "@domain" for a domain record. */
	char address[NP_MAX_ADDRESS + 1];
	/* The one mailbox behind it, lower case, without tag; "@domain" where
	   the record is a domain alias. */
	char mailbox[NP_MAX_ADDRESS + 1];
	char note[NP_MAX_NOTE + 1];
	bool enabled;
	bool receive;
	bool send;
	int64_t expires;	/* UTC seconds; 0 = never */
	int64_t created;	/* UTC seconds */
	/* Fields written by a newer program, as they stood in the record. */
	unsigned char unknown[NP_MAX_UNKNOWN];
	size_t unknown_len;
};

enum np_alias_type {
	NP_ALIAS_ADDRESS,	/* sales@company.com -> bob@company.com */
	NP_ALIAS_DOMAIN,	/* @old -> @new */
	NP_ALIAS_CATCH_ALL	/* @domain -> bob@company.com */
};

enum np_alias_state {
	NP_ALIAS_ACTIVE,
	NP_ALIAS_DISABLED,
	NP_ALIAS_EXPIRED
};

/* All zero but enabled and receive. */
void np_alias_init(struct np_alias *alias);

enum np_alias_type np_alias_type(const struct np_alias *alias);

/* now: UTC seconds. Expired at the second of expires. */
enum np_alias_state np_alias_state(const struct np_alias *alias, int64_t now);

/* Encodes all but the address into out. Returns 1 and the length, or -1 with
   NP_ERROR_RECORD where np_alias_decode would not take it back: address and
   mailbox are keys of np_address_key, "@domain" as the mailbox only of another
   "@domain", the note is UTF-8 without control characters. */
int np_alias_encode(const struct np_alias *alias, unsigned char *out,
		    size_t size, size_t *len_r, struct np_error *err);

/* Decodes a record found under key (address_len octets). Returns 1, or -1
   with NP_ERROR_VERSION or NP_ERROR_RECORD; *alias_r only written on 1. */
int np_alias_decode(const char *address, size_t address_len,
		    const unsigned char *record, size_t len,
		    struct np_alias *alias_r, struct np_error *err);

#endif
