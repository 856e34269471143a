/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records (the key up to the first NUL, then the record): what decodes encodes
   to the same alias; an error says what it is. */
#include "aliasmap/alias.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct np_alias alias, again;
	static unsigned char record[NP_MAX_RECORD];
	struct np_error err = {NP_ERROR_NONE, ""};
	const uint8_t *end = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t key = end == NULL ? size : (size_t)(end - data), len;
	size_t skip = end == NULL ? size : key + 1;

	if (np_alias_decode((const char *)data, key, data + skip, size - skip,
			    &alias, &err) < 0) {
		FUZZ_REQUIRE(err.kind == NP_ERROR_RECORD ||
			     err.kind == NP_ERROR_VERSION);
		FUZZ_REQUIRE(err.text[0] != '\0');
		return 0;
	}
	FUZZ_REQUIRE(np_alias_encode(&alias, record, sizeof(record), &len,
				     &err) == 1);
	FUZZ_REQUIRE(np_alias_decode(alias.address, strlen(alias.address),
				     record, len, &again, &err) == 1);
	FUZZ_REQUIRE(memcmp(&alias, &again, sizeof(alias)) == 0);
	FUZZ_REQUIRE(len < 3 || np_alias_encode(&alias, record, len - 1, &len,
						NULL) < 0);
	return 0;
}
