/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the settings: by name on Dovecot 2.3, through a table on 2.4, which
 * settings-module.c shows to doveconf. See plugin-settings.h.
 */
#include "sieve-ext/plugin-settings.h"

#include "aliasmap/map.h"

#if NP_PIGEONHOLE_05
static const char *settings_string(struct sieve_instance *svinst,
				   const char *name, const char *otherwise)
{
	const char *value = sieve_setting_get(svinst, name);

	return value == NULL ? otherwise : p_strdup(svinst->pool, value);
}

void np_plugin_settings_read(struct sieve_instance *svinst,
			     struct np_plugin_settings *set_r)
{
	i_zero(set_r);
	set_r->nameplate_map = settings_string(svinst, "nameplate_map",
					       NP_DEFAULT_MAP);
	set_r->nameplate_mailbox = settings_string(svinst, "nameplate_mailbox",
						   "");
	set_r->nameplate_domain = settings_string(svinst, "nameplate_domain",
						  "");
	set_r->nameplate_marks = TRUE;
	(void)sieve_setting_get_bool_value(svinst, "nameplate_marks",
					   &set_r->nameplate_marks);
	set_r->nameplate_send_as_exempt = "";
	set_r->sieve_nameplate_forward =
		settings_string(svinst, "sieve_nameplate_forward", "allow");
	set_r->sieve_nameplate_forward_domains = settings_string(
		svinst, "sieve_nameplate_forward_domains", "");
}
#else
#define SETTING(type, name) \
	SETTING_DEFINE_STRUCT_##type(#name, name, struct np_plugin_settings)

static const struct setting_define settings_defines[] = {
	SETTING(STR, nameplate_map),
	SETTING(STR, nameplate_mailbox),
	SETTING(STR, nameplate_domain),
	SETTING(BOOL, nameplate_marks),
	SETTING(STR, nameplate_send_as_exempt),
	SETTING(STR, sieve_nameplate_forward),
	SETTING(STR, sieve_nameplate_forward_domains),
	SETTING_DEFINE_LIST_END
};

static const struct np_plugin_settings settings_defaults = {
	.nameplate_map = NP_DEFAULT_MAP,
	.nameplate_mailbox = "",
	.nameplate_domain = "",
	.nameplate_marks = TRUE,
	.nameplate_send_as_exempt = "",
	.sieve_nameplate_forward = "allow",
	.sieve_nameplate_forward_domains = "",
};

const struct setting_parser_info np_plugin_setting_parser_info = {
	.name = "nameplate",
	.defines = settings_defines,
	.defaults = &settings_defaults,
	.struct_size = sizeof(struct np_plugin_settings),
	.pool_offset1 = 1 + offsetof(struct np_plugin_settings, pool),
};

void np_plugin_settings_read(struct sieve_instance *svinst,
			     struct np_plugin_settings *set_r)
{
	const struct np_plugin_settings *set;
	const char *error;

	if (settings_get(svinst->event, &np_plugin_setting_parser_info, 0,
			 &set, &error) < 0) {
		e_error(svinst->event, "nameplate: the settings cannot be "
			"read, so forwards to outside are kept: %s", error);
		*set_r = settings_defaults;
		set_r->sieve_nameplate_forward = "deny";
		return;
	}
	*set_r = *set;
	set_r->pool = NULL;
	set_r->nameplate_map = p_strdup(svinst->pool, set->nameplate_map);
	set_r->nameplate_mailbox = p_strdup(svinst->pool,
					    set->nameplate_mailbox);
	set_r->nameplate_domain = p_strdup(svinst->pool,
					   set->nameplate_domain);
	set_r->nameplate_send_as_exempt = "";
	set_r->sieve_nameplate_forward =
		p_strdup(svinst->pool, set->sieve_nameplate_forward);
	set_r->sieve_nameplate_forward_domains =
		p_strdup(svinst->pool, set->sieve_nameplate_forward_domains);
	settings_free(set);
}
#endif
