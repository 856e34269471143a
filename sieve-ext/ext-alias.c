/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Describes vnd.nameplate.alias; a script must require it. The plugin
 * registers it, tst-alias.c and var-alias.c hold what it offers.
 */
#include "sieve-ext/ext-alias.h"
#include "sieve-ext/ext-redirect-guard.h"

/* The guard is always there and knows the mailbox. */
static np_load_result
alias_load(const struct sieve_extension *ext, void **context_r)
{
	const struct sieve_extension *guard =
		np_guard_extension_of(ext->svinst);

	if (guard == NULL || guard->context == NULL)
		return NP_LOAD_FAILED;
	*context_r = guard->context;
	return NP_LOAD_OK;
}

static bool alias_validator_load(const struct sieve_extension *ext,
				 struct sieve_validator *valdtr)
{
	sieve_validator_register_command(valdtr, ext, &np_alias_test);
	np_alias_variables_register(ext, valdtr);
	return TRUE;
}

const struct sieve_extension_def np_alias_extension = {
	.name = "vnd.nameplate.alias",
	.version = 1,
	.load = alias_load,
	.validator_load = alias_validator_load,
	SIEVE_EXT_DEFINE_OPERATION(np_alias_operation),
	SIEVE_EXT_DEFINE_OPERAND(np_alias_namespace_operand),
};
