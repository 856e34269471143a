/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a map says about itself: its generation, who wrote it, and the [map]
 * settings as they were then. One record in the format of alias.h, under a key
 * that no address can be: a single NUL.
 */
#ifndef ALIASMAP_MAP_META_H
#define ALIASMAP_MAP_META_H

#include "aliasmap/address.h"
#include "aliasmap/error.h"

#include <stddef.h>
#include <stdint.h>

#define NP_MAX_DELIMITERS 8
#define NP_MAX_SETTING 8192

/* The [map] settings as they were at the write. Plugins resolve by these. */
struct np_map_settings {
	char delimiters[NP_MAX_DELIMITERS + 1];
	/* Comma-separated, A-labels, lower case, no blanks; "" = any. */
	char domains[NP_MAX_SETTING];
	char postmaster[NP_MAX_ADDRESS + 1];	/* "" = unset */
	char reserved[NP_MAX_SETTING];		/* local parts, comma-separated */
	unsigned int max_aliases_per_mailbox;	/* 0 = no limit */
};

struct np_map_meta {
	uint64_t generation;
	char writer[64];	/* "nameplate 0.9.0" */
	struct np_map_settings settings;
};

#define NP_META_KEY ""
#define NP_META_KEY_LEN 1
#define NP_MAX_META 20480	/* octets of the record */
#define NP_MAX_META_UNKNOWN 1024

/* The same with what only the writer needs. */
struct np_meta {
	struct np_map_meta known;
	/* Fields of a newer program, as they stood in the record. */
	unsigned char unknown[NP_MAX_META_UNKNOWN];
	size_t unknown_len;
};

/* Encodes into out (NP_MAX_META octets). 1, or -1. */
int np_meta_encode(const struct np_meta *meta, unsigned char *out,
		   size_t *len_r, struct np_error *err);

/* 1, or -1 with NP_ERROR_VERSION (another major version of the format) or
   NP_ERROR_NOT_A_MAP; *meta_r only written on 1. */
int np_meta_decode(const unsigned char *record, size_t len,
		   struct np_meta *meta_r, struct np_error *err);

#endif
