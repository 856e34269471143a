/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings, each kept once with a number beside it, in the order they came. */
#ifndef ALIASMAP_STRING_SET_H
#define ALIASMAP_STRING_SET_H

#include <stddef.h>

struct np_string_set;

/* NULL without memory. */
struct np_string_set *np_string_set_create(void);
void np_string_set_destroy(struct np_string_set **set);

/* 1: was not there and is now; 0: is there, and *number_r (may be NULL) is the
   number it came with; -1: no memory. */
int np_string_set_add(struct np_string_set *set, const char *text,
		      unsigned int number, unsigned int *number_r);

/* 1 and the number of a text that is there, or 0. */
int np_string_set_find(const struct np_string_set *set, const char *text,
		       unsigned int *number_r);

/* Another number for a text that is there. */
void np_string_set_set(struct np_string_set *set, const char *text,
		       unsigned int number);

size_t np_string_set_count(const struct np_string_set *set);
/* Borrowed until the next add. */
const char *np_string_set_get(const struct np_string_set *set, size_t i);

#endif
