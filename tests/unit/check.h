/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cmocka for tables: every check names the row it failed in.
 */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define check_true(label, condition) \
	do { \
		if (!(condition)) \
			fail_msg("%s: %s", (label), #condition); \
	} while (0)

#define check_int(label, actual, expected) \
	do { \
		long long a_ = (long long)(actual); \
		long long e_ = (long long)(expected); \
		if (a_ != e_) \
			fail_msg("%s: %s is %lld, not %lld", (label), \
				 #actual, a_, e_); \
	} while (0)

#define check_str(label, actual, expected) \
	do { \
		const char *a_ = (actual), *e_ = (expected); \
		if (strcmp(a_, e_) != 0) \
			fail_msg("%s: %s is \"%s\", not \"%s\"", (label), \
				 #actual, a_, e_); \
	} while (0)

#endif
