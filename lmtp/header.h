/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks through the header of the message as it comes in: counts Received
 * fields, keeps the first Message-ID and the X-Nameplate-Mark fields, notes a
 * first line that starts with white space. One pass, constant memory, any
 * header size; lines end with CRLF or bare LF (the store takes both), fields
 * may be folded and names written in any case.
 *
 * What came before: spool.c feeds every octet of the message. What comes next:
 * delivery.c reads the findings when the data has ended.
 */
#ifndef LMTP_HEADER_H
#define LMTP_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#define NP_MAX_MARKS 20		/* marks that are kept to be checked */
#define NP_MAX_MARK 512		/* octets of one unfolded mark; longer is none */
#define NP_MAX_MESSAGE_ID 1000	/* octets of one unfolded value; longer: none */

struct np_header {
	/* Findings, complete when done or after np_header_end. */
	bool starts_with_space;	/* first octet of the message is SP or TAB */
	unsigned int received;	/* number of Received fields */
	unsigned int mark_count;	/* kept in marks, topmost first */
	char marks[NP_MAX_MARKS][NP_MAX_MARK];	/* unfolded values, trimmed */
	char message_id[NP_MAX_MESSAGE_ID];	/* unfolded, trimmed; "" = none */
	/* The scanner's own state. */
	bool done;		/* the empty line was met */
	unsigned char state;
	unsigned char field;
	char name[20];
	size_t name_len;
	bool has_message_id;
	size_t value_len;
	bool value_too_long;
};

void np_header_init(struct np_header *header);
/* May be called with pieces of any size; does nothing once done. */
void np_header_feed(struct np_header *header, const char *data, size_t len);
/* The message has ended: finishes a field that is still open. */
void np_header_end(struct np_header *header);

/* The Message-ID without angle brackets, as GMime reads the value, into out
   (size octets); blanks and control characters are '?'. Returns false (and out
   "") where there is none. Needs GMime: message-id.c is linked into the agent
   only. */
bool np_message_id(const char *value, char *out, size_t size);

#endif
