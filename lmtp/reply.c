/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one table of what nameplate says. What came before: session.c or
 * delivery.c knows what happened. What comes next: the line goes to the
 * client as it is. A store's verdict is put into words in reply-relay.c.
 */
#include "lmtp/reply.h"
#include "lmtp/reply-line.h"

#include <string.h>

/* What stands around the text. */
enum reply_form {
	REPLY_PLAIN,	/* 250 2.0.0 text */
	REPLY_ADDRESS,	/* 250 2.1.5 <about> text */
	REPLY_WORD	/* 501 5.5.4 text: about */
};

static const struct reply_row {
	int code;
	const char *enhanced;
	enum reply_form form;
	const char *text;
} reply_table[] = {
	[NP_REPLY_OK] = { 250, "2.0.0", REPLY_PLAIN, "OK" },
	[NP_REPLY_SENDER_OK] = { 250, "2.1.0", REPLY_PLAIN, "Sender OK" },
	[NP_REPLY_RECIPIENT_OK] = { 250, "2.1.5", REPLY_ADDRESS,
				    "Recipient OK" },
	[NP_REPLY_DELIVERED] = { 250, "2.0.0", REPLY_ADDRESS, "Delivered" },
	[NP_REPLY_BYE] = { 221, "2.0.0", REPLY_PLAIN, "Bye" },
	[NP_REPLY_SEND_DATA] = { 354, "", REPLY_PLAIN,
				 "End data with <CR><LF>.<CR><LF>" },
	[NP_REPLY_CANNOT_VERIFY] = { 252, "2.5.0", REPLY_PLAIN,
				     "Try RCPT to learn more" },
	[NP_REPLY_UNKNOWN_COMMAND] = { 500, "5.5.2", REPLY_PLAIN,
				       "Unknown command" },
	[NP_REPLY_NOT_LMTP] = { 500, "5.5.1", REPLY_PLAIN,
				"This is LMTP, use LHLO" },
	[NP_REPLY_LINE_TOO_LONG] = { 500, "5.5.6", REPLY_PLAIN,
				     "Line too long" },
	[NP_REPLY_SYNTAX] = { 501, "5.5.4", REPLY_PLAIN,
			      "Syntax error in the command" },
	[NP_REPLY_BAD_SENDER] = { 501, "5.1.7", REPLY_ADDRESS,
				  "Sender address is not valid" },
	[NP_REPLY_BAD_RECIPIENT] = { 501, "5.1.3", REPLY_ADDRESS,
				     "Recipient address is not valid" },
	[NP_REPLY_BAD_PARAMETER] = { 501, "5.5.4", REPLY_WORD,
				     "Bad value of parameter" },
	[NP_REPLY_UNKNOWN_PARAMETER] = { 555, "5.5.4", REPLY_WORD,
					 "Unsupported parameter" },
	[NP_REPLY_NEEDS_UTF8] = { 553, "5.6.7", REPLY_ADDRESS,
				  "Address needs SMTPUTF8" },
	[NP_REPLY_BAD_SEQUENCE] = { 503, "5.5.1", REPLY_PLAIN,
				    "Bad sequence of commands" },
	[NP_REPLY_NO_RECIPIENTS] = { 503, "5.5.1", REPLY_PLAIN,
				     "No valid recipients" },
	[NP_REPLY_NO_SUCH_USER] = { 550, "5.1.1", REPLY_ADDRESS,
				    "User unknown" },
	[NP_REPLY_LOOP] = { 554, "5.4.6", REPLY_ADDRESS,
			    "Mail is looping, it has been here before" },
	[NP_REPLY_TOO_LARGE] = { 552, "5.3.4", REPLY_PLAIN,
				 "Message too large" },
	[NP_REPLY_TOO_MANY_RECIPIENTS] = { 452, "4.5.3", REPLY_PLAIN,
					   "Too many recipients" },
	[NP_REPLY_TOO_MANY_CONNECTIONS] = { 421, "4.3.2", REPLY_PLAIN,
					    "Too many connections" },
	[NP_REPLY_TOO_MANY_ERRORS] = { 421, "4.7.0", REPLY_PLAIN,
				       "Too many errors" },
	[NP_REPLY_NO_SPOOL] = { 452, "4.3.1", REPLY_PLAIN,
				"Cannot keep the message now" },
	[NP_REPLY_LOOKUP_FAILED] = { 451, "4.3.0", REPLY_ADDRESS,
				     "Address lookup failed, try again later" },
	[NP_REPLY_STORE_TROUBLE] = { 451, "4.3.0", REPLY_ADDRESS,
				     "Mail store has trouble, "
				     "try again later" },
	[NP_REPLY_STORE_UNREACHABLE] = { 451, "4.4.1", REPLY_ADDRESS,
					 "Mail store does not answer, "
					 "try again later" },
	[NP_REPLY_STORE_LOST] = { 451, "4.4.2", REPLY_ADDRESS,
				  "Connection to the mail store was lost, "
				  "try again later" },
	[NP_REPLY_NOT_BEGUN] = { 451, "4.3.2", REPLY_ADDRESS,
				 "Delivery waited too long, "
				 "try again later" },
	[NP_REPLY_TIMEOUT] = { 421, "4.4.2", REPLY_PLAIN, "Timeout, closing" },
	[NP_REPLY_STOPPING] = { 421, "4.3.2", REPLY_PLAIN,
				"Service is stopping" },
};

size_t np_reply_print(enum np_reply reply, const char *about, bool utf8,
		      char *out)
{
	const struct reply_row *row = &reply_table[reply];
	struct np_reply_line line;

	np_reply_line_begin(&line, out, utf8, row->code, row->enhanced);
	if (about != NULL && row->form == REPLY_ADDRESS)
		np_reply_line_address(&line, about, strlen(row->text));
	np_reply_line_text(&line, row->text);
	if (about != NULL && row->form == REPLY_WORD) {
		np_reply_line_text(&line, ": ");
		np_reply_line_text(&line, about);
	}
	return np_reply_line_finish(&line);
}

int np_reply_code(enum np_reply reply)
{
	return reply_table[reply].code;
}
