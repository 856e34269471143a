/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The left side of an address. Its content is what the quotes and backslashes
 * stand for; its written form has quotes only where RFC 5321 needs them, so
 * that one local part has one written form.
 */
#ifndef ALIASMAP_LOCAL_PART_H
#define ALIASMAP_LOCAL_PART_H

#include "aliasmap/address.h"

/* Reads the Local-part at the start of text (it ends before "@" or at len).
   Writes its written form into out (NP_MAX_LOCAL_PART + 1 octets), how many
   octets of text it took, and whether one of them is not ASCII. All three are
   untouched unless NP_ADDRESS_OK is returned; *why_r then too. */
enum np_address_result
np_local_parse(const char *text, size_t len, char *out, size_t *used_r,
	       bool *utf8_r, const char **why_r);

/* The content of a written local part into out (NP_MAX_LOCAL_PART + 1
   octets). Returns its length. */
size_t np_local_content(const char *local, char *out);

/* The written form of a content into out (NP_MAX_LOCAL_PART + 1 octets).
   Returns false where there is none: empty, or longer than 64 octets. */
bool np_local_write(const char *content, size_t len, char *out);

#endif
