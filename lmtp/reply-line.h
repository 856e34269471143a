/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One reply line in the making. Whatever is added, it stays one line, printable
 * and at most NP_MAX_REPLY_LINE octets long: this is the only place that writes
 * into a reply.
 */
#ifndef LMTP_REPLY_LINE_H
#define LMTP_REPLY_LINE_H

#include "lmtp/reply.h"

#define NP_REPLY_END (NP_MAX_REPLY_LINE - 2)	/* room for CRLF */

struct np_reply_line {
	char *out;
	size_t len;
	size_t end;	/* where writing stops for now */
	bool utf8;
};

/* "550 5.1.1 ", or "354 " where enhanced is "". out has NP_MAX_REPLY_LINE + 1
   octets. */
void np_reply_line_begin(struct np_reply_line *line, char *out, bool utf8,
			 int code, const char *enhanced);
/* Adds text; what is not printable becomes '?'. Cut before the first character
   that does not fit, and nothing after it is taken. */
void np_reply_line_add(struct np_reply_line *line, const char *text,
		       size_t len);
void np_reply_line_text(struct np_reply_line *line, const char *text);
/* "<address> ", cut so that reserve octets stay free behind it. */
void np_reply_line_address(struct np_reply_line *line, const char *address,
			   size_t reserve);
/* Adds CRLF and a NUL. Returns the length without the NUL. */
size_t np_reply_line_finish(struct np_reply_line *line);

#endif
