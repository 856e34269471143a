/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a fuzz target is: one function that takes any octets, and aborts where
 * something that must always hold does not. driver.c runs it; a compiler with
 * -fsanitize=fuzzer can take the driver's place.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0. data is exactly size octets on the heap, without a final NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert: this one is there whatever NDEBUG says. */
#define FUZZ_REQUIRE(what) \
	do { \
		if (!(what)) { \
			(void)fprintf(stderr, "%s:%d: does not hold: %s\n", \
				      __FILE__, __LINE__, #what); \
			abort(); \
		} \
	} while (0)

#endif
