/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connected socket and its two buffers; see stream.h. */
#include "lmtp/stream.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAM_READ_SIZE 65536
#define STREAM_WRITE_SIZE 262144

static void stream_closed(struct np_stream *stream, int error)
{
	const struct np_stream_callbacks *callbacks = stream->callbacks;
	void *owner = stream->owner;

	np_stream_deinit(stream);
	callbacks->on_closed(owner, error);
}

static void on_stream_readable(evutil_socket_t fd, short what, void *context);

/* Watches for input and the timeout, or (paused) for the timeout alone. */
static void stream_watch(struct np_stream *stream, bool paused)
{
	struct event_base *base = event_get_base(&stream->read_event);

	stream->paused = paused;
	event_del(&stream->read_event);
	event_assign(&stream->read_event, base, paused ? -1 : stream->fd,
		     (short)(EV_PERSIST | (paused ? 0 : EV_READ)),
		     on_stream_readable, stream);
	event_add(&stream->read_event, stream->timeout);
}

static void stream_read(struct np_stream *stream)
{
	/* One for all streams: a callback never returns with it in use. */
	static char buffer[STREAM_READ_SIZE];
	ssize_t got = recv(stream->fd, buffer, sizeof(buffer), 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		stream_closed(stream, got == 0 ? 0 : errno);
		return;
	}
	if (stream->input == NULL)
		stream->input = evbuffer_new();
	if (stream->input == NULL ||
	    evbuffer_add(stream->input, buffer, (size_t)got) < 0) {
		stream_closed(stream, ENOMEM);
		return;
	}
	if (evbuffer_get_length(stream->input) > NP_STREAM_MAX_INPUT)
		stream_watch(stream, true);
	stream->callbacks->on_readable(stream->owner);
}

static void on_stream_readable(evutil_socket_t fd, short what, void *context)
{
	struct np_stream *stream = context;

	(void)fd;
	if ((what & EV_READ) != 0) {
		stream_read(stream);
		return;
	}
	if (stream->written != stream->written_at_timeout) {
		stream->written_at_timeout = stream->written;
		return;	/* a large message is still moving */
	}
	stream->callbacks->on_timeout(stream->owner);
}

/* Returns false where the stream is closed now. */
static bool stream_connected(struct np_stream *stream)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error != 0) {
		stream_closed(stream, error);
		return false;
	}
	stream->connecting = false;
	return true;
}

static void stream_disarm(struct np_stream *stream)
{
	if (stream->write_armed)
		event_del(stream->write_event);
	stream->write_armed = false;
}

static void on_stream_writable(evutil_socket_t fd, short what, void *context)
{
	struct np_stream *stream = context;

	(void)fd;
	(void)what;
	if (stream->connecting && !stream_connected(stream))
		return;
	np_stream_flush(stream);
	if (stream->fd < 0 || np_stream_pending(stream) > 0)
		return;
	stream_disarm(stream);
	if (stream->callbacks->on_drained != NULL)
		stream->callbacks->on_drained(stream->owner);
}

static void stream_arm(struct np_stream *stream)
{
	if (stream->write_armed)
		return;
	if (stream->write_event == NULL) {
		stream->write_event = event_new(
			event_get_base(&stream->read_event), stream->fd,
			EV_WRITE | EV_PERSIST, on_stream_writable, stream);
		if (stream->write_event == NULL)
			abort();
	}
	event_add(stream->write_event, NULL);
	stream->write_armed = true;
}

void np_stream_init(struct np_stream *stream, struct event_base *base, int fd,
		    bool connecting, const struct timeval *timeout,
		    const struct np_stream_callbacks *callbacks, void *owner)
{
	memset(stream, 0, sizeof(*stream));
	stream->fd = fd;
	stream->connecting = connecting;
	stream->callbacks = callbacks;
	stream->owner = owner;
	event_assign(&stream->read_event, base, fd, EV_READ | EV_PERSIST,
		     on_stream_readable, stream);
	stream->timeout = timeout;
	event_add(&stream->read_event, timeout);
	if (connecting)
		stream_arm(stream);
}

void np_stream_deinit(struct np_stream *stream)
{
	if (stream->fd < 0)
		return;
	event_del(&stream->read_event);
	if (stream->write_event != NULL)
		event_free(stream->write_event);
	stream->write_event = NULL;
	stream->write_armed = false;
	if (stream->input != NULL)
		evbuffer_free(stream->input);
	if (stream->output != NULL)
		evbuffer_free(stream->output);
	stream->input = NULL;
	stream->output = NULL;
	close(stream->fd);
	stream->fd = -1;
}

void np_stream_break(struct np_stream *stream)
{
	if (stream->fd >= 0)
		shutdown(stream->fd, SHUT_RDWR);
}

const struct timeval *np_stream_timeout(struct event_base *base,
					unsigned int seconds)
{
	struct timeval duration = {.tv_sec = (time_t)seconds};
	const struct timeval *common =
		event_base_init_common_timeout(base, &duration);

	/* There is room for 256 of them; one more works, only slower. */
	return common != NULL ? common : g_memdup2(&duration, sizeof(duration));
}

void np_stream_set_timeout(struct np_stream *stream,
			   const struct timeval *timeout)
{
	if (stream->fd < 0)
		return;
	stream->written_at_timeout = stream->written;
	stream->timeout = timeout;
	event_add(&stream->read_event, timeout);
}

struct evbuffer *np_stream_input(struct np_stream *stream)
{
	return stream->input;
}

void np_stream_trim(struct np_stream *stream)
{
	if (stream->fd < 0 || stream->input == NULL)
		return;
	if (evbuffer_get_length(stream->input) == 0) {
		evbuffer_free(stream->input);
		stream->input = NULL;
	}
	if (stream->paused && (stream->input == NULL ||
			       evbuffer_get_length(stream->input) <
				       NP_STREAM_MAX_INPUT / 2))
		stream_watch(stream, false);
}

bool np_stream_unread(const struct np_stream *stream)
{
	char octet;

	if (stream->input != NULL && evbuffer_get_length(stream->input) > 0)
		return true;
	return recv(stream->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

struct evbuffer *np_stream_output(struct np_stream *stream)
{
	if (stream->output == NULL) {
		stream->output = evbuffer_new();
		if (stream->output == NULL)
			abort();
		/* Lets a spooled message leave by sendfile. */
		evbuffer_set_flags(stream->output,
				   EVBUFFER_FLAG_DRAINS_TO_FD);
	}
	return stream->output;
}

void np_stream_write(struct np_stream *stream, const char *data, size_t len)
{
	if (stream->fd >= 0)
		evbuffer_add(np_stream_output(stream), data, len);
}

size_t np_stream_pending(const struct np_stream *stream)
{
	return stream->output == NULL ? 0
				      : evbuffer_get_length(stream->output);
}

/* The reading side reports it, so that a reply that came before the break is
   still read. What is not written yet never will be. */
static void stream_broken(struct np_stream *stream)
{
	stream->broken = true;
	stream_disarm(stream);
	evbuffer_free(stream->output);
	stream->output = NULL;
	if (stream->paused)
		stream_watch(stream, false);
}

void np_stream_flush(struct np_stream *stream)
{
	int sent;

	if (stream->fd < 0 || stream->connecting)
		return;
	if (stream->broken && stream->output != NULL) {
		stream_broken(stream);
		return;
	}
	while (np_stream_pending(stream) > 0) {
		sent = evbuffer_write_atmost(stream->output, stream->fd,
					     STREAM_WRITE_SIZE);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN) {
			stream_broken(stream);
			return;
		}
		if (sent <= 0)
			break;
		stream->written += (uint64_t)sent;
	}
	if (np_stream_pending(stream) > 0) {
		stream_arm(stream);
		return;
	}
	/* An armed write event stays: it tells whoever waits for room. */
	if (stream->output != NULL)
		evbuffer_free(stream->output);
	stream->output = NULL;
}
