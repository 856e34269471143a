/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Durations of a measurement, in nanoseconds. */
#ifndef BENCH_TIMES_H
#define BENCH_TIMES_H

#include <stddef.h>
#include <stdint.h>

struct times {
	uint64_t *list;
	size_t count, size;
};

uint64_t times_now(void);
void times_add(struct times *times, uint64_t took);
/* Before times_ms. */
void times_sort(struct times *times);
/* part: 0.5 is the median, 1 the longest. 0 where there is none. */
double times_ms(const struct times *times, double part);

#endif
