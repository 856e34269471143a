/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What relay.c and relay-send.c share and nobody else sees: one connection to
 * the store, and what is sent on it.
 */
#ifndef LMTP_RELAY_SEND_H
#define LMTP_RELAY_SEND_H

#include "lmtp/dots.h"
#include "lmtp/relay.h"
#include "lmtp/stream.h"

/* What the next reply of the store answers. */
enum relay_expect {
	EXPECT_GREETING,
	EXPECT_LHLO,
	EXPECT_MAIL,
	EXPECT_RCPT,
	EXPECT_DATA,
	EXPECT_FINAL,
	EXPECT_RSET
};

struct relay_command {
	enum relay_expect expect;
	unsigned int index;	/* of the recipient */
	char *text;		/* not sent yet; NULL once it is */
};

struct np_relay {
	struct agent *agent;
	struct np_stream stream;
	const struct np_relay_callbacks *callbacks;
	void *owner;
	enum np_relay_state state;
	struct np_store_reply_parser parser;
	GQueue *commands;	/* struct relay_command, oldest first */
	struct np_exchange *exchange;
	GArray *asked;		/* unsigned int: its recipients in the order of
				   their RCPTs, in which the store answers */
	struct np_store_reply mail_refusal;	/* code 0: MAIL was accepted */
	bool mail_given;
	bool sending;		/* np_relay_send was called */
	bool data_begun;	/* and octets of the message have been sent */
	bool nonsense;		/* the store said what nobody asked for */
	bool used;
	bool reading;		/* in on_relay_readable: not to be freed yet */
	/* DATA: how far the message has been stuffed. */
	bool stuffing;
	struct np_stuff stuff;
	uint64_t stuff_offset;
	/* What the store's LHLO offered. */
	bool first_lhlo_line;
	bool pipelining;
	bool chunking;
	bool eightbitmime;
	bool smtputf8;
};

/* Queues a command whose reply is expected; text (NULL: nothing is sent, only
   a reply comes) is taken over. np_relay_flush sends. */
void np_relay_command(struct np_relay *relay, enum relay_expect expect,
		      unsigned int index, char *text);
/* Sends what may be sent now: everything where the store takes pipelining,
   else one command at a time. */
void np_relay_flush(struct np_relay *relay);

/* After 354: sends the message stuffed, piece by piece as the socket takes it.
   -1: it could not be read back, and the connection must be given up. */
int np_relay_stuff_begin(struct np_relay *relay);
int np_relay_stuff_more(struct np_relay *relay);

#endif
