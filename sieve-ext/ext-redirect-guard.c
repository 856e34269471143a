/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Describes the extension that puts our "redirect" in the place of the core's.
 * The plugin sees to it that every script has it; cmd-redirect.c is the
 * command. cmd-vacation.c is beside it, for the same reason.
 */
#include "sieve-ext/ext-redirect-guard.h"
#include "sieve-ext/here.h"

static np_load_result
guard_load(const struct sieve_extension *ext, void **context_r)
{
	*context_r = np_here_create(ext->svinst);
	return NP_LOAD_OK;
}

/* Tags that other extensions gave to "redirect" (:copy) stay with it. */
static bool guard_validator_load(const struct sieve_extension *ext,
				 struct sieve_validator *valdtr)
{
	sieve_validator_register_command(valdtr, ext, &np_redirect_command);
	return TRUE;
}

static const struct sieve_operation_def *guard_operations[] = {
	[NP_GUARD_REDIRECT] = &np_redirect_operation,
	[NP_GUARD_VACATION] = &np_vacation_operation,
};

/* Raise the version where the operands of the operation change: stored
   binaries hold it. */
const struct sieve_extension_def np_guard_extension = {
	.name = "vnd.nameplate.redirect-guard",
	.version = 1,
	.load = guard_load,
	.validator_load = guard_validator_load,
	SIEVE_EXT_DEFINE_OPERATIONS(guard_operations),
};

const struct sieve_extension *
np_guard_extension_of(struct sieve_instance *svinst)
{
	return sieve_extension_get_by_name(svinst, np_guard_extension.name);
}
