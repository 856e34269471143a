/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening, connecting, and who may connect. */
#include "lmtp/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/nameplate-socket.XXXXXX";
static char path[64], address[80];

static int socket_setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/s", folder);
	snprintf(address, sizeof(address), "unix:%s", path);
	return 0;
}

static int socket_teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static void test_socket__is_for_user_and_group(void **state)
{
	struct np_error error;
	struct stat st;
	bool connecting;
	int fd, peer;

	(void)state;
	fd = np_socket_listen(address, &error);
	assert_true(fd >= 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	peer = np_socket_connect(address, 0, &connecting);
	assert_true(peer >= 0);
	assert_false(connecting);
	close(peer);
	close(fd);
}

static void test_socket__replaces_a_dead_one_and_no_live_one(void **state)
{
	struct np_error error;
	int first, second;

	(void)state;
	first = np_socket_listen(address, &error);
	assert_true(first >= 0);
	assert_int_equal(np_socket_listen(address, &error), -1);
	assert_non_null(strstr(error.text, "another process listens"));
	close(first);
	second = np_socket_listen(address, &error);
	assert_true(second >= 0);
	close(second);
}

static void test_socket__leaves_other_files_alone(void **state)
{
	struct np_error error;
	FILE *file;

	(void)state;
	(void)unlink(path);
	file = fopen(path, "w");
	fclose(file);
	assert_int_equal(np_socket_listen(address, &error), -1);
	assert_non_null(strstr(error.text, "no socket"));
	assert_int_equal(access(path, F_OK), 0);
}

static void test_socket__says_why_it_cannot_connect(void **state)
{
	bool connecting;

	(void)state;
	assert_int_equal(np_socket_connect("unix:/nonexistent", 0,
					   &connecting), -1);
	assert_int_equal(np_socket_connect("nonsense", 0, &connecting), -1);
}

static const struct {
	const char *peer;
	const char *list;
	bool allowed;
} peer_rows[] = {
	{"127.0.0.1", NULL, true},
	{"127.9.9.9", NULL, true},
	{"::1", NULL, true},
	{"::ffff:127.0.0.1", NULL, true},
	{"192.0.2.1", NULL, false},
	{"192.0.2.1", "192.0.2.0/24", true},
	{"192.0.3.1", "192.0.2.0/24", false},
	{"::ffff:192.0.2.1", "192.0.2.0/24", true},
	{"2001:db8::1", "192.0.2.0/24", false},
	{"2001:db8::1", "2001:db8::/32", true},
	{"2001:db9::1", "2001:db8::/32", false},
	{"192.0.2.1", "192.0.2.1", true},
	{"192.0.2.2", "192.0.2.1", false},
};

static void test_socket__lets_loopback_and_the_list_in(void **state)
{
	struct sockaddr_storage peer;
	struct sockaddr_in *four = (void *)&peer;
	struct sockaddr_in6 *six = (void *)&peer;
	char *list[2] = {NULL, NULL};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(peer_rows) / sizeof(peer_rows[0]); i++) {
		memset(&peer, 0, sizeof(peer));
		if (inet_pton(AF_INET, peer_rows[i].peer, &four->sin_addr) == 1)
			peer.ss_family = AF_INET;
		else if (inet_pton(AF_INET6, peer_rows[i].peer,
				   &six->sin6_addr) == 1)
			peer.ss_family = AF_INET6;
		list[0] = (char *)(uintptr_t)peer_rows[i].list;
		if (np_socket_allowed((struct sockaddr *)&peer, list) !=
		    peer_rows[i].allowed)
			fail_msg("%s by %s", peer_rows[i].peer,
				 peer_rows[i].list ? peer_rows[i].list : "-");
	}
	peer.ss_family = AF_UNIX;
	list[0] = NULL;
	assert_true(np_socket_allowed((struct sockaddr *)&peer, list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_socket__is_for_user_and_group),
		cmocka_unit_test(
			test_socket__replaces_a_dead_one_and_no_live_one),
		cmocka_unit_test(test_socket__leaves_other_files_alone),
		cmocka_unit_test(test_socket__says_why_it_cannot_connect),
		cmocka_unit_test(test_socket__lets_loopback_and_the_list_in),
	};

	return cmocka_run_group_tests(tests, socket_setup, socket_teardown);
}
