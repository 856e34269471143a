/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A map in a folder of its own for each test. Every function fails the test
 * by itself, with the library's text.
 */
#ifndef TESTS_UNIT_MAP_FIXTURE_H
#define TESTS_UNIT_MAP_FIXTURE_H

#include "tests/unit/check.h"
#include "aliasmap/map-write.h"

#include <stdio.h>

struct folder {
	char dir[64];
	char link[128];	/* dir/aliases.db */
};

/* cmocka setup and teardown; *state is a struct folder. */
int folder_setup(void **state);
int folder_teardown(void **state);

/* dir/name in one of two static buffers. */
const char *folder_path(const struct folder *folder, const char *name);
/* The number of files whose name holds part. */
unsigned int folder_count(const struct folder *folder, const char *part);

/* The first, empty generation. */
void map_create(const struct folder *folder);
/* One change with one entry. */
void map_put(const struct folder *folder, const char *address,
	     const char *mailbox);
/* One change with count entries aNNNNN@x.org -> bNNNN@x.org (4 each). */
void map_put_many(const struct folder *folder, unsigned int count);
/* The mailbox behind address as a new reader sees it; "" where there is none.
   In a static buffer. */
const char *map_mailbox(const struct folder *folder, enum np_map_mode mode,
			const char *address);
/* The file that the link names, in a static buffer. */
const char *map_live(const struct folder *folder);
/* The same with its folder. */
const char *map_live_path(const struct folder *folder);

/* Makes the link name target, whatever that is. */
void relink(const struct folder *folder, const char *target);
/* Writes a file under the name that its octets deserve, and the link to it. */
void publish(const struct folder *folder, uint64_t number, const void *data,
	     size_t len);

void file_write(const char *path, const void *data, size_t len);
/* malloc'ed. */
unsigned char *file_read(const char *path, size_t *len_r);

#endif
