/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One LMTP session of the load driver: message after message, every reply
 * checked. What came before: lmtp-load.c opened it; the event loop there calls
 * when something has come.
 */
#include "np-config.h"

#include "tests/bench/load.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define LINE "a line of text that stands in for what people write to each " \
	     "other\r\n"
#define BODY_LINES 1024		/* of body kept; longer ones repeat it */
#define BODY_CHUNK ((sizeof(LINE) - 1) * BODY_LINES)
#define MAX_OUT 16384		/* octets of commands at a time */

enum step {
	STEP_GREETING,
	STEP_LHLO,
	STEP_MAIL,
	STEP_RCPT,
	STEP_DATA,
	STEP_FINAL,
	STEP_QUIT,
	STEP_CLOSED
};

static const char *const step_names[] = {"greeting", "LHLO", "MAIL",
					 "RCPT",     "DATA", "final reply",
					 "QUIT",     "closed"};
static const int step_codes[] = {220, 250, 250, 250, 354, 250, 221, 0};

struct session {
	int fd;
	enum step step;
	unsigned int got;	/* replies of this step */
	unsigned int first;	/* number of the message's first recipient */
	uint64_t began;
	char in[4096];
	size_t in_len;
	char out[MAX_OUT];
	size_t out_len, out_sent;
	uint64_t body;		/* octets of the body still to be sent */
	size_t dot;		/* of the final dot and its line end */
	bool want_write;
};

static char body[BODY_CHUNK];

static void session_close(struct session *session)
{
	close(session->fd);
	session->step = STEP_CLOSED;
	load.live--;
}

/* The first error is shown, as far as it is printable. */
static void session_fail(struct session *session, const char *text)
{
	char *at;

	if (load.errors++ == 0) {
		(void)snprintf(load.first_error, sizeof(load.first_error), "%s: %s",
			       step_names[session->step], text);
		for (at = load.first_error; *at != '\0'; at++)
			if (*at < 0x20 || *at > 0x7e || *at == '"' ||
			    *at == '\\')
				*at = '?';
	}
	session_close(session);
}

static void __attribute__((format(printf, 2, 3)))
session_say(struct session *session, const char *format, ...)
{
	size_t room = sizeof(session->out) - session->out_len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(session->out + session->out_len, room, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= room) {
		errno = ENOBUFS;
		load_give_up("too many recipients");
	}
	session->out_len += (size_t)len;
}

static void session_say_rcpt(struct session *session, unsigned int index)
{
	session_say(session, "RCPT TO:<%s%u@%s>\r\n", load.name,
		    (session->first + index) % load.addresses,
		    load.domain);
}

static bool more_messages(void)
{
	return load.messages > 0 ? load.begun < load.messages
				    : times_now() < load.deadline;
}

static void session_begin(struct session *session)
{
	unsigned int i;

	if (!more_messages()) {
		session_say(session, "QUIT\r\n");
		session->step = STEP_QUIT;
		return;
	}
	load.begun++;
	session->step = STEP_MAIL;
	session->began = times_now();
	session->first = load.next_address;
	load.next_address = (load.next_address + load.recipients) % load.addresses;
	session_say(session, "MAIL FROM:<sender@example.com>\r\n");
	if (load.one_by_one)
		return;
	for (i = 0; i < load.recipients; i++)
		session_say_rcpt(session, i);
	session_say(session, "DATA\r\n");
}

static void session_send_message(struct session *session)
{
	session_say(session,
		    "From: <sender@example.com>\r\n"
		    "To: undisclosed-recipients:;\r\nSubject: load\r\n"
		    "Message-ID: <%" PRIu64 ".%d.%" PRIu64 "@example.com>\r\n"
		    "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\n",
		    session->began, session->fd, load.begun);
	session->body = load.octets;
	session->dot = 3;
	session->step = STEP_FINAL;
}

static void session_delivered(struct session *session)
{
	times_add(&load.times, times_now() - session->began);
	session_begin(session);
}

/* A reply came that ends the step or is one of its replies. */
static void session_step(struct session *session)
{
	session->got++;
	switch (session->step) {
	case STEP_GREETING:
		session_say(session, "LHLO client.example.com\r\n");
		session->step = STEP_LHLO;
		break;
	case STEP_LHLO:
		session_begin(session);
		break;
	case STEP_MAIL:
		session->step = STEP_RCPT;
		session->got = 0;
		if (load.one_by_one)
			session_say_rcpt(session, 0);
		return;
	case STEP_RCPT:
		if (session->got == load.recipients)
			session->step = STEP_DATA;
		if (!load.one_by_one)
			return;
		if (session->step == STEP_RCPT)
			session_say_rcpt(session, session->got);
		else
			session_say(session, "DATA\r\n");
		return;
	case STEP_DATA:
		session_send_message(session);
		session->got = 0;
		return;
	case STEP_FINAL:
		if (session->got == load.recipients)
			session_delivered(session);
		return;
	case STEP_QUIT:
		session_close(session);
		return;
	case STEP_CLOSED:
		return;
	}
}

/* One line, without its line end. */
static void session_line(struct session *session, const char *line)
{
	int code = atoi(line);

	if (code != step_codes[session->step] ||
	    (line[3] != ' ' && line[3] != '-' && line[3] != '\0') ||
	    (session->step == STEP_FINAL &&
	     session->body + session->dot > 0))
		session_fail(session, line);
	else if (line[3] != '-')
		session_step(session);
}

static void session_read(struct session *session)
{
	ssize_t got = recv(session->fd, session->in + session->in_len,
			   sizeof(session->in) - 1 - session->in_len, 0);
	char *line = session->in, *end;

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		session_fail(session, got == 0 ? "closed" : strerror(errno));
		return;
	}
	session->in_len += (size_t)got;
	session->in[session->in_len] = '\0';
	while (session->step != STEP_CLOSED &&
	       (end = strstr(line, "\r\n")) != NULL) {
		*end = '\0';
		session_line(session, line);
		line = end + 2;
	}
	session->in_len -= (size_t)(line - session->in);
	memmove(session->in, line, session->in_len);
	if (session->in_len == sizeof(session->in) - 1)
		session_fail(session, "endless line");
}

static void session_watch(struct session *session, bool write, int how)
{
	struct epoll_event event = {
		.events = EPOLLIN | (write ? (uint32_t)EPOLLOUT : 0U),
		.data.ptr = session};

	if (epoll_ctl(load.poll_fd, how, session->fd, &event) < 0)
		load_give_up("epoll_ctl");
	session->want_write = write;
}

/* What is to be sent now: commands, a piece of the body, the final dot. */
static int session_pieces(struct session *session, struct iovec *pieces)
{
	size_t at = (size_t)((load.octets - session->body) % BODY_CHUNK);
	size_t piece = BODY_CHUNK - at;
	int count = 0;

	if (session->out_len > session->out_sent) {
		pieces[count].iov_base = session->out + session->out_sent;
		pieces[count++].iov_len = session->out_len - session->out_sent;
	}
	if (session->body > 0) {
		if (piece > session->body)
			piece = (size_t)session->body;
		pieces[count].iov_base = body + at;
		pieces[count++].iov_len = piece;
	}
	if (session->dot > 0 && session->body <= piece) {
		pieces[count].iov_base = (char *)".\r\n" + 3 - session->dot;
		pieces[count++].iov_len = session->dot;
	}
	return count;
}

static void session_write(struct session *session)
{
	struct iovec pieces[3];
	struct msghdr message = {.msg_iov = pieces};
	size_t sent, part;
	ssize_t ret;

	while (session->step != STEP_CLOSED) {
		message.msg_iovlen = (size_t)session_pieces(session, pieces);
		if (message.msg_iovlen == 0)
			break;
		ret = sendmsg(session->fd, &message, MSG_NOSIGNAL);
		if (ret < 0 && errno == EAGAIN) {
			if (!session->want_write)
				session_watch(session, true, EPOLL_CTL_MOD);
			return;
		}
		if (ret < 0) {
			session_fail(session, strerror(errno));
			return;
		}
		sent = (size_t)ret;
		part = session->out_len - session->out_sent;
		part = part < sent ? part : sent;
		session->out_sent += part;
		sent -= part;
		part = session->body < sent ? (size_t)session->body : sent;
		session->body -= part;
		session->dot -= sent - part;
		if (session->out_sent == session->out_len)
			session->out_sent = session->out_len = 0;
	}
	if (session->step != STEP_CLOSED && session->want_write)
		session_watch(session, false, EPOLL_CTL_MOD);
}

void sessions_prepare(void)
{
	size_t i;

	for (i = 0; i < BODY_LINES; i++)
		memcpy(body + i * (sizeof(LINE) - 1), LINE, sizeof(LINE) - 1);
	load.octets -= load.octets % (sizeof(LINE) - 1);
}

struct session *session_open(void)
{
	struct session *session = calloc(1, sizeof(*session));

	if (session == NULL)
		load_give_up("session");
	session->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (session->fd < 0)
		load_give_up("socket");
	load.live++;
	/* Waits where the server's backlog is full. */
	if (connect(session->fd, (struct sockaddr *)&load.server,
		    sizeof(load.server)) < 0) {
		session_fail(session, strerror(errno));
		return session;
	}
	if (fcntl(session->fd, F_SETFL, O_NONBLOCK) < 0)
		load_give_up("fcntl");
	session_watch(session, false, EPOLL_CTL_ADD);
	return session;
}

void session_on_event(struct session *session, bool readable)
{
	if (readable)
		session_read(session);
	session_write(session);
}

void session_free(struct session *session)
{
	if (session->step != STEP_CLOSED)
		close(session->fd);
	free(session);
}
