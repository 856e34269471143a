/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "redirect" (RFC 5228 section 4.2) with a guard in front: what guard.c
 * refuses becomes a keep, everything else is the core's own operation. In the
 * order of its life: validate, generate, dump, execute.
 *
 *   operation = copy:byte <the core's operands>
 */
#include "sieve-ext/ext-redirect-guard.h"
#include "sieve-ext/forwarded.h"
#include "sieve-ext/guard.h"

/* Exported by libdovecot-sieve, but in none of its headers. */
extern const struct sieve_operation_def cmd_redirect_operation;

#define MAX_SHOWN 128	/* octets of an address in a message */

/* Is somebody there to read an error? At a delivery it would switch off all of
   the user's rules. */
static bool redirect_is_upload(struct sieve_validator *valdtr)
{
	return (sieve_validator_compile_flags(valdtr) &
		(SIEVE_COMPILE_FLAG_UPLOADED |
		 SIEVE_COMPILE_FLAG_ACTIVATED)) != 0 ||
		np_is_command_line(sieve_validator_svinst(valdtr));
}

/* False where the script must not be accepted. */
static bool redirect_judge_literal(struct sieve_validator *valdtr,
				   struct sieve_ast_argument *arg,
				   const struct np_guard_verdict *verdict)
{
	const char *shown = str_sanitize(sieve_ast_argument_strc(arg),
					 MAX_SHOWN);

	if (verdict->refused != NULL) {
		if (redirect_is_upload(valdtr)) {
			sieve_argument_validate_error(
				valdtr, arg, "redirect to %s %s", shown,
				verdict->refused);
			return FALSE;
		}
		sieve_argument_validate_warning(
			valdtr, arg, "redirect to %s %s; it is treated as "
			"keep", shown, verdict->refused);
	} else if (verdict->doubt != NULL &&
		   np_here_has_user(verdict->doubt_unless) <= 0) {
		sieve_argument_validate_warning(
			valdtr, arg, "redirect to %s %s", shown,
			verdict->doubt);
	}
	return TRUE;
}

static bool redirect_validate(struct sieve_validator *valdtr,
			      struct sieve_command *cmd)
{
	struct sieve_ast_argument *arg = cmd->first_positional;
	const struct smtp_address *to = NULL;
	struct np_guard_verdict verdict;
	const char *error;

	if (!cmd_redirect.validate(valdtr, cmd))
		return FALSE;
	if (sieve_argument_is_string_literal(arg))
		to = sieve_address_parse(sieve_ast_argument_strc(arg), &error);
	np_guard_judge(cmd->ext->context, to, &verdict);
	if (verdict.unchecked != NULL)
		sieve_argument_validate_warning(
			valdtr, arg, "redirects could not be checked: %s",
			verdict.unchecked);
	return to == NULL || redirect_judge_literal(valdtr, arg, &verdict);
}

static bool redirect_has_copy(struct sieve_command *cmd)
{
	struct sieve_ast_argument *arg = sieve_command_first_argument(cmd);

	for (; arg != NULL; arg = sieve_ast_argument_next(arg)) {
		if (arg->argument != NULL && arg->argument->def != NULL &&
		    arg != cmd->first_positional &&
		    strcmp(sieve_argument_identifier(arg), "copy") == 0)
			return TRUE;
	}
	return FALSE;
}

static bool redirect_generate(const struct sieve_codegen_env *cgenv,
			      struct sieve_command *cmd)
{
	(void)sieve_operation_emit(cgenv->sblock, cmd->ext,
				   &np_redirect_operation);
	(void)sieve_binary_emit_byte(cgenv->sblock, redirect_has_copy(cmd));
	return sieve_generate_arguments(cgenv, cmd, NULL);
}

const struct sieve_command_def np_redirect_command = {
	.identifier = "redirect",
	.type = SCT_COMMAND,
	.positional_args = 1,
	.subtests = 0,
	.validate = redirect_validate,
	.generate = redirect_generate,
};

static bool redirect_dump(const struct sieve_dumptime_env *denv,
			  sieve_size_t *address)
{
	unsigned int copy;

	sieve_code_dumpf(denv, "REDIRECT (guarded)");
	sieve_code_descend(denv);
	if (!sieve_binary_read_byte(denv->sblock, address, &copy) ||
	    sieve_action_opr_optional_dump(denv, address, NULL) != 0)
		return FALSE;
	return sieve_opr_string_dump(denv, address, "address");
}

/* Why the message must stay, or NULL. */
static int redirect_refused(const struct sieve_runtime_env *renv,
			    const struct smtp_address *to, const char **why_r)
{
	struct np_here *here = renv->oprtn->ext->context;
	struct np_guard_verdict verdict;
	bool before;
	int ret;

	*why_r = NULL;
	if (np_guard_has_returned(here, renv)) {
		*why_r = "is not done: this message has been here before";
		return SIEVE_EXEC_OK;
	}
	np_guard_judge(here, to, &verdict);
	*why_r = verdict.refused;
	if (verdict.refused != NULL)
		return SIEVE_EXEC_OK;
	ret = np_forwarded_before(renv, to, &before);
	if (ret == SIEVE_EXEC_OK && before)
		*why_r = "is not done: this message has been forwarded there "
			"before";
	return ret;
}

/* With :copy the message is not cancelled for its place, so nothing is lost
   without an additional keep. */
static int redirect_keep(const struct sieve_runtime_env *renv,
			 const struct smtp_address *to, bool copy,
			 const char *why)
{
	sieve_runtime_warning(renv, NULL, "redirect to %s %s; %s",
			      str_sanitize(smtp_address_encode(to), MAX_SHOWN),
			      why, copy ? "skipped" : "keeping the message "
			      "instead");
	if (copy)
		return SIEVE_EXEC_OK;
	return sieve_result_add_keep(renv, NULL) < 0 ? SIEVE_EXEC_FAILURE :
		SIEVE_EXEC_OK;
}

static int redirect_execute(const struct sieve_runtime_env *renv,
			    sieve_size_t *address)
{
	struct sieve_side_effects_list *effects = NULL;
	const struct smtp_address *to;
	const char *error, *why = NULL;
	sieve_size_t start;
	string_t *text;
	unsigned int copy;
	int ret;

	if (!sieve_binary_read_byte(renv->sblock, address, &copy)) {
		sieve_runtime_trace_error(renv, "redirect operand corrupt");
		return SIEVE_EXEC_BIN_CORRUPT;
	}
	/* Read once to know the target; the core reads it again. */
	start = *address;
	if (sieve_action_opr_optional_read(renv, address, NULL, &ret,
					   &effects) != 0)
		return ret;
	ret = sieve_opr_string_read(renv, address, "address", &text);
	if (ret <= 0)
		return ret;
	to = sieve_address_parse_str(text, &error);
	if (to != NULL) {
		ret = redirect_refused(renv, to, &why);
		if (ret != SIEVE_EXEC_OK)
			return ret;
	}
	if (why != NULL)
		return redirect_keep(renv, to, copy != 0, why);
	*address = start;
	return cmd_redirect_operation.execute(renv, address);
}

const struct sieve_operation_def np_redirect_operation = {
	.mnemonic = "REDIRECT",
	.ext_def = &np_guard_extension,
	.code = NP_GUARD_REDIRECT,
	.dump = redirect_dump,
	.execute = redirect_execute,
};
