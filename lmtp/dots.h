/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The transparency of RFC 5321 4.5.2 in both directions, from bytes to bytes.
 *
 * From the client: the data ends at CRLF "." CRLF and at nothing else; bare CR
 * and bare LF are octets like others, so nothing that a looser server would
 * take for an end ("SMTP smuggling") is one here.
 *
 * To a store that has no BDAT: bare LF and bare CR become CRLF before dots are
 * stuffed, since Dovecot 2.3 ends DATA at LF.LF, LF.CRLF and CRLF.LF.
 */
#ifndef LMTP_DOTS_H
#define LMTP_DOTS_H

#include <stdbool.h>
#include <stddef.h>

enum np_dots_state {
	NP_DOTS_LINE_START = 0,	/* zero: a fresh struct is ready */
	NP_DOTS_DOT,
	NP_DOTS_DOT_CR,
	NP_DOTS_TEXT,
	NP_DOTS_CR,
	NP_DOTS_END
};

struct np_unstuff {
	enum np_dots_state state;
};

/* Takes octets from in until the end of data or in's end; writes what belongs
   to the message to out (at least len + 1 octets). Returns how many of in were
   taken; at the end of data state is NP_DOTS_END and the rest of in is the
   next command. */
size_t np_unstuff(struct np_unstuff *unstuff, const char *in, size_t len,
		  char *out, size_t *out_len_r);

struct np_stuff {
	bool line_middle;	/* the last octet was no line end */
	bool last_cr;		/* it was a CR, whose LF may follow */
};

/* The worst case of np_stuff for len octets. */
#define NP_STUFFED(len) (2 * (len) + 8)

/* Normalises line ends and stuffs dots: len octets of in to out (at least
   NP_STUFFED(len)). Returns the number written. */
size_t np_stuff(struct np_stuff *stuff, const char *in, size_t len, char *out);
/* The end: CRLF where the last line has none, then "." CRLF. out: at least 8
   octets. */
size_t np_stuff_end(struct np_stuff *stuff, char *out);

#endif
