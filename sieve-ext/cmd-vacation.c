/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "vacation" (RFC 5230) with a question in front: an answer must not come from
 * a name that nobody has, or that was switched off. The core would answer from
 * both. The command stays the core's own; our operation jumps over its.
 *
 *   operation = offset <the core's whole operation>
 */
#include "sieve-ext/ext-redirect-guard.h"
#include "sieve-ext/used.h"

/* Exported by libdovecot-sieve, but in none of its headers. */
extern const struct sieve_command_def vacation_command;

static bool vacation_generate(const struct sieve_codegen_env *cgenv,
			      struct sieve_command *cmd)
{
	const struct sieve_extension *guard =
		np_guard_extension_of(cgenv->svinst);
	sieve_size_t offset;

	if (guard == NULL)
		return FALSE;
	(void)sieve_operation_emit(cgenv->sblock, guard,
				   &np_vacation_operation);
	offset = sieve_binary_emit_offset(cgenv->sblock, 0);
	if (!vacation_command.generate(cgenv, cmd))
		return FALSE;
	sieve_binary_resolve_offset(cgenv->sblock, offset);
	return TRUE;
}

const struct sieve_command_def *np_vacation_command(void)
{
	/* The core's own is known when the module is loaded, not before. */
	static struct sieve_command_def command;

	command = vacation_command;
	command.generate = vacation_generate;
	return &command;
}

static bool vacation_dump(const struct sieve_dumptime_env *denv,
			  sieve_size_t *address)
{
	unsigned int pc = (unsigned int)*address;
	sieve_offset_t offset;

	if (!sieve_binary_read_offset(denv->sblock, address, &offset))
		return FALSE;
	sieve_code_dumpf(denv, "VACATION (guarded) %d [%08x]", (int)offset,
			 pc + offset);
	return TRUE;
}

static int vacation_execute(const struct sieve_runtime_env *renv,
			    sieve_size_t *address ATTR_UNUSED)
{
	const struct np_used *used = np_used_get(renv, renv->oprtn->ext);

	if (used->silent)
		sieve_runtime_trace(renv, SIEVE_TRLVL_ACTIONS,
				    "no vacation answer from this address");
	/* Reads the offset itself. */
	return sieve_interpreter_program_jump(renv->interp, used->silent,
					      FALSE);
}

const struct sieve_operation_def np_vacation_operation = {
	.mnemonic = "VACATION-GUARD",
	.ext_def = &np_guard_extension,
	.code = NP_GUARD_VACATION,
	.dump = vacation_dump,
	.execute = vacation_execute,
};
