/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Points in time as operators write them (RFC 3339 section 5.6):
 *
 *   2026-12-31T18:00:00Z   2026-12-31T18:00:00+01:00   2026-12-31
 *
 * A bare date is the end of that day in local time.
 */
#ifndef CLI_DATE_H
#define CLI_DATE_H

#include <stddef.h>
#include <stdint.h>

#define NP_MAX_DATE 32	/* octets of a printed date with its NUL */

/* Reads text. Returns 1 and UTC seconds, or 0 where it is no date. */
int np_date_parse(const char *text, int64_t *seconds_r);

/* "2026-12-31T17:00:00Z" into out (NP_MAX_DATE octets). Returns out. */
char *np_date_print(int64_t seconds, char *out);

#endif
