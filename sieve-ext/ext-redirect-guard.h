/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hidden extension vnd.nameplate.redirect-guard: in every script, never
 * advertised, and no script can require it. Its context is the struct np_here
 * that vnd.nameplate.alias uses too.
 */
#ifndef SIEVE_EXT_REDIRECT_GUARD_H
#define SIEVE_EXT_REDIRECT_GUARD_H

#include "sieve-ext/compat.h"

extern const struct sieve_extension_def np_guard_extension;
extern const struct sieve_command_def np_redirect_command;
extern const struct sieve_operation_def np_redirect_operation;
extern const struct sieve_operation_def np_vacation_operation;

/* The numbers of the operations, as stored binaries hold them. */
enum np_guard_operation {
	NP_GUARD_REDIRECT,
	NP_GUARD_VACATION
};

/* The core's "vacation" with our question in front. */
const struct sieve_command_def *np_vacation_command(void);

/* NULL where it is not loaded. */
const struct sieve_extension *
np_guard_extension_of(struct sieve_instance *svinst);

#endif
