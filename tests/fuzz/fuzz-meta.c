/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Meta records: what decodes encodes to the same; an error says what it is. */
#include "aliasmap/map-meta.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct np_meta meta, again;
	static unsigned char record[NP_MAX_META];
	struct np_error err = {NP_ERROR_NONE, ""};
	size_t len;

	if (np_meta_decode(data, size, &meta, &err) < 0) {
		FUZZ_REQUIRE(err.kind == NP_ERROR_NOT_A_MAP ||
			     err.kind == NP_ERROR_VERSION);
		FUZZ_REQUIRE(err.text[0] != '\0');
		return 0;
	}
	FUZZ_REQUIRE(np_meta_encode(&meta, record, &len, &err) == 1);
	FUZZ_REQUIRE(len <= sizeof(record));
	FUZZ_REQUIRE(np_meta_decode(record, len, &again, &err) == 1);
	FUZZ_REQUIRE(memcmp(&meta, &again, sizeof(meta)) == 0);
	return 0;
}
