/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long an LMTP server keeps its clients waiting: every two milliseconds a
 * NOOP on one session, and MAIL, RCPT and then RSET on another, each timed.
 * Sessions are held in number, so that those that wait do not hide the others.
 * Prints one JSON object: count, median, 99th percentile and maximum of each
 * command, how many took more than 20 ms, and when (CLOCK_MONOTONIC, seconds)
 * the first and last of these were sent.
 *
 *   lmtp-probe SECONDS NAME@DOMAIN ADDRESSES unix:PATH
 */
#include "np-config.h"

#include "tests/bench/times.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define TICK_NS 2000000U
#define LATE_NS 20000000U
#define NOOP_SESSIONS 32
#define SESSIONS 512		/* 1.0 s of RCPTs that wait */

enum command { NOOP, MAIL, RCPT, RSET, COMMANDS };

static const char *const names[] = {"noop", "mail", "rcpt", "rset"};

struct session {
	uint64_t sent;
	enum command expect;
	bool busy;
};

static struct {
	struct times times;
	size_t late;
	uint64_t first_late, last_late;
} figures[COMMANDS];

static struct session sessions[SESSIONS];
static struct pollfd polls[SESSIONS];
static unsigned int next_address, addresses, skipped;
static char *name;
static const char *domain;

static void __attribute__((noreturn)) give_up(const char *what)
{
	fprintf(stderr, "lmtp-probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void say(unsigned int index, enum command expect, const char *text)
{
	size_t len = strlen(text);

	sessions[index].busy = true;
	sessions[index].expect = expect;
	sessions[index].sent = times_now();
	if (send(polls[index].fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
		give_up("send");
}

static void timed(enum command command, uint64_t sent)
{
	uint64_t took = times_now() - sent;

	times_add(&figures[command].times, took);
	if (took <= LATE_NS)
		return;
	if (figures[command].late++ == 0 ||
	    sent < figures[command].first_late)
		figures[command].first_late = sent;
	if (sent > figures[command].last_late)
		figures[command].last_late = sent;
}

/* One reply line; every command is expected to succeed. */
static void answered(unsigned int index, const char *line)
{
	struct session *session = &sessions[index];

	if (strncmp(line, "250 ", 4) != 0) {
		errno = EPROTO;
		give_up(line);
	}
	timed(session->expect, session->sent);
	switch (session->expect) {
	case MAIL:	/* sent together with RCPT */
		session->expect = RCPT;
		return;
	case RCPT:
		say(index, RSET, "RSET\r\n");
		return;
	default:
		session->busy = false;
		return;
	}
}

static void read_replies(unsigned int index)
{
	char in[4096], *line = in, *end;
	ssize_t got = recv(polls[index].fd, in, sizeof(in) - 1, 0);

	if (got <= 0)
		give_up("recv");
	in[got] = '\0';
	/* Replies are whole lines: the server sends each in one piece. */
	for (; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
		*end = '\0';
		answered(index, line);
	}
}

static void ask(unsigned int from, unsigned int to, bool rcpt)
{
	char text[600];
	unsigned int i;

	for (i = from; i < to && sessions[i].busy; i++)
		;
	if (i == to) {
		skipped++;
		return;
	}
	(void)snprintf(text, sizeof(text),
		       "MAIL FROM:<sender@example.com>\r\n"
		       "RCPT TO:<%s%u@%s>\r\n", name,
		       next_address++ % addresses, domain);
	if (rcpt)
		say(i, MAIL, text);
	else
		say(i, NOOP, "NOOP\r\n");
}

static void run(uint64_t end)
{
	uint64_t now, tick = times_now();
	struct timespec wait = {0};
	unsigned int i;
	int ready;

	while ((now = times_now()) < end) {
		if (now >= tick) {
			ask(0, NOOP_SESSIONS, false);
			ask(NOOP_SESSIONS, SESSIONS, true);
			tick += TICK_NS;
			continue;
		}
		wait.tv_nsec = (long)(tick - now);
		ready = ppoll(polls, SESSIONS, &wait, NULL);
		for (i = 0; ready > 0 && i < SESSIONS; i++)
			if (polls[i].revents != 0)
				read_replies(i);
	}
}

static void report(void)
{
	struct times *times;
	enum command i;

	for (i = NOOP; i < COMMANDS; i++) {
		times = &figures[i].times;
		times_sort(times);
		printf("%s\"%s\": {\"count\": %zu, \"p50_ms\": %.3f, "
		       "\"p99_ms\": %.3f, \"max_ms\": %.3f, "
		       "\"late\": %zu, \"first_late\": %.4f, "
		       "\"last_late\": %.4f}", i == NOOP ? "{" : ", ",
		       names[i], times->count, times_ms(times, 0.5),
		       times_ms(times, 0.99), times_ms(times, 1),
		       figures[i].late, (double)figures[i].first_late / 1e9,
		       (double)figures[i].last_late / 1e9);
		free(times->list);
	}
	printf(", \"skipped\": %u}\n", skipped);
}

static void session_open(unsigned int index, const struct sockaddr_un *server)
{
	static const char hello[] = "LHLO client.example.com\r\n";
	char in[1024];
	size_t len = 0;
	ssize_t got;

	polls[index].fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	polls[index].events = POLLIN;
	if (connect(polls[index].fd, (const struct sockaddr *)server,
		    sizeof(*server)) < 0)
		give_up("connect");
	(void)send(polls[index].fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL);
	do {
		got = recv(polls[index].fd, in + len, sizeof(in) - 1 - len, 0);
		if (got <= 0)
			give_up("LHLO");
		len += (size_t)got;
		in[len] = '\0';
	} while (strstr(in, "\n250 ") == NULL || in[len - 1] != '\n');
}

int main(int argc, char **argv)
{
	struct sockaddr_un server = {.sun_family = AF_UNIX};
	unsigned int i;
	char *at;

	if (argc != 5 || (at = strchr(argv[2], '@')) == NULL ||
	    strncmp(argv[4], "unix:", 5) != 0) {
		fprintf(stderr, "usage: lmtp-probe SECONDS NAME@DOMAIN "
			"ADDRESSES unix:PATH\n");
		return 64;
	}
	*at = '\0';
	name = argv[2];
	domain = at + 1;
	addresses = (unsigned int)atoi(argv[3]);
	(void)snprintf(server.sun_path, sizeof(server.sun_path), "%s",
		       argv[4] + 5);
	for (i = 0; i < SESSIONS; i++)
		session_open(i, &server);
	run(times_now() + (uint64_t)(atof(argv[1]) * 1e9));
	report();
	return 0;
}
