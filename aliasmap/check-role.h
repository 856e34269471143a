/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two files of the checks share, and the checks of the names that
   every domain has to answer for. */
#ifndef ALIASMAP_CHECK_ROLE_H
#define ALIASMAP_CHECK_ROLE_H

#include "aliasmap/check.h"
#include "aliasmap/string-set.h"

/* One finding, counted and told. */
void np_check_found(struct np_check *check, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum np_known np_check_known(const struct np_check *check,
			     const char *address);
/* -1 with the text. */
int np_check_memory(struct np_error *err);

/* Adds the domains that [map] domains names. 1 or -1. */
int np_check_add_domains(const struct np_check *check,
			 struct np_string_set *domains, struct np_error *err);
/* [map] postmaster once, postmaster and abuse of each domain. 1 or -1. */
int np_check_roles(struct np_check *check, const struct np_string_set *domains,
		   struct np_error *err);

#endif
