/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sends messages to an LMTP server over a unix socket as fast as it takes
 * them, from one thread, and checks every reply: the greeting, LHLO, MAIL, each
 * RCPT, DATA, and one reply for each recipient after the data (RFC 2033). Any
 * other reply is an error and ends that session. Prints one JSON object; exit
 * status 1 when anything was not as it should be.
 */
#include "np-config.h"

#include "tests/bench/load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SILENCE_MS 30000

struct load load = {.sessions = 1, .recipients = 1, .addresses = 100,
		    .octets = 1024, .name = "u", .domain = "example.org",
		    .server = {.sun_family = AF_UNIX}};
static double seconds;

void load_give_up(const char *what)
{
	fprintf(stderr, "lmtp-load: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void run(void)
{
	struct epoll_event events[256];
	int i, count;

	while (load.live > 0) {
		count = epoll_wait(load.poll_fd, events, 256, SILENCE_MS);
		if (count <= 0) {
			load.errors += load.live;
			(void)snprintf(load.first_error,
				       sizeof(load.first_error),
				       "no reply for %d s", SILENCE_MS / 1000);
			return;
		}
		for (i = 0; i < count; i++)
			session_on_event(events[i].data.ptr,
					 (events[i].events &
					  ~(uint32_t)EPOLLOUT) != 0);
	}
}

static void report(double took)
{
	size_t done = load.times.count;

	times_sort(&load.times);
	printf("{\"messages\": %zu, \"deliveries\": %zu, \"seconds\": %.3f, "
	       "\"rate\": %.2f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, "
	       "\"max_ms\": %.3f, \"errors\": %" PRIu64 ", "
	       "\"first_error\": \"%s\"}\n",
	       done, done * load.recipients, took, (double)done / took,
	       times_ms(&load.times, 0.5), times_ms(&load.times, 0.99),
	       times_ms(&load.times, 1), load.errors, load.first_error);
}

static int usage(void)
{
	fprintf(stderr,
		"usage: lmtp-load [-1] [-a NAME@DOMAIN] [-c SESSIONS] "
		"[-n MESSAGES] [-r RECIPIENTS]\n"
		"                 [-s OCTETS] [-t SECONDS] [-u ADDRESSES] "
		"unix:PATH\n"
		"  -a  recipients are NAME0@DOMAIN, NAME1@DOMAIN, ...; "
		"-u of them in turn\n"
		"  -1  one command at a time; else MAIL, RCPT and DATA "
		"together\n");
	return 64;
}

static bool read_addresses(char *text)
{
	char *at = strchr(text, '@');

	if (at == NULL)
		return false;
	*at = '\0';
	load.name = text;
	load.domain = at + 1;
	return true;
}

static bool read_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "1a:c:n:r:s:t:u:")) != -1)
		switch (option) {
		case '1':
			load.one_by_one = true;
			break;
		case 'a':
			if (!read_addresses(optarg))
				return false;
			break;
		case 'c':
			load.sessions = (unsigned int)atoi(optarg);
			break;
		case 'n':
			load.messages = strtoull(optarg, NULL, 10);
			break;
		case 'r':
			load.recipients = (unsigned int)atoi(optarg);
			break;
		case 's':
			load.octets = strtoull(optarg, NULL, 10);
			break;
		case 't':
			seconds = atof(optarg);
			break;
		case 'u':
			load.addresses = (unsigned int)atoi(optarg);
			break;
		default:
			return false;
		}
	return optind == argc - 1 && strncmp(argv[optind], "unix:", 5) == 0 &&
	       load.addresses > 0 && load.recipients > 0;
}

static void prepare(const char *path)
{
	(void)snprintf(load.server.sun_path, sizeof(load.server.sun_path),
		       "%s", path);
	if (load.messages == 0 && seconds <= 0)
		load.messages = 1000;
	load.poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (load.poll_fd < 0)
		load_give_up("epoll_create1");
	sessions_prepare();
}

int main(int argc, char **argv)
{
	struct session **sessions;
	uint64_t start;
	unsigned int i;

	if (!read_options(argc, argv))
		return usage();
	prepare(argv[optind] + 5);
	sessions = calloc(load.sessions, sizeof(struct session *));
	if (sessions == NULL)
		load_give_up("sessions");
	start = times_now();
	load.deadline = start + (uint64_t)(seconds * 1e9);
	for (i = 0; i < load.sessions; i++)
		sessions[i] = session_open();
	run();
	report((double)(times_now() - start) / 1e9);
	for (i = 0; i < load.sessions; i++)
		session_free(sessions[i]);
	free(sessions);
	free(load.times.list);
	return load.errors > 0 ? 1 : 0;
}
