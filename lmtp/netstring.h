/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Netstrings as Postfix's socketmap speaks them: LENGTH ":" OCTETS ",", the
 * length in decimal without leading zeros.
 */
#ifndef LMTP_NETSTRING_H
#define LMTP_NETSTRING_H

#include <stddef.h>

#define NP_MAX_REQUEST 1024	/* octets of one request or reply */

/* The whole of a netstring of len octets, at most. */
#define NP_NETSTRING_SIZE(len) ((len) + 8)

/* Looks for one netstring at the start of data (len octets). 1: *text_r
   (borrowed from data) and *text_len_r are its octets, *used_r its whole
   length; 0: more has to come; -1: this is none, or longer than
   NP_MAX_REQUEST. */
int np_netstring_parse(const char *data, size_t len, const char **text_r,
		       size_t *text_len_r, size_t *used_r);

/* Writes text as a netstring to out (NP_NETSTRING_SIZE(len), len at most
   NP_MAX_REQUEST). Returns the length. */
size_t np_netstring_print(const char *text, size_t len, char *out);

#endif
