/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Netstrings: one that is read prints as the same octets, and no prefix of it
   was taken for one. */
#include "lmtp/netstring.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = NULL;
	char again[NP_NETSTRING_SIZE(NP_MAX_REQUEST)];
	size_t len = 0, used = 0;
	int result = np_netstring_parse((const char *)data, size, &text, &len,
					&used);

	if (result <= 0) {
		/* More is only asked for while there is a bound. */
		FUZZ_REQUIRE(result < 0 ||
			     size < NP_NETSTRING_SIZE(NP_MAX_REQUEST));
		return 0;
	}
	FUZZ_REQUIRE(used <= size && len <= NP_MAX_REQUEST);
	FUZZ_REQUIRE(np_netstring_print(text, len, again) == used);
	FUZZ_REQUIRE(memcmp(again, data, used) == 0);
	FUZZ_REQUIRE(np_netstring_parse((const char *)data, used - 1, &text,
					&len, &used) == 0);
	return 0;
}
