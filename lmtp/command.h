/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One command line of the client, from bytes to values. Grammar without I/O
 * (RFC 5321 4.1.1, RFC 2033 4, RFC 1870, RFC 6152, RFC 6531, RFC 3461):
 *
 *   LHLO SP ( Domain / address-literal )
 *   MAIL FROM:<reverse-path> *( SP parameter )      SIZE BODY SMTPUTF8
 *   RCPT TO:<forward-path> *( SP parameter )        ORCPT
 *   DATA / RSET / NOOP [ SP String ] / QUIT / VRFY SP String
 *
 * What came before: session.c cut the line at CRLF. What comes next:
 * transaction.c acts on the values, reply.c answers an error.
 */
#ifndef LMTP_COMMAND_H
#define LMTP_COMMAND_H

#include "aliasmap/address.h"

#include <stdint.h>

#define NP_MAX_COMMAND_LINE 4096	/* octets without CRLF */

enum np_command_name {
	NP_COMMAND_LHLO,
	NP_COMMAND_MAIL,
	NP_COMMAND_RCPT,
	NP_COMMAND_DATA,
	NP_COMMAND_RSET,
	NP_COMMAND_NOOP,
	NP_COMMAND_QUIT,
	NP_COMMAND_VRFY,
	NP_COMMAND_HELO		/* HELO and EHLO: 500, this is LMTP */
};

enum np_command_result {
	NP_COMMAND_OK,
	NP_COMMAND_UNKNOWN,	/* 500 5.5.2 */
	NP_COMMAND_SYNTAX,	/* 501 5.5.4 */
	NP_COMMAND_BAD_ADDRESS,	/* 501 5.1.3 (RCPT) or 501 5.1.7 (MAIL) */
	NP_COMMAND_BAD_PARAMETER,	/* 501 5.5.4: known, bad value */
	NP_COMMAND_UNKNOWN_PARAMETER,	/* 555 5.5.4 */
	NP_COMMAND_NEEDS_UTF8	/* 553 5.6.7 */
};

#define NP_MAX_PATH_TEXT 1024	/* UTF-8 domains are longer than A-labels */

struct np_command {
	enum np_command_name name;
	/* MAIL and RCPT: what stood between the brackets, as it came, without
	   a source route; "" for the null reverse-path. */
	char path[NP_MAX_PATH_TEXT];
	struct np_address address;	/* parsed; all "" for the null path */
	/* LHLO: what the client calls itself (printable, cut). */
	char hello[256];
	/* MAIL */
	bool has_size;
	uint64_t size;
	bool smtputf8;
	bool body_8bit;		/* BODY=8BITMIME */
	/* The parameter that was refused, printable; "" if none. */
	char refused[64];
};

/* Parses line (len octets, no CRLF, may hold anything). smtputf8: for RCPT and
   MAIL whether UTF-8 addresses are in force (for MAIL: whether the store
   offers it, so that the parameter is known). *command_r is always filled as
   far as parsing came (name is right unless NP_COMMAND_UNKNOWN). */
enum np_command_result
np_command_parse(const char *line, size_t len, bool smtputf8,
		 struct np_command *command_r);

#endif
