/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One value of nameplate.conf, from text to what the program uses. What came
 * before: settings.c found the line and its text (valid UTF-8, trimmed, no
 * control characters). What comes next: settings.c puts file and line before
 * the error.
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "conf/settings.h"

/* What a key holds, and the type that np_value_parse writes. */
enum np_value_kind {
	NP_VALUE_PATH,		/* char *, absolute */
	NP_VALUE_NUMBER,	/* unsigned int */
	NP_VALUE_SECONDS,	/* unsigned int */
	NP_VALUE_SIZE,		/* uint64_t, octets; k, M, G behind it */
	NP_VALUE_ENDPOINT,	/* char *, as np_endpoint_parse reads it */
	NP_VALUE_LISTEN,	/* char **, endpoints */
	NP_VALUE_NETWORKS,	/* char **, as np_network_parse reads them */
	NP_VALUE_HOSTNAME,	/* char *, A-labels */
	NP_VALUE_DELIMITERS,	/* char[NP_MAX_DELIMITERS + 1] */
	NP_VALUE_DELIMITER,	/* char[2] */
	NP_VALUE_DOMAINS,	/* char[NP_MAX_SETTING], sorted, A-labels */
	NP_VALUE_NAMES,		/* char[NP_MAX_SETTING], sorted local parts */
	NP_VALUE_MAILBOX,	/* char[NP_MAX_ADDRESS + 1], a key of the map */
	NP_VALUE_STAMP,		/* enum np_stamp_mode */
	NP_VALUE_TARGET,	/* enum np_log_target */
	NP_VALUE_LEVEL		/* enum np_log_level */
};

/* Reads text into *where, which has the type of kind and is all zero. min and
   max are for numbers, seconds and sizes. Returns 1, or -1 with a text that
   says what is allowed. Pointers written are the caller's (g_free,
   g_strfreev). */
int np_value_parse(enum np_value_kind kind, const char *text,
		   uint64_t min, uint64_t max, void *where,
		   struct np_error *err);

#endif
