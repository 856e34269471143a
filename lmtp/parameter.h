/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parameters behind the path of MAIL and RCPT (RFC 5321 4.1.2):
 *
 *   parameters = *( 1*SP keyword [ "=" value ] )
 *   keyword    = ( ALPHA / DIGIT ) *( ALPHA / DIGIT / "-" )
 *   value      = 1*( %d33-60 / %d62-126 / UTF-8 )
 *
 * MAIL: SIZE=1*20DIGIT (RFC 1870), BODY=7BIT|8BITMIME (RFC 6152), SMTPUTF8 (RFC
 * 6531). RCPT: ORCPT=addr-type;xtext (RFC 3461 4.2), checked and dropped. Each
 * at most once. NOTIFY, RET and ENVID are unknown: who takes them owes reports.
 */
#ifndef LMTP_PARAMETER_H
#define LMTP_PARAMETER_H

#include "lmtp/command.h"

/* What is left to be read. */
struct np_input {
	const char *p;
	const char *end;
};

/* Reads all that is left into command; smtputf8: whether the parameter of that
   name is known (MAIL), or UTF-8 allowed in values (RCPT). On an error
   command->refused says where. */
enum np_command_result
np_parameters_parse(struct np_input *in, bool smtputf8,
		    struct np_command *command);

#endif
