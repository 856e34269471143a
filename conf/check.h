/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the table of settings.c cannot say: rules over two keys, and defaults
 * that depend on the machine. What came before: every value by itself.
 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include "conf/settings.h"

/* Returns 1, or -1 with the group and key that have to change. */
int np_settings_check(const struct np_settings *settings,
		      const char **group_r, const char **key_r,
		      struct np_error *err);

/* The default of [lmtp] store_connections: 3 a core, at least 4. */
unsigned int np_settings_store_connections(void);

/* The default of [lmtp] hostname: the host's name with its domain. May ask the
   resolver, but once in a process; not for threads. The caller frees
   (g_free). */
char *np_settings_hostname(void);

#endif
