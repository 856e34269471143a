/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock that time limits are measured with; nobody can set it. */
#ifndef ALIASMAP_CLOCK_H
#define ALIASMAP_CLOCK_H

#include <stdint.h>

/* Milliseconds from some moment in the past, never going back. */
int64_t np_clock_ms(void);

#endif
