/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dovecot's and Pigeonhole's headers, and every difference between Pigeonhole
 * 0.5 (Dovecot 2.3) and 2.4 that this folder meets. No other file asks for the
 * version.
 */
#ifndef SIEVE_EXT_COMPAT_H
#define SIEVE_EXT_COMPAT_H

#include "lib.h"
#include "array.h"
#include "str.h"
#include "str-sanitize.h"
#include "strfuncs.h"
#include "smtp-address.h"
#include "smtp-params.h"
#include "auth-master.h"
#include "mail-storage.h"
#include "mail-user.h"

#include "sieve-common.h"
#include "sieve-actions.h"
#include "sieve-address.h"
#include "sieve-address-parts.h"
#include "sieve-ast.h"
#include "sieve-binary.h"
#include "sieve-code.h"
#include "sieve-commands.h"
#include "sieve-comparators.h"
#include "sieve-dump.h"
#include "sieve-error.h"
#include "sieve-ext-variables.h"
#include "sieve-extensions.h"
#include "sieve-generator.h"
#include "sieve-interpreter.h"
#include "sieve-match.h"
#include "sieve-match-types.h"
#include "sieve-message.h"
#include "sieve-result.h"
#include "sieve-script-private.h"
#include "sieve-stringlist.h"
#include "sieve-validator.h"

/* lib.h has read Dovecot's config.h. */
#if DOVECOT_VERSION_MAJOR == 2 && DOVECOT_VERSION_MINOR < 4
#define NP_PIGEONHOLE_05 1
#include "sieve-settings.h"
#else
#define NP_PIGEONHOLE_05 0
#include "settings.h"
#include "settings-parser.h"
#endif

#if NP_PIGEONHOLE_05
/* What an extension's load function returns: here TRUE is success, in 2.4 the
   same field wants 0, and -1 is a failure. */
typedef bool np_load_result;
#define NP_LOAD_OK TRUE
#define NP_LOAD_FAILED FALSE
/* What the plugin's load function returns. */
typedef void np_plugin_result;
#define NP_PLUGIN_RETURN(result) (void)(result)
#else
typedef int np_load_result;
#define NP_LOAD_OK 0
#define NP_LOAD_FAILED (-1)
typedef int np_plugin_result;
#define NP_PLUGIN_RETURN(result) return (result)
#endif

/* Everything else in a module stays its own: Dovecot loads all of them into
   one name space. */
#define NP_EXPORT __attribute__((visibility("default")))

/* Each 0, or -1 on failure. */
static inline int
np_extension_register(struct sieve_instance *svinst,
		      const struct sieve_extension_def *def,
		      const struct sieve_extension **ext_r)
{
#if NP_PIGEONHOLE_05
	*ext_r = sieve_extension_register(svinst, def, TRUE);
	return *ext_r == NULL ? -1 : 0;
#else
	return sieve_extension_register(svinst, def, TRUE, ext_r);
#endif
}

static inline int
np_extension_require(struct sieve_instance *svinst,
		     const struct sieve_extension_def *def,
		     const struct sieve_extension **ext_r)
{
#if NP_PIGEONHOLE_05
	*ext_r = sieve_extension_require(svinst, def, FALSE);
	return *ext_r == NULL ? -1 : 0;
#else
	return sieve_extension_require(svinst, def, FALSE, ext_r);
#endif
}

static inline int
np_extension_replace(struct sieve_instance *svinst,
		     const struct sieve_extension_def *def, bool load,
		     const struct sieve_extension **ext_r)
{
#if NP_PIGEONHOLE_05
	*ext_r = sieve_extension_replace(svinst, def, load);
	return *ext_r == NULL ? -1 : 0;
#else
	return sieve_extension_replace(svinst, def, load, ext_r);
#endif
}

static inline int
np_variables_extension(struct sieve_instance *svinst,
		       const struct sieve_extension **ext_r)
{
#if NP_PIGEONHOLE_05
	*ext_r = sieve_ext_variables_get_extension(svinst);
	return *ext_r == NULL ? -1 : 0;
#else
	return sieve_ext_variables_get_extension(svinst, ext_r);
#endif
}

/* On whose behalf a userdb is asked. */
static inline void np_auth_set_protocol(struct auth_user_info *info,
					const char *protocol)
{
#if NP_PIGEONHOLE_05
	info->service = protocol;
#else
	info->protocol = protocol;
#endif
}

/* Whether this is sievec, sieve-test or another tool of the command line. */
static inline bool np_is_command_line(const struct sieve_instance *svinst)
{
#if NP_PIGEONHOLE_05
	return svinst->env_location == SIEVE_ENV_LOCATION_MS &&
		(svinst->flags & SIEVE_FLAG_HOME_RELATIVE) == 0;
#else
	return (svinst->flags & SIEVE_FLAG_COMMAND_LINE) != 0;
#endif
}

#endif
