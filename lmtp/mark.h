/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One X-Nameplate-Mark, between text and values:
 *
 *   mark   = "v=1;" 1*WSP "k=" id ";" 1*WSP "t=" number ";" 1*WSP "n=" number
 *            ";" 1*WSP "m=" [ 16b64 ] ";" 1*WSP "r=" 11b64 ";" 1*WSP "h=" 22b64
 *   number = "0" / ( %x31-39 *DIGIT )
 *   b64    = ALPHA / DIGIT / "-" / "_"		; base64url, RFC 4648 section 5
 *
 * Gateways may fold it elsewhere, so any white space may stand behind a ";".
 */
#ifndef LMTP_MARK_H
#define LMTP_MARK_H

#include "lmtp/mark-key.h"

#define NP_MARK_MESSAGE 16	/* base64url of 12 octets */
#define NP_MARK_NONCE 11	/* of 8 */
#define NP_MARK_MAC 22		/* of 16 */

struct np_mark {
	char key[NP_MAX_KEY_ID + 1];
	int64_t time;			/* UTC seconds */
	unsigned int earlier;
	char message[NP_MARK_MESSAGE + 1];	/* "" without a Message-ID */
	char nonce[NP_MARK_NONCE + 1];
	char mac[NP_MARK_MAC + 1];
};

/* Reads an unfolded, trimmed value. *mark_r is only written on true. */
bool np_mark_parse(const char *value, struct np_mark *mark_r);

/* mark->message for a Message-ID (without brackets, "" = none), into out. */
void np_mark_message(const char *message_id, char out[NP_MARK_MESSAGE + 1]);

/* mark->nonce from 8 octets. */
void np_mark_nonce(const unsigned char octets[8], char out[NP_MARK_NONCE + 1]);

/* Sets mark->mac, for mailbox ("" in a shared mark; any case), with key. */
void np_mark_sign(struct np_mark *mark, const struct np_mark_key *key,
		  const char *mailbox);

/* Whether mark->mac is ours, for mailbox. Takes the same time wherever they
   differ. */
bool np_mark_verify(const struct np_mark *mark,
		    const struct np_mark_keys *keys, const char *mailbox);

#endif
