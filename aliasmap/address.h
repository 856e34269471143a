/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mail addresses as RFC 5321 section 4.1.2 writes them: parsing without I/O,
 * the key under which an address stands in the map, and its tag (RFC 5233).
 *
 *   Mailbox    = Local-part "@" ( Domain / address-literal )
 *   Local-part = Dot-string / Quoted-string
 *
 * With SMTPUTF8 (RFC 6531 3.3) both sides may hold UTF-8; a domain is kept as
 * A-labels (IDNA2008), so that every spelling of one domain is one key.
 */
#ifndef ALIASMAP_ADDRESS_H
#define ALIASMAP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#define NP_MAX_LOCAL_PART 64	/* octets, RFC 5321 4.5.3.1.1 */
#define NP_MAX_DOMAIN 253	/* octets of A-labels without final dot */
#define NP_MAX_ADDRESS 254	/* a Path is 256 with its brackets, 4.5.3.1.3 */

enum np_address_result {
	NP_ADDRESS_OK = 0,
	NP_ADDRESS_SYNTAX,
	NP_ADDRESS_TOO_LONG,
	NP_ADDRESS_NEEDS_UTF8	/* has UTF-8, and NP_ADDRESS_UTF8 was not given */
};

enum np_address_flags {
	NP_ADDRESS_UTF8 = 0x01,			/* SMTPUTF8 is in force */
	NP_ADDRESS_BARE_POSTMASTER = 0x02	/* "postmaster" without a domain */
};

struct np_address {
	/* Case kept. Quoted only where RFC 5321 needs it: "sales"@x and
	   sales@x are the same address and read the same here. */
	char local[NP_MAX_LOCAL_PART + 1];
	/* Lower case, A-labels, no final dot; "" for a bare postmaster; an
	   address literal keeps its brackets. */
	char domain[NP_MAX_DOMAIN + 1];
};

/* Parses len octets of text (no brackets around, no source route). On
   anything but NP_ADDRESS_OK *addr_r is untouched and *why_r (may be NULL) is
   a constant phrase: "the local part is longer than 64 octets". */
enum np_address_result
np_address_parse(const char *text, size_t len, unsigned int flags,
		 struct np_address *addr_r, const char **why_r);

/* The same for a domain alone ("company.com", no "@"): A-labels, lower case,
   into out (NP_MAX_DOMAIN + 1 octets). */
enum np_address_result
np_domain_parse(const char *text, size_t len, unsigned int flags,
		char *out, const char **why_r);

/* "local@domain" (only "local" where the domain is empty), case kept, into
   out (NP_MAX_ADDRESS + 1 octets). Returns out. */
char *np_address_print(const struct np_address *addr, char *out);

/* Whether it prints in NP_MAX_ADDRESS octets, as all that np_address_parse
   made do; for addresses put together from the parts of two. */
bool np_address_fits(const struct np_address *addr);

/* The key in the map: as printed, in lower case (ASCII only; a UTF-8 local
   part keeps its octets). Returns out (NP_MAX_ADDRESS + 1 octets). */
char *np_address_key(const struct np_address *addr, char *out);

/* Whether two addresses are the same mailbox name: without case. */
bool np_address_equal(const struct np_address *a, const struct np_address *b);

/* Cuts the local part at the first octet that is in delimiters. Returns true
   where there is a tag; base_r is then the address without it and *tag_r (may
   be NULL) points behind the delimiter inside addr->local ("" for an empty
   tag); the delimiter itself is (*tag_r)[-1]. A delimiter in first place is
   none: an address needs a name. For a quoted local part base_r is quoted
   again where needed, and *tag_r still points into addr->local, where it ends
   before the closing quote; use np_address_move_tag to carry it over. Where
   false is returned, base_r and *tag_r are untouched.
   addr and base_r may be the same object only if tag_r is NULL. */
bool np_address_split(const struct np_address *addr, const char *delimiters,
		      struct np_address *base_r, const char **tag_r);

/* Delimiter and tag of addr as they stand in the content of its local part
   ("+vip"; no quotes, no backslashes) into out (NP_MAX_LOCAL_PART + 1). Returns
   their length; 0 and "" where there is no tag. */
size_t np_address_tag(const struct np_address *addr, const char *delimiters,
		      char *out);

/* Carries delimiter and tag of from (which np_address_split said has one)
   over to to's local part: sales+vip@x, bob@y -> bob+vip@y. Quotes the result
   where needed. Returns false where the local part would be longer than 64
   octets or the address than 254; to_r is then untouched. */
bool np_address_move_tag(const struct np_address *from, const char *delimiters,
			 const struct np_address *to, struct np_address *to_r);

/* Whether every octet of the name is allowed in a new alias: [a-z0-9._-],
   1-64 octets, dot-string rules; with delimiters (may be "") also one exact
   base+tag of such names. */
bool np_alias_name_valid(const char *local, const char *delimiters);

/* Writes the nearest valid name for local into out (NP_MAX_LOCAL_PART + 1):
   lower case, forbidden octets dropped or made '-', dots tidied; "" where
   nothing is left. Returns out. */
char *np_alias_name_nearest(const char *local, const char *delimiters,
			    char *out);

/* RFC 3461 section 4 xtext of text into out (size octets with NUL). Returns
   false where it does not fit. */
bool np_xtext_encode(const char *text, char *out, size_t size);

/* The reverse. Returns false on syntax that is not xtext, on a NUL, or where
   it does not fit. */
bool np_xtext_decode(const char *text, size_t len, char *out, size_t size);

#endif
