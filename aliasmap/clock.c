/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The monotonic clock; see clock.h. Nothing comes after. */
#include "np-config.h"

#include "aliasmap/clock.h"

#include <time.h>

int64_t np_clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
