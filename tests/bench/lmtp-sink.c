/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fastest store there can be: an LMTP server on a unix socket that accepts
 * every recipient and throws every message away, one thread for all clients.
 * PIPELINING, CHUNKING and 8BITMIME; DATA ends at CRLF.CRLF only. What is
 * measured before it is the cost of whoever sends.
 *
 *   lmtp-sink unix:PATH     listens until it is ended by a signal
 */
#include "np-config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_LINE 2048
#define MAX_OUT 65536		/* octets of replies to one reading */
#define CHUNK 262144

/* How much of the end of data has been seen. */
enum dots { DOTS_NONE, DOTS_CR, DOTS_LINE, DOTS_DOT, DOTS_DOT_CR };

enum state { STATE_COMMANDS, STATE_DATA, STATE_CHUNK };

struct client {
	int fd;
	enum state state;
	enum dots dots;
	bool last;		/* the chunk is the last one */
	unsigned int recipients;
	uint64_t chunk;		/* octets of it that are still to come */
	char line[MAX_LINE];
	size_t line_len;
	char out[MAX_OUT];
	size_t out_len;
};

static const char lhlo[] = "250-sink.example.com\r\n250-PIPELINING\r\n"
			   "250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n"
			   "250 8BITMIME\r\n";

static void __attribute__((noreturn)) give_up(const char *what)
{
	fprintf(stderr, "lmtp-sink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void client_say(struct client *client, const char *text)
{
	size_t len = strlen(text);

	if (client->out_len + len > sizeof(client->out))
		return;		/* who pipelines so much misses a reply */
	memcpy(client->out + client->out_len, text, len);
	client->out_len += len;
}

static void client_message_end(struct client *client)
{
	for (; client->recipients > 0; client->recipients--)
		client_say(client, "250 2.0.0 gone\r\n");
	client->state = STATE_COMMANDS;
}

static void client_bdat(struct client *client, const char *words)
{
	char *end;

	client->chunk = strtoull(words, &end, 10);
	client->last = strcasecmp(end, " LAST") == 0;
	client->state = STATE_CHUNK;
}

/* Returns false where the client has said good-bye. */
static bool client_command(struct client *client, const char *line)
{
	if (strncasecmp(line, "LHLO ", 5) == 0) {
		client_say(client, lhlo);
	} else if (strncasecmp(line, "MAIL FROM:", 10) == 0 ||
		   strcasecmp(line, "RSET") == 0) {
		client->recipients = 0;
		client_say(client, "250 2.1.0 OK\r\n");
	} else if (strncasecmp(line, "RCPT TO:", 8) == 0) {
		client->recipients++;
		client_say(client, "250 2.1.5 OK\r\n");
	} else if (strcasecmp(line, "DATA") == 0) {
		client->state = STATE_DATA;
		client->dots = DOTS_LINE;
		client_say(client, "354 go on\r\n");
	} else if (strncasecmp(line, "BDAT ", 5) == 0) {
		client_bdat(client, line + 5);
	} else if (strcasecmp(line, "QUIT") == 0) {
		client_say(client, "221 2.0.0 Bye\r\n");
		return false;
	} else {
		client_say(client, "500 5.5.1 unknown\r\n");
	}
	return true;
}

/* Takes octets of a line; sets *more_r false after QUIT. */
static size_t client_take_line(struct client *client, const char *in,
			       size_t len, bool *more_r)
{
	const char *end = memchr(in, '\n', len);
	size_t taken = end == NULL ? len : (size_t)(end - in) + 1;
	size_t room = sizeof(client->line) - 1 - client->line_len;
	size_t part = taken < room ? taken : room;

	memcpy(client->line + client->line_len, in, part);
	client->line_len += part;
	if (end == NULL)
		return taken;
	while (client->line_len > 0 &&
	       (client->line[client->line_len - 1] == '\n' ||
		client->line[client->line_len - 1] == '\r'))
		client->line_len--;
	client->line[client->line_len] = '\0';
	client->line_len = 0;
	*more_r = client_command(client, client->line);
	return taken;
}

static enum dots dots_next(enum dots dots, char octet)
{
	if (octet == '\r')
		return dots == DOTS_DOT ? DOTS_DOT_CR : DOTS_CR;
	if (octet == '\n' && dots == DOTS_CR)
		return DOTS_LINE;
	return octet == '.' && dots == DOTS_LINE ? DOTS_DOT : DOTS_NONE;
}

/* Takes octets of DATA, up to its end. */
static size_t client_take_data(struct client *client, const char *in,
			       size_t len)
{
	const char *cr;
	size_t i;

	for (i = 0; i < len; i++) {
		if (client->dots == DOTS_NONE) {
			/* Nothing matters before the next CR. */
			cr = memchr(in + i, '\r', len - i);
			if (cr == NULL)
				return len;
			i = (size_t)(cr - in);
		}
		if (client->dots == DOTS_DOT_CR && in[i] == '\n') {
			client_message_end(client);
			return i + 1;
		}
		client->dots = dots_next(client->dots, in[i]);
	}
	return len;
}

static size_t client_take_chunk(struct client *client, size_t len)
{
	size_t taken = len < client->chunk ? len : (size_t)client->chunk;

	client->chunk -= taken;
	if (client->chunk > 0)
		return taken;
	if (client->last) {
		client_message_end(client);
	} else {
		client->state = STATE_COMMANDS;
		client_say(client, "250 2.0.0 OK\r\n");
	}
	return taken;
}

static void client_close(struct client *client)
{
	close(client->fd);
	free(client);
}

/* Takes what came and answers all of it at once. */
static void client_read(struct client *client)
{
	static char in[CHUNK];
	ssize_t got = recv(client->fd, in, sizeof(in), 0);
	bool more = got > 0;
	size_t at = 0;

	while (more && at < (size_t)got)
		switch (client->state) {
		case STATE_COMMANDS:
			at += client_take_line(client, in + at,
					       (size_t)got - at, &more);
			break;
		case STATE_DATA:
			at += client_take_data(client, in + at,
					       (size_t)got - at);
			break;
		case STATE_CHUNK:
			at += client_take_chunk(client, (size_t)got - at);
			break;
		}
	/* Blocks in the end where the client does not read: it would be the
	   first that sends without reading replies. */
	if (client->out_len > 0 &&
	    send(client->fd, client->out, client->out_len, MSG_NOSIGNAL) < 0)
		more = false;
	client->out_len = 0;
	if (!more)
		client_close(client);
}

static void client_accept(int listen_fd, int poll_fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		give_up("client");
	client->fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (client->fd < 0) {
		free(client);
		return;
	}
	client_say(client, "220 sink.example.com\r\n");
	(void)send(client->fd, client->out, client->out_len, MSG_NOSIGNAL);
	client->out_len = 0;
	event.data.ptr = client;
	if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, client->fd, &event) < 0)
		give_up("epoll_ctl");
}

int main(int argc, char **argv)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	struct epoll_event events[64], event = {.events = EPOLLIN};
	int listen_fd, poll_fd, count, i;

	if (argc != 2 || strncmp(argv[1], "unix:", 5) != 0 ||
	    strlen(argv[1] + 5) >= sizeof(name.sun_path)) {
		fprintf(stderr, "usage: lmtp-sink unix:PATH\n");
		return 64;
	}
	memcpy(name.sun_path, argv[1] + 5, strlen(argv[1] + 5));
	(void)unlink(name.sun_path);
	listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listen_fd < 0 ||
	    bind(listen_fd, (struct sockaddr *)&name, sizeof(name)) < 0 ||
	    listen(listen_fd, 1024) < 0)
		give_up(argv[1]);
	poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (poll_fd < 0 ||
	    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listen_fd, &event) < 0)
		give_up("epoll");
	for (;;) {
		count = epoll_wait(poll_fd, events, 64, -1);
		for (i = 0; i < count; i++)
			if (events[i].data.ptr == NULL)
				client_accept(listen_fd, poll_fd);
			else
				client_read(events[i].data.ptr);
	}
}
