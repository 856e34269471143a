/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream.c over a socketpair: a writer that waits for room hears of it. */
#include "lmtp/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct event_base *base;
	struct np_stream stream;
	int peer;
	unsigned int drained;
	unsigned int readable;
	unsigned int closed;
};

static void on_readable(void *owner)
{
	((struct fixture *)owner)->readable++;
}

static void on_drained(void *owner)
{
	((struct fixture *)owner)->drained++;
}

static void on_closed(void *owner, int error)
{
	assert_int_equal(error, 0);
	((struct fixture *)owner)->closed++;
	np_stream_deinit(&((struct fixture *)owner)->stream);
}

static void on_timeout(void *owner)
{
	(void)owner;
	fail();
}

static const struct np_stream_callbacks callbacks = {
	.on_readable = on_readable,
	.on_drained = on_drained,
	.on_closed = on_closed,
	.on_timeout = on_timeout,
};

static int setup(void **state)
{
	static struct fixture fixture;
	int fds[2];

	memset(&fixture, 0, sizeof(fixture));
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	fixture.base = event_base_new();
	assert_non_null(fixture.base);
	np_stream_init(&fixture.stream, fixture.base, fds[0], false,
		       np_stream_timeout(fixture.base, 60), &callbacks,
		       &fixture);
	fixture.peer = fds[1];
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	np_stream_deinit(&fixture->stream);
	if (fixture->peer >= 0)
		close(fixture->peer);
	event_base_free(fixture->base);
	return 0;
}

/* Reads all that is there; returns the number of octets. */
static size_t peer_read(struct fixture *fixture)
{
	static char buffer[65536];
	size_t total = 0;
	ssize_t got;

	while ((got = read(fixture->peer, buffer, sizeof(buffer))) > 0)
		total += (size_t)got;
	return total;
}

/* Writes until the kernel takes no more; returns the octets written. */
static size_t stream_fill(struct fixture *fixture)
{
	static char chunk[100000];
	size_t total = 0;

	while (np_stream_pending(&fixture->stream) == 0) {
		np_stream_write(&fixture->stream, chunk, sizeof(chunk));
		np_stream_flush(&fixture->stream);
		total += sizeof(chunk);
	}
	return total;
}

static void test_stream__tells_when_there_is_room(void **state)
{
	struct fixture *fixture = *state;
	size_t written = stream_fill(fixture), got;

	event_base_loop(fixture->base, EVLOOP_NONBLOCK);
	assert_int_equal(fixture->drained, 0);
	got = peer_read(fixture);
	event_base_loop(fixture->base, EVLOOP_ONCE);
	got += peer_read(fixture);
	assert_int_equal(fixture->drained, 1);
	assert_int_equal(got, written);
}

/* The peer reads while this side is still at work, and the last flush of the
   turn finds room: whoever waited must be told all the same. */
static void test_stream__tells_when_a_flush_found_the_room(void **state)
{
	struct fixture *fixture = *state;
	size_t written = stream_fill(fixture), got = peer_read(fixture);

	np_stream_flush(&fixture->stream);
	assert_int_equal(np_stream_pending(&fixture->stream), 0);
	assert_int_equal(got + peer_read(fixture), written);
	event_base_loop(fixture->base, EVLOOP_NONBLOCK);
	assert_int_equal(fixture->drained, 1);
	/* Once: the next turns of the loop have nothing to say. */
	event_base_loop(fixture->base, EVLOOP_NONBLOCK);
	assert_int_equal(fixture->drained, 1);
}

static void test_stream__short_output_leaves_without_a_call(void **state)
{
	struct fixture *fixture = *state;

	np_stream_write(&fixture->stream, "250 OK\r\n", 8);
	np_stream_flush(&fixture->stream);
	assert_int_equal(peer_read(fixture), 8);
	event_base_loop(fixture->base, EVLOOP_NONBLOCK);
	assert_int_equal(fixture->drained, 0);
}

static void test_stream__reads_what_came_before_the_end(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(write(fixture->peer, "QUIT\r\n", 6), 6);
	close(fixture->peer);
	fixture->peer = -1;
	event_base_loop(fixture->base, EVLOOP_ONCE);
	assert_int_equal(fixture->readable, 1);
	if (fixture->closed == 0)
		event_base_loop(fixture->base, EVLOOP_ONCE);
	assert_int_equal(fixture->closed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_stream__tells_when_there_is_room, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_stream__tells_when_a_flush_found_the_room, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_stream__short_output_leaves_without_a_call, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_stream__reads_what_came_before_the_end, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
