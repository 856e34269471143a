/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Durations of a measurement; see times.h. */
#include "np-config.h"

#include "tests/bench/times.h"

#include <stdlib.h>
#include <time.h>

uint64_t times_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void times_add(struct times *times, uint64_t took)
{
	if (times->count == times->size) {
		times->size = times->size == 0 ? 65536 : times->size * 2;
		times->list = realloc(times->list,
				      times->size * sizeof(*times->list));
		if (times->list == NULL)
			abort();
	}
	times->list[times->count++] = took;
}

static int times_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void times_sort(struct times *times)
{
	if (times->count > 0)
		qsort(times->list, times->count, sizeof(*times->list),
		      times_compare);
}

double times_ms(const struct times *times, double part)
{
	if (times->count == 0)
		return 0;
	return (double)times->list[(size_t)(part *
					    (double)(times->count - 1))] / 1e6;
}
