/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stopping and failing points for tests; see map-step.h. */
#include "aliasmap/map-step.h"

#include <errno.h>
#include <stddef.h>

int (*np_map_step_hook)(const char *name);

int np_map_step(const char *name)
{
	int error;

	if (np_map_step_hook == NULL)
		return 0;
	error = np_map_step_hook(name);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}
