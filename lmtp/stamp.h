/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What nameplate puts above a message (RFC 9228 and a mark of our own), and
 * how it knows its own marks again:
 *
 *   Delivered-To: bob@company.com
 *   Delivered-To: sales@company.com
 *   X-Nameplate-Mark: v=1; k=ID; t=SECONDS; n=COUNT; m=MID; r=NONCE; h=MAC
 *
 * m: base64url (no padding) of the first 12 octets of SHA-256 over the
 * Message-ID without angle brackets, empty without one. h: base64url of the
 * first 16 octets of HMAC-SHA256 over v, k, t, n, m, r and the mailbox (lower
 * case, A-label, without tag; empty in a shared mark), joined by LF.
 */
#ifndef LMTP_STAMP_H
#define LMTP_STAMP_H

#include "aliasmap/error.h"
#include "lmtp/header.h"

#include <stdint.h>

#define NP_MARK_DAYS 30		/* an older mark does not count */
#define NP_MAX_STAMP 2048	/* octets of all stamps of one delivery */

/* The key file: one "id hex" per line, the first signs, all verify; '#' lines
   and empty lines are skipped; a key has at least 16 octets. Opaque. */
struct np_mark_keys;
int np_mark_keys_read(const char *file, struct np_mark_keys **keys_r,
		      struct np_error *err);
void np_mark_keys_free(struct np_mark_keys **keys);

/* How often the message has been here, by the marks that are ours. */
struct np_returns {
	unsigned int own;	/* valid earlier marks for this mailbox */
	unsigned int own_same_message;	/* ...of the same Message-ID */
	unsigned int shared;	/* valid earlier marks without a mailbox */
	unsigned int shared_same_message;
};

/* Counts the marks of header that verify for mailbox (lower case, no tag) and
   are not older than NP_MARK_DAYS (nor from the future by more than a day);
   equal ones count once. message_id: as np_message_id gave it, "" = none. now:
   UTC seconds. */
void np_returns_count(const struct np_mark_keys *keys,
		      const struct np_header *header, const char *message_id,
		      const char *mailbox, int64_t now,
		      struct np_returns *returns_r);

struct np_stamp {
	const char *mailbox;	/* without tag; NULL: shared, no Delivered-To */
	const char *received;	/* the address as received; NULL: none to show */
	const char *message_id;	/* as np_message_id gave it; "" = none */
	unsigned int earlier;	/* n */
	int64_t now;
};

/* Writes the stamps, CRLF line ends, into out. nonce: 8 octets of randomness.
   One Delivered-To where mailbox and received are equal without case. Returns
   the length, or 0 where it does not fit. */
size_t np_stamp_write(const struct np_mark_keys *keys,
		      const struct np_stamp *stamp,
		      const unsigned char nonce[8],
		      char *out, size_t size);

#endif
