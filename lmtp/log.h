/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One line to stderr or syslog: lower case, no full stop, the session id
 * first, never bodies or secrets. Octets that are not printable are escaped,
 * so that nothing a client or the store says can start a line.
 */
#ifndef LMTP_LOG_H
#define LMTP_LOG_H

#include "conf/settings.h"

struct agent;

/* id: of the session; NULL for lines that belong to none. agent may be NULL
   (before the settings are read): stderr, level info. */
void np_log(const struct agent *agent, enum np_log_level level, const char *id,
	    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
