/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The keys behind struct np_mark_keys (stamp.h says what the file looks like).
 */
#ifndef LMTP_MARK_KEY_H
#define LMTP_MARK_KEY_H

#include "lmtp/stamp.h"

#define NP_MAX_MARK_KEYS 16
#define NP_MAX_KEY_ID 16	/* octets: letters, digits, ".", "_", "-" */
#define NP_MIN_KEY 16		/* octets of the key itself */
#define NP_MAX_KEY 64		/* what SHA-256 takes without hashing it first */

struct np_mark_key {
	char id[NP_MAX_KEY_ID + 1];
	unsigned char octets[NP_MAX_KEY];
	size_t len;
};

struct np_mark_keys {
	struct np_mark_key keys[NP_MAX_MARK_KEYS];	/* the first signs */
	size_t count;					/* at least 1 */
};

/* NULL where no key has that id. Owned by keys. */
const struct np_mark_key *np_mark_keys_find(const struct np_mark_keys *keys,
					    const char *id);

/* The keys of len octets of text (changed on the way); file stands in errors.
   Returns 1 or -1; no error text holds anything of a key. */
int np_mark_keys_parse(const char *file, char *text, size_t len,
		       struct np_mark_keys *keys_r, struct np_error *err);

bool np_key_id_valid(const char *id, size_t len);

#endif
