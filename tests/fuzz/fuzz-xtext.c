/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xtext: what decodes encodes to the same, and never past its buffer. */
#include "aliasmap/address.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *out = malloc(size + 1), *again = malloc(3 * size + 1);
	size_t small = size > 0 ? data[0] % size : 0;

	FUZZ_REQUIRE(out != NULL && again != NULL);
	if (np_xtext_decode((const char *)data, size, out, size + 1)) {
		FUZZ_REQUIRE(strlen(out) <= size);
		FUZZ_REQUIRE(np_xtext_encode(out, again, 3 * size + 1));
		/* "+41" is an "A" written in a longer way. */
		FUZZ_REQUIRE(strlen(again) <= size);
		FUZZ_REQUIRE(np_xtext_decode(again, strlen(again), out,
					     size + 1));
	}
	if (np_xtext_decode((const char *)data, size, out, small))
		FUZZ_REQUIRE(strlen(out) < small);
	memcpy(out, data, size);
	out[size] = '\0';
	FUZZ_REQUIRE(np_xtext_encode(out, again, 3 * size + 1));
	FUZZ_REQUIRE(np_xtext_encode(out, again, strlen(again) + 1));
	FUZZ_REQUIRE(!np_xtext_encode(out, again, strlen(again)));
	free(out);
	free(again);
	return 0;
}
