/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything nameplate says to a client, in one table, and everything a store
 * says to nameplate, parsed strictly. A reply to the client is one line of at
 * most 512 octets, printable ASCII (or UTF-8 where SMTPUTF8 is in force), and
 * never holds the mailbox behind an alias.
 *
 * Sources of the codes: RFC 5321 4.2, RFC 2033 4.2, RFC 3463.
 */
#ifndef LMTP_REPLY_H
#define LMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#define NP_MAX_REPLY_LINE 512		/* octets with CRLF */
#define NP_MAX_STORE_LINE 8192		/* of one line of the store */
#define NP_MAX_STORE_LINES 100		/* of one reply of the store */
#define NP_MAX_STORE_TEXT 1024		/* kept of its text */

enum np_reply {
	NP_REPLY_OK,			/* 250 2.0.0 OK */
	NP_REPLY_SENDER_OK,		/* 250 2.1.0 Sender OK */
	NP_REPLY_RECIPIENT_OK,		/* 250 2.1.5 <address> Recipient OK */
	NP_REPLY_DELIVERED,		/* 250 2.0.0 <address> Delivered (id) */
	NP_REPLY_BYE,			/* 221 2.0.0 */
	NP_REPLY_SEND_DATA,		/* 354 */
	NP_REPLY_CANNOT_VERIFY,		/* 252 2.5.0 */
	NP_REPLY_UNKNOWN_COMMAND,	/* 500 5.5.2 */
	NP_REPLY_NOT_LMTP,		/* 500 5.5.1 use LHLO */
	NP_REPLY_LINE_TOO_LONG,		/* 500 5.5.6 */
	NP_REPLY_SYNTAX,		/* 501 5.5.4 */
	NP_REPLY_BAD_SENDER,		/* 501 5.1.7 */
	NP_REPLY_BAD_RECIPIENT,		/* 501 5.1.3 */
	NP_REPLY_BAD_PARAMETER,		/* 501 5.5.4 */
	NP_REPLY_UNKNOWN_PARAMETER,	/* 555 5.5.4 */
	NP_REPLY_NEEDS_UTF8,		/* 553 5.6.7 */
	NP_REPLY_BAD_SEQUENCE,		/* 503 5.5.1 */
	NP_REPLY_NO_RECIPIENTS,		/* 503 5.5.1 */
	NP_REPLY_NO_SUCH_USER,		/* 550 5.1.1 <address> */
	NP_REPLY_LOOP,			/* 554 5.4.6 <address> */
	NP_REPLY_TOO_LARGE,		/* 552 5.3.4 */
	NP_REPLY_TOO_MANY_RECIPIENTS,	/* 452 4.5.3 */
	NP_REPLY_TOO_MANY_CONNECTIONS,	/* 421 4.3.2 */
	NP_REPLY_TOO_MANY_ERRORS,	/* 421 4.7.0 */
	NP_REPLY_NO_SPOOL,		/* 452 4.3.1 cannot keep the message now */
	NP_REPLY_LOOKUP_FAILED,		/* 451 4.3.0 <address> */
	NP_REPLY_STORE_TROUBLE,		/* 451 4.3.0 <address> */
	NP_REPLY_STORE_UNREACHABLE,	/* 451 4.4.1 <address> */
	NP_REPLY_STORE_LOST,		/* 451 4.4.2 <address> */
	NP_REPLY_NOT_BEGUN,		/* 451 4.3.2 <address>: waited too long */
	NP_REPLY_TIMEOUT,		/* 421 4.4.2 */
	NP_REPLY_STOPPING		/* 421 4.3.2 */
};

/* Writes the line with CRLF into out (NP_MAX_REPLY_LINE + 1 octets). about:
   the address, parameter or id that the text names; NULL where the table's
   text names none. Octets that are not printable become '?', unless utf8 and
   part of valid UTF-8. Returns the length. */
size_t np_reply_print(enum np_reply reply, const char *about, bool utf8,
		      char *out);
/* The code alone: 250, 451, ... */
int np_reply_code(enum np_reply reply);

/* One complete reply of the store. */
struct np_store_reply {
	int code;		/* 200..599 */
	char enhanced[12];	/* "5.1.1"; "" where none or of another class */
	char text[NP_MAX_STORE_TEXT];	/* first line behind the codes, printable */
};

/* Collects a reply line by line. */
struct np_store_reply_parser {
	struct np_store_reply reply;
	unsigned int lines;
};
void np_store_reply_init(struct np_store_reply_parser *parser);
/* One line without its CRLF or LF. 1: the reply is complete in
   parser->reply; 0: more lines follow; -1: this is no reply (the connection
   is to be given up). */
int np_store_reply_line(struct np_store_reply_parser *parser,
			const char *line, size_t len);

/* Whether this means "user unknown" and nothing else: 550 5.1.1. */
bool np_store_reply_unknown_user(const struct np_store_reply *reply);

/* Whether the code speaks of our dialogue with the store and not of the
   recipient (421, 500, 503, 555, 3xx, ...): the client hears 451 4.3.0. */
bool np_store_reply_trouble(const struct np_store_reply *reply);

/* The line for the client that carries a store's verdict on one recipient:
   the store's code, our text with address (as received); only the text of a
   final 5xx other than 5.1.1 and 5.2.2 is passed on, with every spelling of
   mailbox (may hold a tag) and of mailbox without tag replaced by address. A
   2xx is NP_REPLY_RECIPIENT_OK (final false) or NP_REPLY_DELIVERED with id
   (NULL: none). Codes that a store may not answer here (3xx, 421) or that
   speak of our dialogue with it and not of the recipient (500, 502, 503, 504,
   530, 555) are 451 4.3.0. A code without an enhanced one gets 4.2.0 (450),
   4.3.0 (451), 4.3.1 (452), 5.1.0 (551, 553), 5.2.0 (552), else 4.0.0 or 5.0.0.
   A text that would still show the mailbox is left out. Returns the length,
   CRLF included. */
size_t np_reply_relay(const struct np_store_reply *reply, bool final,
		      const char *address, const char *mailbox,
		      const char *id, bool utf8, char *out);

#endif
