/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of resolve share: a map in memory (its entries stand in
   resolve-map.c) and checks of a verdict. */
#ifndef TESTS_UNIT_RESOLVE_MAP_H
#define TESTS_UNIT_RESOLVE_MAP_H

#include "aliasmap/resolve.h"
#include "tests/unit/check.h"

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10
#define A63 A60 "aaa"
/* 250 octets: a local part of 3 fits, one of 4 does not. */
#define D250 A63 "." A63 "." A63 "." A10 A10 A10 A10 A10 "aaaaaaaa"

/* A map with these settings and no lookups yet. */
void map_init(const char *delimiters, const char *postmaster);
unsigned int map_lookups(void);

/* np_resolve of an address as text, into a verdict full of garbage. */
int resolve(const char *label, const char *text, enum np_purpose purpose,
	    struct np_verdict *verdict_r, struct np_error *err);

/* A field that a row leaves NULL is to be empty. */
void check_field(const char *label, const char *field, const char *actual,
		 const char *expected);

#endif
