/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The extension vnd.nameplate.alias: the test "alias" and the variables
 * ${alias.*}, which each have a file.
 */
#ifndef SIEVE_EXT_ALIAS_H
#define SIEVE_EXT_ALIAS_H

#include "sieve-ext/compat.h"

extern const struct sieve_extension_def np_alias_extension;
extern const struct sieve_command_def np_alias_test;
extern const struct sieve_operation_def np_alias_operation;
extern const struct sieve_operand_def np_alias_namespace_operand;

/* Makes ${alias.*} known to one script. */
void np_alias_variables_register(const struct sieve_extension *ext,
				 struct sieve_validator *valdtr);

#endif
