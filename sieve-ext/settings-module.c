/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lets doveconf of Dovecot 2.4 know our settings. Without this module in
 * Dovecot's folder "settings" any of them is "Unknown setting", and Dovecot
 * does not start. Not built for 2.3, whose plugin {} takes every name.
 */
#include "sieve-ext/plugin-settings.h"

extern const char *nameplate_settings_version NP_EXPORT;
extern const struct setting_parser_info *nameplate_settings_set_infos[]
	NP_EXPORT;

const char *nameplate_settings_version = DOVECOT_ABI_VERSION;
const struct setting_parser_info *nameplate_settings_set_infos[] = {
	&np_plugin_setting_parser_info,
	NULL
};
