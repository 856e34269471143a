/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings of all our Dovecot plugins, as Dovecot's own configuration
 * holds them: in plugin {} on 2.3; on 2.4 at top level, where doveconf knows
 * them by the settings module. A userdb field of the same name wins.
 */
#ifndef SIEVE_EXT_PLUGIN_SETTINGS_H
#define SIEVE_EXT_PLUGIN_SETTINGS_H

#include "sieve-ext/compat.h"

struct np_plugin_settings {
	pool_t pool;	/* Dovecot 2.4 wants it */
	const char *nameplate_map;
	/* "": the user name, with nameplate_domain if it has no domain. */
	const char *nameplate_mailbox;
	const char *nameplate_domain;
	/* Whether X-Nameplate-Mark is believed: all mail comes by the agent. */
	bool nameplate_marks;
	const char *nameplate_send_as_exempt;	/* not for Sieve */
	const char *sieve_nameplate_forward;	/* allow, list, deny */
	const char *sieve_nameplate_forward_domains;
};

/* Reads the settings for the user of this instance. The strings live as long
   as svinst. Where they cannot be read there is a line in Dovecot's log, and
   the defaults hold, but for forwards to outside: whatever the rule was, mail
   that is kept is not lost. */
void np_plugin_settings_read(struct sieve_instance *svinst,
			     struct np_plugin_settings *set_r);

#if !NP_PIGEONHOLE_05
extern const struct setting_parser_info np_plugin_setting_parser_info;
#endif

#endif
