/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two thousand damaged generations under the name of the good one: none may
 * ever be opened. Berkeley DB alone answers a quarter of such files wrongly.
 */
#include "np-config.h"

#include "tests/unit/map-fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MUTATIONS 2000
#define PAGE 4096

static uint64_t random_state = 0x9e3779b97f4a7c15ULL;

static size_t random_below(size_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)((random_state >> 16) % below);
}

/* Changes data in one of six ways; returns its new length. */
static size_t mutate(unsigned char *data, size_t len)
{
	size_t pages = len / PAGE, a = random_below(pages) * PAGE,
	       b = random_below(pages) * PAGE, n;
	unsigned char page[PAGE];

	switch (random_below(6)) {
	case 0:
		data[random_below(len)] ^= (unsigned char)(1U <<
							   random_below(8));
		return len;
	case 1:
		for (n = random_below(16) + 1; n > 0; n--)
			data[random_below(len)] =
				(unsigned char)random_below(256);
		return len;
	case 2:
		memset(data + a, 0, PAGE);
		return len;
	case 3:
		memcpy(page, data + a, PAGE);
		memcpy(data + a, data + b, PAGE);
		memcpy(data + b, page, PAGE);
		return len;
	case 4:
		/* The first octets of a page are what libdb believes. */
		data[a + random_below(26)] = (unsigned char)random_below(256);
		return len;
	default:
		return random_below(len);
	}
}

static void check_mutant(const struct folder *folder, unsigned int number,
			 bool same)
{
	static const enum np_map_mode modes[] = {NP_MAP_FILE, NP_MAP_COPY,
						 NP_MAP_SHARED};

	for (size_t i = 0; i < 3; i++) {
		struct np_error err = {NP_ERROR_NONE, ""};
		struct np_map *map = NULL;
		int ret = np_map_open(folder->link, modes[i], &map, &err);

		if (ret != (same ? 1 : -1))
			fail_msg("mutation %u, mode %zu: %d %s", number, i,
				 ret, err.text);
		if (ret == -1 && err.kind != NP_ERROR_DAMAGED &&
		    err.kind != NP_ERROR_TRUNCATED &&
		    err.kind != NP_ERROR_EMPTY)
			fail_msg("mutation %u, mode %zu: kind %d", number, i,
				 (int)err.kind);
		np_map_close(&map);
	}
}

static void test_map_damage__is_never_served(void **state)
{
	struct folder *folder = *state;
	unsigned char *good, *data;
	struct timespec times[2] = {{1, 0}, {1, 0}};
	unsigned int changed = 0;
	char path[512];
	size_t len;

	map_create(folder);
	map_put_many(folder, 1500);
	(void)snprintf(path, sizeof(path), "%s", map_live_path(folder));
	good = file_read(path, &len);
	data = malloc(len);
	assert_non_null(data);
	assert_true(len > 20 * PAGE);
	for (unsigned int i = 0; i < MUTATIONS; i++) {
		size_t new_len;
		bool same;

		memcpy(data, good, len);
		new_len = mutate(data, len);
		same = new_len == len && memcmp(data, good, len) == 0;
		changed += !same;
		file_write(path, data, new_len);
		/* Another file for the reader, however fast this goes. */
		times[1].tv_sec = i + 1;
		assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
		check_mutant(folder, i, same);
	}
	assert_true(changed > MUTATIONS * 9 / 10);
	file_write(path, good, len);
	assert_string_equal(map_mailbox(folder, NP_MAP_SHARED, "a00007@x.org"),
			    "b00001@x.org");
	free(data);
	free(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_map_damage__is_never_served, folder_setup,
			folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
