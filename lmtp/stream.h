/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connected non-blocking socket with what has come in and what is to go out.
 * Used for clients, the store and socketmap clients alike.
 *
 * Not a bufferevent: an idle client must cost a few hundred octets (a
 * bufferevent takes a thousand), and a short reply should leave in the same
 * turn of the loop, without waiting for the socket to be reported writable.
 */
#ifndef LMTP_STREAM_H
#define LMTP_STREAM_H

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include <stdbool.h>
#include <stdint.h>

/* More unread input than this stops reading until some was taken. */
#define NP_STREAM_MAX_INPUT (256 * 1024)

struct np_stream;

struct np_stream_callbacks {
	/* New octets are in np_stream_input. */
	void (*on_readable)(void *owner);
	/* All output has been given to the kernel (after it could not at
	   once); may be NULL. */
	void (*on_drained)(void *owner);
	/* The peer has closed (error 0) or the socket failed (errno). */
	void (*on_closed)(void *owner, int error);
	/* Neither input nor progress of output for the timeout. */
	void (*on_timeout)(void *owner);
};

struct np_stream {
	int fd;			/* -1: closed */
	bool connecting;
	bool paused;		/* not reading: too much input is not taken */
	bool broken;		/* writing has failed: reading says why */
	bool write_armed;
	bool flushing;
	struct event read_event;
	struct event *write_event;	/* made when first needed */
	struct evbuffer *input;		/* NULL while there is none */
	struct evbuffer *output;	/* NULL while there is none */
	uint64_t written;		/* octets in all */
	uint64_t written_at_timeout;
	const struct timeval *timeout;	/* of reading, also while paused */
	const struct np_stream_callbacks *callbacks;
	void *owner;
};

/* Takes fd over (connected, or connecting: on_drained then says that it is
   connected, on_closed that it failed). timeout: from np_stream_timeout. */
void np_stream_init(struct np_stream *stream, struct event_base *base, int fd,
		    bool connecting, const struct timeval *timeout,
		    const struct np_stream_callbacks *callbacks, void *owner);
/* Closes at once; what is not yet written is dropped. Safe to call twice, and
   from every callback. */
void np_stream_deinit(struct np_stream *stream);

/* Breaks the connection; on_closed comes from the event loop. */
void np_stream_break(struct np_stream *stream);

/* A duration that many streams share costs no heap; the result lives as long
   as the base. */
const struct timeval *np_stream_timeout(struct event_base *base,
					unsigned int seconds);
void np_stream_set_timeout(struct np_stream *stream,
			   const struct timeval *timeout);

/* The input, NULL where there is none. Drained input is freed by
   np_stream_trim, which also takes up reading again. */
struct evbuffer *np_stream_input(struct np_stream *stream);
void np_stream_trim(struct np_stream *stream);

/* Whether the peer has sent something that was not taken yet, be it here or
   still in the kernel. */
bool np_stream_unread(const struct np_stream *stream);

/* The buffer to add output to; np_stream_flush sends it. */
struct evbuffer *np_stream_output(struct np_stream *stream);
void np_stream_write(struct np_stream *stream, const char *data, size_t len);
void np_stream_flush(struct np_stream *stream);
/* Octets added and not yet given to the kernel. */
size_t np_stream_pending(const struct np_stream *stream);

#endif
