/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The message in memory and on disk, read back by several readers. */
#include "lmtp/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>
#include <cmocka.h>

#define FOLDER "/tmp"

static struct np_spool *spool_of(const char *text, size_t memory)
{
	struct np_spool *spool = np_spool_create(memory, FOLDER);
	struct np_error error;
	size_t i, len = strlen(text);

	/* In pieces, as it comes from a client. */
	for (i = 0; i < len; i += 3)
		assert_int_equal(np_spool_write(spool, text + i,
						len - i < 3 ? len - i : 3,
						&error), 1);
	assert_int_equal(np_spool_finish(spool, &error), 1);
	return spool;
}

static void check_reads_back(struct np_spool *spool, const char *text)
{
	struct evbuffer *out = evbuffer_new();
	size_t len = strlen(text);
	char *copy = calloc(1, len + 1);

	assert_int_equal(np_spool_size(spool), len);
	assert_int_equal(np_spool_append(spool, out), 1);
	assert_int_equal(evbuffer_get_length(out), len);
	evbuffer_remove(out, copy, len);
	assert_string_equal(copy, text);
	memset(copy, 0, len);
	assert_int_equal(np_spool_read(spool, 2, copy, len), (int)len - 2);
	assert_string_equal(copy, text + 2);
	assert_int_equal(np_spool_read(spool, len, copy, len), 0);
	free(copy);
	evbuffer_free(out);
}

static const char message[] = "Message-ID: <x@y>\r\nSubject: s\r\n\r\nbody\r\n";

static void test_spool__reads_back_from_memory_and_disk(void **state)
{
	static const size_t limits[] = {0, 1, 10, sizeof(message) - 1, 4096};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct np_spool *spool = spool_of(message, limits[i]);

		check_reads_back(spool, message);
		check_reads_back(spool, message);
		assert_string_equal(np_spool_header(spool)->message_id,
				    "<x@y>");
		np_spool_unref(&spool);
		assert_null(spool);
	}
}

/* A delivery may still be sending when the transaction lets go. */
static void test_spool__output_outlives_it(void **state)
{
	static const size_t limits[] = {0, 4096};
	char copy[sizeof(message)];
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct np_spool *spool = spool_of(message, limits[i]);
		struct evbuffer *out = evbuffer_new();

		assert_int_equal(np_spool_append(spool, out), 1);
		np_spool_unref(&spool);
		memset(copy, 0, sizeof(copy));
		evbuffer_remove(out, copy, sizeof(copy));
		assert_string_equal(copy, message);
		evbuffer_free(out);
	}
}

static void test_spool__empty_message(void **state)
{
	struct np_spool *spool = np_spool_create(0, FOLDER);
	struct evbuffer *out = evbuffer_new();
	struct np_error error;

	(void)state;
	assert_int_equal(np_spool_finish(spool, &error), 1);
	assert_int_equal(np_spool_append(spool, out), 1);
	assert_int_equal(evbuffer_get_length(out), 0);
	evbuffer_free(out);
	np_spool_unref(&spool);
}

static void test_spool__no_folder_is_an_error_that_names_it(void **state)
{
	struct np_spool *spool = np_spool_create(2, "/nonexistent/folder");
	struct np_error error = {.kind = NP_ERROR_NONE};

	(void)state;
	assert_int_equal(np_spool_write(spool, "ab", 2, &error), 1);
	assert_int_equal(np_spool_write(spool, "c", 1, &error), -1);
	assert_int_equal(error.kind, NP_ERROR_WRITE);
	assert_non_null(strstr(error.text, "/nonexistent/folder"));
	np_spool_unref(&spool);
}

static void test_spool__full_disk_is_an_error(void **state)
{
	struct np_spool *spool = np_spool_create(0, FOLDER);
	struct np_error error = {.kind = NP_ERROR_NONE};
	struct rlimit old, tight;
	int ret;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tight = old;
	tight.rlim_cur = 4;
	setrlimit(RLIMIT_FSIZE, &tight);
	ret = np_spool_write(spool, "abcdefgh", 8, &error);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(ret, -1);
	assert_int_equal(error.kind, NP_ERROR_WRITE);
	np_spool_unref(&spool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spool__reads_back_from_memory_and_disk),
		cmocka_unit_test(test_spool__output_outlives_it),
		cmocka_unit_test(test_spool__empty_message),
		cmocka_unit_test(test_spool__no_folder_is_an_error_that_names_it),
		cmocka_unit_test(test_spool__full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
