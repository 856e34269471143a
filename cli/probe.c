/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small blocking LMTP client (RFC 2033) that only asks; see probe.h. */
#include "cli/probe.h"
#include "conf/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct np_probe {
	int fd;
	unsigned int seconds;
	bool smtputf8;
	size_t start, end;	/* what is left in buf */
	char buf[NP_MAX_STORE_LINE + 2];
};

static int64_t probe_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for events until deadline. 1, or -1 when the time is over. */
static int probe_wait(int fd, short events, int64_t deadline)
{
	for (;;) {
		struct pollfd pfd = { fd, events, 0 };
		int64_t left = deadline - probe_clock();
		int n;

		if (left < 0)
			left = 0;
		n = poll(&pfd, 1, (int)left);
		if (n > 0)
			return 1;
		if (n == 0 || errno != EINTR) {
			if (n == 0)
				errno = ETIMEDOUT;
			return -1;
		}
	}
}

/* A connected socket, or -1 with errno. */
static int probe_connect_to(const struct sockaddr *addr, socklen_t len,
			    unsigned int seconds)
{
	socklen_t size = sizeof(int);
	int error = 0;
	int fd = socket(addr->sa_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (connect(fd, addr, len) < 0) {
		if (errno != EINPROGRESS)
			error = errno;
		else if (probe_wait(fd, POLLOUT,
				    probe_clock() + seconds * 1000LL) < 0 ||
			 getsockopt(fd, SOL_SOCKET, SO_ERROR, &error,
				    &size) < 0)
			error = errno;
	}
	if (error != 0) {
		(void)close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* A unix socket with a full backlog is no connection under way that poll could
   wait for: connect itself has to wait, which SO_SNDTIMEO bounds. */
static int probe_connect_unix(const struct np_endpoint *endpoint,
			      unsigned int seconds, const char **why_r)
{
	struct timeval limit = { .tv_sec = (time_t)seconds };
	struct sockaddr_un addr;
	int fd, flags, error;

	(void)memset(&addr, 0, sizeof(addr));
	addr.sun_family = AF_UNIX;
	(void)memcpy(addr.sun_path, endpoint->path, sizeof(endpoint->path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
		       sizeof(limit)) == 0 &&
	    connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0 &&
	    (flags = fcntl(fd, F_GETFL)) >= 0 &&
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	if (error == EAGAIN)
		*why_r = "it takes no more connections";
	return -1;
}

static int probe_connect_inet(const struct np_endpoint *endpoint,
			      unsigned int seconds, const char **why_r)
{
	struct addrinfo hints, *list, *info;
	int fd = -1, result;

	(void)memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	result = getaddrinfo(endpoint->host, endpoint->port, &hints, &list);
	if (result != 0) {
		*why_r = gai_strerror(result);
		return -1;
	}
	for (info = list; info != NULL && fd < 0; info = info->ai_next)
		fd = probe_connect_to(info->ai_addr, info->ai_addrlen, seconds);
	freeaddrinfo(list);
	return fd;
}

static int probe_write(struct np_probe *probe, const char *text, size_t len,
		       struct np_error *err)
{
	int64_t deadline = probe_clock() + probe->seconds * 1000LL;

	while (len > 0) {
		ssize_t n = send(probe->fd, text, len, MSG_NOSIGNAL);

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN ||
		    probe_wait(probe->fd, POLLOUT, deadline) < 0)
			return np_error_set(err, NP_ERROR_UNREADABLE,
					    "cannot write to it: %s",
					    strerror(errno));
	}
	return 1;
}

/* More octets into the buffer. */
static int probe_fill(struct np_probe *probe, int64_t deadline,
		      struct np_error *err)
{
	ssize_t n;

	if (probe->start > 0) {
		(void)memmove(probe->buf, probe->buf + probe->start,
			      probe->end - probe->start);
		probe->end -= probe->start;
		probe->start = 0;
	}
	if (probe->end == sizeof(probe->buf))
		return np_error_set(err, NP_ERROR_UNREADABLE,
				    "it sent a line without end");
	do {
		if (probe_wait(probe->fd, POLLIN, deadline) < 0)
			return np_error_set(err, NP_ERROR_UNREADABLE,
					    "no answer in %u seconds",
					    probe->seconds);
		n = recv(probe->fd, probe->buf + probe->end,
			 sizeof(probe->buf) - probe->end, 0);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n <= 0)
		return np_error_set(err, NP_ERROR_UNREADABLE, "%s", n == 0 ?
				    "it closed the connection" :
				    strerror(errno));
	probe->end += (size_t)n;
	return 1;
}

/* The next line without its end; it stays in the buffer. */
static int probe_line(struct np_probe *probe, int64_t deadline,
		      const char **line_r, size_t *len_r, struct np_error *err)
{
	for (;;) {
		char *line = probe->buf + probe->start;
		char *lf = memchr(line, '\n', probe->end - probe->start);

		if (lf != NULL) {
			size_t len = (size_t)(lf - line);

			probe->start += len + 1;
			if (len > 0 && line[len - 1] == '\r')
				len--;
			*line_r = line;
			*len_r = len;
			return 1;
		}
		if (probe_fill(probe, deadline, err) < 0)
			return -1;
	}
}

/* One reply; its lines are looked through for SMTPUTF8 where it is LHLO's. */
static int probe_reply(struct np_probe *probe, bool is_lhlo,
		       struct np_store_reply *reply_r, struct np_error *err)
{
	int64_t deadline = probe_clock() + probe->seconds * 1000LL;
	struct np_store_reply_parser parser;
	const char *line;
	size_t len;
	int result;

	np_store_reply_init(&parser);
	do {
		if (probe_line(probe, deadline, &line, &len, err) < 0)
			return -1;
		if (is_lhlo && len == 12 &&
		    memcmp(line + 4, "SMTPUTF8", 8) == 0)
			probe->smtputf8 = true;
		result = np_store_reply_line(&parser, line, len);
	} while (result == 0);
	if (result < 0)
		return np_error_set(err, NP_ERROR_UNREADABLE,
				    "it does not speak LMTP");
	*reply_r = parser.reply;
	return 1;
}

static int probe_command(struct np_probe *probe, const char *command,
			 struct np_store_reply *reply_r, struct np_error *err)
{
	if (probe_write(probe, command, strlen(command), err) < 0)
		return -1;
	return probe_reply(probe, strncmp(command, "LHLO", 4) == 0, reply_r,
			   err);
}

static int probe_expect_ok(const struct np_store_reply *reply,
			   const char *what, struct np_error *err)
{
	if (reply->code >= 200 && reply->code < 300)
		return 1;
	return np_error_set(err, NP_ERROR_UNREADABLE,
			    "it answered %d to %s", reply->code, what);
}

static int probe_hello(struct np_probe *probe, const char *hostname,
		       struct np_error *err)
{
	struct np_store_reply reply;
	char command[300];

	(void)snprintf(command, sizeof(command), "LHLO %.255s\r\n", hostname);
	if (probe_reply(probe, false, &reply, err) < 0 ||
	    probe_expect_ok(&reply, "the connection", err) < 0 ||
	    probe_command(probe, command, &reply, err) < 0)
		return -1;
	return probe_expect_ok(&reply, "LHLO", err);
}

int np_probe_open(const char *store, const char *hostname,
		  unsigned int seconds, struct np_probe **probe_r,
		  struct np_error *err)
{
	struct np_endpoint endpoint;
	struct np_probe *probe;
	const char *why = NULL;
	int fd;

	if (np_endpoint_parse(store, &endpoint, err) < 0)
		return -1;
	fd = endpoint.is_unix ? probe_connect_unix(&endpoint, seconds, &why) :
	     probe_connect_inet(&endpoint, seconds, &why);
	if (fd < 0)
		return np_error_set(err, NP_ERROR_UNREADABLE, "%s",
				    why != NULL ? why : strerror(errno));
	probe = calloc(1, sizeof(*probe));
	if (probe == NULL) {
		(void)close(fd);
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	}
	probe->fd = fd;
	probe->seconds = seconds;
	if (probe_hello(probe, hostname, err) < 0) {
		np_probe_close(&probe);
		return -1;
	}
	*probe_r = probe;
	return 1;
}

void np_probe_close(struct np_probe **probe)
{
	static const char quit[] = "QUIT\r\n";

	if (*probe == NULL)
		return;
	(void)send((*probe)->fd, quit, sizeof(quit) - 1,
		   MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)close((*probe)->fd);
	free(*probe);
	*probe = NULL;
}

static bool probe_has_utf8(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return true;
	}
	return false;
}

int np_probe_ask(struct np_probe *probe, const char *address,
		 struct np_store_reply *reply_r, struct np_error *err)
{
	bool utf8 = probe_has_utf8(address);
	struct np_store_reply reply, rset;
	char command[400];

	if (utf8 && !probe->smtputf8) {
		/* What the agent would hear, had it asked. */
		(void)memset(reply_r, 0, sizeof(*reply_r));
		reply_r->code = 553;
		(void)strcpy(reply_r->enhanced, "5.6.7");
		return 1;
	}
	if (probe_command(probe, utf8 ? "MAIL FROM:<> SMTPUTF8\r\n" :
			  "MAIL FROM:<>\r\n", &reply, err) < 0 ||
	    probe_expect_ok(&reply, "MAIL", err) < 0)
		return -1;
	(void)snprintf(command, sizeof(command), "RCPT TO:<%s>\r\n", address);
	if (probe_command(probe, command, &reply, err) < 0 ||
	    probe_command(probe, "RSET\r\n", &rset, err) < 0)
		return -1;
	*reply_r = reply;
	return probe_expect_ok(&rset, "RSET", err);
}
