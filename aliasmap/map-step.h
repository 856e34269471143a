/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps of a change by name, so that tests can stop a writer between any
 * two of them or make one fail. Nobody else sets the hook.
 */
#ifndef ALIASMAP_MAP_STEP_H
#define ALIASMAP_MAP_STEP_H

/* Called before each step; what it returns is taken as the step's errno, 0
   lets the step run. NULL (the default): every step runs. */
extern int (*np_map_step_hook)(const char *name);

/* 0, or -1 with errno as the hook wants it. */
int np_map_step(const char *name);

#endif
