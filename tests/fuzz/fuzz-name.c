/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names: the nearest valid name is valid or empty, and a valid one is its own
   nearest. */
#include "aliasmap/address.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const delimiters[] = {"+", "", "+=/"};
	char nearest[NP_MAX_LOCAL_PART + 1], *text = malloc(size + 1);
	size_t i;

	FUZZ_REQUIRE(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	for (i = 0; i < sizeof(delimiters) / sizeof(delimiters[0]); i++) {
		(void)np_alias_name_nearest(text, delimiters[i], nearest);
		FUZZ_REQUIRE(nearest[0] == '\0' ||
			     np_alias_name_valid(nearest, delimiters[i]));
		if (np_alias_name_valid(text, delimiters[i]))
			FUZZ_REQUIRE(strcmp(text, nearest) == 0);
	}
	free(text);
	return 0;
}
